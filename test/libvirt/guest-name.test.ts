import { expect, test } from 'vitest';
import { guestNameIn } from '../../src/libvirt/guest-name.ts';

const qemu = (...name: string[]) => ['/usr/bin/qemu-system-x86_64', '-name', ...name, '-S'];

test.each([
  { words: qemu('guest=win10,debug-threads=on'), domain: 'win10' },
  { words: qemu('guest=win10'), domain: 'win10' },
  { words: qemu('guest=a,,b,debug-threads=on'), domain: 'a,b' },
  { words: qemu('guest=a,,,,b'), domain: 'a,,b' },
  { words: qemu('guest=a,,,debug-threads=on'), domain: 'a,' },
  { words: qemu('guest=a,,debug-threads=on'), domain: 'a,debug-threads=on' },
  { words: qemu('guest=it\'s "a" & b,debug-threads=on'), domain: 'it\'s "a" & b' },
  { words: qemu('guest=a=b,debug-threads=on'), domain: 'a=b' },
  { words: qemu('guest='), domain: null },
  { words: qemu('win10'), domain: null },
  { words: ['guest=win10', '-S'], domain: null },
  { words: ['grep', '-name'], domain: null },
  { words: [], domain: null },
])('$words is the process of $domain', ({ words, domain }) => {
  expect(guestNameIn(words)).toBe(domain);
});
