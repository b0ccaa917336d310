import { selectorToml } from '../../config/selectors.ts';
import type {
  SurveyedBus,
  SurveyedController,
  SurveyedPort,
  SurveyedUsb,
} from '../../usb/survey.ts';
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
} from '../../doctor/picture/picture-parts.ts';
import { svg, type SvgElement } from '../../doctor/picture/svg.ts';
import { sockets, toneOf } from './usb-picture-parts.ts';
import { groupText, resetText, seatText, speedText, unreadText } from './usb-words.ts';

/** From the left, in pixels: the columns of a card. */
const inner = margin + 20;
const selectorAt = 500;
const right = pageWidth - inner;
/** What is left for the names and ports of who has a device. */
const rightRoom = 176;
const step = 24;

/** Controllers, ports and devices as an SVG document. */
export function usbPicture(controllers: readonly SurveyedController[]): string {
  const cards = controllers.length === 0 ? [nothing] : controllers.map(controllerCard);
  return picture('USB controllers, ports and devices', [heading('USB', legend), ...cards]);
}

const legend = [
  ['empty', 'empty'],
  ['hub', 'hub'],
  ['program', 'a program'],
  ['domain', 'a domain'],
  ['host', 'the host'],
] as const;

const nothing: Block = {
  height: 40,
  draw: (y) => [line(margin, y + 20, 'muted', 'This machine has no USB controllers.')],
};

function controllerCard(controller: SurveyedController): Block {
  return card([cardHead(controller), ...controller.buses.flatMap(busBlocks)]);
}

const space: Block = { height: 8, draw: () => [] };

function cardHead(controller: SurveyedController): Block {
  const { address, name, driver, selector, iommuGroup, resetMethods } = controller;
  const group = groupText(controller, 2);
  const groupTone = iommuGroup?.others.length === 0 ? 'good' : 'caution';
  const below = [
    address,
    ...(driver === null ? [] : [driver]),
    ...(selector === null ? [] : [selectorToml(selector)]),
  ];
  const reset = resetText(controller);
  return {
    height: 64,
    draw: (y) => [
      line(inner, y + 31, 'strong', name, 400),
      line(inner, y + 51, 'code muted', below.join('  ·  '), right - inner),
      chip(right, y + 17, resetMethods.length > 0 ? 'good' : 'neutral', reset),
      chip(
        right - chipWidth(reset) - 8,
        y + 17,
        iommuGroup === null ? 'neutral' : groupTone,
        group,
      ),
    ],
  };
}

function busBlocks({ number, speedMbps, ports }: SurveyedBus): Block[] {
  const row: Block = {
    height: 42,
    draw: (y) => [
      svg('line', {
        x1: margin + 1,
        x2: pageWidth - margin - 1,
        y1: y + 0.5,
        y2: y + 0.5,
        class: 'rule',
      }),
      line(inner, y + 27, 'small strong', `Bus ${number}`),
      line(inner + 60, y + 27, 'small muted', speedText(speedMbps)),
      ...sockets(right, y + 13, ports, right - inner - 160),
    ],
  };
  const devices = deviceBlocks(ports, inner + 6, []);
  return devices.length === 0 ? [row] : [row, ...devices, space];
}

/** @param guides where branches of hubs above go on downwards */
function deviceBlocks(
  ports: readonly SurveyedPort[],
  x: number,
  guides: readonly number[],
): Block[] {
  const taken = ports.flatMap(({ port, device }) => (device === null ? [] : [{ port, device }]));
  const unread = ports.flatMap(({ port, unread }) =>
    unread === undefined ? [] : [remarkRow(`${port}: ${unreadText(unread)}`, x)],
  );
  const rows = taken.flatMap(({ port, device }, index) => {
    const isLast = index === taken.length - 1;
    const open = isLast ? guides : [...guides, x];
    return [
      withGuides(deviceRow(port, device, x, isLast), guides),
      ...device.remarks.map((remark) => withGuides(remarkRow(remark, x), open)),
      ...deviceBlocks(device.ports, x + step, open),
    ];
  });
  return [...rows, ...unread];
}

function deviceRow(port: string, device: SurveyedUsb, x: number, isLast: boolean): Block {
  const height = 46;
  const { name, classes, speedMbps, drivers, selector, isHub, ports } = device;
  const details = [
    classes.join(', '),
    speedText(speedMbps),
    isHub ? '' : drivers.join(', '),
  ].filter(Boolean);
  return {
    height,
    draw: (y) => [
      branch(`M${x} ${y}v16q0 6 6 6h8${isLast ? '' : `M${x} ${y}v${height}`}`),
      line(x + 22, y + 21, 'strong', name, selectorAt - x - 38),
      line(x + 22, y + 38, 'small muted', [port, ...details].join('  ·  '), selectorAt - x - 38),
      line(selectorAt, y + 29, 'code', selectorToml(selector), right - rightRoom - selectorAt - 8),
      ...(isHub ? sockets(right, y + 15, ports, rightRoom) : holder(device, y)),
    ],
  };
}

function holder(device: SurveyedUsb, y: number): SvgElement[] {
  const seat = seatText(device);
  const isNamed = seat !== '';
  return [
    chip(right, isNamed ? y + 4 : y + 14, toneOf(device), device.with ?? 'a program'),
    ...(isNamed ? [line(right, y + 39, 'small muted end', seat, rightRoom)] : []),
  ];
}

function remarkRow(remark: string, x: number): Block {
  return { height: 20, draw: (y) => [line(x + 22, y + 12, 'warning', remark, right - x - 22)] };
}
