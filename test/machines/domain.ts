/** A domain's XML as libvirt prints it, from what differs between domains. */
export interface DomainParts {
  name: string;
  memoryMib: number;
  vcpus: number;
  /** Addresses without their domain: `01:00.0`. */
  pci?: string[];
  rom?: string;
  isManaged?: boolean;
  isRunning?: boolean;
  /** A host's processor for each vcpu. */
  pins?: number[];
  topology?: string;
  cpu?: string;
  features?: string;
  hyperv?: string;
  backing?: string;
  devices?: string;
}

export function domainXml(parts: DomainParts): string {
  const { name, memoryMib, vcpus, pci = [], rom, isManaged = true, pins = [] } = parts;
  const hostdevs = pci.map((at) => {
    const [bus, slot, part] = at.split(/[:.]/);
    return `    <hostdev mode='subsystem' type='pci' managed='${isManaged ? 'yes' : 'no'}'>
      <source>
        <address domain='0x0000' bus='0x${bus}' slot='0x${slot}' function='0x${part}'/>
      </source>
      ${rom === undefined || !at.endsWith('.0') ? '' : `<rom file='${rom}'/>`}
    </hostdev>`;
  });
  const tune = pins.map((cpu, vcpu) => `    <vcpupin vcpu='${vcpu}' cpuset='${cpu}'/>`);
  return `<domain type='kvm'${parts.isRunning === true ? " id='1'" : ''}>
  <name>${name}</name>
  <memory unit='KiB'>${memoryMib * 1024}</memory>
  ${parts.backing ?? ''}
  <vcpu placement='static'>${vcpus}</vcpu>
  <cputune>
${tune.join('\n')}
  </cputune>
  <os firmware='efi'>
    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>
  </os>
  <features>
    <acpi/>
    <hyperv mode='custom'><relaxed state='on'/>${parts.hyperv ?? ''}</hyperv>
    ${parts.features ?? ''}
  </features>
  <cpu mode='host-passthrough' check='none'>
    ${parts.topology ?? `<topology sockets='1' dies='1' cores='${vcpus}' threads='1'/>`}
    ${parts.cpu ?? ''}
  </cpu>
  <devices>
    <controller type='usb' index='0' model='qemu-xhci' ports='15'/>
    <graphics type='spice'/>
    <memballoon model='none'/>
${hostdevs.join('\n')}
    ${parts.devices ?? ''}
  </devices>
</domain>
`;
}
