import { fileFacts, type Change } from './healthy.ts';
import { both, having, kvmfr, type Row, testRows } from './rows.ts';

const shm =
  (changes: Parameters<typeof fileFacts>[0]): Change =>
  ({ sharedMemory: [file] }) => {
    if (file !== undefined) file.found = fileFacts(changes);
  };

const rows: Row[] = [
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
];

testRows(rows);
