import { expect, test } from 'vitest';
import { qemuArguments } from './hardware.ts';

const image = { disk: '/cache/disk', kernel: '/cache/vmlinux', initrd: '/cache/initrd' };
const disks = {
  root: '/cache/disk',
  keep: false,
  checkout: '/cache/checkout',
  disc: '/run/disc',
};
const sockets = { qmp: '/run/qmp', agent: '/run/agent', labctl: '/run/labctl' };
const options = {
  accel: 'tcg',
  processors: 2,
  kernelOptions: 'lab.boot=bare',
} as const;

test('a comma in a path is doubled wherever QEMU takes it for the end of a value', () => {
  const args = qemuArguments(
    { ...image, disk: '/a,b/disk' },
    { root: '/i,j/root', keep: false, checkout: '/c,d/checkout', disc: '/g,h/disc' },
    { qmp: '/e,f/qmp', agent: '/e,f/agent', labctl: '/e,f/labctl' },
    '/e,f/console',
    options,
  );

  expect(
    args.filter((each) => each.includes('/')).filter((each) => /[^,],[^,]\//.test(each)),
  ).toEqual([]);
  expect(args.join(' ')).toContain('filename=/a,,b/disk');
  expect(args.join(' ')).toContain('file=/i,,j/root');
  expect(args.join(' ')).toContain('file=/c,,d/checkout');
  expect(args.join(' ')).toContain('filename=/g,,h/disc');
  expect(args.join(' ')).toContain('unix:/e,,f/qmp,server=on');
});

test('two devices share their vendor and product, and no two a serial number or a port', () => {
  const usb = qemuArguments(image, disks, sockets, '/console', options)
    .filter((each) => each.startsWith('{'))
    .map((each) => JSON.parse(each) as { driver: string; serial?: string; port?: string })
    .filter(({ serial }) => serial !== undefined);

  expect(usb.filter(({ driver }) => driver === 'usb-kbd')).toHaveLength(2);
  expect(new Set(usb.map(({ serial }) => serial)).size).toBe(usb.length);
  expect(new Set(usb.map(({ port }) => port)).size).toBe(usb.length);
});

test('KVM is used only when it is asked for', () => {
  expect(argumentsWith('tcg')).not.toContain('-accel kvm');
  expect(argumentsWith('kvm')).toContain('-accel kvm -cpu host');
});

test('time is counted in instructions, of one processor, only when it is asked for', () => {
  expect(argumentsWith('tcg')).not.toContain('-icount');
  const counted = argumentsWith('tcg', true);
  expect(counted).toContain('-icount shift=0,sleep=off -cpu max,pku=off,erms=off,fsrm=off -smp 1');
  expect(counted).not.toContain('thread=multi');
});

function argumentsWith(accel: 'tcg' | 'kvm', icount = false): string {
  const all = { ...options, accel, icount };
  return qemuArguments(image, disks, sockets, '/console', all).join(' ');
}
