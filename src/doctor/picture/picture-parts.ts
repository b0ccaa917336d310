/** The small things that pictures are made of. Lengths are in pixels. */
import { pictureStyle } from './picture-style.ts';
import { markup, svg, type SvgElement } from './svg.ts';

/** Some lines of a picture, drawn from a height on. */
export interface Block {
  height: number;
  draw: (y: number) => SvgElement[];
}

export const pageWidth = 1040;
export const margin = 24;

/**
 * Blocks as an SVG document of its own: text stays text, nothing is fetched and nothing runs, and it is
 * light or dark as its reader prefers.
 */
export function picture(title: string, blocks: readonly Block[]): string {
  const content = stack(blocks);
  const height = content.height + margin;
  return markup(
    svg(
      'svg',
      {
        xmlns: 'http://www.w3.org/2000/svg',
        viewBox: `0 0 ${pageWidth} ${height}`,
        width: pageWidth,
        height,
        role: 'img',
      },
      svg('title', {}, title),
      svg('style', {}, pictureStyle),
      svg('rect', { class: 'page', width: '100%', height: '100%' }),
      ...content.draw(0),
    ),
  );
}

/** A picture's heading, and what its colours mean: pairs of a tone and a word, from the right. */
export function heading(title: string, legend: readonly (readonly [string, string])[]): Block {
  return {
    height: 68,
    draw(y) {
      let x = pageWidth - margin;
      const entries = legend.flatMap(([tone, text]) => {
        x -= chipWidth(text) + 14;
        return [
          svg('g', { class: tone }, svg('rect', { x, y: y + 29.5, width: 12, height: 12, rx: 3 })),
          line(x + 19, y + 40, 'small muted', text),
        ];
      });
      return [svg('text', { x: margin, y: y + 42, class: 'title' }, title), ...entries];
    },
  };
}

/** Blocks in a box of their own, with some room below it. */
export function card(blocks: readonly Block[]): Block {
  const gap = 16;
  const content = stack(blocks);
  const height = content.height + 10;
  const box = { x: margin + 0.5, width: pageWidth - 2 * margin - 1, height: height - 1, rx: 12 };
  return {
    height: height + gap,
    draw: (y) => [svg('rect', { ...box, y: y + 0.5, class: 'card' }), ...content.draw(y)],
  };
}

/** A branch of a tree. */
export function branch(d: string): SvgElement {
  return svg('path', { d, class: 'branch' });
}

/** A block, and on its left where branches above it go on downwards. */
export function withGuides({ height, draw }: Block, guides: readonly number[]): Block {
  return {
    height,
    draw: (y) => [...guides.map((x) => branch(`M${x} ${y}v${height}`)), ...draw(y)],
  };
}

/** Blocks one below the other. */
export function stack(blocks: readonly Block[]): Block {
  return {
    height: blocks.reduce((sum, { height }) => sum + height, 0),
    draw: (top) => {
      let y = top;
      return blocks.flatMap((block) => {
        const drawn = block.draw(y);
        y += block.height;
        return drawn;
      });
    },
  };
}

/** A line of text, cut where it is wider than its room; the pointer over it shows all of it. */
export function line(x: number, y: number, classes: string, text: string, room = Infinity) {
  const most = Math.floor(room / widthOf(classes));
  const characters = Array.from(text);
  if (characters.length <= most) return svg('text', { x, y, class: classes }, text);
  const cut = `${characters.slice(0, most - 1).join('')}…`;
  return svg('text', { x, y, class: classes }, svg('title', {}, text), cut);
}

/** A rounded label that ends at `right`. */
export function chip(right: number, y: number, tone: string, text: string): SvgElement {
  const width = chipWidth(text);
  return svg(
    'g',
    { class: `chip ${tone}` },
    svg('rect', { x: right - width, y, width, height: 20, rx: 10 }),
    svg('text', { x: right - width / 2, y: y + 14 }, text),
  );
}

export function chipWidth(text: string): number {
  return Math.round(Array.from(text).length * widthOf('small') + 20);
}

/** Of a character, on average: without the reader's fonts there is no measuring. */
function widthOf(classes: string): number {
  if (classes.includes('code')) return 7;
  return /small|warning/.test(classes) ? 6.6 : 8;
}
