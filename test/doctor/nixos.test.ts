/** What is said to a NixOS, on which a file that a command would write is gone with the next build. */
import { expect, test } from 'vitest';
import { type Change, found, healthy, withDomain } from './healthy.ts';
import { lines, logged } from './logged.ts';
import { both, gpu, guest, having, kvmfr, line, type Row, testRows } from './rows.ts';

const nixos = both(
  having('pci', { systemTool: 'nixos-rebuild' }),
  having('boot', {
    distribution: { id: 'nixos', family: ['nixos'], name: 'NixOS 25.05', version: '25.05' },
    systemTool: 'nixos-rebuild',
    lineTool: 'nixos',
    loader: 'systemd-boot',
    nextLine: [],
    initramfs: { generator: 'unknown', modules: [] },
  }),
);
const bob = { user: 'bob', uid: 1001, groups: ['bob'] };
const qemuConf = (conf: { user?: string; listsFirmware?: boolean }): Change => {
  return ({ virtualization }) => {
    if (virtualization.qemuConf !== null) Object.assign(virtualization.qemuConf, conf);
  };
};
const soundAlone = both(
  withDomain({ ...gpu, isManaged: false }),
  guest(2, { driver: 'snd_hda_intel' }),
);
const code = '/run/libvirt/nix-ovmf/OVMF_CODE.fd';
const goneFirmware: Change = both(withDomain({}), (facts) => {
  const [domain] = facts.libvirt.domains ?? [];
  Object.assign(domain?.xml?.firmware ?? {}, { isUefi: true, loader: code });
  facts.paths = new Map([[code, { found: 'absent', uses: [], unread: {} }]]);
});
const start =
  "in the system's configuration (/etc/nixos/configuration.nix), run `sudo nixos-rebuild boot`, and start the machine anew.";
const now =
  "in the system's configuration (/etc/nixos/configuration.nix), and run `sudo nixos-rebuild switch`.";

