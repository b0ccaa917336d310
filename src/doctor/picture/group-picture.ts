import type { GroupReport, GroupedDevices, ReportedDevice } from '../group-report.ts';
import type { Verdict } from '../verdict.ts';
import { flagsOf, iommuText, staysAnyway } from './group-words.ts';
import {
  type Block,
  branch,
  card,
  chip,
  chipWidth,
  heading,
  line,
  margin,
  pageWidth,
  picture,
  withGuides,
} from './picture-parts.ts';
import { svg } from './svg.ts';

const inner = margin + 20;
const right = pageWidth - inner;
const step = 24;

/**
 * IOMMU groups as an SVG document: a card for each group that a graphics card or USB controller is in,
 * then for those that several others share, and a line for whatever is alone.
 */
export function groupPicture(report: GroupReport): string {
  const { groups, ungrouped, verdicts } = report;
  const byAddress = new Map(verdicts.map((each) => [each.address, each]));
  const ranked = Map.groupBy(groups, (each) => rankOf(each, byAddress));
  const of = (rank: Rank) => ranked.get(rank) ?? [];
  return picture('IOMMU groups', [
    heading('IOMMU groups', legend),
    note(iommuText(report)),
    ...[...of('asked'), ...of('shared')].map((group) =>
      groupCard(groupTitle(group), group.devices, byAddress, group.others),
    ),
    ...(ungrouped.length === 0 ? [] : [groupCard('In no group', ungrouped, byAddress, null)]),
    ...lineCard('Others alone in their groups', of('alone')),
    ...lineCard('Bridges in groups of their own', of('bridges')),
  ]);
}

const legend = [
  ['bridge', 'bridge, stays'],
  ['other', 'other'],
  ['usb', 'USB'],
  ['graphics', 'graphics'],
] as const;

type Rank = 'asked' | 'shared' | 'alone' | 'bridges';

/** Asked is of graphics cards and USB controllers whether they can go. */
function rankOf(group: GroupedDevices, verdicts: ReadonlyMap<string, Verdict>): Rank {
  if (group.devices.some(({ address }) => verdicts.has(address))) return 'asked';
  if (group.devices.every(staysAnyway) && group.others.length === 0) return 'bridges';
  return countOf(group.devices, group.others) > 1 ? 'shared' : 'alone';
}

/** Functions of one card are one device; on a root bus they mostly have nothing to do with each other. */
function countOf(devices: readonly ReportedDevice[], others: readonly string[]): number {
  const endpoints = devices.filter((each) => !staysAnyway(each));
  const own = endpoints.map(({ address, bridges }) =>
    bridges === null || bridges.length === 0 ? address : address.slice(0, address.lastIndexOf('.')),
  );
  return new Set([...own, ...others]).size;
}

function groupTitle({ number, type }: GroupedDevices): string {
  return `Group ${number}${type === null ? '' : ` · ${type}`}`;
}

function note(text: string): Block {
  return { height: 30, draw: (y) => [line(margin, y + 6, 'muted', text)] };
}

/** @param others what is in the group and not on PCI; null where it is no group at all */
function groupCard(
  title: string,
  devices: readonly ReportedDevice[],
  verdicts: ReadonlyMap<string, Verdict>,
  others: readonly string[] | null,
): Block {
  return card([
    cardHead(title, others === null ? null : countOf(devices, others)),
    ...devices.flatMap((device, index) => deviceBlocks(device, devices, index, verdicts)),
    ...(others ?? []).map((each) => ({
      height: 28,
      draw: (y: number) => [line(inner + 22, y + 18, 'muted', each, right - inner - 22)],
    })),
  ]);
}

/** @param count of devices that share a group */
function cardHead(title: string, count: number | null): Block {
  const text = count === 1 ? '1 device alone' : `${count} devices share it`;
  return {
    height: 46,
    draw: (y) => [
      line(inner, y + 29, 'strong', title, 500),
      ...(count === null ? [] : [chip(right, y + 14, count === 1 ? 'good' : 'caution', text)]),
    ],
  };
}

