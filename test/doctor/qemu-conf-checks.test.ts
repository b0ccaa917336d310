import { both, having, kvmfr, type Row, testRows } from './rows.ts';

const rows: Row[] = [
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
];

testRows(rows);
