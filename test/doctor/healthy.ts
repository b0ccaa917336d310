/** A machine on which all is well, as facts, from which tests change what they are about. */
import { checkConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/schema.ts';
import { knownModules } from '../../src/doctor/kernel-modules.ts';
import type { Facts } from '../../src/doctor/facts.ts';
import { doctorReport } from '../../src/doctor/doctor-report.ts';
import type { Result } from '../../src/doctor/report.ts';
import type { FileFacts } from '../../src/host/ports.ts';
import { parseDomainXml } from '../../src/libvirt/domain-xml.ts';
import type { PciDevice } from '../../src/system/pci.ts';
import { domainXml, type DomainParts } from '../machines/domain.ts';

export type Change = (facts: Facts) => void;

/** Everything is made anew, so that a change touches no other test. */
export function healthy(change: Change = () => {}): Facts {
  const facts = wholeFacts();
  change(facts);
  return facts;
}

/** What a check finds on a healthy machine with this change. */
export function found(id: string, change?: Change): Result[] {
  const { subjects } = doctorReport(healthy(change));
  return subjects.flatMap(({ results }) => results).filter((result) => result.id === id);
}

export function configOf(toml: string): Config {
  const checked = checkConfig(toml);
  if ('config' in checked) return checked.config;
  throw new Error(JSON.stringify(checked.problems));
}

export function fileFacts(changes: Partial<FileFacts> = {}): FileFacts {
  const size = 64 * 1024 ** 2;
  return {
    kind: 'file',
    size,
    allocated: size,
    mode: 0o660,
    uid: 1000,
    gid: 36,
    dev: 1,
    ino: 1,
    ...changes,
  };
}

export function card(address: string, changes: Partial<PciDevice> = {}): PciDevice {
  return {
    address,
    vendor: '10de',
    device: '2684',
    subsystemVendor: null,
    subsystemDevice: null,
    class: '030000',
    revision: 'a1',
    driver: 'vfio-pci',
    driverOverride: null,
    iommuGroup: 10,
    bridges: ['0000:00:01.0'],
    numaNode: 0,
    bootVga: false,
    canReset: true,
    resetMethods: ['flr'],
    powerState: 'D0',
    msiAllowed: true,
    msi: null,
    bars: [],
    hasRom: true,
    unread: {},
    ...changes,
  };
}

/** Puts a domain in, and makes its paths known as files that are there. */
export function withDomain(parts: Partial<DomainParts> & { name?: string }, isRunning = false) {
  return (facts: Facts) => {
    const whole = { name: 'win10', memoryMib: 8192, vcpus: 4, ...parts };
    const xml = parseDomainXml(domainXml(whole));
    facts.libvirt.domains = [{ name: whole.name, isRunning, xml, unread: {} }];
  };
}

const toml = `[[looking-glass]]
domain = "win10"
resolution = "2560x1440"
owner = "alice"

[[seat]]
name = "desk"
domains = ["win10"]
input = [{ name = "Keyboard" }]
usb = [{ vendor = "046d", product = "c077" }]
`;

function wholeFacts(): Facts {
  const config = configOf(toml);
  const service = { user: 'handglass', uid: 990, groups: ['handglass', 'input', 'kvm', 'libvirt'] };
  const alice = { user: 'alice', uid: 1000, groups: ['alice', 'handglass', 'libvirt'] };
  const entry = config.lookingGlass[0];
  if (entry === undefined) throw new Error('no entry');
  return {
    cpu: {
      vendor: 'GenuineIntel',
      model: 'A processor',
      virtualization: 'vmx',
      isGuest: false,
      processors: [0, 1, 2, 3, 4, 5, 6, 7].map((number) => ({
        number,
        siblings: [number % 4, (number % 4) + 4],
      })),
      hybrid: { fast: [], small: [] },
      nodes: [{ number: 0, processors: [0, 1, 2, 3, 4, 5, 6, 7] }],
      caches: [[0, 1, 2, 3, 4, 5, 6, 7]],
      governors: ['schedutil'],
      frequencyDriver: 'acpi-cpufreq',
      clockSource: 'tsc',
      unread: {},
    },
    kernel: {
      release: '6.1.0',
      version: [6, 1],
      parameters: [{ text: 'intel_iommu=on', name: 'intel_iommu', value: 'on' }],
      modules: Object.fromEntries(knownModules.map((name) => [name, 'loadable' as const])),
      moduleRules: [],
      unread: {},
    },
    memory: {
      total: 32 * 1024 ** 2,
      available: 30 * 1024 ** 2,
      hugePageKib: 2048,
      hugePages: [{ pageKib: 2048, all: 0, free: 0 }],
      transparent: 'madvise',
      isMerging: false,
      shared: { size: 16 * 1024 ** 3, free: 16 * 1024 ** 3 },
      unread: {},
    },
    boot: {
      distribution: {
        id: 'debian',
        family: ['debian'],
        name: 'Debian 12',
        version: '12',
      },
      systemTool: 'packages',
      container: '',
      firmware: 'efi',
      secureBoot: false,
      lockdown: 'none',
      loader: 'grub',
      lineTool: 'update-grub',
      nextLine: [
        {
          file: '/etc/default/grub',
          variable: 'GRUB_CMDLINE_LINUX_DEFAULT',
          isQuoted: true,
          parameters: [{ text: 'intel_iommu=on', name: 'intel_iommu', value: 'on' }],
        },
      ],
      initramfs: { generator: 'initramfs-tools', modules: [] },
      hasDefaultsFolder: false,
      unread: {},
    },
    log: { lines: [], isWhole: true, source: 'journal', unread: {} },
    pci: {
      devices: [
        card('0000:00:02.0', {
          vendor: '8086',
          device: '4680',
          driver: 'i915',
          iommuGroup: 0,
          bridges: [],
          bootVga: true,
        }),
        card('0000:01:00.0'),
        card('0000:01:00.1', { class: '040300', device: '22ba', bootVga: null }),
      ],
      names: {
        vendors: new Map([
          ['8086', 'Intel Corporation'],
          ['10de', 'NVIDIA Corporation'],
        ]),
        devices: new Map([
          ['8086:4680', 'UHD Graphics 770'],
          ['10de:2684', 'AD102 [GeForce RTX 4090]'],
        ]),
      },
      candidates: new Map(),
      takers: ['driverctl', 'virsh'],
      systemTool: 'packages',
      iommu: {
        isOn: true,
        kind: 'intel',
        units: ['dmar0'],
        interruptRemapping: true,
        unsafeInterrupts: false,
        firmwareTables: ['DMAR'],
        parameters: ['intel_iommu=on'],
        groups: [
          { number: 0, type: 'identity', devices: ['0000:00:02.0'], unread: {} },
          { number: 10, type: 'DMA', devices: ['0000:01:00.0', '0000:01:00.1'], unread: {} },
        ],
        unsafeGroups: [],
        unread: {},
      },
      uses: {
        byDevice: new Map([['0000:00:02.0', [{ kind: 'display', connector: 'card0-DP-1' }]]]),
        withConnectors: new Set(['0000:00:02.0']),
        otherKeyboards: [],
        unread: {},
      },
      unread: {},
    },
    virtualization: {
      qemuVersion: '7.2.0',
      libvirtVersion: '9.0.0',
      sockets: ['/run/libvirt/libvirt-sock'],
      enabledUnits: [
        'libvirtd.service',
        'virtlogd.socket',
        'handglass.service',
        'handglass-shm.service',
      ],
      maskedUnits: [],
      firmware: [
        {
          file: '/usr/share/qemu/firmware/60.json',
          description: 'UEFI',
          isUefi: true,
          hasSecureBoot: false,
          architectures: ['x86_64'],
          executable: '/usr/share/OVMF/OVMF_CODE.fd',
          template: '/usr/share/OVMF/OVMF_VARS.fd',
          isThere: true,
        },
      ],
      qemuConf: {
        user: null,
        group: null,
        deviceAcl: null,
        securityDriver: null,
        listsFirmware: false,
      },
      kvmNode: fileFacts({ kind: 'other' }),
      apparmor: 'on',
      selinux: 'off',
      apparmorRules: '',
      lookingGlassClient: '/usr/bin/looking-glass-client',
      unread: {},
    },
    service: {
      hasUnits: true,
      hasUdevRules: true,
      hasSocket: true,
      isUnderSystemd: true,
      keepsSharedMemory: true,
      uinput: { ...fileFacts({ kind: 'other', mode: 0o660 }), group: 'handglass' },
      driversProbe: { ...fileFacts({ mode: 0o220 }), group: 'handglass' },
      proxies: ['win10-keyboard', 'win10-pointer'],
      temporaryFiles: [],
      unread: {},
    },
    devices: {
      usb: [
        {
          port: '1-2',
          bus: 1,
          device: 3,
          vendor: '046d',
          product: 'c077',
          serial: null,
          name: 'Logitech Mouse',
          classes: ['03'],
          isHub: false,
          controller: '0000:00:14.0',
          speedMbps: 12,
          drivers: ['usbhid'],
          driverless: [],
        },
      ],
      input: [
        {
          path: '/dev/input/event2',
          ids: [],
          name: 'Keyboard',
          vendor: '046d',
          product: 'c31c',
          port: '1-1',
          serial: null,
          phys: 'usb-1',
          capabilities: {
            keys: true,
            typing: true,
            media: false,
            pointer: false,
            absolute: false,
            switches: false,
            power: false,
          },
          kind: 'keyboard',
        },
      ],
      closedInput: [],
      xorg: [],
      unread: {},
    },
    people: {
      caller: alice,
      callerAnew: alice,
      service,
      qemu: { user: 'libvirt-qemu', uid: 64055, groups: ['kvm', 'libvirt-qemu'] },
      unread: {},
    },
    configuration: { path: '/etc/handglass/handglass.toml', state: 'read', config, problem: '' },
    sharedMemory: [
      { entry, bytes: 64 * 1024 ** 2, uid: 1000, gid: 36, found: fileFacts(), unread: {} },
    ],
    libvirt: {
      uri: 'qemu:///system',
      domains: [
        {
          name: 'win10',
          isRunning: false,
          xml: parseDomainXml(
            domainXml({
              name: 'win10',
              memoryMib: 8192,
              vcpus: 6,
              pci: ['01:00.0', '01:00.1'],
              pins: [1, 5, 2, 6, 3, 7],
              topology: "<topology sockets='1' cores='3' threads='2'/>",
              devices: `<shmem name='looking-glass'><model type='ivshmem-plain'/><size unit='M'>64</size></shmem>
    <input type='evdev'><source dev='/dev/input/by-handglass/win10-keyboard'/></input>
    <input type='evdev'><source dev='/dev/input/by-handglass/win10-pointer'/></input>`,
            }),
          ),
          unread: {},
        },
      ],
      unread: {},
    },
    roms: new Map(),
    paths: new Map(
      ['keyboard', 'pointer'].map((kind) => [
        `/dev/input/by-handglass/win10-${kind}`,
        { found: fileFacts({ kind: 'link' }), uses: [], unread: {} },
      ]),
    ),
  };
}
