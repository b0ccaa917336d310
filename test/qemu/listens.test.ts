import { expect, test } from 'vitest';
import { listensAt } from '../../src/qemu/listens.ts';

const socket = '/run/qemu/win10.qmp';
const qemu = (...words: string[]) => ['/usr/bin/qemu-system-x86_64', '-S', ...words];
const chardev = `socket,id=qmp,path=${socket},server=on,wait=off`;

test.each([
  { words: qemu('-qmp', `unix:${socket},server=on,wait=off`), listens: true },
  { words: qemu('-qmp', `unix:${socket}`), listens: true },
  { words: qemu('-chardev', chardev, '-mon', 'chardev=qmp,mode=control'), listens: true },
  { words: ['kvm', '-qmp', `unix:${socket}`], listens: true },
  { words: ['/usr/libexec/qemu-kvm', '-qmp', `unix:${socket}`], listens: true },
  { words: qemu('-qmp', 'unix:/run/qemu/win10.qmp2'), listens: false },
  { words: qemu('-qmp', 'unix:/other/run/qemu/win10.qmp'), listens: false },
  { words: qemu('-qmp', `unix:/run/a,,path=${socket}`), listens: false },
  { words: ['sudo', ...qemu('-qmp', `unix:${socket}`)], listens: false },
  { words: ['sh', '-c', `qemu-system-x86_64 -qmp unix:${socket}`], listens: false },
  { words: ['socat', '-', `unix:${socket}`], listens: false },
  { words: [], listens: false },
])('$words listens: $listens', ({ words, listens }) => {
  expect(listensAt(words, socket)).toBe(listens);
});

test('a comma in the path is doubled there', () => {
  expect(listensAt(qemu('-qmp', 'unix:/run/a,,b,server=on'), '/run/a,b')).toBe(true);
});
