import { addBlock, writeMounts } from '../system/block.ts';
import { createSysfs, type Sysfs } from '../system/sysfs.ts';
import type { Machine, PciCard } from './machine.ts';

/** The machine's files in a temporary folder, gone with the test; or in a machine that has none yet. */
export async function buildMachine(machine: Machine, empty?: Sysfs): Promise<Sysfs> {
  const sysfs = empty ?? (await createSysfs());
  await writeSystem(sysfs, machine);
  await writeIommu(sysfs, machine);
  for (const card of machine.pci) await writeCard(sysfs, machine, card);
  for (const device of machine.usb ?? []) await sysfs.plugUsb(device);
  for (const device of machine.input ?? []) await sysfs.plugInput(device);
  await writeDisks(sysfs, machine);
  await writeNetwork(sysfs, machine);
  for (const [path, text] of Object.entries(machine.files ?? {})) await sysfs.write(path, text);
  return sysfs;
}

async function writeSystem({ write }: Sysfs, machine: Machine): Promise<void> {
  const { kernel, cpu } = machine;
  const cores = coresOf(cpu);
  const threads = cores.flat().length;
  const processors = Array.from({ length: threads }, (_, number) =>
    [
      `processor\t: ${number}`,
      `vendor_id\t: ${cpu.vendor}`,
      `model name\t: ${cpu.name}`,
      `core id\t\t: ${cores.findIndex((core) => core.includes(number))}`,
      `cpu cores\t: ${cores.length}`,
      `flags\t\t: ${cpu.flags}`,
    ].join('\n'),
  );
  await write('/proc/cpuinfo', `${processors.join('\n\n')}\n`);
  await write('/proc/sys/kernel/osrelease', `${kernel}\n`);
  await write('/sys/kernel/security/lsm', 'capability,lockdown,yama');
  await write('/proc/cmdline', `${machine.commandLine}\n`);
  const kib = machine.memoryMib * 1024;
  await write(
    '/proc/meminfo',
    `MemTotal:       ${kib} kB\nMemAvailable:   ${kib / 2} kB\nHugepagesize:       2048 kB\n`,
  );
  await write('/proc/swaps', 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n');
  await write('/etc/os-release', `${machine.distribution}\n`);
  await write(`/lib/modules/${kernel}/modules.alias`, aliases(machine));
  await write('/usr/share/misc/pci.ids', pciIds(machine));
  const nodes = new Set(Object.values(machine.nodes ?? { '00': 0 }));
  for (const node of nodes) {
    const share = cores.length / nodes.size;
    const own = cores.slice(node * share, (node + 1) * share).flat();
    await write(
      `/sys/devices/system/node/node${node}/cpulist`,
      `${own.toSorted((a, b) => a - b).join(',')}\n`,
    );
  }
  for (const [core, siblings] of cores.entries()) {
    for (const number of siblings) {
      const topology = `/sys/devices/system/cpu/cpu${number}/topology`;
      await write(`${topology}/core_id`, `${core}\n`);
      await write(`${topology}/thread_siblings_list`, `${siblings.join(',')}\n`);
    }
  }
  const { coresPerCache = 0 } = cpu;
  for (const core of coresPerCache === 0 ? [] : cores.keys()) {
    const first = core - (core % coresPerCache);
    const sharing = cores.slice(first, first + coresPerCache).flat();
    for (const number of cores[core] ?? []) {
      const cache = `/sys/devices/system/cpu/cpu${number}/cache/index3`;
      await write(`${cache}/shared_cpu_list`, `${sharing.toSorted((a, b) => a - b).join(',')}\n`);
    }
  }
  if (cpu.smallCores !== undefined) {
    const fast = threads - cpu.smallCores;
    await write('/sys/devices/cpu_core/cpus', `0-${fast - 1}\n`);
    await write('/sys/devices/cpu_atom/cpus', `${fast}-${threads - 1}\n`);
  }
}

/** The processors of each core: hybrid ones are counted core by core, others thread by thread. */
function coresOf({ cores, threadsPerCore, smallCores }: Machine['cpu']): number[][] {
  const isHybrid = smallCores !== undefined;
  const all = Array.from({ length: cores }, (_core, core) =>
    Array.from({ length: threadsPerCore }, (_thread, thread) =>
      isHybrid ? core * threadsPerCore + thread : core + thread * cores,
    ),
  );
  const small = Array.from({ length: smallCores ?? 0 }, (_, core) => [
    cores * threadsPerCore + core,
  ]);
  return [...all, ...small];
}

function aliases({ pci }: Machine): string {
  const lines = pci.flatMap(({ is, modules = [] }) => {
    const { vendor, device } = partsOf(is);
    const ids = [vendor, device].map((id) => id.toUpperCase().padStart(8, '0'));
    return modules.map((module) => `alias pci:v${ids[0]}d${ids[1]}sv*sd*bc*sc*i* ${module}\n`);
  });
  return `# Aliases extracted from modules themselves.\n${[...new Set(lines)].toSorted().join('')}`;
}

function pciIds({ vendors, pci }: Machine): string {
  const blocks = Object.entries(vendors)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, vendor]) => {
      const own = pci
        .map(({ is, name }) => ({ ...partsOf(is), name }))
        .filter((each) => each.vendor === id && each.name !== '');
      const lines = own.map(({ device, name }) => `\t${device}  ${name}\n`);
      return `${id}  ${vendor}\n${[...new Set(lines)].toSorted().join('')}`;
    });
  return `#\n#\tList of PCI ID's\n#\n\n${blocks.join('')}\nC 03  Display controller\n`;
}

