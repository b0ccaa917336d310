/** A guest with a home of its own, and the host that it is paired with. */
import { join } from 'node:path';
import { expect } from 'vitest';
import { newIdentity } from '../guest/identity.ts';
import { startRelay } from '../guest/relay.ts';
import {
  freePort,
  interfacesOf,
  sampleState,
  seat,
  startService,
  temporaryFolder,
  type TestService,
} from '../server/support.ts';
import { at, handglass } from './handglass.ts';

export interface Guest {
  service: TestService;
  run: (...args: string[]) => ReturnType<typeof handglass>;
  env: Record<string, string>;
  file: string;
}

/** What a guest that is paired can ask for. */
export const paired = [
  ['status'],
  ['give', 'desk'],
  ['release', 'desk'],
  ['toggle'],
  ['watch'],
  ['panel'],
];

export async function startPaired(): Promise<Guest> {
  const guest = await startGuest();
  const { status } = await guest.run('pair', await invite(guest));
  expect(status).toBe(0);
  return guest;
}

/** A guest that is not paired yet. */
export async function startGuest(): Promise<Guest> {
  const service = await startHost();
  const home = await temporaryFolder();
  const env = { XDG_CONFIG_HOME: home };
  const run = (...args: string[]) => handglass(['guest', ...args], { env });
  return { service, run, env, file: join(home, 'handglass', 'guest.json') };
}

/** A host that speaks TLS, at a port that it has again when it is started again in its folder. */
export async function startHost(port?: number, folder?: string): Promise<TestService> {
  return startService({
    state: oneSeat,
    listen: [{ address: '0.0.0.0', port: port ?? (await freePort()) }],
    interfaces: interfacesOf({ lo: ['127.0.0.1'] }),
    ...(folder === undefined ? {} : { folder }),
  });
}

const oneSeat = { ...sampleState, seats: [seat('desk'), seat('lab', { domains: ['linux'] })] };

/** The string that the host prints. */
export async function invite({ service }: Guest): Promise<string> {
  const { stdout } = await handglass(['guest', 'pair', 'win10'], at(service.folder));
  return stdout.split('\n')[0] ?? '';
}

/** Has somebody else answer in the place of a host that is gone. */
export async function replaceHost({ service }: Guest): Promise<void> {
  const other = await newIdentity();
  await service.stop();
  await startRelay(other, service.port, { port: service.port });
}

/** Takes the guest's token away on the host. */
export async function revoke(guest: Guest): Promise<void> {
  await handglass(['guest', 'revoke', idOf(guest)], at(guest.service.folder));
}

export function idOf({ service }: Guest): string {
  const [guest] = service.guests.list();
  return guest?.id ?? '';
}

/** What a command shows that has done what it was asked for. */
export const done = (stdout: string) => ({ stdout, stderr: '', status: 0 });

/** What one shows that has failed, or has a warning. */
export function told(status: number, ...lines: string[]) {
  const stderr = lines
    .map((line, index) => `${index === 0 ? 'handglass: ' : '           '}${line}\n`)
    .join('');
  return { stdout: '', stderr, status };
}
