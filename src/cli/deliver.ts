import { HandglassError } from '../errors.ts';
import type { Virsh } from '../libvirt/virsh.ts';
import type { Context } from './context.ts';

/** Ways to bring a pairing string into a domain, and what there is to say of it then. */
const deliveries = { agent: byAgent, iso: byDisc };

export const ways = Object.keys(deliveries) as (keyof typeof deliveries)[];
export type Way = (typeof ways)[number];

export async function deliver(
  context: Context,
  order: { way: Way; config: string; domain: string; pairing: string },
): Promise<string[]> {
  const { loadConfig } = await import('../config/load.ts');
  const { libvirt, qemu } = await loadConfig(context.host, order.config);
  if (qemu.some(({ name }) => name === order.domain)) throw notLibvirt(order.domain);
  const over = new AbortController();
  try {
    const virsh = await context.virsh(libvirt.uri, over.signal);
    return await deliveries[order.way](context, virsh, order.domain, order.pairing);
  } finally {
    over.abort();
  }
}

async function byAgent({ host }: Context, virsh: Virsh, domain: string, pairing: string) {
  const { deliverByAgent } = await import('../delivery/by-agent.ts');
  const delivered = await deliverByAgent(host, virsh, domain, pairing);
  if ('paired' in delivered) return [`It was used in ${domain}: ${delivered.paired} is paired.`];
  const { file, by, command } = delivered;
  return [`It is in ${domain}, in ${file}. There, ${by} runs:`, `  ${command}`];
}

async function byDisc(context: Context, virsh: Virsh, domain: string, pairing: string) {
  const { deliverByDisc } = await import('../delivery/by-disc.ts');
  const content = { client: context.windowsClientPath, pairing };
  const { drive } = await deliverByDisc(context.host, virsh, domain, content);
  return [
    `It is on a disc in drive ${drive} of ${domain}. Open it there, and start setup.cmd.`,
    `Take it out when done: virsh change-media ${domain} ${drive} --eject`,
  ];
}

function notLibvirt(domain: string): HandglassError {
  return new HandglassError(
    'usage',
    `${domain} is a [[qemu]], and --via goes through libvirt.`,
    'Leave --via out, and use the string in the guest by hand.',
  );
}
