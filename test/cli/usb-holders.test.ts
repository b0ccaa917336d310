import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HandglassError } from '../../src/errors.ts';
import { connect } from '../../src/server/client.ts';
import type { DeviceState } from '../../src/server/protocol.ts';
import { usbHolders } from '../../src/cli/usb-holders.ts';
import { sampleState, seat, startService } from '../server/support.ts';

const mouse: DeviceState = {
  kind: 'usb',
  selector: 'class hid',
  name: 'Mouse',
  port: '1-1',
  present: true,
  with: 'win10',
  problem: null,
};
const { port: _, ...keyboard } = { ...mouse, kind: 'input' as const, selector: 'KBD1' };

test('the service says which domain has what is on a port', async () => {
  const devices: DeviceState[] = [
    keyboard,
    mouse,
    { ...mouse, port: '1-2', with: 'host' },
    { ...mouse, port: '1-3', with: null },
    { ...mouse, port: '1-4.1', with: 'linux' },
  ];
  const { folder } = await startService({
    state: { ...sampleState, seats: [seat('desk', { devices })] },
  });
  const holders = await usbHolders({
    connect: () => connect(`ws+unix:${join(folder, 'handglass.sock')}:/`),
  });
  expect([...holders]).toEqual([
    ['1-1', 'win10'],
    ['1-4.1', 'linux'],
  ]);
});

const failing = (error: Error) => ({
  connect: async () => {
    throw error;
  },
});

test.each(['service-down', 'not-permitted'] as const)(
  'nothing is known where the service cannot be asked (%s)',
  async (code) => {
    expect(await usbHolders(failing(new HandglassError(code, 'No.')))).toEqual(new Map());
  },
);

test('any other failure to ask is passed on', async () => {
  const error = new HandglassError('protocol', 'That is no answer.');
  await expect(usbHolders(failing(error))).rejects.toBe(error);
});
