import { expect, test } from 'vitest';
import { createSlugs } from '../../src/input/clone-slugs.ts';

test.each([
  { name: 'Wacom Intuos (Pen)', slug: 'wacom-intuos-pen' },
  { name: '  8BitDo  Pro 2!', slug: '8bitdo-pro-2' },
  { name: 'Größe', slug: 'gr-e' },
  { name: '触摸板', slug: 'clone' },
  { name: '', slug: 'clone' },
  { name: 'Keyboard', slug: 'keyboard-2' },
  { name: 'POINTER', slug: 'pointer-2' },
  { name: 'x'.repeat(70), slug: 'x'.repeat(63) },
  { name: `${'x'.repeat(62)} pen`, slug: 'x'.repeat(62) },
])('a device called "$name" has the slug $slug', ({ name, slug }) => {
  expect(createSlugs(['host', 'win10']).create(name)).toBe(slug);
});

test('devices of one name are numbered, within the room that there is', () => {
  const slugs = createSlugs(['host', 'x'.repeat(60)]);
  const names = ['Wacom Intuos', 'Wacom Intuos', 'Wacom Intuos', '触', '触'];
  expect(names.map((name) => slugs.create(name))).toEqual([
    'wacom-in',
    'wacom-2',
    'wacom-3',
    'clone',
    'clone-2',
  ]);
});

test.each([
  { slug: 'pen', claimed: true, reason: 'nobody has it' },
  { slug: 'keyboard', claimed: false, reason: 'every target has a proxy of that name' },
  { slug: 'b-pointer', claimed: false, reason: 'it would be the pointer of win10-b' },
  { slug: 'gamepad', claimed: false, reason: 'another device has it' },
  { slug: 'b-gamepad', claimed: false, reason: "it would be another device's with win10-b" },
  { slug: 'x'.repeat(62), claimed: false, reason: 'it is too long for win10-b' },
])('the slug $slug can be had: $claimed, since $reason', ({ slug, claimed }) => {
  const slugs = createSlugs(['host', 'win10', 'win10-b']);
  slugs.create('Gamepad');
  expect(slugs.claim(slug)).toBe(claimed);
});