const rows: Omit<Row, 'verdict'>[] = [
  {
    id: 'iommu.on',
    when: 'it is off',
    change: both(line('quiet'), ({ pci }) => {
      pci.iommu.isOn = false;
    }),
    todo: `Put \`"intel_iommu=on"\` and \`"iommu=pt"\` into \`boot.kernelParams\` ${start}`,
  },
  {
    id: 'iommu.on',
    when: 'it was told to be off',
    change: both(line('intel_iommu=off'), ({ pci }) => {
      pci.iommu.isOn = false;
    }),
    todo: `Take \`"intel_iommu=off"\` out of \`boot.kernelParams\` ${start}`,
  },
  {
    id: 'kernel.ignored-parameter',
    when: 'a word is misspelt that means something to Nix',
    change: line('intel_iommu=${"a\\b'),
    todo: String.raw`in place of ${'`'}"intel_iommu=\${\"a\\b"${'`'} in the system`,
  },
  {
    id: 'cpu.old-npt',
    when: 'the old way around is still there',
    change: both(line('kvm_amd.npt=0'), having('cpu', { vendor: 'AuthenticAMD' })),
    todo: `Take \`"kvm_amd.npt=0"\` out of \`boot.kernelParams\` ${start}`,
  },
  {
    id: 'iommu.interrupts',
    when: 'they are not remapped',
    change: ({ pci }) => {
      pci.iommu.interruptRemapping = false;
    },
    todo: `Put the line \`options vfio_iommu_type1 allow_unsafe_interrupts=1\` into \`boot.extraModprobeConfig\` ${start} That is for`,
  },
  {
    id: 'iommu.unsafe-interrupts',
    when: 'it is allowed in vain',
    change: ({ pci, kernel }) => {
      pci.iommu.unsafeInterrupts = true;
      kernel.moduleRules = [
        {
          file: '/etc/modprobe.d/nixos.conf',
          kind: 'options',
          module: 'vfio_iommu_type1',
          text: 'allow_unsafe_interrupts=1',
        },
      ];
    },
    todo: `Take \`allow_unsafe_interrupts\` out of \`boot.extraModprobeConfig\` ${start}`,
  },
  {
    id: 'iommu.unsafe-groups',
    when: 'VFIO has made one',
    change: ({ pci }) => {
      pci.iommu.unsafeGroups = [{ number: 3, type: null, devices: ['0000:01:00.0'], unread: {} }];
    },
    todo: 'Then take `enable_unsafe_noiommu_mode` out of `boot.extraModprobeConfig` or `boot.kernelParams`.',
  },
  {
    id: 'kernel.vfio-ids',
    when: 'another driver was first',
    change: both(line('vfio-pci.ids=10de:2684'), ({ pci }) => {
      Object.assign(pci.devices[1] ?? {}, { driver: 'nouveau' });
    }),
    todo: `\`"vfio_iommu_type1"\` into \`boot.initrd.kernelModules\`, before all graphics drivers, ${start}`,
  },
  {
    id: 'kernel.parameters-pending',
    when: 'a file has them that nobody reads there',
    change: both(line('quiet'), having('boot', { nextLine: healthy().boot.nextLine })),
    todo: `Put \`"intel_iommu=on"\` into \`boot.kernelParams\` ${start}`,
  },
  {
    id: 'graphics.xorg',
    when: 'it names the card of the guest',
    change: having('devices', { xorg: [{ file: '/etc/X11/xorg.conf', address: '0000:01:00.0' }] }),
    todo: `Put \`BusID "PCI:0:2:0"\` into \`services.xserver.deviceSection\` ${start}`,
  },
  {
    id: 'domain.driver',
    when: 'libvirt is not to change it',
    change: both(soundAlone, having('pci', { takers: ['virsh'] })),
    todo: 'nodedev-detach pci_0000_01_00_1 That lasts until the next start.',
  },
  {
    id: 'domain.driver',
    when: 'libvirt is not to change it, and driverctl is there',
    change: soundAlone,
    todo: 'sudo driverctl set-override 0000:01:00.1 vfio-pci That lasts until the next start, unless `services.udev.packages`',
  },
  {
    id: 'domain.firmware',
    when: 'its code is gone',
    change: goneFirmware,
    todo: "NixOS has firmware at paths of its own, which its builds change. Let libvirt choose: `<os firmware='efi'>`",
  },
  {
    id: 'domain.reset',
    when: 'vendor-reset is loaded, and the kernel goes its own way',
    change: both(
      withDomain(gpu),
      guest(1, { vendor: '1002', device: '687f', resetMethods: ['bus'] }),
      ({ kernel }) => {
        kernel.modules['vendor_reset'] = 'loaded';
      },
    ),
    todo: 'That lasts until the next start: `services.udev.extraRules` or a hook in',
  },
  {
    id: 'log.unsigned-module',
    when: 'the kernel refuses one',
    change: logged(lines['unsigned-module'] ?? ''),
    todo: `take \`lockdown\` and \`module.sig_enforce\` out of \`boot.kernelParams\` ${start} Or turn off`,
  },
  {
    id: 'log.reset-failed',
    when: 'a card did not come back',
    change: logged(lines['reset-failed'] ?? ''),
    todo: 'or put `config.boot.kernelPackages.vendor-reset` into `boot.extraModulePackages`',
  },
  {
    id: 'log.input-busy',
    when: 'another program has grabbed it',
    change: logged(lines['input-busy'] ?? ''),
    todo: "nix-shell --packages psmisc --run 'sudo fuser --verbose /dev/input/event*' It",
  },
  {
    id: 'kernel.kvmfr',
    when: 'it is not loaded',
    change: kvmfr,
    todo: `Put \`"kvmfr"\` into \`boot.kernelModules\` ${now}`,
  },
  {
    id: 'kernel.kvmfr',
    when: 'there is none',
    change: both(kvmfr, ({ kernel }) => {
      kernel.modules['kvmfr'] = 'absent';
    }),
    todo: `Put \`config.boot.kernelPackages.kvmfr\` into \`boot.extraModulePackages\` and \`"kvmfr"\` into \`boot.kernelModules\` ${start}`,
  },
  {
    id: 'libvirt.version',
    when: 'there is none',
    change: having('virtualization', { libvirtVersion: '' }),
    todo: `Set \`virtualisation.libvirtd.enable = true;\` ${now}`,
  },
  {
    id: 'libvirt.firmware',
    when: 'there is none',
    change: having('virtualization', { firmware: [] }),
    says: '(/var/lib/qemu/firmware)',
    todo: `Set \`virtualisation.libvirtd.enable = true;\` ${now} Where that is so, a newer NixOS`,
  },
  {
    id: 'libvirt.socket',
    when: 'it does not listen',
    change: having('virtualization', { sockets: [] }),
    todo: 'sudo systemctl start libvirtd.socket Where there is no such unit: set `virtualisation',
  },
  {
    id: 'libvirt.boot',
    when: 'it does not start with the machine',
    change: having('virtualization', { enabledUnits: [] }),
    todo: `Set \`virtualisation.libvirtd.enable = true;\` ${now}`,
  },
  {
    id: 'libvirt.caller',
    when: 'the group is missing',
    change: having('people', { caller: bob, callerAnew: bob }),
    says: 'in the group libvirtd',
    todo: `Put \`"libvirtd"\` into \`users.users.bob.extraGroups\` ${now} Then log in again.`,
  },
  {
    id: 'libvirt.firmware-list',
    when: 'it has an old list',
    change: qemuConf({ listsFirmware: true }),
    says: '`nvram` in `virtualisation.libvirtd.qemu.verbatimConfig`',
    todo: "out of `virtualisation.libvirtd.qemu.verbatimConfig` in the system's configuration (/etc/nixos/configuration.nix), and run `sudo nixos-rebuild switch && sudo systemctl restart libvirtd`.",
  },
  {
    id: 'libvirt.qemu-user',
    when: 'it is not there',
    change: both(having('people', { qemu: 'absent' }), qemuConf({ user: 'gone' })),
    todo: 'Take `user` out of `virtualisation.libvirtd.qemu.verbatimConfig`',
  },
  {
    id: 'libvirt.device-acl',
    when: 'kvmfr is not in it',
    change: kvmfr,
    todo: '"/dev/kvm", "/dev/kvmfr0" ]` into `virtualisation.libvirtd.qemu.verbatimConfig`, with the `namespaces = []`',
  },
  {
    id: 'libvirt.apparmor',
    when: 'no rule lets it open kvmfr',
    change: kvmfr,
    todo: 'Put the line `/dev/kvmfr0 rw,` into `security.apparmor.includes."local/abstractions/libvirt-qemu"`',
  },
  {
    id: 'looking-glass.tmpfiles',
    when: 'systemd makes the file too',
    change: having('service', {
      temporaryFiles: [{ file: '/etc/tmpfiles.d/00-nixos.conf', path: '/dev/shm/looking-glass' }],
    }),
    todo: `Take the line about it out of \`systemd.tmpfiles.rules\` ${now}`,
  },
  {
    id: 'looking-glass.qemu',
    when: 'QEMU is not in the group',
    change: having('people', {
      qemu: { user: 'qemu-libvirtd', uid: 301, groups: ['qemu-libvirtd'] },
    }),
    todo: `Put \`"kvm"\` into \`users.users.qemu-libvirtd.extraGroups\` ${now}`,
  },
  {
    id: 'looking-glass.client',
    when: 'it is not there',
    change: having('virtualization', { lookingGlassClient: '' }),
    todo: `Put \`pkgs.looking-glass-client\` into \`environment.systemPackages\` ${now}`,
  },
  {
    id: 'memory.shared',
    when: 'there is no room',
    change: ({ memory, sharedMemory: [file] }) => {
      memory.shared = { size: 1024 ** 2, free: 0 };
      if (file !== undefined) file.found = 'absent';
    },
    todo: 'That lasts until the next start; `boot.devShmSize = "65M";` keeps it.',
  },
  {
    id: 'service.units',
    when: 'there are none',
    change: having('service', { hasUnits: false }),
    todo: "with `libvirtd` in place of the group `libvirt` and the command's own path in place of /usr/bin/handglass",
  },
  {
    id: 'service.running',
    when: 'it does not run',
    change: having('service', { hasSocket: false }),
    todo: 'sudo systemctl start handglass-shm handglass ',
  },
  {
    id: 'service.boot',
    when: 'it does not start with the machine',
    change: having('virtualization', { enabledUnits: [] }),
    todo: 'Set `systemd.services.handglass-shm.wantedBy = [ "multi-user.target" ];` and `systemd.services.handglass.wantedBy',
  },
  {
    id: 'service.udev-rules',
    when: 'there are none',
    change: having('service', { hasUdevRules: false }),
    todo: 'put that into `services.udev.packages`',
  },
  {
    id: 'service.user',
    when: 'there is none',
    change: having('people', { service: 'absent' }),
    todo: 'Declare `users.users.handglass`',
  },
  {
    id: 'service.logout',
    when: 'logind clears up',
    change: having('service', { keepsSharedMemory: false }),
    todo: String.raw`.text = "[Login]\nRemoveIPC=no\n";`,
  },
  {
    id: 'log.bar-reserved',
    when: 'the host shows on another card',
    change: logged(lines['bar-reserved'] ?? ''),
    todo: `Put \`"initcall_blacklist=sysfb_init"\` into \`boot.kernelParams\` ${start} Until then: \`echo 1`,
  },
  {
    id: 'log.bar-reserved',
    when: 'the host shows on no other card',
    change: both(logged(lines['bar-reserved'] ?? ''), ({ pci }) => {
      pci.uses.byDevice = new Map();
    }),
    todo: '`"initcall_blacklist=sysfb_init"` in `boot.kernelParams` frees it, and takes the screen',
  },
  {
    id: 'log.unknown-registers',
    when: 'a guest asks for one',
    change: logged('kvm [1234]: vcpu0, guest rIP: 0xf unhandled rdmsr: 0x60d'),
    todo: 'report_ignored_msrs=0` into `boot.extraModprobeConfig`',
  },
  {
    id: 'log.kvmfr',
    when: 'it does not fit',
    change: logged('kvmfr: disagrees about version of symbol module_layout'),
    todo: 'into `boot.extraModulePackages`',
  },
  {
    id: 'log.apparmor',
    when: 'the line names no file',
    change: logged(lines['apparmor']?.replace(/name="[^"]*"/, 'name="/dev/shm/a b"') ?? ''),
    todo: `Allow it in \`security.apparmor.includes."local/abstractions/libvirt-qemu"\` ${now}`,
  },
  {
    id: 'log.permission',
    when: 'QEMU may not open a device',
    change: logged("Could not open '/dev/input/event4': Permission denied"),
    todo: '`cgroup_device_acl` of `virtualisation.libvirtd.qemu.verbatimConfig`',
  },
];

const commands = /apt |usermod|systemctl (enable|unmask)|install\.sh|\/(etc|usr)\//;

test.each(rows)('$id, where $when', ({ id, change, says = '', todo = '' }) => {
  const results = found(id, both(nixos, change)).filter(({ verdict }) => verdict !== 'ok');
  const texts = results.map(({ remedy, advice }) => `${remedy ?? ''} ${advice}`);
  expect(texts.join('\n')).toContain(todo);
  expect(results.map(({ explanation }) => explanation).join('\n')).toContain(says);
  expect(results.filter(({ remedy }) => commands.test(remedy ?? ''))).toEqual([]);
});

testRows([
  {
    id: 'boot.secure-boot',
    when: 'it is on, and nothing there is signed',
    change: both(nixos, having('boot', { secureBoot: true })),
    verdict: 'ok',
  },
  {
    id: 'libvirt.qemu-user',
    when: 'it is that of NixOS',
    change: both(nixos, having('people', { qemu: 'absent' })),
    verdict: 'ok',
    says: 'It is root',
  },
  {
    id: 'service.user',
    when: 'the group of libvirt has its own name there',
    change: both(nixos, ({ people }) => {
      people.service = { user: 'handglass', uid: 990, groups: ['input', 'kvm', 'libvirtd'] };
    }),
    verdict: 'ok',
  },
]);
