import { describe, expect, test } from 'vitest';
import { doctorReport } from '../../src/doctor/doctor-report.ts';
import type { Result } from '../../src/doctor/report.ts';
import { readFacts } from '../../src/doctor/read-facts.ts';
import { subjects } from '../../src/doctor/checks.ts';
import { parseDomainXml } from '../../src/libvirt/domain-xml.ts';
import { domainXml } from '../machines/domain.ts';
import { equipped } from '../machines/equipped.ts';
import { machines } from '../machines/machines.ts';
import { buildWithSoftware } from '../machines/software.ts';
import { healthy } from './healthy.ts';

const checks = subjects.flatMap((subject) => subject.checks);

test('there are many, each with a name of its own', () => {
  const ids = checks.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.length).toBeGreaterThanOrEqual(60);
  expect(ids.filter((id) => !/^[a-z-]+\.[a-z-]+$/.test(id))).toEqual([]);
  expect(
    checks.filter(({ title }) => !/^[A-Zw]/.test(title) && !title.startsWith('libvirt')),
  ).toEqual([]);
});

test('a machine on which all is well has nothing amiss', () => {
  const { counts, subjects: told } = doctorReport(healthy());
  const amiss = told.flatMap(({ results }) => results).filter(({ verdict }) => verdict !== 'ok');
  expect(amiss).toEqual([]);
  expect(counts).toMatchObject({ warning: 0, problem: 0, unknown: 0 });
});

/** Outside of quotes a full stop before a space or at the end ends a sentence. */
function sentencesIn(text: string): number {
  const plain = text
    .replaceAll(/"[^]*"/g, 'quoted.')
    .replaceAll(/`[^`]*`/g, 'code')
    .replaceAll(/\([^)]*\)/g, '');
  return plain.match(/[.!?](?=\s|$)/g)?.length ?? 0;
}

function isBad({ explanation, remedy, advice, verdict, link }: Result): boolean {
  const sentences = sentencesIn(explanation);
  const isAmiss = verdict === 'problem' || verdict === 'warning';
  return (
    sentences === 0 ||
    sentences > 2 ||
    (isAmiss && remedy === null && advice === '') ||
    remedy === '' ||
    link === ''
  );
}

describe.each(Object.keys(equipped))('on %s', (name) => {
  test('each result is explained in two sentences at most, and what is amiss has a way out', async () => {
    const [machine, software] = [machines[name], equipped[name]];
    if (machine === undefined || software === undefined) throw new Error(name);
    const { machine: host, virsh } = await buildWithSoftware(machine, software);
    const configPath = '/etc/handglass/handglass.toml';
    const report = doctorReport(await readFacts(host, { configPath, virsh }));
    const results = report.subjects.flatMap((subject) => subject.results);
    expect(results.filter(isBad)).toEqual([]);
  });
});

test('who is not root is told to look again as root, and root is not', () => {
  const [user, root] = [1000, 0].map((uid) => {
    const facts = healthy(({ log, people }) => {
      log.lines = null;
      log.unread['lines'] = 'permission denied';
      if (people.caller !== null) people.caller.uid = uid;
    });
    const results = doctorReport(facts).subjects.flatMap((subject) => subject.results);
    return results.find(({ verdict }) => verdict === 'unknown')?.remedy;
  });
  expect([user, root]).toEqual(['sudo handglass doctor', null]);
});

test('commands are for the libvirt of the configuration', () => {
  const facts = healthy(({ libvirt }) => {
    libvirt.uri = 'qemu+unix:///system?socket=/run/other libvirt';
    const spice = "<graphics type='spice'/>";
    const xml = domainXml({ name: 'win10', memoryMib: 1024, vcpus: 1 }).replace(spice, '');
    libvirt.domains = [{ name: 'win10', isRunning: false, xml: parseDomainXml(xml), unread: {} }];
  });
  const results = doctorReport(facts).subjects.flatMap((subject) => subject.results);
  const commands = results.map(({ remedy }) => remedy ?? '').filter((each) => /virsh/.test(each));
  expect(commands).not.toEqual([]);
  for (const command of commands) {
    expect(command).toContain("--connect 'qemu+unix:///system?socket=/run/other libvirt'");
  }
});

test('what could not be looked at is never fine, and a defect in one check costs that check alone', () => {
  const facts = healthy((each) => {
    each.cpu.virtualization = null;
    each.cpu.processors = 'hostile' as never;
  });
  const results = doctorReport(facts).subjects.flatMap((subject) => subject.results);
  expect(results.find(({ id }) => id === 'cpu.virtualization')?.verdict).toBe('unknown');
  expect(results.find(({ id }) => id === 'cpu.topology')).toMatchObject({
    verdict: 'unknown',
    explanation: expect.stringContaining('a defect of Handglass'),
  });
  expect(results.find(({ id }) => id === 'cpu.kvm')?.verdict).toBe('ok');
});
