import { expect, test } from 'vitest';
import { configOf, found } from './healthy.ts';
import { both, having, kvmfr, type Row, stranger, testRows } from './rows.ts';

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
