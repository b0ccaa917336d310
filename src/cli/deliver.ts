import type { AgentDelivery } from '../delivery/by-agent.ts';
import type { DiscDelivery } from '../delivery/by-disc.ts';
import { HandglassError } from '../errors.ts';
import type { Virsh } from '../libvirt/virsh.ts';
import type { Context } from './context.ts';

/** Ways to bring a pairing string into a domain. */
const deliveries = { agent: byAgent, iso: byDisc };

export const ways = Object.keys(deliveries) as (keyof typeof deliveries)[];
export type Way = (typeof ways)[number];

/** Where the string is then, or who is paired. */
export type Delivered = AgentDelivery | DiscDelivery;

export interface Order {
  way: Way;
  config: string;
  domain: string;
  pairing: string;
}

export async function deliver(context: Context, order: Order): Promise<Delivered> {
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
  return deliverByAgent(host, virsh, domain, pairing);
}

async function byDisc(context: Context, virsh: Virsh, domain: string, pairing: string) {
  const { deliverByDisc } = await import('../delivery/by-disc.ts');
  const content = { client: context.windowsClientPath, pairing };
  return deliverByDisc(context.host, virsh, domain, content);
}

function notLibvirt(domain: string): HandglassError {
  return new HandglassError(
    'usage',
    `${domain} is a [[qemu]], and --via goes through libvirt.`,
    'Leave --via out, and use the string in the guest by hand.',
  );
}
