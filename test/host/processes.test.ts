import { expect, onTestFinished, test } from 'vitest';
import { processes } from '../../src/host/processes.ts';

const never = new AbortController().signal;

/** A shell's `sleep`, of which the test is over long before it is. */
const endless = 'exec sleep 600';

test.each([
  { script: 'echo out; echo bad >&2', result: { stdout: 'out\n', stderr: 'bad\n', exitCode: 0 } },
  { script: 'printf "a\\n\\n"', result: { stdout: 'a\n\n', stderr: '', exitCode: 0 } },
  { script: 'echo half; exit 3', result: { stdout: 'half\n', stderr: '', exitCode: 3 } },
  { script: 'kill -TERM $$', result: { stdout: '', stderr: '', exitCode: null } },
  { script: 'echo half; kill -KILL $$', result: { stdout: 'half\n', stderr: '', exitCode: null } },
])('a program that does `$script` is a result', async ({ script, result }) => {
  expect(await processes.run('sh', ['-c', script])).toEqual({ ...result, timedOut: false });
});

test.each([
  { script: endless, reason: 'it sleeps' },
  { script: 'trap "exit 3" TERM; while :; do sleep 0.01; done', reason: 'it then exits by itself' },
])('a program is ended at its time limit when $reason', async ({ script }) => {
  const result = await processes.run('sh', ['-c', `echo half; ${script}`], { timeoutMs: 200 });
  expect(result).toMatchObject({ exitCode: null, timedOut: true });
});

test.each([
  { command: 'handglass-no-such-program', code: 'ENOENT', reason: 'is not installed' },
  { command: '/etc/passwd', code: 'EACCES', reason: 'is not executable' },
  { command: '/', code: 'EACCES', reason: 'is a folder' },
])('a program that $reason rejects with $code', async ({ command, code }) => {
  await expect(processes.run(command, [])).rejects.toMatchObject({
    code,
    syscall: `spawn ${command}`,
  });
});

test('a program reads its input to the end, which comes at once without any', async () => {
  expect((await processes.run('cat', [], { input: 'a\nb' })).stdout).toBe('a\nb');
  expect((await processes.run('cat', [])).stdout).toBe('');
});

test('a program that does not read its input is no failure', async () => {
  const input = 'x'.repeat(1_000_000);
  expect(await processes.run('true', [], { input })).toMatchObject({ exitCode: 0 });
});

test('arguments reach a program as they are, without a shell', async () => {
  const args = ['a b', "it's", '"$HOME"', '*', '', '-n'];
  const { stdout } = await processes.run('printf', [String.raw`%s\n`, ...args]);
  expect(stdout).toBe(args.map((arg) => `${arg}\n`).join(''));
});

test('programs speak English, and keep the rest of the environment', async () => {
  const { stdout } = await processes.run('sh', ['-c', 'echo "$LC_ALL $HOME"']);
  expect(stdout).toBe(`C ${process.env['HOME']}\n`);
  for await (const line of processes.follow('sh', ['-c', `echo "$LC_ALL"; ${endless}`], never)) {
    expect(line).toBe('C');
    break;
  }
});

test('big output arrives whole', async () => {
  const { stdout, exitCode } = await processes.run('sh', [
    '-c',
    'head -c 8000000 /dev/zero | tr "\\0" x',
  ]);
  expect(exitCode).toBe(0);
  expect(stdout).toBe('x'.repeat(8_000_000));
});

/** What following a shell script gave: its lines, and the failure at the end. */
async function followed(script: string): Promise<{ lines: string[]; error: unknown }> {
  const lines: string[] = [];
  try {
    for await (const line of processes.follow('sh', ['-c', script], never)) lines.push(line);
  } catch (error) {
    return { lines, error };
  }
  return { lines, error: null };
}

