import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { handglass } from './handglass.ts';

async function written() {
  const folder = await mkdtemp(join(tmpdir(), 'handglass-report-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'mine.json.gz');
  return { path, ran: await handglass(['report', '--to', path]) };
}

const subjects = (text: string) => text.match(/^[A-Z].* \d+ fine$/gm)?.map((line) => line.trim());

test('writes an archive, and says how to look at it before it is sent', async () => {
  const { path, ran } = await written();
  expect({ stderr: ran.stderr, status: ran.status }).toEqual({ stderr: '', status: 0 });
  expect(ran.stdout).toMatch(
    / has what the doctor reads of this machine \(\d+ KiB\)\.\nIn it \d+ /,
  );
  expect(ran.stdout).toContain(`\nLook at it before you send it:\n  $ zcat ${path} | less -S\n`);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const text = gunzipSync(await readFile(path)).toString();
  expect(JSON.parse(text)).toMatchObject({ format: 'handglass-report', version: 1 });

  const again = await handglass(['report', '--to', path, '--json']);
  expect(again).toEqual({
    stdout: '',
    stderr: expect.stringContaining(`${path} is there already, and is left as it is.`) as string,
    status: 1,
  });
  expect(gunzipSync(await readFile(path)).toString()).toBe(text);
});

test('doctor and groups look at an archive in place of this machine', async () => {
  const { path } = await written();
  const here = await handglass(['doctor', '--all']);
  const there = await handglass(['doctor', '--all', '--from', path], { env: { PATH: '/nowhere' } });
  expect(there.status).toBe(here.status);
  const [head, ...screen] = there.stdout.split('\n');
  expect(head).toMatch(
    /^The machine of mine\.json\.gz, as Handglass \d\S* found it on \d{4}-\d\d-\d\d \d\d:\d\d UTC:$/,
  );
  expect(subjects(screen.join('\n'))).toEqual(subjects(here.stdout));

  const { stdout } = await handglass(['doctor', '--json', '--from', path]);
  expect(JSON.parse(stdout)).toMatchObject({
    format: 1,
    recorded: { time: expect.any(String) as string, handglass: expect.any(String) as string },
  });
  const groups = await handglass(['groups', '--from', path]);
  expect(groups.stdout.split('\n')[0]).toBe(head);
  expect(groups.stdout.split('\n').slice(1).join('\n')).toBe((await handglass(['groups'])).stdout);
});

test('what is no archive is told of, and an archive has its own configuration', async () => {
  const missing = await handglass(['doctor', '--from', '/nowhere/mine.json.gz']);
  expect(missing).toMatchObject({
    stdout: '',
    stderr: expect.stringContaining('/nowhere/mine.json.gz cannot be read: no such file') as string,
    status: 1,
  });
  const { path } = await written();
  const both = await handglass(['doctor', '--from', path, '--config', '/etc/other.toml']);
  expect(both).toMatchObject({
    stderr: expect.stringContaining('--config and --from exclude each other.') as string,
    status: 2,
  });
});
