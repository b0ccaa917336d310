import { expect, test } from 'vitest';
import { parseChord } from '../../src/config/chord-text.ts';

test('The keys of a chord are sorted, whatever their order in the text', () => {
  expect(parseChord('pause+leftctrl+leftalt')).toEqual({
    text: 'pause+leftctrl+leftalt',
    keys: [29, 56, 119],
  });
});

test('A chord may hold a mouse button', () => {
  expect(parseChord('leftmeta+btn_side')).toEqual({ text: 'leftmeta+btn_side', keys: [125, 275] });
});

test('Every unknown key of a chord is told, with the chord that was meant', () => {
  expect(parseChord('ctrl+f1+altgr')).toEqual({
    wrong: 'names the unknown keys "ctrl", "altgr"',
    expected: '"leftctrl+f1+rightalt"',
  });
});
