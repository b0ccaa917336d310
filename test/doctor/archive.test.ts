import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { groupLines } from '../../src/cli/render/groups.ts';
import {
  type Archive,
  readArchive,
  type Recorded,
  writeArchive,
} from '../../src/doctor/archive.ts';
import { groupReport } from '../../src/doctor/group-report.ts';
import { makeArchive } from '../../src/doctor/make-archive.ts';
import { readFacts } from '../../src/doctor/read-facts.ts';
import { factsFrom, replay } from '../../src/doctor/replay.ts';
import { doctorReport } from '../../src/doctor/doctor-report.ts';
import { bytesOf, romParts } from '../../src/doctor/rom-parts.ts';
import { parseRom } from '../../src/vbios/parse.ts';
import { imageBytes, mutatedRomBytes, romBytes } from '../vbios/rom-bytes.ts';
import { surveyPci } from '../../src/system/pci-survey.ts';
import { gtx970 } from '../machines/gtx-970.ts';
import { machines } from '../machines/machines.ts';
import type { Machine } from '../machines/machine.ts';
import { buildWithSoftware } from '../machines/software.ts';
import { randomFrom } from '../random.ts';
import {
  archiveOf,
  configPath,
  host,
  nothing,
  now,
  place,
  screenOf,
  sent,
  software,
} from './archiving.ts';

// How long it takes to build whole machines is no matter of these tests.
vi.setConfig({ testTimeout: 120_000 });

describe('the archive of', () => {
  test.each(Object.entries(machines))(
    '%s has the screens of the machine',
    async (name, machine) => {
      const looked = await buildWithSoftware(machine, software(name));
      const { machine: files, virsh } = looked;
      const made = await archiveOf(looked);
      const { archive } = await sent(made);
      const own = screenOf(await readFacts(files, { configPath, virsh }));
      expect(screenOf(await factsFrom(archive))).toBe(made.anonymous.standIn(own));
      expect(own.split('\n').length).toBeGreaterThan(100);
      const groups = groupLines(groupReport(await surveyPci(files)));
      const replayed = groupLines(groupReport(await surveyPci(replay(archive))));
      expect(replayed.join('\n')).toBe(made.anonymous.standIn(groups.join('\n')));
    },
  );
});

describe('what an archive does not know', () => {
  test('is never fine', async () => {
    const looked = await buildWithSoftware(gtx970, software('gtx-970'));
    const { archive } = await sent(await archiveOf(looked));
    const report = doctorReport(await factsFrom({ ...archive, recorded: nothing }));
    expect(report.counts.ok).toBe(0);
    // Nobody asks whether there is a configuration and why it cannot be read.
    expect(report.counts.problem).toBeLessThan(2);
    expect(report.counts.unknown).toBeGreaterThan(40);
    expect(JSON.stringify(report)).toContain(
      'made by a Handglass that did not look for /proc/cmdline',
    );
    expect(JSON.stringify(report)).not.toContain('defect of Handglass');
  });

  test.each(Object.entries(machines))(
    'makes nothing of %s fine that was not',
    async (name, machine) => {
      const looked = await buildWithSoftware(machine, software(name));
      const { content } = await archiveOf(looked);
      const archive: Archive = { format: 'handglass-report', version: 1, ...content };
      const verdicts = async (recorded: Recorded) =>
        doctorReport(await factsFrom({ ...archive, recorded })).subjects.flatMap(({ results }) =>
          results.map(({ id, about, verdict }) => ({ what: `${id} ${about}`, verdict })),
        );
      const amiss = (await verdicts(archive.recorded))
        .filter(({ verdict }) => verdict !== 'ok')
        .map(({ what }) => what);
      const random = randomFrom(3);
      for (let round = 0; round < 20; round += 1) {
        const thinned = Object.entries(archive.recorded).map(([kind, answers]) => [
          kind,
          Object.fromEntries(
            Object.entries(answers).filter(() => random.below(2 + (round % 12)) > 0),
          ),
        ]);
        const fine = (await verdicts(Object.fromEntries(thinned) as Recorded)).filter(
          ({ verdict }) => verdict === 'ok',
        );
        expect(fine.filter(({ what }) => amiss.includes(what))).toEqual([]);
      }
    },
  );

  test('are lines of the log that nobody asked for', async () => {
    const looked = await buildWithSoftware(gtx970, software('gtx-970'));
    const { archive } = await sent(await archiveOf(looked));
    const [first = '', ...logPatterns] = archive.logPatterns;
    const report = doctorReport(await factsFrom({ ...archive, logPatterns }));
    const log = report.subjects
      .flatMap(({ results }) => results)
      .filter(({ id }) => id.startsWith('log.'));
    expect(first).toContain('BAR');
    expect(log.filter(({ verdict }) => verdict === 'unknown').map(({ id }) => id)).toEqual([
      'log.bar-reserved',
    ]);
  });
});

