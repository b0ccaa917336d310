import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import type { DoctorReport } from '../../src/doctor/report.ts';
import { handglass, start } from './handglass.ts';

/** A file of this text that any user may read. */
async function configuration(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'handglass-doctor-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'handglass.toml');
  await writeFile(path, text);
  return path;
}

const resultsIn = (stdout: string) =>
  (JSON.parse(stdout) as DoctorReport).subjects.flatMap(({ results }) => results);

test('prints one line of JSON of its own format, and fails where there is a problem', async () => {
  const { stdout, stderr, status } = await handglass(['doctor', '--json']);
  const report = JSON.parse(stdout) as DoctorReport;
  expect(stderr).toBe('');
  expect(status).toBe(report.counts.problem > 0 ? 1 : 0);
  expect(report.format).toBe(1);
  expect(stdout.split('\n')).toHaveLength(2);
  const counted = resultsIn(stdout).filter(({ verdict }) => verdict === 'ok');
  expect(counted).toHaveLength(report.counts.ok);
  expect(resultsIn(stdout)[0]).toEqual({
    id: expect.stringMatching(/^[a-z-]+\.[a-z-]+$/),
    title: expect.any(String),
    verdict: expect.stringMatching(/^(ok|warning|problem|unknown)$/),
    about: expect.any(String),
    explanation: expect.any(String),
    remedy: null,
    advice: expect.any(String),
    link: expect.stringMatching(/^[a-z-]+$/),
  });
});

test('shows this machine, whatever that has, and what is fine where it is asked for', async () => {
  const [quiet, all] = [await handglass(['doctor']), await handglass(['doctor', '--all'])];
  for (const { stdout, stderr } of [quiet, all]) {
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^\d+ .*fine\n\nProcessor /);
    expect(stdout).not.toContain('defect of Handglass');
  }
  expect(quiet.stdout).not.toContain('  ok  ');
  expect(all.stdout).toContain('  ok  Memory nodes (NUMA)  cpu.nodes');
});

test('--quick looks at a part of it, as it is here and now', async () => {
  const { stdout, stderr } = await handglass(['doctor', '--quick']);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^\d+ .*fine\n\nProcessor /);
  expect(stdout).not.toContain('QEMU and libvirt');
  for (const other of [['--from', '/tmp/archive'], ['--watch']]) {
    expect(await handglass(['doctor', '--quick', ...other])).toMatchObject({
      stderr: expect.stringMatching(/--quick.* exclude each other\./) as string,
      status: 2,
    });
  }
});

test.skipIf(process.getuid?.() !== 0)('needs no rights, and no programs beside it', async () => {
  const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
  const { stdout, stderr, status } = await handglass(['doctor', '--json'], {
    env: { PATH: '/nowhere' },
    through: [`/usr/bin/${nobody[0]}`, ...nobody.slice(1)],
  });
  expect(stderr).toBe('');
  expect([0, 1]).toContain(status);
  expect(stdout).not.toContain('defect of Handglass');
  const results = resultsIn(stdout);
  expect(results.find(({ id }) => id === 'log.out-of-memory')?.verdict).toBe('unknown');
  expect(results.find(({ id }) => id === 'libvirt.version')?.verdict).toBe('warning');
});

test('finds what is wrong with a configuration, and looks at what one names', async () => {
  const wrong = await configuration('[[seat]]\nname = 1\nusb = 2\n');
  const { stdout, status } = await handglass(['doctor', '--json', '--config', wrong]);
  expect(status).toBe(1);
  const mistakes = resultsIn(stdout).filter(({ id }) => id === 'service.configuration');
  expect(mistakes.map(({ verdict }) => verdict)).toEqual(mistakes.map(() => 'problem'));
  expect(mistakes.map(({ explanation }) => explanation)).toEqual(
    expect.arrayContaining([
      expect.stringMatching(`^${wrong}:2:8: [^:]*$`),
      expect.stringMatching(`^${wrong}:3:7: [^:]*$`),
    ]),
  );
  expect(mistakes.at(-1)?.remedy).toBe(`handglass config check ${wrong}`);

  const right = await configuration(
    '[[looking-glass]]\ndomain = "win10"\nresolution = "1280x720"\nowner = "nobody-of-that-name"\npath = "/dev/shm/handglass-doctor-test"\n',
  );
  const looked = resultsIn((await handglass(['doctor', '--json', '--config', right])).stdout);
  expect(looked.find(({ id }) => id === 'looking-glass.file')).toMatchObject({
    verdict: 'problem',
    about: '/dev/shm/handglass-doctor-test',
    remedy: `sudo handglass shm create --config ${right}`,
  });
  expect(looked.find(({ id }) => id === 'looking-glass.accounts')).toMatchObject({
    verdict: 'problem',
    explanation: 'There is no user nobody-of-that-name on this machine.',
  });
});

/** Looks on until it is interrupted. */
async function startWatch(...flags: string[]) {
  const path = '/dev/shm/handglass-doctor-watch-test';
  const config = await configuration(
    `[[looking-glass]]\ndomain = "win10"\nresolution = "1280x720"\nowner = "root"\npath = "${path}"\n`,
  );
  onTestFinished(() => rm(path, { force: true }));
  const child = start(['doctor', '--watch', '--config', config, ...flags]);
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    path,
    next: async () => String((await lines.next()).value),
    interrupt: async () => {
      child.kill('SIGINT');
      const { exitCode: status, stderr } = await child;
      return { status, stderr };
    },
  };
}

test('--watch goes on with a line for what has changed, until it is interrupted', async () => {
  const { path, next, interrupt } = await startWatch();
  let line = await next();
  expect(line).toMatch(/^\d+ problem.*fine$/);
  while (!line.startsWith('Log ')) line = await next();
  await writeFile(path, '');
  while (!/ Files of shared memory: /.test(line)) line = await next();
  expect(line).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}ok {2}.*-watch-test {2}It is there\.$/);
  expect(await interrupt()).toEqual({ status: 1, stderr: '' });
});

const fileIn = (line: string) =>
  resultsIn(line).find(({ id }) => id === 'looking-glass.file')?.verdict;

test('--watch --json prints the whole report, as it is and then for each change', async () => {
  const { path, next, interrupt } = await startWatch('--json');
  expect(fileIn(await next())).toBe('problem');
  await writeFile(path, '');
  let line = await next();
  while (fileIn(line) !== 'ok') line = await next();
  expect((JSON.parse(line) as DoctorReport).format).toBe(1);
  expect(await interrupt()).toEqual({ status: 1, stderr: '' });
});