/** A device on a branch from the one above it, in the card of its group. */
function deviceBlocks(
  device: ReportedDevice,
  all: readonly ReportedDevice[],
  index: number,
  verdicts: ReadonlyMap<string, Verdict>,
): Block[] {
  const depth = depthIn(device, all);
  const later = all.slice(index + 1);
  /** Whether another of this depth follows before the branch ends. */
  const goesOn = (level: number) => {
    const next = later.find((each) => depthIn(each, all) <= level);
    return next !== undefined && depthIn(next, all) === level;
  };
  const columns = Array.from({ length: depth }, (_, level) => level).filter(goesOn);
  const guides = columns.map((level) => inner + 6 + level * step);
  const isLast = !goesOn(depth);
  const verdict = verdicts.get(device.address);
  const x = inner + 6 + depth * step;
  return [
    withGuides(deviceRow(device, x, isLast), guides),
    ...(verdict === undefined
      ? []
      : [withGuides(verdictRow(verdict, x), isLast ? guides : [...guides, x])]),
  ];
}

function depthIn({ bridges }: ReportedDevice, all: readonly ReportedDevice[]): number {
  return (bridges ?? []).filter((bridge) => all.some(({ address }) => address === bridge)).length;
}

function deviceRow(device: ReportedDevice, x: number, isLast: boolean): Block {
  const height = 44;
  const { address, name, what, driver } = device;
  const flags = flagsOf(device).join('  ·  ');
  const flagsRoom = Math.min(400, flags.length * 6.6 + 8);
  return {
    height,
    draw: (y) => [
      branch(`M${x} ${y}v16q0 6 6 6h8${isLast ? '' : `M${x} ${y}v${height}`}`),
      svg(
        'g',
        { class: toneOf(device) },
        svg('rect', { x: x + 20, y: y + 12, width: 10, height: 20, rx: 3 }),
      ),
      line(
        x + 40,
        y + 20,
        staysAnyway(device) ? 'muted' : 'strong',
        name,
        right - x - 50 - flagsRoom,
      ),
      line(
        x + 40,
        y + 37,
        'small muted',
        [address, what, ...(driver === null ? [] : [driver])].join('  ·  '),
        right - x - 50 - flagsRoom,
      ),
      line(right, y + 28, 'small muted end', flags, flagsRoom),
    ],
  };
}

function toneOf(device: ReportedDevice): string {
  if (device.isGraphics) return 'graphics';
  if (staysAnyway(device)) return 'bridge';
  return device.class?.startsWith('0c03') === true ? 'usb' : 'other';
}

const tones = { ready: 'good', prepare: 'caution', stays: 'bad', unknown: 'neutral' } as const;

function verdictRow({ answer, brief, obstacles }: Verdict, x: number): Block {
  const most = Math.floor((right - x - 60) / 6.6);
  const text = brief.length <= most ? brief : `${brief.slice(0, most - 1)}…`;
  const tone = answer === 'ready' && obstacles.length > 0 ? 'caution' : tones[answer];
  return {
    height: 28,
    draw: (y) => [chip(x + 40 + chipWidth(text), y + 2, tone, text)],
  };
}

/** Many machines have dozens of such groups, of which nobody asks anything. */
function lineCard(title: string, groups: readonly GroupedDevices[]): Block[] {
  if (groups.length === 0) return [];
  const rows = groups.map(({ number, devices }): Block => {
    const first = devices.find((each) => !staysAnyway(each)) ?? devices[0];
    const more = devices.length > 1 ? ` and ${devices.length - 1} more` : '';
    const flags = first === undefined ? '' : flagsOf(first).join('  ·  ');
    return {
      height: 22,
      draw: (y) => [
        line(inner, y + 14, 'small strong', `Group ${number}`),
        line(inner + 80, y + 14, 'small muted', `${first?.address ?? 'empty'}${more}`),
        line(inner + 270, y + 14, 'small', first?.name ?? '', right - inner - 270 - 260),
        line(right, y + 14, 'small muted end', flags, 250),
      ],
    };
  });
  const head: Block = {
    height: 44,
    draw: (y) => [line(inner, y + 29, 'strong', title)],
  };
  return [card([head, ...rows, { height: 6, draw: () => [] }])];
}
