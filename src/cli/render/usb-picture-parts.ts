/** What only the picture of USB devices has. Lengths are in pixels. */
import type { SurveyedPort, SurveyedUsb } from '../../usb/survey.ts';
import { svg, type SvgElement } from '../../doctor/picture/svg.ts';
import { holderText, unreadText } from './usb-words.ts';

/** A square for each port of a hub, the last of which ends at `right`. */
export function sockets(
  right: number,
  y: number,
  ports: readonly SurveyedPort[],
  room: number,
): SvgElement[] {
  const step = Math.min(24, room / ports.length);
  return ports.map(({ port, device, unread }, index) => {
    const x = Math.round(right - step * (ports.length - index) + 3);
    const size = { width: Math.round(step) - 3, height: 18 };
    const nothing = unread === undefined ? 'empty' : unreadText(unread);
    const what = device === null ? nothing : `${device.name}, ${holderText(device) || 'hub'}`;
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