test.each([
  {
    script: 'echo one; echo; echo three; echo "error: client socket is closed" >&2; exit 1',
    lines: ['one', '', 'three'],
    message: 'error: client socket is closed',
  },
  { script: 'printf "one\\ntwo"', lines: ['one', 'two'], message: 'sh ended' },
  { script: 'exit 1', lines: [], message: 'sh ended' },
  { script: 'echo one; kill -KILL $$', lines: ['one'], message: 'sh ended' },
])('following `$script` ends with "$message"', async ({ script, lines, message }) => {
  expect(await followed(script)).toEqual({ lines, error: new Error(message) });
});

test('following a program that is not installed rejects with ENOENT', async () => {
  const lines = processes.follow('handglass-no-such-program', [], never)[Symbol.asyncIterator]();
  await expect(lines.next()).rejects.toMatchObject({ code: 'ENOENT' });
});

test('lines arrive while the program runs', async () => {
  const script = 'echo ready; while :; do sleep 0.01; done';
  for await (const line of processes.follow('sh', ['-c', script], never)) {
    expect(line).toBe('ready');
    break;
  }
});

/** Whether a process is there, a zombie included. */
function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('aborting ends the program, and the lines without an error', async () => {
  const ending = new AbortController();
  const lines: string[] = [];
  for await (const line of processes.follow('sh', ['-c', `echo $$; ${endless}`], ending.signal)) {
    lines.push(line);
    ending.abort();
  }
  expect(lines).toHaveLength(1);
  expect(isThere(Number(lines[0]))).toBe(false);
});

test('a signal that is aborted already ends the program at once', async () => {
  for await (const line of processes.follow('sh', ['-c', endless], AbortSignal.abort())) {
    expect.unreachable(line);
  }
});

test('whoever stops following waits for nothing, and the program ends', async () => {
  let pid = 0;
  for await (const line of processes.follow('sh', ['-c', `echo $$; ${endless}`], never)) {
    pid = Number(line);
    break;
  }
  await expect.poll(() => isThere(pid), { timeout: 60_000 }).toBe(false);
});

/** Starts a shell script; what it has printed so far is in what this gives. */
function talkTo(script: string, command = 'sh') {
  const heard = { stdout: '', stderr: '' };
  const program = processes.converse(command, ['-c', script], (stream, text) => {
    heard[stream] += text;
  });
  onTestFinished(() => program.end());
  return { program, heard };
}

test('a program is talked with until it ends, and both its streams are told whole', async () => {
  const { program, heard } = talkTo(
    'while read -r line; do echo "$line"; echo "bad $line" >&2; [ "$line" != end ] || exit 3; done',
  );
  program.say('one\nt');
  await expect.poll(() => heard).toEqual({ stdout: 'one\n', stderr: 'bad one\n' });
  program.say('wo é\nend\n');
  await program.ended;
  expect(heard).toEqual({
    stdout: 'one\ntwo é\nend\n',
    stderr: 'bad one\nbad two é\nbad end\n',
  });
});

test('a program that is talked with speaks English', async () => {
  const { program, heard } = talkTo('echo "$LC_ALL"');
  await program.ended;
  expect(heard.stdout).toBe('C\n');
});

test('a letter that comes in two pieces stays whole', async () => {
  const { program, heard } = talkTo(
    String.raw`printf '\303'; echo first >&2; read -r _; printf '\251'`,
  );
  await expect.poll(() => heard.stderr).toBe('first\n');
  program.say('\n');
  await program.ended;
  expect(heard.stdout).toBe('é');
});

test('a program that is ended while it takes no notice of SIGTERM is gone', async () => {
  const { program, heard } = talkTo(`trap '' TERM; echo $$; ${endless}`);
  await expect.poll(() => heard.stdout).not.toBe('');
  program.end();
  program.end();
  await program.ended;
  expect(isThere(Number(heard.stdout))).toBe(false);
});

test('what is said to a program that has ended, or no longer reads, is lost', async () => {
  const { program } = talkTo('exec <&-; exit 0');
  program.say('x'.repeat(1_000_000));
  await program.ended;
  program.say('more');
});

test('talking with a program that is not installed rejects with ENOENT', async () => {
  const { program } = talkTo('', 'handglass-no-such-program');
  program.say('anything');
  await expect(program.ended).rejects.toMatchObject({ code: 'ENOENT' });
});
