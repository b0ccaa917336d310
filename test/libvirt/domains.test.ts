import { expect, test } from 'vitest';
import { isActive } from '../../src/domain/run-state.ts';
import { listDomains, parseDomainStats } from '../../src/libvirt/domains.ts';
import { golden } from './golden.ts';
import { scriptedVirsh } from './scripted-virsh.ts';

test('real output names every domain with its state', async () => {
  expect(parseDomainStats(await golden('domstats.txt'))).toEqual([
    { name: 'win10', state: 'shut off' },
    { name: 'it\'s "a" & b', state: 'shut off' },
  ]);
});

test('domains are asked for by their state alone', async () => {
  const { virsh, commands } = scriptedVirsh({
    domstats: ["Domain: 'win10'\n  state.state=1\n  state.reason=1\n\n"],
  });
  expect(await listDomains(virsh)).toEqual([{ name: 'win10', state: 'running' }]);
  expect(commands).toEqual([['domstats', '--state']]);
});

test.each([
  { number: 0, state: 'no state', active: false },
  { number: 1, state: 'running', active: true },
  { number: 2, state: 'blocked', active: true },
  { number: 3, state: 'paused', active: true },
  { number: 4, state: 'shutting down', active: true },
  { number: 5, state: 'shut off', active: false },
  { number: 6, state: 'crashed', active: false },
  { number: 7, state: 'suspended', active: true },
  { number: 8, state: 'no state', active: false },
])('state $number is $state, which holds devices: $active', ({ number, state, active }) => {
  const [domain, ...others] = parseDomainStats(`Domain: 'a'\n  state.state=${number}\n`);
  expect(domain).toEqual({ name: 'a', state });
  expect(others).toEqual([]);
  expect(domain !== undefined && isActive(domain)).toBe(active);
});

test.each([
  { text: '', names: [], reason: 'there is no domain' },
  { text: '\n', names: [], reason: 'there is no domain' },
  {
    text: "Domain: 'a'\n  state.reason=1\n  state.state=1\n",
    names: ['a'],
    reason: 'other values come first',
  },
  { text: "Domain: 'a'\n\nDomain: 'b'\n  state.state=1\n", names: ['b'], reason: 'one went away' },
  { text: "Domain: 'a'\n  state.state=1", names: ['a'], reason: 'the last line has no end' },
  {
    text: "Domain: 'Domain: 'a''\n  state.state=1\n",
    names: ["Domain: 'a'"],
    reason: 'a name looks like a heading',
  },
])('domains are $names when $reason', ({ text, names }) => {
  expect(parseDomainStats(text).map(({ name }) => name)).toEqual(names);
});
