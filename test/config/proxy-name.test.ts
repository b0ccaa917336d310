import { expect, test } from 'vitest';
import { proxyName } from '../../src/config/proxy-name.ts';

test.each([
  { domain: 'win10', name: 'win10' },
  { domain: 'Win-10.x_64+gpu', name: 'Win-10.x_64+gpu' },
  { domain: 'win 10 (games)', name: 'win_10__games_' },
  { domain: '../a/b', name: '.._a_b' },
  { domain: 'ů😀', name: '__' },
])('The proxies of the domain $domain are called $name', ({ domain, name }) => {
  expect(proxyName(domain)).toBe(name);
});
