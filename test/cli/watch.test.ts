import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import type { State } from '../../src/server/protocol.ts';
import {
  openPeer,
  sampleState,
  lookingGlassFile,
  seat,
  startService,
  until,
  type TestService,
} from '../server/support.ts';
import { at, handglass, start } from './handglass.ts';

/** Starts `watch`, and waits until the service tells it of changes. */
async function startWatch(service: TestService, ...flags: string[]) {
  const child = start(['watch', ...flags], at(service.folder));
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await until(() => service.control.listeners.size > 1);
  return {
    async next(): Promise<string> {
      const { value } = await lines.next();
      return String(value);
    },
    interrupt: () => child.kill('SIGINT'),
    async ended() {
      const { exitCode: status, stderr } = await child;
      const { done } = await lines.next();
      return { status, stderr, noMoreLines: done };
    },
  };
}

const [desk, couch] = sampleState.seats;
if (desk === undefined || couch === undefined) throw new Error('the sample has two seats at least');
const [mouse] = desk.devices;
if (mouse === undefined) throw new Error('the sample has a device');
const pad = { ...mouse, selector: 'PAD1' };

const move = { number: 1, to: 'win10', why: 'chord', failure: null };

const changes: { change: (state: State) => void; lines: string[] }[] = [
  {
    change: (state) => (state.seats = [seat('desk', { moving: true, move }), couch]),
    lines: [
      'seat desk moving from host to win10 (chord)',
      'seat lab no more',
      'usb device 1532:0037 of lab no more',
    ],
  },
  {
    change: (state) =>
      (state.seats = [
        seat('desk', { owner: 'win10', devices: [{ ...mouse, with: 'win10' }] }),
        couch,
      ]),
    lines: ['seat desk with win10', 'usb device 1532:0037 of desk with win10'],
  },
  {
    change: (state) =>
      (state.seats = [
        seat('desk', { devices: [{ ...mouse, present: false, with: null }] }),
        couch,
      ]),
    lines: ['seat desk with host', 'usb device 1532:0037 of desk not plugged in'],
  },
  {
    change: (state) =>
      (state.seats = [
        seat('desk', {
          devices: [
            { ...mouse, problem: 'It is stuck.' },
            { ...pad, with: null },
          ],
        }),
        couch,
      ]),
    lines: [
      'usb device 1532:0037 of desk has a problem: It is stuck.',
      'usb device PAD1 of desk with nobody',
    ],
  },
  {
    change: (state) =>
      (state.seats = [
        seat('desk', {
          devices: [
            { ...mouse, problem: 'It is stuck.' },
            { ...pad, name: 'Left', with: 'win10' },
            { ...pad, name: 'Right' },
          ],
        }),
        couch,
      ]),
    lines: ['usb device PAD1 of desk Left with win10, Right with host'],
  },
  {
    change: (state) =>
      (state.seats = [
        seat('desk', {
          devices: [
            { ...mouse, problem: 'It is stuck.' },
            { ...pad, kind: 'input' },
          ],
        }),
        couch,
      ]),
    lines: ['input device PAD1 of desk with host', 'usb device PAD1 of desk no more'],
  },
  {
    change: (state) =>
      (state.seats = [
        seat('desk', {
          devices: [{ ...pad, kind: 'input' }],
          move: { ...move, failure: 'It is not running.' },
        }),
        couch,
      ]),
    lines: [
      'seat desk with host, not moved to win10 (chord): It is not running.',
      'usb device 1532:0037 of desk no more',
    ],
  },
  {
    change: (state) =>
      (state.seats = [
        seat('desk', {
          devices: [{ ...pad, kind: 'input' }],
          repair: { number: 1, what: 'Pad (port 1-2) was plugged in and is with win10' },
        }),
        couch,
      ]),
    lines: ['seat desk with host', 'seat desk: Pad (port 1-2) was plugged in and is with win10'],
  },
  {
    change: (state) =>
      (state.seats = [
        seat('desk', {
          devices: [{ ...pad, kind: 'input' }],
          repair: { number: 2, what: 'Pad (port 1-2) was plugged in and is with win10' },
        }),
        couch,
      ]),
    lines: ['seat desk: Pad (port 1-2) was plugged in and is with win10'],
  },
  {
    change: (state) => (state.domains = [{ name: 'win10', state: 'shut off' }]),
    lines: ['domain win10 shut off', 'domain linux no more'],
  },
  {
    change: (state) => (state.lookingGlass = [lookingGlassFile({ host: 'dead' })]),
    lines: ['looking glass win10 host stopped', 'looking glass linux no more'],
  },
  {
    change(state) {
      for (const file of state.lookingGlass) file.present = false;
    },
    lines: ['looking glass win10 file missing'],
  },
  {
    change: (state) =>
      (state.problems = [{ code: 'busy', message: 'A disk is full.', remedy: 'Empty it.' }]),
    lines: ['problem "A disk is full." came up', 'problem "linux cannot be asked." no more'],
  },
  {
    change: (state) => (state.waiting = [{ code: 'address-absent', message: 'No.', remedy: '' }]),
    lines: ['waiting "No." came up'],
  },
];

