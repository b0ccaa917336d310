/** Modules of the kernel that are looked for, with underscores. */
export const knownModules = [
  'kvm',
  'kvm_intel',
  'kvm_amd',
  'vfio',
  'vfio_pci',
  'vfio_iommu_type1',
  'uinput',
  'kvmfr',
  'vendor_reset',
  'vhost_net',
  'tun',
  'virtio_pci',
  'virtio_net',
  'virtio_blk',
  'virtio_scsi',
  'virtio_balloon',
];
