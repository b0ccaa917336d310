/** The adapter against a real QEMU, which has no USB devices of a host here. */
import { expect, onTestFinished, test, vi } from 'vitest';
import { qemuProcesses } from '../../src/domain/process.ts';
import { clock } from '../../src/host/clock.ts';
import { filesUnder } from '../../src/host/files.ts';
import type { Clock } from '../../src/host/ports.ts';
import { sockets } from '../../src/host/sockets.ts';
import { qemuDomain } from '../../src/qemu/qemu-domain.ts';
import { manualClock } from '../host/clocks.ts';
import { fakeQemu, ready } from './fake-qemu.ts';
import { realQemu } from './real-qemu.ts';
import { attachOne } from '../domain/attach-one.ts';
import { detachOne } from '../../src/domain/usb-hostdev.ts';

const mouse = { port: '1-2', bus: 1, device: 7, vendor: '1532', product: '0037' };
const alias = 'ua-handglass-1-2';

/** Waits for nothing but the limits of time. */
const hasty: Clock = {
  ...clock,
  sleep: (ms, signal) => (ms < 1000 ? Promise.resolve() : clock.sleep(ms, signal)),
};

/** With the ids QEMU waits for the device; without them it has to be there. */
const waiting = { driver: 'usb-host', hostbus: 1, vendorid: 0x1532 };

function domainAt(socket: string, time: Clock = clock, isPluggedIn = true) {
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  const domain = qemuDomain(
    { ...sockets, ...time },
    { name: 'win10', socket },
    async () => isPluggedIn,
    ending.signal,
  );
  const changed = vi.fn<() => void>();
  const following = domain.follow(changed, ending.signal);
  return { domain, changed, ending, following, state: async () => (await domain.list())[0]?.state };
}

async function running(...more: string[]) {
  const qemu = realQemu('-device', 'qemu-xhci', ...more);
  return { ...(await qemu.start()), ...domainAt(qemu.socket) };
}

test('a QEMU that does not run is shut off and has nothing to bring back', async () => {
  const { socket } = realQemu();
  const { domain } = domainAt(socket);
  const start = `Start its QEMU with \`-qmp unix:${socket},server=on,wait=off\`.`;
  expect(await domain.list()).toEqual([{ name: 'win10', state: 'shut off', start }]);
  expect(await domain.attached('win10')).toEqual([]);
  await detachOne(domain, 'win10', alias);
  const notRunning = { code: 'domain-not-running', remedy: start };
  await expect(attachOne(domain, 'win10', mouse)).rejects.toMatchObject(notRunning);
});

test('it is paused until its guest runs, and each change is told', async () => {
  const { domain, state, monitor, changed } = await running();
  expect(await domain.list()).toMatchObject([{ name: 'win10', state: 'paused' }]);
  for (const [command, expected] of [
    ['cont', 'running'],
    ['stop', 'paused'],
  ] as const) {
    changed.mockClear();
    await monitor.execute(command);
    await vi.waitFor(() => expect(changed).toHaveBeenCalled());
    expect(await state()).toBe(expected);
  }
});

test('one that starts later, ends and starts again is noticed by itself', async () => {
  const qemu = realQemu();
  const { changed, state } = domainAt(qemu.socket);
  expect(await state()).toBe('shut off');
  for (let round = 0; round < 2; round += 1) {
    changed.mockClear();
    const { end } = await qemu.start();
    await vi.waitFor(() => expect(changed).toHaveBeenCalled(), { timeout: 10_000 });
    expect(await state()).toBe('paused');
    changed.mockClear();
    await end();
    await vi.waitFor(() => expect(changed).toHaveBeenCalled());
    expect(await state()).toBe('shut off');
  }
});