test('watch prints a line for each thing that changes, and ends quietly at Ctrl-C', async () => {
  const service = await startService();
  const watch = await startWatch(service);
  for (const { change, lines } of changes) {
    change(service.control.current);
    service.control.tell();
    for (const line of lines) {
      expect(sentence(await watch.next())).toBe(line);
    }
  }
  watch.interrupt();
  expect(await watch.ended()).toEqual({ status: 0, stderr: '', noMoreLines: true });
});

test('watch tells of guests that come and go', async () => {
  const service = await startService();
  const watch = await startWatch(service);
  const { id, token } = await service.guests.pair('win10');
  const peer = await openPeer(service.address);
  await peer.ask('session.authenticate', { token });
  expect(sentence(await watch.next())).toBe(`guest ${id} of win10 connected`);
  peer.socket.terminate();
  expect(sentence(await watch.next())).toBe(`guest ${id} of win10 not connected`);
  await handglass(['guest', 'revoke', id], at(service.folder));
  expect(sentence(await watch.next())).toBe(`guest ${id} of win10 no more`);
});

test('watch --json prints the whole state, as it is and then for each change, with number and time', async () => {
  const service = await startService();
  const watch = await startWatch(service, '--json');
  const { current } = service.control;
  const next = async () => JSON.parse(await watch.next()) as State;
  const first = await next();
  expect(first).toEqual({ ...current, number: first.number, time: first.time });
  let number = first.number;
  for (const owner of ['win10', 'host']) {
    current.seats = [seat('desk', { owner })];
    service.control.tell();
    const { time, ...state } = await next();
    number += 1;
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect({ ...state, time: current.time }).toEqual({ ...current, number });
  }
  watch.interrupt();
  expect(await watch.ended()).toEqual({ status: 0, stderr: '', noMoreLines: true });
});

test('watch says so when it was told of fewer changes than there were', async () => {
  const service = await startService();
  const watch = await startWatch(service);
  for (let change = 1; change <= 70; change += 1) {
    service.control.current.domains = [{ name: 'win10', state: `state ${change}` }];
    service.control.tell();
  }
  await watch.next();
  expect(sentence(await watch.next())).toBe('domain linux no more');
  expect(sentence(await watch.next())).toBe('5 changes came too fast to be told of one by one');
  expect(sentence(await watch.next())).toBe('domain win10 state 7');
});

test('watch fails when the service ends', async () => {
  const service = await startService();
  const watch = await startWatch(service);
  await service.stop();
  expect(await watch.ended()).toEqual({
    status: 4,
    stderr:
      'handglass: The service has ended.\n' +
      '           On the host, `systemctl status handglass` shows how it is.\n',
    noMoreLines: true,
  });
});

test('watch ends quietly when its reader has seen enough', async () => {
  const service = await startService();
  const child = start(['watch'], at(service.folder));
  await until(() => service.control.listeners.size > 1);
  child.stdout.destroy();
  for (const owner of ['win10', 'host']) {
    service.control.current.seats = [seat('desk', { owner })];
    service.control.tell();
  }
  const { exitCode, stderr } = await child;
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
});

/** A line without its time, which is checked. */
function sentence(line: string): string {
  expect(line).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}/);
  return line.slice(21);
}
