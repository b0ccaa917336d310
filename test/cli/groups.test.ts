import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { XmlElement, parseXml } from '@rgrove/parse-xml';
import { describe, expect, onTestFinished, test } from 'vitest';
import { groupPicture } from '../../src/doctor/picture/group-picture.ts';
import { groupLines } from '../../src/cli/render/groups.ts';
import { groupReport } from '../../src/doctor/group-report.ts';
import { surveyPci } from '../../src/system/pci-survey.ts';
import { b550 } from '../machines/b550.ts';
import { buildMachine } from '../machines/build.ts';
import { gtx970 } from '../machines/gtx-970.ts';
import type { Machine } from '../machines/machine.ts';
import { createSysfs, failing } from '../system/sysfs.ts';
import { handglass } from './handglass.ts';

async function reportOn(machine: Machine) {
  const { host } = await buildMachine(machine);
  return groupReport(await surveyPci(host));
}

describe('the command', () => {
  test('prints one line of JSON of its own format', async () => {
    const { stdout, stderr, status } = await handglass(['groups', '--json']);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(JSON.parse(stdout)).toMatchObject({ format: 1, groups: expect.any(Array) });
    expect(stdout.split('\n')).toHaveLength(2);
  });

  test('shows this machine, whatever that has', async () => {
    const { stdout, stderr, status } = await handglass(['groups']);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(stdout).toMatch(/^IOMMU/);
  });

  test('writes a picture to a file, in place of what was there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'handglass-groups-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const path = join(folder, 'groups.svg');
    await writeFile(path, 'before');
    expect(await handglass(['groups', '--svg', path])).toEqual({
      stdout: '',
      stderr: '',
      status: 0,
    });
    expect(await readFile(path, 'utf8')).toMatch(/^<svg [^]*<\/svg>$/);
    expect((await stat(path)).mode & 0o777).toBe(0o644);
  });

  test('prints the picture where - stands for the file', async () => {
    const { stdout, status } = await handglass(['groups', '--svg', '-']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^<svg [^]*<\/svg>\n$/);
  });

  test('puts nothing in the place of what is no file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'handglass-groups-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const path = join(folder, 'null');
    await symlink('/dev/null', path);
    expect(await handglass(['groups', '--svg', path])).toEqual({
      stdout: '',
      stderr: `handglass: ${path} is no file.\n           Name a file, or - to print it.\n`,
      status: 2,
    });
  });

  test('tells what is wrong with a folder that is not there', async () => {
    const { stderr, status } = await handglass(['groups', '--svg', '/nowhere/groups.svg']);
    expect(stderr).toContain(
      'cannot be written to /nowhere/groups.svg: no such file or directory.',
    );
    expect(status).toBe(2);
  });

  test('makes one of both', async () => {
    const { stderr, status } = await handglass(['groups', '--json', '--svg', 'x.svg']);
    expect(stderr).toMatch(/^handglass: --json and --svg exclude each other\./);
    expect(status).toBe(2);
  });
});

describe('the screen', () => {
  test('of a machine without PCI says so', async () => {
    const { host } = await createSysfs();
    const lines = groupLines(groupReport(await surveyPci(host)));
    expect(lines.map(stripVTControlCharacters)).toEqual([
      'IOMMU off',
      'This machine has no PCI devices.',
      'could not read: candidates (no such file or directory)',
    ]);
  });

  test('of a kernel whose modules are gone says what to do', async () => {
    const { host, write } = await createSysfs();
    await write('/proc/sys/kernel/osrelease', '6.1.0-18-amd64\n');
    const lines = groupLines(groupReport(await surveyPci(host))).map(stripVTControlCharacters);
    expect(lines.at(-1)).toMatch(
      /candidates \(there is no \/lib\/modules\/6\.1\.0-18-amd64\/modules\.alias: after an upgrade of the kernel, start the machine anew/,
    );
  });

  test('without an IOMMU tells everything once, and shows what there is', async () => {
    const lines = groupLines(await reportOn({ ...gtx970, commandLine: 'ro', iommu: null }));
    const text = stripVTControlCharacters(lines.join('\n'));
    expect(text).toMatch(/^IOMMU off\n\nin no group\n {2}0000:00:00\.0 /);
    expect(text.match(/without it a guest/g)).toHaveLength(1);
    expect(text.match(/stays: the IOMMU is off/g)).toHaveLength(10);
  });

  test('shows what is read while a part cannot be, and which', async () => {
    const { host } = await buildMachine(gtx970);
    const lines = groupLines(groupReport(await surveyPci(failing(host, 'pci.ids', 'EACCES'))));
    const text = stripVTControlCharacters(lines.join('\n'));
    expect(text).toContain('could not read: names (permission denied)');
    expect(text).toContain('device 10de:13c2');
  });

  test('has no control characters of the machine in it', async () => {
    const evil = 'Evil \u001b[2J\u0007 card';
    const machine: Machine = {
      ...gtx970,
      pci: gtx970.pci.map((card) => ({ ...card, name: evil })),
      usb: [{ port: '1-1', device: 2, model: evil }],
    };
    const report = await reportOn(machine);
    const texts = [...groupLines(report).map(stripVTControlCharacters), groupPicture(report)];
    expect(texts.filter((text) => /\p{Cc}/u.test(text.replaceAll('\n', '')))).toEqual([]);
  });
});

describe('the picture', () => {
  test('shows each group with its devices, who shares it and whether it can go', async () => {
    const texts = textsIn(groupPicture(await reportOn(b550)));
    for (const text of [
      'IOMMU on (AMD), interrupts remapped, 25 groups',
      'Group 15 · identity',
      '4 devices share it',
      'AMD 500 Series Chipset USB 3.1 XHCI Controller',
      '0000:05:00.0  ·  NVMe disk  ·  nvme',
      'stays: shares its group with 3 others of the host, the only keyboard goes with it',
      '1 device alone',
      'can go',
      'Others alone in their groups',
      'Bridges in groups of their own',
      '0000:00:18.0 and 7 more',
    ]) {
      expect(texts).toContain(text);
    }
  });

  test('counts a card with its functions as one device', async () => {
    const texts = textsIn(groupPicture(await reportOn(gtx970)));
    expect(texts.filter((text) => text.includes('share it'))).toEqual([]);
  });

  test('fetches nothing, runs nothing, and escapes what the machine says', async () => {
    const name = '<script>alert("&")</script>';
    const machine = { ...gtx970, pci: gtx970.pci.map((card) => ({ ...card, name })) };
    const picture = groupPicture(await reportOn(machine));
    expect(elementsOf(picture).map((each) => each.name)).not.toContain('script');
    expect(picture).not.toMatch(/href|url\(|@import/);
    expect(textsIn(picture)).toContain(`NVIDIA ${name}`);
  });
});

function elementsOf(picture: string): XmlElement[] {
  const { root } = parseXml(picture);
  return root === null ? [] : [root, ...descendants(root)];
}

function textsIn(picture: string): string[] {
  return elementsOf(picture)
    .filter(({ name }) => name === 'text')
    .map(({ text }) => text);
}

function descendants(element: XmlElement): XmlElement[] {
  const children = element.children.filter((child) => child instanceof XmlElement);
  return children.flatMap((child) => [child, ...descendants(child)]);
}
