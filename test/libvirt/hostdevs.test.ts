import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { filesUnder } from '../../src/host/files.ts';
import { hostdevsOf } from '../../src/libvirt/hostdevs.ts';
import { usbHostdevXml } from '../../src/libvirt/usb-hostdev.ts';
import { DomainRefusal } from '../../src/domain/refusal.ts';
import type { Virsh } from '../../src/libvirt/virsh.ts';
import { hurriedClock } from '../host/clocks.ts';
import { refused, scriptedVirsh, unavailable, virshOver } from './scripted-virsh.ts';
import { attachOne } from '../domain/attach-one.ts';
import { aliasFor, detachOne } from '../../src/domain/usb-hostdev.ts';

const mouse = { port: '1-2', bus: 1, device: 7, vendor: '1532', product: '0037' };
const alias = 'ua-handglass-1-2';

const running = "Domain: 'win10'\n  state.state=1\n  state.reason=1\n";
const domainWith = (hostdevs: string, id = " id='1'") =>
  `<domain${id}><devices>${hostdevs}</devices></domain>\n`;
const without = domainWith('');
const other = { ...mouse, device: 8 };
const withOther = domainWith(usbHostdevXml(other));
const withMouse = domainWith(usbHostdevXml(mouse));
const startingWithMouse = domainWith(usbHostdevXml(mouse), '');
const noDomain = refused('failed to get domain');

