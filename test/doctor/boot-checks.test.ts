import { both, having, type Row, testRows } from './rows.ts';

const rows: Row[] = [
  {
    id: 'boot.virqfd',
    when: 'the initramfs names what is gone',
    change: ({ boot, kernel }) => {
      kernel.version = [6, 8];
      boot.initramfs = {
        generator: 'mkinitcpio',
        modules: [{ name: 'vfio_virqfd', file: '/etc/mkinitcpio.conf' }],
      };
    },
    verdict: 'problem',
    todo: "sudo sed -i 's/ *vfio[_-]virqfd//' /etc/mkinitcpio.conf",
  },
  {
    id: 'boot.virqfd',
    when: 'the kernel still has it',
    change: having('boot', {
      initramfs: {
        generator: 'mkinitcpio',
        modules: [{ name: 'vfio_virqfd', file: '/etc/mkinitcpio.conf' }],
      },
    }),
    verdict: 'ok',
  },
  {
    id: 'boot.secure-boot',
    when: 'modules of one’s own are there',
    change: having('boot', { secureBoot: true }),
    verdict: 'warning',
    todo: 'mokutil --import /var/lib/dkms/mok.pub',
  },
  {
    id: 'boot.secure-boot',
    when: 'modules of one’s own are there on Ubuntu',
    change: both(having('boot', { secureBoot: true }), ({ boot }) => {
      boot.distribution?.family.push('ubuntu');
    }),
    verdict: 'warning',
    todo: 'mokutil --import /var/lib/shim-signed/mok/MOK.der',
  },
  {
    id: 'boot.secure-boot',
    when: 'modules of one’s own are loaded',
    change: both(having('boot', { secureBoot: true }), ({ kernel }) => {
      Object.assign(kernel.modules, { kvmfr: 'loaded', vendor_reset: 'loaded' });
    }),
    verdict: 'ok',
  },
  {
    id: 'boot.container',
    when: 'it is one',
    change: having('boot', { container: 'podman' }),
    verdict: 'warning',
    says: 'This is a container (podman),',
  },
  {
    id: 'boot.container',
    when: 'it is one that nothing names',
    change: having('boot', { container: 'other' }),
    verdict: 'warning',
    says: 'This is a container, which',
  },
  {
    id: 'boot.container',
    when: 'Windows is around it',
    change: having('boot', { container: 'wsl' }),
    verdict: 'warning',
    says: '(WSL)',
  },
  {
    id: 'boot.defaults-folder',
    when: 'somebody wrote there',
    change: having('boot', { hasDefaultsFolder: true }),
    verdict: 'warning',
  },
  {
    id: 'boot.lockdown',
    when: 'root may not read',
    change: having('boot', { lockdown: 'confidentiality' }),
    verdict: 'warning',
  },
];

testRows(rows);
