import { expect, test } from 'vitest';
import type { Run, RunResult } from '../../src/host/ports.ts';
import { readKernelLog } from '../../src/system/kernel-log.ts';

type Answers = Record<string, Partial<RunResult> | undefined>;

function running(answers: Answers): Run & { asked: string[][] } {
  const asked: string[][] = [];
  return {
    asked,
    async run(command, args) {
      asked.push([command, ...args]);
      const answer = answers[command];
      if (answer === undefined) throw Object.assign(new Error(command), { code: 'ENOENT' });
      return { stdout: '', stderr: '', exitCode: 0, timedOut: false, ...answer };
    },
  };
}

const journal = (...messages: unknown[]) =>
  messages
    .map((MESSAGE, index) =>
      JSON.stringify({ MESSAGE, __REALTIME_TIMESTAMP: `${(messages.length - index) * 1000}` }),
    )
    .join('\n');

test('the journal is asked for the patterns alone, and gives lines by their time', async () => {
  const bytes = [...Buffer.from("BAR 1: \u001b can't reserve")];
  const host = running({
    journalctl: { stdout: journal('BAR 3: late', bytes, 'Linux version 6.1.0', null) },
  });
  expect(await readKernelLog(host, ['BAR [0-9]'])).toEqual({
    lines: [
      { text: "BAR 1: ? can't reserve", time: 3 },
      { text: 'BAR 3: late', time: 4 },
    ],
    isWhole: true,
    source: 'journal',
    unread: {},
  });
  expect(host.asked[0]).toContain('--grep=Linux version |BAR [0-9]');
});

test('a journal that shows nothing gives way to the ring of the kernel', async () => {
  const host = running({
    journalctl: { stderr: 'Hint: You are currently not seeing messages from other users.\n' },
    dmesg: { stdout: 'usb 1-1: new device\nBAR 3: x\n' },
  });
  expect(await readKernelLog(host, ['BAR [0-9]'])).toMatchObject({
    lines: [{ text: 'BAR 3: x', time: null }],
    isWhole: false,
    source: 'dmesg',
  });
});

test.each([
  [
    'both are closed',
    {
      journalctl: { stderr: 'No journal files were opened due to insufficient permissions.\n' },
      dmesg: { exitCode: 1, stderr: 'dmesg: read kernel buffer failed: Operation not permitted\n' },
    },
    /insufficient permissions.*; read kernel buffer failed/,
  ],
  ['neither is installed', {}, /^no such file or directory$/],
  [
    'it does not answer',
    { journalctl: { timedOut: true, exitCode: null } },
    /did not answer in time/,
  ],
] as [string, Answers, RegExp][])('where %s, nothing is known', async (_when, answers, reason) => {
  const log = await readKernelLog(running(answers), ['x']);
  expect(log.lines).toBeNull();
  expect(log.unread['lines']).toMatch(reason);
});
