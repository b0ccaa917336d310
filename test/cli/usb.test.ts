import { readFile } from 'node:fs/promises';
import { stripVTControlCharacters } from 'node:util';
import { run } from '@stricli/core';
import { describe, expect, test } from 'vitest';
import { XmlElement, parseXml } from '@rgrove/parse-xml';
import { appFor } from '../../src/cli/app.ts';
import type { Context } from '../../src/cli/context.ts';
import { HandglassError } from '../../src/errors.ts';
import { usbLines } from '../../src/cli/render/usb.ts';
import { usbPicture } from '../../src/cli/render/usb-picture.ts';
import { surveyUsb } from '../../src/usb/survey.ts';
import { sampleState, startService } from '../server/support.ts';
import { noUses, usbDevice, usbHub } from '../usb/devices.ts';
import { at, handglass } from './handglass.ts';
import { configFile } from './temporary.ts';
import { createSysfs } from '../system/sysfs.ts';

const xhci = {
  address: '0000:00:05.0',
  isPci: true,
  name: 'xHCI Host Controller',
  driver: 'xhci_hcd',
  iommuGroup: { number: 5, others: [] },
  resetMethods: ['flr', 'bus'],
  buses: [
    { number: 1, speedMbps: 480 },
    { number: 2, speedMbps: 5000 },
  ],
};
const virtual = {
  ...xhci,
  address: 'vhci_hcd.0',
  isPci: false,
  name: 'USB/IP',
  driver: null,
  iommuGroup: null,
  resetMethods: [],
  buses: [{ number: 3, speedMbps: null }],
};
const shared = {
  ...xhci,
  address: '0000:00:06.0',
  iommuGroup: { number: 6, others: ['0000:00:06.1', '0000:00:06.2', '0000:00:06.3'] },
  buses: [],
};
const pad = { vendor: '045e', product: '028e', name: 'Pad' };
const desk = surveyUsb(
  {
    controllers: [xhci, shared, virtual],
    ports: ['1-1', '1-2', '1-3', '1-4', '1-2.1', '1-2.2', '2-1', '2-2'].map((port) => ({
      port,
      connectType: 'hotplug',
    })),
    devices: [
      usbDevice({ port: '1-1', serial: 'M1', name: 'Mouse' }),
      usbHub('1-2'),
      usbDevice({ port: '1-2.1', ...pad, classes: ['ff'], drivers: [] }),
      usbDevice({ port: '1-4', ...pad, classes: ['ff'], drivers: ['xpad'] }),
      usbDevice({ port: '2-1', serial: '"', name: 'A <b> & "c"', drivers: ['usbfs'] }),
    ],
    uses: { ...noUses, sources: new Map([['2-1', { seat: 'sofa', selector: '' }]]) },
  },
  [{ name: 'desk', usb: [{ serial: 'M1' }, { vendor: '045e', product: '028e' }] }],
  new Map([['1-1', 'win10']]),
);

describe('the list of USB devices', () => {
  test('is there without a configuration, and without the service', async () => {
    const config = `${await configFile('')}.other`;
    const { stdout, stderr, status } = await handglass(['usb', '--json', '--config', config]);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(JSON.parse(stdout)).toBeInstanceOf(Array);
    expect(stdout.split('\n')).toHaveLength(2);
  });

  test('is there beside the service, and with a wrong configuration, which is told of', async () => {
    const config = await configFile('seat = 1');
    const { folder } = await startService({ state: sampleState });
    const { stdout, status } = await handglass(['usb', '--config', config], at(folder));
    expect(status).toBe(0);
    expect(stdout).toContain(`\n\nconfiguration: ${config}:1:8: `);
  });

  test('is a tree for each controller', () => {
    expect(`\n${stripVTControlCharacters(usbLines(desk).join('\n'))}\n`).toMatchInlineSnapshot(`
      "
      0000:00:05.0  xHCI Host Controller (xhci_hcd); IOMMU group 5, alone; reset by flr, bus
        { controller = "0000:00:05.0" }
        bus 1, 480 Mb/s
          1-1      Mouse        hid              win10                  { serial = "M1" }   seat desk
          1-2      Hub 1-2      hub                                     { hub = "1-2" }
            1-2.1  Pad          vendor-specific  host, no driver        { port = "1-2.1" }  seat desk
              { vendor = "045e", product = "028e" } in the configuration also fits Pad (port 1-4), so none of them moves
            empty: 1-2.2
          1-4      Pad          vendor-specific  host: xpad             { port = "1-4" }    seat desk
            { vendor = "045e", product = "028e" } in the configuration also fits Pad (port 1-2.1), so none of them moves
          empty: 1-3
        bus 2, 5 Gb/s
          2-1      A <b> & "c"  hid              a program of the host  { serial = "\\"" }   seat sofa (input)
          empty: 2-2

      0000:00:06.0  xHCI Host Controller (xhci_hcd); IOMMU group 6, with 0000:00:06.1, 0000:00:06.2, 0000:00:06.3; reset by flr, bus
        { controller = "0000:00:06.0" }

      vhci_hcd.0  USB/IP; no IOMMU group; no reset
        bus 3
      "
    `);
  });

  test('tells of a device that cannot be read, beside the others', () => {
    const facts = { controllers: [xhci], ports: [], devices: [usbDevice({ port: '1-1' })] };
    const unread = { '1-2': 'i/o error' };
    const controllers = surveyUsb({ ...facts, unread, uses: noUses }, [], new Map());
    const text = '1-2  a device that cannot be read: i/o error';
    const lines = usbLines(controllers).map((each) => stripVTControlCharacters(each).trim());
    expect(lines).toContain(text);
    expect(lines.filter((each) => each.startsWith('1-1'))).toHaveLength(1);
    expect(usbPicture(controllers)).toContain(`${text.replace('  ', ': ')}</text>`);
  });

  test('says so where it is empty', () => {
    expect(usbLines([])).toEqual(['This machine has no USB controllers.']);
  });
});

