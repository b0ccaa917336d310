import { buildCommand } from '@stricli/core';
import { HandglassError } from '../../errors.ts';
import { configurationLines, configuredSeats } from '../configured-seats.ts';
import type { Context } from '../context.ts';
import { configFlag, jsonFlag } from '../flags.ts';

interface Flags {
  config: string;
  domain?: string;
  json?: boolean;
  virtio?: boolean;
  xml?: boolean;
}

export const input = buildCommand({
  async func(this: Context, flags: Flags) {
    const domain = domainOfXml(flags);
    if (domain === null) await printDevices(this, flags);
    else await printNeeds(this, flags, domain);
  },
  parameters: {
    flags: {
      config: configFlag,
      domain: {
        kind: 'parsed',
        brief: 'Domain for --xml',
        placeholder: 'DOMAIN',
        parse: String,
        optional: true,
      },
      json: jsonFlag,
      virtio: {
        kind: 'boolean',
        brief: 'XML for virtio guests',
        optional: true,
        withNegated: false,
      },
      xml: {
        kind: 'boolean',
        brief: "Print a domain's XML",
        optional: true,
        withNegated: false,
      },
    },
  },
  docs: {
    brief: 'Show input devices and what would select each',
    fullDescription: `Show input devices and what would select each.

With --domain and --xml: print the elements that \`virsh edit\` has to put into
the domain's <devices>, so that it can have a seat's input; of a [[qemu]] the
arguments that its QEMU needs. With --virtio too: for a guest that has the
driver vioinput.`,
  },
});

/** Null where no XML is asked for. */
function domainOfXml({ domain, json, virtio, xml }: Flags): string | null {
  if (!xml) {
    if (domain !== undefined) throw wrongUse('--domain goes with --xml only.');
    if (virtio) throw wrongUse('--virtio goes with --xml only.');
    return null;
  }
  if (json) throw wrongUse('--json and --xml exclude each other.');
  if (domain === undefined) throw wrongUse('--xml needs a domain.');
  return domain;
}

function wrongUse(what: string): HandglassError {
  const remedy = 'Write `handglass input --domain DOMAIN --xml [--virtio]`.';
  return new HandglassError('usage', what, remedy);
}

async function printNeeds(context: Context, flags: Flags, domain: string): Promise<void> {
  const { loadConfig } = await import('../../config/load.ts');
  const { proxyName } = await import('../../config/proxy-name.ts');
  const { cloneLinks } = await import('../../input/clone-links.ts');
  const { seats, qemu } = await loadConfig(context.host, flags.config);
  const domains = [...new Set(seats.flatMap((seat) => seat.domains))];
  if (!domains.includes(domain)) {
    throw new HandglassError(
      'domain-unknown',
      `No seat in ${flags.config} lists the domain "${domain}".`,
      domains.length === 0
        ? 'Add a [[seat]] with it in `domains`.'
        : `Add it to \`domains\` of a [[seat]], or name one that is there: ${domains.join(', ')}.`,
    );
  }
  const clones = await cloneLinks(context.host, domain, domains);
  const { evdev, virtio } = qemu.some(({ name }) => name === domain)
    ? await formsOfQemu()
    : await formsOfLibvirt();
  const needed = flags.virtio ? virtio : evdev;
  context.print(needed(proxyName(domain), clones).trimEnd());
}

async function formsOfQemu() {
  const forms = await import('../../qemu/input-arguments.ts');
  return { evdev: forms.evdevInputArguments, virtio: forms.virtioInputArguments };
}

async function formsOfLibvirt() {
  const forms = await import('../../libvirt/evdev-input.ts');
  return { evdev: forms.evdevInputXml, virtio: forms.virtioInputXml };
}

async function printDevices(context: Context, flags: Flags): Promise<void> {
  const { inputDevices } = await import('../../system/input.ts');
  const { unreadablePaths } = await import('../../system/input-rights.ts');
  const { readableUsb } = await import('../../system/usb.ts');
  const { surveyInput } = await import('../../input/survey.ts');
  const { usbSeats } = await import('../../seat/usb-seats.ts');
  const { host } = context;
  const { seats, problem } = await configuredSeats(host, flags.config);
  const devices = await inputDevices(host);
  const paths = devices.map(({ path }) => path);
  // The list does without the marks of what goes as a USB device.
  const usb = await readableUsb(host).catch(() => ({ devices: [] }));
  const surveyed = surveyInput(
    devices,
    seats,
    await unreadablePaths(host, paths),
    usbSeats(seats, devices, usb.devices),
  );
  if (flags.json) {
    context.print(JSON.stringify(surveyed));
    return;
  }
  const { inputLines } = await import('../render/input.ts');
  context.print(...inputLines(surveyed), ...configurationLines(problem, context.columns));
}