async function writeIommu({ write, link }: Sysfs, machine: Machine): Promise<void> {
  const { iommu, acpiTables = [] } = machine;
  for (const table of ['APIC', 'FACP', ...acpiTables]) {
    await write(`/sys/firmware/acpi/tables/${table}`, '');
  }
  const prefix = iommu?.interruptsRemapped === true ? 'IR-' : '';
  await write(
    '/proc/interrupts',
    [
      '            CPU0       CPU1',
      `   1:          0       9810  ${prefix}IO-APIC   1-edge      i8042`,
      `  24:       1204          0  ${prefix}PCI-MSI 327680-edge      xhci_hcd`,
      '',
    ].join('\n'),
  );
  if (iommu === null) return;
  const unit = iommu.kind === 'intel' ? 'dmar0' : 'ivhd0';
  await write(`/sys/devices/virtual/iommu/${unit}/uevent`, '');
  await link(`../../devices/virtual/iommu/${unit}`, `/sys/class/iommu/${unit}`);
  for (const { group } of machine.pci) {
    if (group === undefined || iommu.type === undefined) continue;
    await write(`/sys/kernel/iommu_groups/${group}/type`, `${iommu.type}\n`);
  }
}

async function writeCard(sysfs: Sysfs, machine: Machine, card: PciCard): Promise<void> {
  const { write, link } = sysfs;
  const address = `0000:${card.at}`;
  const place = placeOf(card, machine);
  const folder = `/sys/devices/${place}`;
  const up = '../'.repeat(place.split('/').length + 1);
  const parts = partsOf(card.is);
  const [subsystemVendor = '0000', subsystemDevice = '0000'] = card.subsystem?.split(':') ?? [];
  const hasMethods = versionOf(machine.kernel) >= 515;
  const attributes: Record<string, string | undefined> = {
    vendor: `0x${parts.vendor}`,
    device: `0x${parts.device}`,
    class: `0x${parts.class}`,
    revision: `0x${parts.revision}`,
    subsystem_vendor: `0x${subsystemVendor}`,
    subsystem_device: `0x${subsystemDevice}`,
    numa_node: `${machine.nodes?.[rootOf(card, machine)] ?? -1}`,
    driver_override: '(null)',
    power_state: card.power ?? 'D0',
    msi_bus: '1',
    resource: resourceText(card.bars ?? []),
    boot_vga: parts.class.startsWith('0300') ? `${card.boot === true ? 1 : 0}` : undefined,
    reset: card.reset === undefined ? undefined : '',
    reset_method: hasMethods ? card.reset : undefined,
    rom: card.rom === true ? '' : undefined,
  };
  for (const [name, text] of Object.entries(attributes)) {
    if (text !== undefined) await write(`${folder}/${name}`, `${text}\n`);
  }
  await link(`../../../devices/${place}`, `/sys/bus/pci/devices/${address}`);
  if (card.driver !== undefined) {
    await write(`/sys/bus/pci/drivers/${card.driver}/uevent`, '');
    await link(`${up}bus/pci/drivers/${card.driver}`, `${folder}/driver`);
  }
  if (card.group !== undefined && machine.iommu !== null) {
    const group = `kernel/iommu_groups/${card.group}`;
    await link(`${up}${group}`, `${folder}/iommu_group`);
    await link(`../../../../devices/${place}`, `/sys/${group}/devices/${address}`);
  }
  const number = machine.pci.filter(({ connectors }) => connectors !== undefined).indexOf(card);
  for (const [name, isConnected] of Object.entries(card.connectors ?? {})) {
    const connector = `card${number}-${name}`;
    const at = `${place}/drm/card${number}/${connector}`;
    await write(`/sys/devices/${at}/status`, `${isConnected ? '' : 'dis'}connected\n`);
    await link(`../../devices/${at}`, `/sys/class/drm/${connector}`);
  }
  if (card.sound !== undefined) {
    const index = machine.pci.filter(({ sound }) => sound !== undefined).indexOf(card);
    await write(`${folder}/sound/card${index}/id`, `${card.sound}\n`);
    await link(`../../devices/${place}/sound/card${index}`, `/sys/class/sound/card${index}`);
  }
  if (card.buses !== undefined) await sysfs.addController({ place, buses: card.buses });
}

