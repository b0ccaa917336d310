import { expect, test } from 'vitest';
import { parseDomainXml } from '../../src/libvirt/domain-xml.ts';

const xml = `<domain type='kvm' id='3' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
  <name>win10</name>
  <memory unit='GiB'>8</memory>
  <memoryBacking><hugepages><page size='1' unit='G'/></hugepages></memoryBacking>
  <vcpu placement='static' current='2'>4</vcpu>
  <cputune>
    <vcpupin vcpu='0' cpuset='1,5'/>
    <emulatorpin cpuset='0-1'/>
    <iothreadpin iothread='1' cpuset='0'/>
    <shares>2048</shares>
  </cputune>
  <os>
    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>
    <loader readonly='yes' type='pflash'>/usr/share/OVMF/OVMF_CODE.fd</loader>
    <nvram template='/usr/share/OVMF/OVMF_VARS.fd'>/var/lib/libvirt/qemu/nvram/win10_VARS.fd</nvram>
  </os>
  <features>
    <hyperv><vendor_id state='on' value='whatever'/></hyperv>
    <kvm><hidden state='on'/></kvm>
  </features>
  <cpu mode='host-passthrough'>
    <topology sockets='1' dies='2' cores='1' threads='2'/>
    <feature policy='require' name='topoext'/>
  </cpu>
  <devices>
    <disk type='block' device='disk'><source dev='/dev/sdb'/><target dev='vda' bus='virtio'/></disk>
    <disk type='file' device='cdrom'><source file='/a.iso'/><target dev='sda' bus='sata'/></disk>
    <disk type='file' device='cdrom'><target dev='sdb' bus='sata'/></disk>
    <controller type='usb' model='qemu-xhci'/>
    <controller type='scsi' model='virtio-scsi'/>
    <interface type='network'><model type='virtio'/></interface>
    <input type='evdev'><source dev='/dev/input/event1' grab='all'/></input>
    <input type='passthrough' bus='virtio'><source evdev='/dev/input/event2'/></input>
    <input type='mouse' bus='ps2'/>
    <graphics type='spice' autoport='yes'/>
    <hostdev mode='subsystem' type='pci' managed='yes'>
      <source><address domain='0x0000' bus='0x0a' slot='0x00' function='0x1'/></source>
      <rom bar='off'/>
      <address type='pci' domain='0x0000' bus='0x04' slot='0x00' function='0x0'/>
    </hostdev>
    <hostdev mode='subsystem' type='usb' managed='no'><source><address bus='1' device='2'/></source></hostdev>
    <memballoon model='none'/>
    <shmem name='looking-glass'><model type='ivshmem-plain'/><size unit='M'>64</size></shmem>
  </devices>
  <qemu:commandline>
    <qemu:arg value='-device'/>
    <qemu:arg value='ivshmem-plain,memdev=m'/>
    <qemu:env name='QEMU_AUDIO_DRV' value='pa'/>
  </qemu:commandline>
</domain>
`;

test('a domain says all that it needs of the host', () => {
  expect(parseDomainXml(xml)).toEqual({
    name: 'win10',
    memory: 8 * 1024 ** 2,
    hugePages: { sizes: [1024 ** 2] },
    vcpus: 4,
    pins: [
      { what: 0, cpus: '1,5' },
      { what: 'emulator', cpus: '0-1' },
      { what: 'iothread 1', cpus: '0' },
    ],
    cpu: {
      mode: 'host-passthrough',
      topology: { sockets: 1, cores: 2, threads: 2 },
      features: { topoext: 'require' },
    },
    isHidden: true,
    vendorId: 'whatever',
    hasHyperv: true,
    firmware: {
      isUefi: true,
      loader: '/usr/share/OVMF/OVMF_CODE.fd',
      variables: '/var/lib/libvirt/qemu/nvram/win10_VARS.fd',
      template: '/usr/share/OVMF/OVMF_VARS.fd',
    },
    usb: [{ ids: null, address: { bus: 1, device: 2 }, alias: null }],
    pci: [{ address: '0000:0a:00.1', isManaged: true, rom: { isShown: false, file: null } }],
    shmems: [{ name: 'looking-glass', model: 'ivshmem-plain', bytes: 64 * 1024 ** 2 }],
    input: [
      { kind: 'evdev', path: '/dev/input/event1' },
      { kind: 'passthrough', path: '/dev/input/event2' },
    ],
    disks: [
      { kind: 'block', path: '/dev/sdb' },
      { kind: 'file', path: '/a.iso' },
    ],
    virtioDevices: 4,
    hostdevs: 2,
    hasUsbController: true,
    memballoon: 'none',
    graphics: ['spice'],
    machine: 'pc-q35-7.2',
    extra: { arguments: ['-device', 'ivshmem-plain,memdev=m'], environment: ['QEMU_AUDIO_DRV'] },
  });
});

test('a domain that says nothing has nothing', () => {
  expect(parseDomainXml('<domain/>')).toMatchObject({
    name: '',
    memory: null,
    hugePages: null,
    vcpus: null,
    pci: [],
    firmware: { isUefi: false },
  });
});

test.each(['', '<network/>', '<domain>', 'error: failed'])('%j is no domain', (text) => {
  expect(() => parseDomainXml(text)).toThrow(/./);
});
