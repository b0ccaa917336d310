import { expect, test } from 'vitest';
import { candidatesIn } from '../../src/system/module-aliases.ts';

const gpu = {
  vendor: '10de',
  device: '13c2',
  subsystemVendor: '1043',
  subsystemDevice: '8508',
  class: '030000',
};

test.each([
  ['pci:v000010DEd000013C2sv*sd*bc*sc*i*', true, 'both ids are its own'],
  ['pci:v000010DEd*sv*sd*bc03sc00i*', true, 'the vendor and the class are'],
  ['pci:v*d*sv*sd*bc03sc*i*', true, 'the class is'],
  ['pci:v000010DEd000013C2sv00001043sd00008508bc*sc*i*', true, 'the subsystem is too'],
  ['pci:v000010DEd000013C2sv00001043sd00000001bc*sc*i*', false, 'the subsystem is another'],
  ['pci:v000010DEd000013C3sv*sd*bc*sc*i*', false, 'the device is another'],
  ['pci:v000010DEd*sv*sd*bc04sc03i*', false, 'the class is another'],
  ['pci:v00001002d*sv*sd*bc03sc*i*', false, 'the vendor is another'],
  ['pci:v000010DEd000013C2sv*sd*bc*sc*i*x', false, 'more follows'],
  ['usb:v10DEp13C2d*dc*dsc*dp*ic*isc*ip*in*', false, 'it is for USB'],
])('%s fits: %s, because %s', (pattern, fits) => {
  expect(candidatesIn(`# Aliases\nalias ${pattern} driver\n`, [gpu])).toEqual([
    fits ? ['driver'] : [],
  ]);
});

test('modules are told in the order of the file, each once, and by device', () => {
  const aliases = [
    'alias pci:v000010DEd*sv*sd*bc03sc00i00* nvidia',
    'alias pci:v000010DEd*sv*sd*bc03sc*i* nouveau',
    'alias pci:v000010DEd000013C2sv*sd*bc*sc*i* nvidia',
    'alias pci:v00008086d00001502sv*sd*bc*sc*i* e1000e',
  ].join('\n');
  const nic = { ...gpu, vendor: '8086', device: '1502', class: '020000' };
  expect(candidatesIn(aliases, [gpu, nic])).toEqual([['nvidia', 'nouveau'], ['e1000e']]);
});

test('a pattern with more than stars in it is taken as it stands', () => {
  expect(candidatesIn('alias pci:v000010DEd000013C2(sv*)+ bad\n', [gpu])).toEqual([[]]);
});