async function hostdevsOver(virsh: Virsh, clock = hurriedClock()) {
  const folder = await mkdtemp(join(tmpdir(), 'handglass-hostdevs-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const host = { ...filesUnder('/', () => {}), ...clock };
  return { folder, hostdevs: hostdevsOf(host, virsh, folder) };
}

async function scripted(script: Record<string, (string | Error)[]>) {
  const { virsh, commands } = scriptedVirsh(script);
  return { commands, ...(await hostdevsOver(virsh)) };
}

/** By the name of a command or the end of its file or alias; else with nothing. */
async function answering(answers: Record<string, string | Error>) {
  const commands: string[] = [];
  const virsh = virshOver(async (...command) => {
    const [name = ''] = command;
    commands.push(name);
    const key = Object.keys(answers).find((end) => name === end || command.at(-2)?.endsWith(end));
    const answer = key === undefined ? '' : (answers[key] ?? '');
    if (answer instanceof Error) throw answer;
    return answer;
  });
  return { commands, ...(await hostdevsOver(virsh)) };
}

test('a running domain has what its live XML says', async () => {
  const { hostdevs } = await scripted({ domstats: [running], dumpxml: [withMouse] });
  expect(await hostdevs.attached('win10')).toEqual([{ bus: 1, device: 7, alias }]);
});

test.each([
  { domain: 'win10', dumpxml: startingWithMouse, reason: 'it does not run' },
  { domain: 'win11', dumpxml: noDomain, reason: 'libvirt does not know it' },
])('a domain has nothing when $reason', async ({ domain, dumpxml }) => {
  const { hostdevs } = await scripted({ domstats: [running], dumpxml: [dumpxml] });
  expect(await hostdevs.attached(domain)).toEqual([]);
});

test('a domain that libvirt knows and cannot show is a refusal', async () => {
  const { hostdevs } = await scripted({ domstats: [running], dumpxml: [noDomain] });
  await expect(hostdevs.attached('win10')).rejects.toThrow('failed to get domain');
});

test('a device is attached to the live domain from a file of its own', async () => {
  let seen = '';
  const { virsh } = scriptedVirsh({
    'attach-device': [''],
    domstats: [running],
    dumpxml: [withMouse],
  });
  const { hostdevs, folder } = await hostdevsOver(
    virshOver(async (...args) => {
      if (args[0] === 'attach-device') {
        expect(args.join(' ')).toBe(
          `attach-device --domain win10 --file ${join(folder, `${alias}.xml`)} --live`,
        );
        seen = await readFile(join(folder, `${alias}.xml`), 'utf8');
      }
      return virsh(...args);
    }),
  );
  await attachOne(hostdevs, 'win10', mouse);
  expect(seen).toBe(usbHostdevXml(mouse));
});

const double = refused("unable to execute QEMU command 'device_add': Duplicate device ID");

test('what QEMU has and libvirt does not list is taken from it, and attached again', async () => {
  const { hostdevs, commands } = await scripted({
    'attach-device': [double, ''],
    'qemu-monitor-command': ['\n'],
    dumpxml: [without, withMouse],
  });
  await attachOne(hostdevs, 'win10', mouse);
  expect(commands.map((command) => command[0])).toEqual([
    'attach-device',
    'dumpxml',
    'qemu-monitor-command',
    'attach-device',
    'dumpxml',
  ]);
  expect(commands[2]?.slice(1).join(' ')).toBe(`--hmp --domain win10 --cmd device_del ${alias}`);
});

test.each([`Error: Device '${alias}' not found\n`, refused('the domain is not running')])(
  'what it does not have either is refused as it was: %s',
  async (answer) => {
    const { hostdevs } = await scripted({
      'attach-device': [double],
      'qemu-monitor-command': [answer],
      dumpxml: [without, without, withMouse],
    });
    await expect(attachOne(hostdevs, 'win10', mouse)).rejects.toThrow('Duplicate device ID');
    // Another seat has it by now.
    expect(await hostdevs.evict?.('win10', '1-2')).toBe(false);
  },
);

test('what a libvirt that was killed left in the domain’s own /dev is told with the way out', async () => {
  const inUse =
    'Setting different DAC user or group on /dev/bus/usb/001/007 which is already in use';
  const { hostdevs } = await scripted({ 'attach-device': [refused(inUse)], dumpxml: [without] });
  await expect(attachOne(hostdevs, 'win10', mouse)).rejects.toThrow(
    `${inUse} (mostly since libvirt was killed while it gave this device: pull it out and plug it in again)`,
  );
});

test('the file is written again when the device is another one, or libvirt has refused it', async () => {
  const { virsh, commands } = scriptedVirsh({
    'attach-device': ['', refused('No such file'), '', ''],
    dumpxml: [withMouse, without, withMouse, withOther],
  });
  const { hostdevs, folder } = await hostdevsOver(virsh);
  const file = join(folder, `${alias}.xml`);
  await attachOne(hostdevs, 'win10', mouse);
  await rm(file);
  await expect(attachOne(hostdevs, 'win10', mouse)).rejects.toThrow('No such file');
  await attachOne(hostdevs, 'win10', mouse);
  await attachOne(hostdevs, 'win10', other);
  expect(await readFile(file, 'utf8')).toBe(usbHostdevXml(other));
  expect(commands.filter(([name]) => name === 'attach-device')).toHaveLength(4);
});

test.each([
  {
    answer: refused('No free USB ports'),
    error: { name: 'DomainRefusal', message: 'No free USB ports' },
    reason: 'libvirt refuses',
  },
  { answer: unavailable, error: { code: 'libvirt-unavailable' }, reason: 'libvirt is away' },
  {
    answer: 'Device attached successfully\n',
    error: {
      name: 'DomainRefusal',
      message: 'libvirt reported success, and win10 does not have the device',
    },
    reason: 'the success is none',
  },
])('attaching fails when $reason', async ({ answer, error }) => {
  const script = { 'attach-device': [answer], domstats: [running], dumpxml: [without] };
  const { hostdevs } = await scripted(script);
  await expect(attachOne(hostdevs, 'win10', mouse)).rejects.toMatchObject(error);
});

test('of several devices that are attached together each is told of that the domain does not have', async () => {
  const devices = ['1-1', '1-2', '1-3', '1-4'].map((port, at) => ({
    ...mouse,
    port,
    device: at + 1,
  }));
  const [, , third, fourth] = devices;
  // The second is there already, as libvirt says too; the third's success is none.
  const { hostdevs, commands } = await answering({
    [`${aliasFor('1-2')}.xml`]: refused('non unique alias'),
    [`${aliasFor('1-4')}.xml`]: refused('No free USB ports'),
    dumpxml: domainWith(devices.slice(0, 2).map(usbHostdevXml).join('')),
  });
  expect(await hostdevs.attach('win10', devices)).toEqual(
    new Map([
      [third, new DomainRefusal('libvirt reported success, and win10 does not have the device')],
      [fourth, new DomainRefusal('No free USB ports')],
    ]),
  );
  expect(commands.filter((name) => name === 'attach-device')).toHaveLength(4);
});

test('of several devices that are detached together each is told of that stays', async () => {
  const ports = ['1-1', '1-2', '1-3'] as const;
  const devices = ports.map((port, at) => ({ ...mouse, port, device: at + 1 }));
  const [first, second, third] = [aliasFor(ports[0]), aliasFor(ports[1]), aliasFor(ports[2])];
  const { hostdevs } = await answering({
    [second]: refused('guest is migrating'),
    dumpxml: domainWith(devices.slice(1).map(usbHostdevXml).join('')),
  });
  expect(await hostdevs.detach('win10', [first, second, third])).toEqual(
    new Map([
      [third, new DomainRefusal('win10 did not let go of it within 5 s')],
      [second, new DomainRefusal('guest is migrating')],
    ]),
  );
});

test('a device counts as detached when the live XML has it no more, after several looks', async () => {
  const { hostdevs, commands } = await scripted({
    'detach-device-alias': [''],
    domstats: [running],
    dumpxml: [withMouse, withMouse, without],
  });
  await detachOne(hostdevs, 'win10', alias);
  expect(commands[0]?.join(' ')).toBe(`detach-device-alias --domain win10 --alias ${alias} --live`);
  expect(commands.filter(([name]) => name === 'dumpxml')).toHaveLength(3);
});

test('a device that another program attached does not keep ours from being detached', async () => {
  const foreign = usbHostdevXml(mouse).replace(alias, 'hostdev0');
  const { hostdevs } = await scripted({
    'detach-device-alias': [''],
    domstats: [running],
    dumpxml: [domainWith(foreign)],
  });
  await detachOne(hostdevs, 'win10', alias);
});

test('a guest that does not let go within 5 s is told of', async () => {
  const { hostdevs } = await scripted({
    'detach-device-alias': [''],
    domstats: [running],
    dumpxml: [withMouse],
  });
  const detaching = detachOne(hostdevs, 'win10', alias);
  await expect(detaching).rejects.toBeInstanceOf(DomainRefusal);
  await expect(detaching).rejects.toThrow('win10 did not let go of it within 5 s');
});

test('the time that virsh itself takes counts', async () => {
  const { virsh, commands } = scriptedVirsh({
    'detach-device-alias': [''],
    domstats: [running],
    dumpxml: [withMouse],
  });
  const clock = hurriedClock();
  const slow = virshOver(async (...args) => {
    await clock.sleep(1000);
    return virsh(...args);
  });
  const { hostdevs } = await hostdevsOver(slow, clock);
  await expect(detachOne(hostdevs, 'win10', alias)).rejects.toThrow(
    'did not let go of it within 5 s',
  );
  expect(commands.filter(([name]) => name === 'dumpxml')).toHaveLength(5);
});

const notThere = refused(`no device found with alias ${alias}`);

test.each([
  { refusal: notThere, dumpxml: without, reason: 'the device has gone' },
  {
    refusal: refused('domain is not running'),
    dumpxml: startingWithMouse,
    reason: 'the domain has ended',
  },
])('a refusal to detach is none when $reason', async ({ refusal, dumpxml }) => {
  const { hostdevs } = await scripted({
    'detach-device-alias': [refusal],
    dumpxml: [dumpxml],
  });
  await detachOne(hostdevs, 'win10', alias);
});

test('a refusal to detach a device that the domain still has is passed on', async () => {
  const { hostdevs } = await scripted({
    'detach-device-alias': [refused('guest is migrating')],
    domstats: [running],
    dumpxml: [withMouse],
  });
  await expect(detachOne(hostdevs, 'win10', alias)).rejects.toThrow('guest is migrating');
});

test('nothing is believed of a libvirt that is away', async () => {
  const { hostdevs, commands } = await scripted({ 'detach-device-alias': [unavailable] });
  await expect(detachOne(hostdevs, 'win10', alias)).rejects.toMatchObject({
    code: 'libvirt-unavailable',
  });
  expect(commands).toHaveLength(1);
});
