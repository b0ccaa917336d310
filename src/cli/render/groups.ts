import { styleText } from 'node:util';
import type { GroupedDevices, GroupReport, ReportedDevice } from '../../doctor/group-report.ts';
import type { Obstacle } from '../../doctor/obstacle.ts';
import type { Verdict } from '../../doctor/verdict.ts';
import { flagsOf, iommuText, staysAnyway } from '../../doctor/picture/group-words.ts';
import { table } from './table.ts';
import { wrapped } from './wrapped.ts';

/**
 * A block for each group with its devices as a tree, and then what stands in each one's way.
 *
 * @param columns of the terminal, where it is one
 */
export function groupLines(report: GroupReport, columns?: number): string[] {
  const { groups, ungrouped, verdicts, unread } = report;
  const byAddress = new Map(verdicts.map((each) => [each.address, each]));
  const blocks = [
    ...groups
      .filter((group) => !isPlain(group))
      .map(({ number, type, devices, others }): Line[] => [
        styleText('bold', `group ${number}${type === null ? '' : `, ${type}`}`),
        ...treeLines(devices, byAddress),
        ...others.map((each): Line => `  ${each}`),
      ]),
    ungrouped.length === 0
      ? []
      : [styleText('bold', 'in no group'), ...treeLines(ungrouped, byAddress)],
    plainLines(groups.filter(isPlain)),
  ].filter(({ length }) => length > 0);
  const lines = blocks.flatMap((block): Line[] => ['', ...block]);
  const rows = table(lines.filter((line) => typeof line !== 'string'));
  return [
    iommuText(report),
    ...(groups.length === 0 && ungrouped.length === 0 && unread['devices'] === undefined
      ? ['This machine has no PCI devices.']
      : []),
    ...Object.entries(unread).map(([what, why]) =>
      styleText('yellow', `could not read: ${what} (${why})`),
    ),
    ...lines.map((line) => (typeof line === 'string' ? line : (rows.shift() ?? ''))),
    ...verdictLines(verdicts, columns),
  ];
}

/** Cells, whose columns are those of the whole screen, or a line that keeps to none. */
type Line = string | string[];

function isPlain({ devices, others }: GroupedDevices): boolean {
  return devices.every(staysAnyway) && others.length === 0;
}

/** Groups of nothing but bridges, of which many machines have dozens: a line for each. */
function plainLines(groups: readonly GroupedDevices[]): Line[] {
  if (groups.length === 0) return [];
  return [
    styleText('bold', 'groups of bridges, which stay with the host'),
    ...groups.map(({ number, devices }): Line => {
      const [first] = devices;
      const more = devices.length > 1 ? `, and ${devices.length - 1} more` : '';
      if (first === undefined) return `  group ${number}: empty`;
      const { address, name, what, driver } = first;
      return [`  ${address}`, shortened(name), what, driver ?? '', `group ${number}${more}`];
    }),
  ];
}

/** A device below its bridge where that is in the same group. */
function treeLines(
  devices: readonly ReportedDevice[],
  verdicts: ReadonlyMap<string, Verdict>,
): Line[] {
  const own = new Set(devices.map(({ address }) => address));
  return devices.flatMap((device): Line[] => {
    const depth = (device.bridges ?? []).filter((bridge) => own.has(bridge)).length;
    const indent = '  '.repeat(depth + 1);
    const verdict = verdicts.get(device.address);
    return [
      [
        `${indent}${device.address}`,
        shortened(device.name),
        device.what,
        device.driver ?? '',
        flagsOf(device).join(', '),
      ],
      ...(verdict === undefined ? [] : [`${indent}  ${briefText(verdict)}`]),
    ];
  });
}

const colours = { ready: 'green', prepare: 'yellow', stays: 'red', unknown: 'yellow' } as const;

function briefText({ answer, brief, obstacles }: Verdict): string {
  const isRisky = answer === 'ready' && obstacles.length > 0;
  return styleText(isRisky ? 'yellow' : colours[answer], brief);
}

const mostCharacters = 60;

/** Some names are sentences, and would push all other columns off the screen. */
function shortened(name: string): string {
  const characters = Array.from(name);
  if (characters.length <= mostCharacters) return name;
  return `${characters.slice(0, mostCharacters - 1).join('')}…`;
}

/** Each obstacle with its remedy; what stands in everything's way is told once. */
function verdictLines(verdicts: readonly Verdict[], columns: number | undefined): string[] {
  const obstacleLines = (obstacle: Obstacle, indent: string) =>
    linesOf(obstacle, indent).flatMap((line) => wrapped(line, columns));
  const common = commonTo(verdicts);
  return [
    ...common.flatMap((obstacle) => ['', ...obstacleLines(obstacle, '')]),
    ...verdicts.flatMap((verdict, index) => {
      const own = verdict.obstacles.filter((each) => isWorthTelling(each, verdict, common));
      const twin = verdicts.slice(0, index).find((each) => goTogether(each, verdict));
      if (twin !== undefined)
        return ['', ...headLines(verdict).slice(0, 1), `  as ${twin.address}`];
      return ['', ...headLines(verdict), ...own.flatMap((each) => obstacleLines(each, '  '))];
    }),
  ];
}

/** How to take a device from its driver is no advice while the host may not do without it. */
function isWorthTelling(
  { id, weight }: Obstacle,
  { answer }: Verdict,
  common: readonly Obstacle[],
): boolean {
  return !common.some((each) => each.id === id) && (answer === 'prepare' || weight !== 'step');
}

/** Functions of one device that go together or not at all. */
function goTogether(one: Verdict, other: Verdict): boolean {
  return one.brief === other.brief && one.together.includes(other.address);
}

function commonTo(verdicts: readonly Verdict[]): Obstacle[] {
  const [first] = verdicts;
  const machineWide: readonly Obstacle['id'][] = ['iommu-off', 'iommu-unknown', 'interrupts'];
  return (first?.obstacles ?? []).filter(({ id }) => machineWide.includes(id));
}

function headLines(verdict: Verdict): string[] {
  const { address, name, together, losses } = verdict;
  return [
    `${styleText('bold', address)}  ${name}: ${briefText(verdict)}`,
    ...(together.length === 0 ? [] : [`  goes with ${together.join(', ')}`]),
    ...(losses.length === 0
      ? []
      : [`  the host would lose ${losses.map(({ what }) => what).join('; ')}`]),
  ];
}

function linesOf({ explanation, remedy }: Obstacle, indent: string): string[] {
  return [`${indent}${explanation}`, ...(remedy === '' ? [] : [`${indent}  ${remedy}`])];
}
