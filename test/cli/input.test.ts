import { readFile } from 'node:fs/promises';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { inputLines } from '../../src/cli/render/input.ts';
import { surveyInput } from '../../src/input/survey.ts';
import { inputDevice } from '../input/devices.ts';
import { lidBits, mouseBits } from '../system/capability-bits.ts';
import { handglass } from './handglass.ts';
import { configFile } from './temporary.ts';

const desk = `
[[seat]]
name = "desk"
domains = ["win10", "größer 11"]
input = [{ name = "No such device" }]
`;

describe('the list of input devices', () => {
  test('is there without a configuration, and without the service', async () => {
    const config = `${await configFile(desk)}.other`;
    const { stdout, stderr, status } = await handglass(['input', '--json', '--config', config]);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(JSON.parse(stdout)).toBeInstanceOf(Array);
  });

  test('is there with a wrong configuration, which is told of', async () => {
    const config = await configFile('seat = 1');
    const { stdout, status } = await handglass(['input', '--config', config]);
    expect(status).toBe(0);
    expect(stdout).toContain(`\n\nconfiguration: ${config}:1:8: `);
  });

  test('has a row for each device and remarks below it', () => {
    const pair = { vendor: '046d', product: 'c077', bits: mouseBits, name: 'Optical Mouse' };
    const devices = [
      inputDevice({ path: '/dev/input/event1', ids: ['usb-Keyboard-event-kbd'], port: '1-1' }),
      inputDevice({ ...pair, path: '/dev/input/event2', port: '1-2' }),
      inputDevice({ ...pair, path: '/dev/input/event3', port: '1-3' }),
      inputDevice({ path: '/dev/input/event4', name: 'Lid Switch', bits: lidBits }),
    ];
    const seats = [
      {
        name: 'desk',
        input: [{ id: 'usb-Keyboard-event-kbd' }, { vendor: '046d', product: 'c077' }],
      },
    ];
    const lent = new Map([['1-3', ['desk', 'sofa']]]);
    const lines = inputLines(surveyInput(devices, seats, new Set(['/dev/input/event1']), lent));
    expect(`\n${stripVTControlCharacters(lines.join('\n'))}\n`).toMatchInlineSnapshot(`
      "
      Keyboard       keyboard  { id = "usb-Keyboard-event-kbd" }  seat desk
        the service has no right to read it
      Optical Mouse  mouse     { port = "1-2" }                   seat desk
        { vendor = "046d", product = "c077" } in the configuration also takes Optical Mouse (/dev/input/event3)
      Optical Mouse  mouse     { port = "1-3" }                   seat desk, desk (usb), sofa (usb)
        { vendor = "046d", product = "c077" } in the configuration also takes Optical Mouse (/dev/input/event2)
      Lid Switch     switch
        never taken: it has a switch, such as a lid, of which the host must know
      "
    `);
  });

  test('says so where it is empty', () => {
    expect(inputLines([])).toEqual(['This machine has no input devices.']);
  });
});

describe("a domain's XML", () => {
  test.each([
    { form: 'evdev', flags: ['--xml'] },
    { form: 'virtio', flags: ['--xml', '--virtio'] },
  ])('is for $form with $flags', async ({ form, flags }) => {
    const config = await configFile(desk);
    const args = ['input', '--config', config, '--domain', 'win10', ...flags];
    expect(await handglass(args)).toEqual({ stdout: await golden(form), stderr: '', status: 0 });
  });

  test('is what QEMU has to be started with where libvirt does not start it', async () => {
    const qemu = '[[qemu]]\nname = "win10"\nsocket = "/run/qemu/win10.qmp"\n';
    const config = await configFile(desk + qemu);
    const args = ['input', '--config', config, '--domain', 'win10', '--xml'];
    const { stdout, status } = await handglass(args);
    expect(status).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    // The example shows them, and one must not differ from the other.
    const example = await readFile(new URL('../../config/handglass.toml', import.meta.url), 'utf8');
    for (const line of lines) expect(example).toContain(`#     ${line}\n`);
    expect((await handglass([...args, '--virtio'])).stdout).toBe(
      '-device virtio-input-host-pci,evdev=/dev/input/by-handglass/win10-keyboard\n' +
        '-device virtio-input-host-pci,evdev=/dev/input/by-handglass/win10-pointer\n',
    );
  });

  test('names the proxies as they are named in /dev', async () => {
    const args = ['input', '--config', await configFile(desk), '--domain', 'größer 11', '--xml'];
    const { stdout } = await handglass(args);
    expect(stdout).toContain("'/dev/input/by-handglass/gr__er_11-keyboard'");
  });

  test.each([
    {
      text: desk,
      remedy: 'Add it to `domains` of a [[seat]], or name one that is there: win10, größer 11.',
    },
    { text: '', remedy: 'Add a [[seat]] with it in `domains`.' },
  ])('is refused for a domain of no seat: $remedy', async ({ text, remedy }) => {
    const config = await configFile(text);
    const args = ['input', '--config', config, '--domain', 'win11', '--xml'];
    expect(await handglass(args)).toEqual({
      stdout: '',
      stderr: `handglass: No seat in ${config} lists the domain "win11".\n           ${remedy}\n`,
      status: 1,
    });
  });

  test('needs a configuration', async () => {
    const config = `${await configFile(desk)}.other`;
    const args = ['input', '--config', config, '--domain', 'win10', '--xml'];
    expect(await handglass(args)).toMatchObject({ stdout: '', status: 3 });
  });

  test.each([
    { flags: ['--xml'], what: '--xml needs a domain.' },
    { flags: ['--domain', 'win10'], what: '--domain goes with --xml only.' },
    { flags: ['--virtio'], what: '--virtio goes with --xml only.' },
    {
      flags: ['--domain', 'win10', '--xml', '--json'],
      what: '--json and --xml exclude each other.',
    },
  ])('is not asked for with $flags alone', async ({ flags, what }) => {
    expect(await handglass(['input', ...flags])).toEqual({
      stdout: '',
      stderr:
        `handglass: ${what}\n` +
        '           Write `handglass input --domain DOMAIN --xml [--virtio]`.\n',
      status: 2,
    });
  });
});

function golden(form: string): Promise<string> {
  return readFile(new URL(`../golden/libvirt/input-${form}.xml`, import.meta.url), 'utf8');
}
