import { expect, test } from 'vitest';
import { configOf, fileFacts, found, type Change } from './healthy.ts';
import { both, having, type Row, testRows } from './rows.ts';

const kvmfr: Change = ({ sharedMemory: [file] }) => {
  if (file !== undefined) file.entry = { ...file.entry, path: '/dev/kvmfr0' };
};
const shm =
  (changes: Parameters<typeof fileFacts>[0]): Change =>
  ({ sharedMemory: [file] }) => {
    if (file !== undefined) file.found = fileFacts(changes);
  };

const bob = { user: 'bob', uid: 1001, groups: ['bob'] };
const stranger = having('people', { caller: bob, callerAnew: bob });

const rows: Row[] = [
  {
    id: 'qemu.version',
    when: 'there is none',
    change: having('virtualization', { qemuVersion: '' }),
    verdict: 'problem',
    todo: 'sudo apt install qemu-system-x86',
  },
  {
    id: 'qemu.version',
    when: 'it is old',
    change: having('virtualization', { qemuVersion: '5.2.0' }),
    verdict: 'warning',
  },
  {
    id: 'libvirt.version',
    when: 'a seat needs it and it is not there',
    change: ({ virtualization, boot }) => {
      virtualization.libvirtVersion = '';
      if (boot.distribution !== null) boot.distribution.family = ['fedora'];
    },
    verdict: 'problem',
    todo: 'sudo dnf install',
  },
  {
    id: 'libvirt.version',
    when: 'no seat needs it and it is not there',
    change: ({ virtualization, configuration }) => {
      virtualization.libvirtVersion = '';
      configuration.config = configOf(
        '[[seat]]\nname = "a"\ndomains = ["q"]\n[[qemu]]\nname = "q"\nsocket = "/run/q"\n',
      );
    },
    verdict: 'ok',
  },
  {
    id: 'libvirt.version',
    when: 'it is from before 7.6',
    change: having('virtualization', { libvirtVersion: '7.0.0' }),
    verdict: 'problem',
  },
  {
    id: 'libvirt.socket',
    when: 'it does not listen',
    change: having('virtualization', { sockets: [] }),
    verdict: 'problem',
    todo: 'sudo systemctl enable --now libvirtd.socket',
  },
  {
    id: 'libvirt.socket',
    when: 'it does not listen, as it is masked',
    change: having('virtualization', {
      sockets: [],
      maskedUnits: ['libvirtd-ro.socket', 'libvirtd.service', 'virtlogd.socket'],
    }),
    verdict: 'problem',
    todo: 'sudo systemctl unmask libvirtd-ro.socket libvirtd.service && sudo systemctl enable --now libvirtd.socket || sudo systemctl enable --now virtqemud.socket',
  },
  {
    id: 'libvirt.socket',
    when: 'it was masked, which leaves the socket behind',
    change: having('virtualization', { maskedUnits: ['libvirtd.service'] }),
    verdict: 'problem',
    says: 'libvirtd.service is masked',
    todo: 'sudo systemctl unmask libvirtd.service && sudo systemctl enable --now libvirtd.socket',
  },
  {
    id: 'libvirt.socket',
    when: 'the daemon of old is masked, and another stands for it',
    change: having('virtualization', {
      sockets: ['/run/libvirt/virtqemud-sock', '/run/libvirt/libvirt-sock'],
      maskedUnits: ['libvirtd.service'],
    }),
    verdict: 'ok',
  },
  {
    id: 'libvirt.boot',
    when: 'it is not enabled',
    change: having('virtualization', { enabledUnits: [] }),
    verdict: 'warning',
    todo: 'sudo systemctl enable libvirtd.socket',
  },
  {
    id: 'libvirt.log-daemon',
    when: 'it is not enabled',
    change: having('virtualization', { enabledUnits: ['virtqemud.socket'] }),
    verdict: 'warning',
  },
  {
    id: 'libvirt.caller',
    when: 'the group is missing',
    change: stranger,
    verdict: 'warning',
    todo: 'sudo usermod --append --groups libvirt bob',
  },
  {
    id: 'libvirt.caller',
    when: 'the group is missing, and is where usermod does not look',
    change: both(stranger, having('boot', { systemTool: 'rpm-ostree' })),
    verdict: 'warning',
    todo: "grep --quiet '^libvirt:' /etc/group || grep '^libvirt:' /usr/lib/group | sudo tee --append /etc/group && sudo usermod --append --groups libvirt bob",
  },
  {
    id: 'libvirt.caller',
    when: 'the group came after the login',
    change: having('people', { caller: { user: 'alice', uid: 1000, groups: ['alice'] } }),
    verdict: 'warning',
    says: 'after you logged in',
  },
  {
    id: 'libvirt.caller',
    when: 'it is root',
    change: having('people', { caller: { user: 'root', uid: 0, groups: ['root'] } }),
    verdict: 'ok',
  },
  {
    id: 'libvirt.firmware',
    when: 'there is none',
    change: having('virtualization', { firmware: [] }),
    verdict: 'warning',
    todo: 'sudo apt install ovmf',
  },
  {
    id: 'libvirt.firmware',
    when: 'a descriptor names what is gone',
    change: ({ virtualization }) => {
      const [first] = virtualization.firmware ?? [];
      if (first !== undefined) first.isThere = false;
    },
    verdict: 'warning',
    says: '/usr/share/OVMF/OVMF_CODE.fd',
  },
  {
    id: 'libvirt.firmware-list',
    when: 'the old list is there',
    change: ({ virtualization: { qemuConf } }) => {
      if (qemuConf !== null) qemuConf.listsFirmware = true;
    },
    verdict: 'warning',
  },
  {
    id: 'libvirt.firmware-list',
    when: 'the old list is there, and libvirt knows no other way',
    change: ({ virtualization }) => {
      virtualization.libvirtVersion = '5.1.0';
      if (virtualization.qemuConf !== null) virtualization.qemuConf.listsFirmware = true;
    },
    verdict: 'ok',
  },
  {
    id: 'libvirt.firmware-list',
    when: 'the old list is there, and nobody tells how old libvirt is',
    change: ({ virtualization }) => {
      virtualization.libvirtVersion = null;
      if (virtualization.qemuConf !== null) virtualization.qemuConf.listsFirmware = true;
    },
    verdict: 'unknown',
  },
  {
    id: 'libvirt.qemu-user',
    when: 'it is nobody',
    change: ({ virtualization: { qemuConf }, people }) => {
      if (qemuConf !== null) qemuConf.user = 'gone';
      people.qemu = 'absent';
    },
    verdict: 'problem',
    says: 'gone, who does not exist',
    todo: 'sudo sed -i',
  },
  {
    id: 'libvirt.device-acl',
    when: 'a list was written without what is needed',
    change: ({ virtualization: { qemuConf } }) => {
      if (qemuConf !== null) qemuConf.deviceAcl = ['/dev/null', '/dev/vfio/1'];
    },
    verdict: 'problem',
    says: 'lacks /dev/full, /dev/zero',
    todo: '"/dev/kvm", "/dev/vfio/1" ]',
  },
  {
    id: 'libvirt.device-acl',
    when: 'kvmfr is not in it',
    change: kvmfr,
    verdict: 'problem',
    says: 'lacks /dev/kvmfr0',
    todo: '"/dev/kvm", "/dev/kvmfr0" ]',
  },
  {
    id: 'libvirt.device-acl',
    when: 'nobody knows what the configuration names',
    change: both(having('configuration', { state: 'wrong', config: null }), (facts) => {
      facts.sharedMemory = [];
    }),
    verdict: 'unknown',
  },
  {
    id: 'libvirt.device-acl',
    when: 'the file is closed',
    change: ({ virtualization }) => {
      virtualization.qemuConf = null;
      virtualization.unread['qemuConf'] = 'permission denied';
    },
    verdict: 'unknown',
  },
  {
    id: 'libvirt.apparmor',
    when: 'no rule lets kvmfr be opened',
    change: kvmfr,
    verdict: 'problem',
    todo: "echo '/dev/kvmfr0 rw,'",
  },
  {
    id: 'libvirt.domains',
    when: 'it cannot be asked',
    change: ({ libvirt }) => {
      libvirt.domains = null;
      libvirt.unread['domains'] = 'no polkit agent available';
    },
    verdict: 'unknown',
  },
  {
    id: 'looking-glass.file',
    when: 'it is not there',
    change: ({ sharedMemory: [file] }) => {
      if (file !== undefined) file.found = 'absent';
    },
    verdict: 'problem',
    todo: 'sudo handglass shm create',
  },
  {
    id: 'looking-glass.kind',
    when: 'it is a link',
    change: shm({ kind: 'link' }),
    verdict: 'problem',
    todo: 'sudo rm --recursive /dev/shm/looking-glass',
  },
  {
    id: 'looking-glass.kind',
    when: 'a domain made a file of kvmfr',
    change: kvmfr,
    verdict: 'problem',
    todo: 'sudo rm /dev/kvmfr0',
  },
  {
    id: 'looking-glass.size',
    when: 'it has another',
    change: shm({ size: 32 * 1024 ** 2 }),
    verdict: 'problem',
    says: 'It has 32 MiB, and its resolution needs 64 MiB.',
  },
  {
    id: 'looking-glass.owner',
    when: 'it is somebody else’s',
    change: shm({ uid: 64055 }),
    verdict: 'problem',
    says: 'not to alice',
  },
  {
    id: 'looking-glass.rights',
    when: 'others may read it',
    change: shm({ mode: 0o664, gid: 0 }),
    verdict: 'problem',
    says: 'its group is 0 and not kvm, its mode is 0664 and not 0660',
  },
  {
    id: 'looking-glass.accounts',
    when: 'the owner does not exist',
    change: ({ sharedMemory: [file] }) => {
      if (file !== undefined) file.uid = 'absent';
    },
    verdict: 'problem',
  },
  {
    id: 'looking-glass.qemu',
    when: 'QEMU is not in the group',
    change: having('people', {
      qemu: { user: 'libvirt-qemu', uid: 64055, groups: ['libvirt-qemu'] },
    }),
    verdict: 'problem',
    todo: 'sudo usermod --append --groups kvm libvirt-qemu',
  },
  {
    id: 'looking-glass.qemu',
    when: 'QEMU is not in the group, which is where usermod does not look',
    change: both(
      having('people', { qemu: { user: 'qemu', uid: 107, groups: ['qemu'] } }),
      having('boot', { systemTool: 'rpm-ostree' }),
    ),
    verdict: 'problem',
    todo: "grep '^kvm:' /usr/lib/group",
  },
  {
    id: 'looking-glass.tmpfiles',
    when: 'systemd makes it too',
    change: having('service', {
      temporaryFiles: [
        { file: '/etc/tmpfiles.d/10-looking-glass.conf', path: '/dev/shm/looking-glass' },
      ],
    }),
    verdict: 'warning',
    todo: ' /etc/tmpfiles.d/10-looking-glass.conf',
  },
  {
    id: 'looking-glass.client',
    when: 'there is none',
    change: having('virtualization', { lookingGlassClient: '' }),
    verdict: 'warning',
  },
  {
    id: 'service.configuration',
    when: 'it is wrong',
    change: having('configuration', {
      state: 'wrong',
      problem: '/etc/handglass/handglass.toml:3:1: seat is missing.',
    }),
    verdict: 'problem',
    says: ':3:1: seat is missing.',
    todo: 'handglass config check',
  },
  {
    id: 'service.units',
    when: 'it is not installed',
    change: having('service', { hasUnits: false }),
    verdict: 'warning',
  },
  {
    id: 'service.running',
    when: 'it does not run',
    change: having('service', { hasSocket: false }),
    verdict: 'warning',
    todo: 'sudo systemctl enable --now handglass-shm handglass',
  },
  {
    id: 'service.boot',
    when: 'it is masked',
    change: having('virtualization', { enabledUnits: [], maskedUnits: ['handglass.service'] }),
    verdict: 'warning',
    todo: 'sudo systemctl unmask handglass.service && sudo systemctl enable handglass-shm handglass',
  },
  {
    id: 'service.restart',
    when: 'it was started by hand',
    change: having('service', { isUnderSystemd: false }),
    verdict: 'warning',
    says: 'the domains must be started anew',
  },
  {
    id: 'service.boot',
    when: 'a unit is not enabled',
    change: having('virtualization', { enabledUnits: ['handglass.service'] }),
    verdict: 'warning',
    says: 'handglass-shm.service',
  },
  {
    id: 'service.udev-rules',
    when: 'they are missing',
    change: having('service', { hasUdevRules: false }),
    verdict: 'problem',
  },
  {
    id: 'service.user',
    when: 'a group is missing',
    change: having('people', {
      service: { user: 'handglass', uid: 990, groups: ['handglass', 'kvm', 'libvirt'] },
    }),
    verdict: 'warning',
    todo: 'sudo usermod --append --groups input handglass',
  },
  {
    id: 'service.user',
    when: 'two groups are missing, which are where usermod does not look',
    change: both(
      having('people', { service: { user: 'handglass', uid: 990, groups: ['handglass', 'kvm'] } }),
      having('boot', { systemTool: 'rpm-ostree' }),
    ),
    verdict: 'warning',
    todo: "grep '^libvirt:' /usr/lib/group | sudo tee --append /etc/group && sudo usermod --append --groups input,libvirt handglass",
  },
  {
    id: 'service.uinput',
    when: 'root alone may open it',
    change: having('service', { uinput: { ...fileFacts({ mode: 0o600 }), group: 'handglass' } }),
    verdict: 'problem',
    todo: '--sysname-match=uinput && sudo systemctl try-restart handglass',
  },
  {
    id: 'service.uinput',
    when: 'it is not there',
    change: having('service', { uinput: 'absent' }),
    verdict: 'problem',
    todo: 'sudo modprobe uinput',
  },
  {
    id: 'service.drivers-probe',
    when: 'root alone may write to it',
    change: having('service', { driversProbe: { ...fileFacts({ mode: 0o200 }), group: 'root' } }),
    verdict: 'warning',
  },
  {
    id: 'service.drivers-probe',
    when: 'another group may write to it',
    change: having('service', {
      driversProbe: { ...fileFacts({ mode: 0o220 }), group: 'plugdev' },
    }),
    verdict: 'warning',
  },
  {
    id: 'service.uinput',
    when: 'another group may open it',
    change: having('service', { uinput: { ...fileFacts({ mode: 0o660 }), group: 'games' } }),
    verdict: 'problem',
  },
  {
    id: 'service.uinput',
    when: "another group may open it and nobody tells the service's",
    change: ({ service, people }) => {
      service.uinput = { ...fileFacts({ mode: 0o660 }), group: 'input' };
      people.service = null;
    },
    verdict: 'unknown',
  },
  {
    id: 'service.uinput',
    when: 'a group may open it that the service is in too',
    change: having('service', { uinput: { ...fileFacts({ mode: 0o660 }), group: 'input' } }),
    verdict: 'ok',
  },
  {
    id: 'service.logout',
    when: 'logind clears up',
    change: having('service', { keepsSharedMemory: false }),
    verdict: 'warning',
    todo: 'RemoveIPC=no',
  },
  {
    id: 'service.units',
    when: 'there are none on a system that is an image',
    change: both(
      having('service', { hasUnits: false }),
      having('boot', { systemTool: 'rpm-ostree' }),
    ),
    verdict: 'warning',
    todo: 'install it into the image',
  },
  {
    id: 'service.caller',
    when: 'the group is missing',
    change: stranger,
    verdict: 'warning',
  },
  {
    id: 'input.devices',
    when: 'there is no keyboard',
    change: having('devices', { input: [] }),
    verdict: 'warning',
  },
  {
    id: 'input.rights',
    when: 'a node is closed',
    change: having('devices', { closedInput: ['/dev/input/event2'] }),
    verdict: 'warning',
  },
  {
    id: 'input.selected',
    when: 'a seat names what is not there',
    change: ({ devices: { input } }) => {
      if (input?.[0] !== undefined) input[0].name = 'Another';
    },
    verdict: 'warning',
    says: '{ name = "Keyboard" }',
  },
  {
    id: 'input.proxies',
    when: 'the service made none',
    change: having('service', { proxies: [] }),
    verdict: 'problem',
    todo: 'journalctl --unit handglass',
  },
  {
    id: 'usb.drivers',
    when: 'a killed guest left one',
    change: ({ devices: { usb } }) => {
      const driverless = [
        { name: '1-2:1.0', class: '03' },
        { name: '1-2:1.1', class: 'ff' },
      ];
      Object.assign(usb?.[0] ?? {}, { drivers: [], driverless });
    },
    verdict: 'warning',
    todo: 'echo 1-2:1.0 | sudo tee /sys/bus/usb/drivers_probe && echo 1-2:1.1 | sudo tee /sys/bus/usb/drivers_probe',
  },
  {
    id: 'usb.drivers',
    when: 'one part of several has its driver back',
    change: ({ devices: { usb } }) => {
      Object.assign(usb?.[0] ?? {}, { driverless: [{ name: '1-2:1.1', class: '01' }] });
    },
    verdict: 'warning',
    says: 'No driver has a part of it',
    todo: 'echo 1-2:1.1 |',
  },
  {
    id: 'usb.drivers',
    when: 'a guest runs, which may have it',
    change: ({ devices: { usb }, libvirt: { domains } }) => {
      Object.assign(usb?.[0] ?? {}, { driverless: [{ name: '1-2:1.0', class: '03' }] });
      for (const domain of domains ?? []) domain.isRunning = true;
    },
    verdict: 'warning',
    todo: 'see `handglass usb`. If no guest has it: echo',
  },
  {
    id: 'usb.drivers',
    when: 'a guest that runs has it, and does not use it yet',
    change: ({ devices: { usb }, libvirt: { domains } }) => {
      const [device] = usb ?? [];
      Object.assign(device ?? {}, { driverless: [{ name: '1-2:1.0', class: '03' }] });
      const address = { bus: device?.bus ?? 0, device: device?.device ?? 0 };
      for (const domain of domains ?? []) {
        domain.isRunning = true;
        domain.xml?.usb.push({ ids: null, address, alias: null });
      }
    },
    verdict: 'ok',
  },
  {
    id: 'usb.drivers',
    when: 'what has none is of a kind of its own',
    change: ({ devices: { usb } }) => {
      Object.assign(usb?.[0] ?? {}, { driverless: [{ name: '1-2:1.1', class: 'ff' }] });
    },
    verdict: 'ok',
  },
  {
    id: 'usb.selected',
    when: 'a selector fits two',
    change: ({ devices: { usb } }) => {
      const [first] = usb ?? [];
      if (first !== undefined) usb?.push({ ...first, port: '1-3' });
    },
    verdict: 'problem',
    says: 'none of them moves',
  },
  {
    id: 'usb.selected',
    when: 'what is named is not plugged in',
    change: having('devices', { usb: [] }),
    verdict: 'warning',
  },
];

testRows(rows);

test('nothing is asked of a libvirt that is not there', () => {
  const ids = [
    'socket',
    'boot',
    'log-daemon',
    'caller',
    'firmware-list',
    'qemu-user',
    'device-acl',
  ];
  for (const version of ['', null]) {
    const results = ids.flatMap((id) =>
      found(`libvirt.${id}`, ({ virtualization }) => {
        virtualization.libvirtVersion = version;
        virtualization.sockets = [];
      }),
    );
    expect(results).toEqual([]);
  }
});

test('nothing is asked of a service that is not installed', () => {
  const ids = ['running', 'boot', 'udev-rules', 'user', 'caller', 'uinput', 'drivers-probe'];
  const results = ids.flatMap((id) =>
    found(`service.${id}`, ({ service }) => {
      service.hasUnits = false;
    }),
  );
  expect(results).toEqual([]);
});
