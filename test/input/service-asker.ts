/**
 * Asks the service over its local socket from inside the virtual host, for as long as it is wanted:
 * a new command line for each question would take seconds there. Takes lines on standard input,
 * each with a number of its own before it, and answers with that number and a line:
 *
 *   give TARGET    gives the seat; the owner then, or the code of the failure
 *   until PATTERN  once the state, as JSON, matches; tries again while there is no service
 *   kill TEXT      kills the program whose command line has the text in it; when the last of its
 *                  threads had ended, in seconds of CLOCK_MONOTONIC
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { HandglassError } from '../../src/errors.ts';
import { connect, type Client } from '../../src/server/client.ts';

const address = 'ws+unix:/run/handglass/handglass.sock:/';
const seat = 'desk';
const pauseMs = 50;

const commands: Record<string, (words: string) => Promise<string>> = {
  give: (to) => ask(async (client) => (await client.call('seat.give', { seat, to })).owner),
  until: (pattern) => until(new RegExp(pattern)),
  kill: async (text) => kill(text),
};

for await (const line of createInterface({ input: process.stdin })) {
  const [number = '', verb = '', ...words] = line.split(' ');
  void answer(number, commands[verb]?.(words.join(' ')));
}

async function answer(number: string, text: Promise<string> | undefined): Promise<void> {
  process.stdout.write(`${number} ${(await text) ?? 'unknown'}\n`);
}

async function until(pattern: RegExp): Promise<string> {
  for (;;) {
    const answer = await ask(async (client) => {
      for await (const state of client.states()) {
        if (pattern.test(JSON.stringify(state))) return 'yes';
      }
      return 'ended';
    });
    if (answer === 'yes') return answer;
    await setTimeout(pauseMs);
  }
}

async function ask(question: (client: Client) => Promise<string>): Promise<string> {
  try {
    const client = await connect(address);
    try {
      return await question(client);
    } finally {
      await client.close();
    }
  } catch (error) {
    if (error instanceof HandglassError) return error.code;
    throw error;
  }
}

function kill(text: string): string {
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    if (Number(name) === process.pid || !commandLine(name).includes(text)) continue;
    process.kill(Number(name), 'SIGKILL');
    while (isAlive(name)) continue;
    return (Number(process.hrtime.bigint() / 1000n) / 1e6).toFixed(6);
  }
  return 'none';
}

/** The main thread of one that was killed may be dead long before the others have freed its memory. */
function isAlive(name: string): boolean {
  try {
    const isDead = /\) [ZX] /.test(readFileSync(`/proc/${name}/stat`, 'utf8'));
    return !isDead || readdirSync(`/proc/${name}/task`).length > 1;
  } catch {
    return false;
  }
}

function commandLine(name: string): string {
  try {
    return readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
