/**
 * Asks the real virsh inside the virtual host. Takes lines on standard input, each a command as a
 * JSON array of words, and answers each with a line of JSON: what virsh printed, or the name or code
 * of the failure and its message. Ends with its input.
 */
import { createInterface } from 'node:readline';
import { HandglassError } from '../../src/errors.ts';
import { clock } from '../../src/host/clock.ts';
import { processes } from '../../src/host/processes.ts';
import { virshFor } from '../../src/libvirt/virsh.ts';

const ending = new AbortController();
const virsh = virshFor({ ...processes, ...clock }, 'qemu:///system', ending.signal);

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await virsh(...(JSON.parse(line) as string[])).then(
    (printed) => ({ printed }),
    (error: Error) => ({
      failure: error instanceof HandglassError ? error.code : error.name,
      message: error.message,
    }),
  );
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
ending.abort();
