#!/bin/sh
# Runs once inside the Debian tree while the image is made, beside the file `initramfs`.
set -eu
kernel=$(ls /usr/lib/modules)

useradd --create-home --shell /bin/bash --groups kvm,libvirt alice
passwd --delete --quiet root
: >/etc/machine-id
echo virtual-host >/etc/hostname
mkdir -p /usr/lib/handglass /var/log/journal

# Upkeep that a machine which lives for minutes never needs, and that would compete with its boot.
systemctl --quiet mask apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer \
  e2scrub_all.timer e2scrub_reap.service fstrim.timer logrotate.timer \
  systemd-pstore.service systemd-tmpfiles-clean.timer

# Debian's own initramfs takes longer than the rest of the boot; this one loads what the disks need,
# and hands over.
tree=/tmp/tree
mkdir -p $tree/bin $tree/dev $tree/modules $tree/root
cp /bin/busybox $tree/bin/
cp /tmp/initramfs $tree/init
chmod 755 $tree/init
number=100
modprobe --set-version "$kernel" --show-depends --all \
  virtio_pci virtio_blk crc32c_generic ext4 |
  awk '$1 == "insmod" && !seen[$2]++ { print $2 }' |
  while read -r module; do
    number=$((number + 1))
    cp "$module" $tree/modules/$number.ko
  done
(cd $tree && find . | cpio --quiet --create --format=newc | gzip -1) >/boot/initrd
rm -rf $tree /boot/initrd.img-*

# An emulated processor takes twice as long to unpack the kernel as for the rest of its start.
packed=/boot/vmlinuz-$kernel
at=$(LC_ALL=C grep --text --byte-offset --only-matching --max-count=1 7zXZ "$packed" | head -n 1 | cut -d: -f1)
tail -c "+$at" "$packed" | xz --decompress --single-stream >/boot/vmlinux
rm "$packed"
