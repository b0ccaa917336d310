/** What the command line of `npm run bench:input` asks for. */
import { WrongUsage } from '../lab/failure.ts';
import { type Forwarder, realForwarders, virtualForwarders } from './rows.ts';
import { parseWords } from './words.ts';

export interface Request {
  json: boolean;
  realCpu: boolean;
  /** What to measure, in this order. */
  forwarders: readonly (Forwarder & { isPeer: boolean })[];
}

export const help = `\
Measures how long input reports take through the switchboard, and through others for comparison;
in the row named host, to a desktop that has the device while the switchboard listens for chords.

  npm run bench:input -- [--json] [--only NAME]... [--peer NAME='COMMAND with {source}']...
  npm run bench:input -- --real-cpu [--json] [--only NAME]... [--peer NAME=COMMAND]...

  --json      an array of rows in place of the table
  --only      measures this row and no others that are not named; direct and floor are what others
              are compared with
  --peer      another forwarder. It runs in the virtual host, in the checkout, with the source's
              event node in place of {source}; it prints the event node of its own device on its
              first line. A command of node is measured with its JavaScript blocked as well: it
              blocks itself for 50 ms in every 500 when HANDGLASS_BENCH_BLOCK is 1
  --real-cpu  on this machine, kept busy, with pipes in place of devices: a command passes reports
              from standard input to standard output. It takes root

The virtual host counts instructions, a nanosecond each, in place of time: its figures are the same
on every machine, and say how much has to be done for a report, not how long it takes here.
`;

/** Throws WrongUsage. */
export function parseRequest(words: readonly string[]): Request | 'help' {
  const { json, help: isHelp, only, peer, 'real-cpu': realCpu } = parsed(words);
  if (isHelp) return 'help';
  const ours = (realCpu ? realForwarders : virtualForwarders).map((forwarder) => ({
    ...forwarder,
    isPeer: false,
  }));
  const all = [...ours, ...peer.map(peerOf)];
  const names = all.map(({ name }) => name);
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new WrongUsage(`--only names a row: ${names.join(', ')}, not '${unknown}'.`);
  }
  const isWanted = ({ name }: Forwarder) => only.length === 0 || only.includes(name);
  return { json, realCpu, forwarders: all.filter(isWanted) };
}

function parsed(words: readonly string[]) {
  return parseWords(
    words,
    {
      'real-cpu': { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      peer: { type: 'string', multiple: true, default: [] },
    },
    help,
  );
}

function peerOf(text: string): Forwarder & { isPeer: boolean } {
  const [, name, command] = /^([^=\s]+)=(.+)$/s.exec(text) ?? [];
  if (name !== undefined && command !== undefined) return { name, command, isPeer: true };
  throw new WrongUsage(`--peer takes NAME='COMMAND', not '${text}'.`);
}