function placeOf(card: PciCard, machine: Machine): string {
  if (card.under === undefined) return `pci0000:${card.at.slice(0, 2)}/0000:${card.at}`;
  const bridge = machine.pci.find(({ at }) => at === card.under);
  if (bridge === undefined) throw new Error(`${machine.title} has no ${card.under}`);
  return `${placeOf(bridge, machine)}/0000:${card.at}`;
}

function rootOf(card: PciCard, machine: Machine): string {
  return placeOf(card, machine).slice('pci0000:'.length, 'pci0000:00'.length);
}

function partsOf(is: string) {
  const [code = '', ids = '', revision = '00'] = is.split(' ');
  const [vendor = '', device = ''] = ids.split(':');
  return { class: code.padEnd(6, '0'), vendor, device, revision };
}

/** `5.15.0-91-generic` is 515. */
function versionOf(kernel: string): number {
  const [major = '', minor = ''] = kernel.split('.');
  return Number(major) * 100 + Number(minor);
}

function resourceText(bars: readonly string[]): string {
  const lines = Array.from({ length: 13 }, (_, index) => {
    const bar = bars[index];
    const isIo = bar?.startsWith('io ') ?? false;
    const size = /(\d+)([KMG]?)/.exec(bar ?? '');
    if (size === null) return [0, 0, 0];
    const bytes = Number(size[1]) * 1024 ** ['', 'K', 'M', 'G'].indexOf(size[2] ?? '');
    const first = 2 ** 36 * (index + 1);
    const flags =
      (isIo ? 0x100 : 0x200) +
      (bar?.includes('pref') === true ? 0x2000 : 0) +
      (bar?.endsWith('64') === true ? 0x10_0000 : 0);
    return [first, first + bytes - 1, flags];
  });
  return lines.map((line) => line.map(longHex).join(' ')).join('\n');
}

function longHex(number: number): string {
  return `0x${number.toString(16).padStart(16, '0')}`;
}

async function writeDisks(sysfs: Sysfs, machine: Machine): Promise<void> {
  const disks = machine.disks ?? [];
  for (const { name, on, number } of disks) {
    await addBlock(sysfs, name, { place: `${cardPlace(on, machine)}/ata1`, number });
  }
  await writeMounts(
    sysfs,
    ...disks.flatMap(({ name, number, mounted = [] }) =>
      mounted.map((place) => `${number} ${place} ext4 /dev/${name}`),
    ),
  );
}

function cardPlace(at: string, machine: Machine): string {
  const card = machine.pci.find((each) => each.at === at);
  if (card === undefined) throw new Error(`${machine.title} has no ${at}`);
  return placeOf(card, machine);
}

async function writeNetwork({ write, link }: Sysfs, machine: Machine): Promise<void> {
  const routes: string[] = [];
  for (const { name, on, bridge, route } of machine.network ?? []) {
    const place = `${cardPlace(on, machine)}/net/${name}`;
    await write(`/sys/devices/${place}/operstate`, 'up\n');
    await link(`../../devices/${place}`, `/sys/class/net/${name}`);
    if (bridge !== undefined) {
      await write(`/sys/devices/virtual/net/${bridge}/operstate`, 'up\n');
      await link(`../../devices/virtual/net/${bridge}`, `/sys/class/net/${bridge}`);
      await link(
        `${'../'.repeat(place.split('/').length)}virtual/net/${bridge}`,
        `/sys/devices/${place}/upper_${bridge}`,
      );
    }
    const owner = bridge ?? name;
    if (route === 'default') {
      routes.push(`${owner}\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0`);
    }
    if (route !== undefined) {
      routes.push(`${owner}\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0`);
    }
  }
  const head =
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT';
  await write('/proc/self/net/route', `${[head, ...routes].join('\n')}\n`);
}