test('it has the USB host devices that it was started with, and those that were added', async () => {
  const { domain, monitor } = await running(
    '-device',
    'usb-host,hostbus=1,hostaddr=9,vendorid=0x1532',
    '-device',
    'usb-kbd,id=keys',
  );
  await monitor.execute('device_add', { ...waiting, hostaddr: 7, id: alias });
  expect(await domain.attached('win10')).toEqual([
    { bus: 1, device: 7, alias },
    { bus: 1, device: 9, alias: null },
  ]);
});

test('a device is detached by its alias, others stay, and it may have gone already', async () => {
  const { domain, monitor, changed } = await running();
  await monitor.execute('device_add', { ...waiting, hostaddr: 7, id: alias });
  await monitor.execute('device_add', { ...waiting, hostaddr: 8, id: 'other' });
  changed.mockClear();
  for (let round = 0; round < 2; round += 1) {
    await detachOne(domain, 'win10', alias);
    expect(await domain.attached('win10')).toEqual([{ bus: 1, device: 8, alias: 'other' }]);
  }
  await vi.waitFor(() => expect(changed).toHaveBeenCalled());
});

test('a device that is not there is refused in the words of QEMU, and leaves nothing', async () => {
  const { domain } = await running();
  await expect(attachOne(domain, 'win10', mouse)).rejects.toMatchObject({
    name: 'DomainRefusal',
    message: expect.stringContaining('failed to find host usb device 1:7') as string,
  });
  expect(await domain.attached('win10')).toEqual([]);
});

test('a device that is no longer what it was is refused before QEMU is asked', async () => {
  const qemu = await fakeQemu();
  const { domain } = domainAt(qemu.socket, clock, false);
  const side = await qemu.accept();
  await ready(side);
  const attaching = attachOne(domain, 'win10', mouse);
  attaching.catch(() => {});
  for (let list = 0; list < 2; list += 1) {
    const { id, execute } = await side.next();
    expect(execute).toBe('qom-list');
    side.say(`{"return": [], "id": ${id}}\n`);
  }
  await expect(attaching).rejects.toMatchObject({
    name: 'DomainRefusal',
    message: 'the device on port 1-2 is no longer the one that was there',
  });
});

test('one without USB has no ports, and says what to start it with; those of another are not counted', async () => {
  const qemu = realQemu();
  await qemu.start();
  const { domain } = domainAt(qemu.socket);
  expect(await domain.usbOf('win10')).toEqual({
    hostdevs: [],
    ports: { all: 0, free: 0, remedy: 'Start it with `-device qemu-xhci`.' },
  });
  const { domain: equipped } = await running();
  expect(await equipped.usbOf('win10')).toEqual({ hostdevs: [], ports: null });
});

test('more devices than it has ports find room, on a hub that QEMU adds', async () => {
  const qemu = realQemu('-device', 'qemu-xhci,p2=1,p3=1');
  const { monitor } = await qemu.start();
  const { domain } = domainAt(qemu.socket);
  for (const hostaddr of [7, 8]) {
    await monitor.execute('device_add', { ...waiting, hostaddr, id: `device${hostaddr}` });
  }
  expect(await domain.usbOf('win10')).toMatchObject({ hostdevs: [{}, {}], ports: null });
});

test('an alias that is taken is refused, and what has it stays', async () => {
  const { domain, monitor } = await running();
  await monitor.execute('device_add', { ...waiting, hostaddr: 6, id: alias });
  await expect(attachOne(domain, 'win10', mouse)).rejects.toThrow(`Duplicate device ID '${alias}'`);
  expect(await domain.attached('win10')).toEqual([{ bus: 1, device: 6, alias }]);
});

test('its process is found by the socket in its command line', async () => {
  const { domain, pid, end } = await running();
  const host = filesUnder('/', () => {});
  expect(await qemuProcesses(host, domain, ['win10'])).toEqual(new Map([['win10', pid]]));
  await end();
  expect(await qemuProcesses(host, domain, ['win10'])).toEqual(new Map());
});

