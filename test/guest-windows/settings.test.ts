import { expect, test } from 'vitest';
import { startPure } from './pure.ts';

const ask = startPure();

test.each([
  ['ctrl+alt+home', '3 36'],
  ['Ctrl+Alt+F12', '3 123'],
  ['win+shift+a', '12 65'],
  ['f1', '0 112'],
  ['F24', '0 135'],
  ['ctrl+9', '2 57'],
  ['pause', '0 19'],
  ['ctrl', 'it names no key besides ctrl, alt, shift and win'],
  ['', 'it names a key that is not known'],
  ['ctrl+', 'it names a key that is not known'],
  ['ctrl+f25', 'it names a key that is not known'],
  ['ctrl+f0', 'it names a key that is not known'],
  ['ctrl+f1x', 'it names a key that is not known'],
  ['ctrl+ä', 'it names a key that is not known'],
  ['ctrl+a+b', 'it names two keys besides ctrl, alt, shift and win'],
  ['a', 'it would take a letter from all programs'],
  ['shift+a', 'it would take a letter from all programs'],
])('the keys %j are %s', async (keys, expected) => {
  expect(await ask('hotkey', keys)).toEqual([expected]);
});

test('settings are read as they are written', async () => {
  const text =
    '; of the desk\r\n\r\n  hotkey=ctrl+alt+home\r\nhotkey = win+f1   living room \n# and\neject = PCI\\VEN_1002&DEV_73BF';
  expect(await ask('settings', text)).toEqual([
    'hotkey = ctrl+alt+home',
    'hotkey = win+f1   living room',
    'eject = PCI\\VEN_1002&DEV_73BF',
  ]);
});

test.each([
  ['hotkey', '1: there is no = in it'],
  ['\n\ncolour = red', '3: only hotkey and eject can be set'],
  ['hotkey = ', '1: it names a key that is not known'],
  [
    'eject = USB\\VID_1',
    '1: what is ejected begins with PCI\\VEN_, as the Device Manager shows it',
  ],
  ['hotkey = f1\n'.repeat(9), '9: there are too many hotkeys'],
  ['eject = pci\\ven_1002\n'.repeat(5), '5: there are too many devices to eject'],
])('the settings %j are refused: %s', async (text, reason) => {
  expect(await ask('settings', text)).toEqual([reason]);
});

test.each([
  ['PCI\\VEN_1002', 'yes'],
  ['pci\\ven_1002&dev_73bf', 'yes'],
  ['PCI\\VEN_1002&DEV_73BF&SUBSYS_00000000&REV_C1\\4&1', 'yes'],
  ['PCI\\VEN_100', 'no'],
  ['PCI\\VEN_1002&DEV_7', 'no'],
  ['PCI\\VEN_10DE', 'no'],
])('whether %s names the graphics card: %s', async (named, expected) => {
  const card = 'PCI\\VEN_1002&DEV_73BF&SUBSYS_00000000&REV_C1\\4&1';
  expect(await ask('device', named, card)).toEqual([expected]);
});
