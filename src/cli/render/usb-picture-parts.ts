/** The small things that the picture of USB devices is made of. Lengths are in pixels. */
import type { SurveyedPort, SurveyedUsb } from '../../usb/survey.ts';
import { svg, type SvgElement } from './svg.ts';
import { holderText } from './usb-words.ts';

/** Some lines of a picture, drawn from a height on. */
export interface Block {
  height: number;
  draw: (y: number) => SvgElement[];
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

/** A square for each port of a hub, the last of which ends at `right`. */
export function sockets(
  right: number,
  y: number,
  ports: readonly SurveyedPort[],
  room: number,
): SvgElement[] {
  const step = Math.min(24, room / ports.length);
  return ports.map(({ port, device }, index) => {
    const x = Math.round(right - step * (ports.length - index) + 3);
    const size = { width: Math.round(step) - 3, height: 18 };
    const what = device === null ? 'empty' : `${device.name}, ${holderText(device) || 'hub'}`;
    return svg(
      'g',
      { class: `socket ${device === null ? 'empty' : toneOf(device)}` },
      svg('title', {}, `${port}: ${what}`),
      svg('rect', { x: x + 0.5, y: y + 0.5, ...size, rx: 4 }),
      svg('text', { x: x + 0.5 + size.width / 2, y: y + 13 }, /\d+$/.exec(port)?.[0] ?? ''),
    );
  });
}

/** How a device looks, by who has it. */
export function toneOf({
  isHub,
  with: holder,
}: SurveyedUsb): 'hub' | 'host' | 'domain' | 'program' {
  if (isHub) return 'hub';
  if (holder === null) return 'program';
  return holder === 'host' ? 'host' : 'domain';
}

/** Of a character, on average: without the reader's fonts there is no measuring. */
function widthOf(classes: string): number {
  if (classes.includes('code')) return 7;
  return /small|warning/.test(classes) ? 6.6 : 8;
}