test('while another program has the socket it cannot be talked to, and later it can', async () => {
  const qemu = realQemu();
  await qemu.start();
  const other = await sockets.connect(qemu.socket, () => {});
  onTestFinished(() => other.end());
  const time = manualClock();
  const { domain, state } = domainAt(qemu.socket, time);
  await time.awaited(1);
  time.advance(10_000);
  await expect(domain.list()).rejects.toMatchObject({
    code: 'qemu-unavailable',
    message: expect.stringContaining('it did not answer within 10 s') as string,
  });
  other.end();
  await vi.waitFor(async () => {
    time.advance(2000);
    expect(await state()).toBe('paused');
  });
});

test('one that hangs fails what is asked, and does not keep the next from its answer', async () => {
  const qemu = await fakeQemu();
  const time = manualClock();
  const { domain } = domainAt(qemu.socket, time);
  const side = await qemu.accept();
  await ready(side);
  const asked = [domain.list(), domain.attached('win10'), detachOne(domain, 'win10', alias)];
  const failures = Promise.allSettled(asked);
  for (let count = 0; count < 4; count += 1) await side.next();
  time.advance(10_000);
  for (const each of await failures) {
    expect(each).toMatchObject({ reason: { code: 'qemu-unavailable' } });
  }
  // The next attempt waits for a greeting now, and nobody waits for that.
  await expect(domain.list()).rejects.toMatchObject({ code: 'qemu-unavailable' });
});

test.each([
  ['shutdown', 'shut down'],
  ['guest-panicked', 'crashed'],
  ['suspended', 'suspended'],
  ['io-error', 'paused'],
])('what QEMU calls %s is %s', async (status, expected) => {
  const qemu = await fakeQemu();
  const { state } = domainAt(qemu.socket);
  const side = await qemu.accept();
  await ready(side);
  const asking = state();
  const { id } = await side.next();
  side.say(`${JSON.stringify({ return: { status, running: false }, id })}\n`);
  expect(await asking).toBe(expected);
});

test('success that the list of devices does not show is none', async () => {
  const qemu = await fakeQemu();
  const { domain } = domainAt(qemu.socket);
  const side = await qemu.accept();
  await ready(side);
  const attaching = attachOne(domain, 'win10', mouse);
  attaching.catch(() => {});
  const add = await side.next();
  expect(add).toMatchObject({
    execute: 'device_add',
    arguments: { driver: 'usb-host', id: alias, hostbus: 1, hostaddr: 7 },
  });
  side.say(`{"return": {}, "id": ${add.id}}\n`);
  for (let count = 0; count < 2; count += 1) {
    side.say(`{"return": [], "id": ${(await side.next()).id}}\n`);
  }
  await expect(attaching).rejects.toThrow(
    'QEMU reported success, and win10 does not have the device',
  );
});

test('a device that QEMU may not open is refused with what its user lacks', async () => {
  const qemu = await fakeQemu();
  const { domain } = domainAt(qemu.socket, hasty);
  const side = await qemu.accept();
  await ready(side);
  const attaching = attachOne(domain, 'win10', mouse);
  // Udev gives rights a moment after the device is there.
  for (let tries = 0; tries < 4; tries += 1) {
    const { id } = await side.next();
    side.say(
      `{"error": {"class": "GenericError", "desc": "failed to open host usb device 1:7"}, "id": ${id}}\n`,
    );
  }
  // It may have been there already: both lists are looked at.
  for (let list = 0; list < 2; list += 1) {
    side.say(`{"return": [], "id": ${(await side.next()).id}}\n`);
  }
  await expect(attaching).rejects.toMatchObject({
    name: 'DomainRefusal',
    message:
      'failed to open host usb device 1:7; its user has to be let read and write /dev/bus/usb/001/007',
  });
});

test('following ends with the signal, and nothing is told after', async () => {
  const { ending, following, changed, monitor } = await running();
  ending.abort();
  await following;
  changed.mockClear();
  await monitor.execute('cont');
  await monitor.execute('stop');
  expect(changed).not.toHaveBeenCalled();
});