test('only lines that the doctor asks for leave the log, and none of who built the kernel', async () => {
  const { machine, virsh } = await buildWithSoftware(gtx970, software('gtx-970'));
  const run: typeof machine.run = async (command, args) => {
    if (command === 'journalctl') return { stdout: '', stderr: '', exitCode: 1, timedOut: false };
    if (command !== 'dmesg') return machine.run(command, args);
    const stdout = `Linux version 6.1.0 (zqalice@qxtower) (gcc) #1
usb 1-2: SerialNumber: 4C530001260
vfio-pci 0000:06:00.0: BAR 3: can't reserve [mem 0xf0000000-0xf1ffffff 64bit pref]
`;
    return { stdout, stderr: '', exitCode: 0, timedOut: false };
  };
  const { content } = await makeArchive(
    { ...machine, run },
    { configPath, virsh },
    { handglass: '0.1.0', now },
  );
  expect(content.recorded.programs['["dmesg"]']).toMatchObject({
    is: {
      stdout: `Linux version 6.1.0
vfio-pci 0000:06:00.0: BAR 3: can't reserve [mem 0xf0000000-0xf1ffffff 64bit pref]
`,
    },
  });
});

describe('a ROM', () => {
  test('is kept in its headers alone, and read as before', async () => {
    const rom = Buffer.concat([
      imageBytes({ isLast: false, blocks: 4, isSummed: true, filler: 0x5a }),
      imageBytes({ codeType: 3, blocks: 3, efi: { compression: 1 }, filler: 0x5a }),
    ]);
    const path = '/usr/share/vgabios/gpu.rom';
    const looked = await buildWithSoftware(
      machines['threadripper'] as Machine,
      software('threadripper'),
    );
    await looked.write(path, '');
    await writeFile(join(looked.root, path), rom);
    const made = await archiveOf(looked);
    const { archive } = await sent(made);
    expect((await factsFrom(archive)).roms).toEqual(
      (await readFacts(looked.machine, { configPath, virsh: looked.virsh })).roms,
    );
    const kept = archive.recorded.contents[path];
    if (kept === undefined || !('is' in kept)) throw new Error('it is not kept');
    const bytes = kept.is.parts.map(({ base64 }) => Buffer.from(base64, 'base64').length);
    expect(kept.is.size).toBe(rom.length);
    expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThan(200);
  });

  test('of whatever kind is read from its parts as from all of it, or not kept', () => {
    let isKept = 0;
    fc.assert(
      fc.property(fc.oneof(romBytes, mutatedRomBytes), (bytes) => {
        const rom = parseRom(bytes);
        let parts;
        try {
          parts = romParts(bytes, rom);
        } catch {
          return;
        }
        isKept += 1;
        expect(parseRom(bytesOf(bytes.length, parts))).toEqual(rom);
      }),
      { numRuns: 200 },
    );
    expect(isKept).toBeGreaterThan(120);
  });
});

const written = async () =>
  sent(await archiveOf(await buildWithSoftware(gtx970, software('gtx-970'))));

describe('a file', () => {
  test('is for its user alone, and takes no place of another', async () => {
    const { path, archive } = await written();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const before = await readFile(path);
    await expect(writeArchive(host, path, archive)).rejects.toMatchObject({
      code: 'report-failed',
      what: `${path} is there already, and is left as it is.`,
    });
    expect(await readFile(path)).toEqual(before);
  });

  test.each([
    ['nothing', () => Buffer.alloc(0), 'is no archive of Handglass'],
    ['another file', () => Buffer.from('hello'), 'is no archive of Handglass'],
    ['another document', () => gzipSync('{"format":"other"}'), 'is no archive of Handglass'],
    ['another text', () => gzipSync('hello'), 'is damaged, cut off, or no archive'],
    [
      'a newer one',
      () => gzipSync('{"format":"handglass-report","version":9,"handglass":"7.1"}'),
      'was written by a newer Handglass (7.1)',
    ],
    [
      'an empty one',
      () => gzipSync('{"format":"handglass-report","version":1}'),
      'is an archive of Handglass, but its content is not: handglass',
    ],
    [
      'a bomb',
      () => gzipSync(Buffer.alloc(80 * 1024 * 1024)),
      'is damaged, cut off, or no archive',
    ],
  ])('that is %s is told of in one sentence', async (_, bytes, what) => {
    const path = await place();
    await writeFile(path, bytes());
    await expect(readArchive(host, path)).rejects.toMatchObject({
      code: 'report-failed',
      what: expect.stringContaining(`${path} ${what}`) as string,
      remedy: expect.stringMatching(/\.$/) as string,
    });
  });

  test('that is cut off or changed anywhere is no archive, or one that can be looked at', async () => {
    const { path } = await written();
    const whole = await readFile(path);
    const random = randomFrom(3);
    for (let round = 0; round < 20; round += 1) {
      const bytes = Buffer.from(
        whole.subarray(0, round < 10 ? random.below(whole.length) : whole.length),
      );
      if (round >= 10) bytes[random.below(bytes.length)] = random.below(256);
      const damaged = await place();
      await writeFile(damaged, bytes);
      try {
        doctorReport(await factsFrom(await readArchive(host, damaged)));
      } catch (error) {
        expect(error).toMatchObject({ code: 'report-failed' });
      }
    }
  });
});