describe('the picture of USB devices', () => {
  const { root } = parseXml(usbPicture(desk));
  const elements = root === null ? [] : [root, ...descendants(root)];
  const texts = elements.filter(({ name }) => name === 'text').map(({ text }) => text);

  test.each([
    ['xHCI Host Controller'],
    ['0000:00:05.0  ·  xhci_hcd  ·  { controller = "0000:00:05.0" }'],
    ['IOMMU group 5, alone'],
    ['IOMMU group 6, with 3 others'],
    ['no IOMMU group'],
    ['reset by flr, bus'],
    ['Bus 2'],
    ['A <b> & "c"'],
    ['{ serial = "\\"" }'],
    ['{ hub = "1-2" }'],
    ['1-1  ·  hid  ·  480 Mb/s  ·  usbhid'],
    ['win10'],
    ['seat desk'],
    ['a program'],
  ])('says %s as text', (text) => {
    expect(texts).toContain(text);
  });

  test('has a square for each port, in the colour of who has what is there', () => {
    const sockets = elements.flatMap(({ attributes, text }) => {
      const tone = /^socket (.+)$/.exec(attributes['class'] ?? '')?.[1];
      return tone === undefined ? [] : [`${tone} ${text}`];
    });
    expect(sockets).toEqual([
      'domain 1-1: Mouse, win101',
      'hub 1-2: Hub 1-2, hub2',
      'empty 1-3: empty3',
      'host 1-4: Pad, host: xpad4',
      'host 1-2.1: Pad, host, no driver1',
      'empty 1-2.2: empty2',
      'program 2-1: A <b> & "c", a program of the host1',
      'empty 2-2: empty2',
    ]);
  });

  test('fetches nothing, runs nothing, and knows the dark', () => {
    const names = new Set(elements.map(({ name }) => name));
    expect([...names].toSorted()).toEqual(
      ['g', 'line', 'path', 'rect', 'style', 'svg', 'text', 'title'].toSorted(),
    );
    const attributes = elements.flatMap((each) => Object.keys(each.attributes));
    expect(attributes.filter((name) => /href|^on/.test(name))).toEqual([]);
    const style = elements.find(({ name }) => name === 'style')?.text;
    expect(style).toContain('prefers-color-scheme: dark');
    expect(style).not.toMatch(/url|@import/);
  });

  test('shows what is too long for its place by a title', () => {
    const name = `${'Very '.repeat(30)}long`;
    const [controller] = surveyUsb(
      { controllers: [xhci], ports: [], devices: [usbDevice({ name })], uses: noUses },
      [],
      new Map(),
    );
    const picture = usbPicture(controller === undefined ? [] : [controller]);
    expect(picture).toContain(`<title>${name}</title>Very Very`);
    expect(picture).not.toContain(`>${name}</text>`);
  });

  test('says so where there is nothing to show', () => {
    expect(usbPicture([])).toContain('>This machine has no USB controllers.</text>');
  });

  test('is asked for alone', async () => {
    expect(await handglass(['usb', '--json', '--svg', '-'])).toEqual({
      stdout: '',
      stderr: 'handglass: --json and --svg exclude each other.\n           Leave one out.\n',
      status: 2,
    });
  });

  test('is all that is printed where - stands for the file', async () => {
    const { stdout, stderr, status } = await handglass(['usb', '--svg', '-']);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(stdout).toMatch(/^<svg [^]*<\/svg>\n$/);
  });

  test('is written to a file, as that of the groups is', async () => {
    const path = `${await configFile('')}.svg`;
    expect(await handglass(['usb', '--svg', path])).toEqual({ stdout: '', stderr: '', status: 0 });
    expect(await readFile(path, 'utf8')).toMatch(/^<svg [^]*<\/svg>$/);
  });
});

function descendants(element: XmlElement): XmlElement[] {
  const children = element.children.filter((child) => child instanceof XmlElement);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

const connect = () => Promise.reject(new HandglassError('service-down', 'It does not run.'));

describe('a machine of which USB devices cannot be read', () => {
  test.each([
    ['EIO', 1, 'i/o error', 'See `sudo dmesg` for what the kernel says of it.'],
    ['EACCES', 5, 'permission denied', 'Run this command as root.'],
  ])('says so in a sentence (%s)', async (code, status, reason, remedy) => {
    const { host } = await createSysfs();
    const listFolder: typeof host.listFolder = (path) =>
      Promise.reject(Object.assign(new Error(code), { code, path }));
    let stderr = '';
    const process: Context['process'] = {
      stdout: { write: () => {} },
      stderr: { write: (text: string) => void (stderr += text) },
    };
    const context = { process, host: { ...host, listFolder }, connect } as unknown as Context;
    await run(appFor(), ['usb'], { process, forCommand: () => context });
    expect({ stderr, status: process.exitCode }).toEqual({
      stderr: `handglass: /sys/bus/usb/devices cannot be used: ${reason}.\n           ${remedy}\n`,
      status,
    });
  });
});
