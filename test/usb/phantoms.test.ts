import { expect, test } from 'vitest';
import { clearPhantoms } from '../../src/usb/phantoms.ts';
import { start } from './desk.ts';

const ours = { bus: 1, device: 2, alias: 'ua-handglass-1-1' };

test.each([
  { reason: 'the device is plugged in', device: ours, cleared: false },
  { reason: 'the device is gone', device: { ...ours, device: 9 }, cleared: true },
  {
    reason: 'its number is that of a device on another port',
    device: { ...ours, alias: 'ua-handglass-1-7' },
    cleared: true,
  },
  {
    reason: 'another program attached it',
    device: { ...ours, device: 9, alias: 'ua-other' },
    cleared: false,
  },
  { reason: 'it has no alias', device: { ...ours, device: 9, alias: null }, cleared: false },
])('what a domain has is cleared: $cleared, when $reason', async ({ device, cleared }) => {
  const { look, hostdevs } = await start();
  hostdevs.held.set('win10', [device]);
  expect(await clearPhantoms(look, hostdevs, 'win10', null)).toBe(cleared);
  expect(hostdevs.held.get('win10')).toEqual(cleared ? [] : [device]);
});

test.each([
  { looker: 'the last reading', known: { present: [], attached: [ours], ports: null }, missed: 0 },
  { looker: 'the first look', known: null, missed: 1 },
])('what $looker alone has missed stays', async ({ known, missed }) => {
  const { look, hostdevs } = await start();
  hostdevs.held.set('win10', [ours]);
  let looks = 0;
  const blink = async () => ((looks += 1) > missed ? look() : []);
  expect(await clearPhantoms(blink, hostdevs, 'win10', known)).toBe(false);
  expect(hostdevs.calls).toEqual([]);
});

test('where there is no phantom nobody looks again', async () => {
  const { look, hostdevs } = await start();
  const known = { present: await look(), attached: [ours], ports: null };
  const clearing = clearPhantoms(
    () => Promise.reject(new Error('looked')),
    hostdevs,
    'win10',
    known,
  );
  expect(await clearing).toBe(false);
});

test('a device that is plugged in after the domain was looked at is no phantom', async () => {
  const { look, hostdevs, plugUsb } = await start();
  hostdevs.held.set('win10', [{ bus: 1, device: 5, alias: 'ua-handglass-1-5' }]);
  hostdevs.fail = async (call) => {
    if (call === 'attached win10') await plugUsb({ port: '1-5', device: 5 });
  };
  await clearPhantoms(look, hostdevs, 'win10', null);
  expect(hostdevs.held.get('win10')).toHaveLength(1);
});
