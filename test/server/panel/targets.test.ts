import { expect, test } from 'vitest';
import { targetsOf } from '../../../src/server/panel/page/targets.ts';
import { seat } from '../support.ts';

const move = { number: 1, to: 'win10', why: 'chord', failure: null };
const other = 'other';

test.each([
  {
    it: 'with the host can go to a domain that runs, and not to one that does not',
    targets: ['owner', 'open', 'closed: not running (shut off)'],
  },
  {
    it: 'in a domain can go to the host, whatever runs',
    seat: { owner: 'linux' },
    targets: ['open', 'open', 'owner'],
  },
  {
    it: 'that moves can go nowhere else',
    seat: { moving: true, move },
    targets: ['owner', 'arriving', 'closed: the seat is moving'],
  },
  {
    it: 'that moves somewhere that is not told can go nowhere',
    seat: { owner: 'win10', moving: true },
    targets: ['closed: the seat is moving', 'owner', 'closed: the seat is moving'],
  },
  {
    it: 'that was asked to go is on its way already',
    asked: 'win10',
    targets: ['owner', 'arriving', 'closed: the seat is moving'],
  },
  {
    it: 'that goes elsewhere first is shown there',
    seat: { moving: true, move },
    asked: 'linux',
    targets: ['owner', 'arriving', 'closed: the seat is moving'],
  },
  {
    it: 'goes nowhere without a connection',
    connected: false,
    targets: ['owner', 'closed: no connection', 'closed: no connection'],
  },
  {
    it: 'of which another domain has the devices is not for a guest to move',
    seat: { owner: other, domains: ['win10'] },
    viewer: 'win10',
    targets: ['closed: another virtual machine has it', 'closed: another virtual machine has it'],
  },
  {
    it: 'can be given to a guest by itself',
    seat: { domains: ['win10'] },
    viewer: 'win10',
    targets: ['owner', 'open'],
  },
  {
    it: 'may be given to a domain whose state is not known',
    seat: { domains: ['haiku', 'beos'] },
    targets: ['owner', 'open', 'open'],
  },
])('a seat $it', ({ seat: changes, viewer = 'host', connected = true, asked, targets }) => {
  const found = targetsOf(seat('desk', { domains: ['win10', 'linux'], ...changes }), {
    domains: [
      { name: 'win10', state: 'running' },
      { name: 'linux', state: 'shut off' },
      { name: 'haiku', state: 'unknown' },
    ],
    viewer,
    connected,
    asked,
  });
  expect(found.map(({ is, reason }) => (reason === '' ? is : `${is}: ${reason}`))).toEqual(targets);
});
