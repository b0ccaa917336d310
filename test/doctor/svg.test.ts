import { expect, test } from 'vitest';
import { markup, svg } from '../../src/doctor/picture/svg.ts';

test('elements are nested, and an empty one ends itself', () => {
  const picture = svg('g', { class: 'a' }, svg('rect', { x: 1.5, rx: 2 }), 'text', svg('g', {}));
  expect(markup(picture)).toBe('<g class="a"><rect x="1.5" rx="2"/>text<g/></g>');
});

test.each([
  { text: '<script>&amp;', written: '&lt;script&gt;&amp;amp;', reason: 'it is no markup' },
  { text: '" onload="', written: '&quot; onload=&quot;', reason: 'it ends no attribute' },
  { text: 'a\u001b\ufffe\ud800b', written: 'a\ufffd\ufffd\ufffdb', reason: 'XML has no such' },
  { text: 'ü 🖱 \u{10ffff}', written: 'ü 🖱 \u{10ffff}', reason: 'XML has all of these' },
])('$text is written $written, because $reason', ({ text, written }) => {
  expect(markup(svg('text', { id: text }, text))).toBe(`<text id="${written}">${written}</text>`);
});
