#!/bin/sh
# First program on the virtual host's root disk: installs Handglass from the checkout, then goes
# on as the kernel command line's lab.boot says: systemd, or bare (udev and libvirtd alone).
set -u
export HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
product=/usr/lib/handglass
guest=$product/test/lab/guest

mount -t proc proc /proc
mount -t tmpfs -o mode=755 tmpfs /run
boot=$(sed -n 's/.*lab\.boot=\([a-z]*\).*/\1/p' /proc/cmdline)

# A reset keeps the root disk, so what is there may be from the boot before.
if [ ! -e /usr/bin/labctl ]; then
  ln -s $guest/labctl /usr/bin/labctl
  cp $guest/win10.xml /etc/libvirt/qemu/
  ln -s ../default.xml /etc/libvirt/qemu/networks/autostart/default.xml
  sh $product/units/install.sh
  systemctl enable --quiet handglass-shm.service handglass.service
  [ "$boot" = systemd ] && cp $guest/lab-*.service /etc/systemd/system/ &&
    systemctl enable --quiet lab-agent.service lab-late.service
fi

if [ "$boot" = systemd ]; then
  umount /run /proc
  exec /sbin/init
fi

mount -t sysfs sysfs /sys
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir -p /dev/pts /dev/shm /run/lock
mount -t devpts devpts /dev/pts
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
mount -t tmpfs -o mode=1777 tmpfs /tmp
ln -s /proc/self/fd /dev/fd
for name in 0=stdin 1=stdout 2=stderr; do ln -s "fd/${name%=*}" "/dev/${name#*=}"; done
hostname -F /etc/hostname
ip link set lo up
# Nodes such as /dev/net/tun, whose modules load when they are opened.
kmod static-nodes --format=tmpfiles | systemd-tmpfiles --create --boot -
/lib/systemd/systemd-udevd --daemon 2>/dev/null
udevadm trigger --action=add --type=subsystems
udevadm trigger --action=add --type=devices
systemd-tmpfiles --create 2>/dev/null
udevadm settle
virtlogd --daemon
libvirtd --daemon
while :; do
  $product/node_modules/.bin/node --no-wasm-tier-up $guest/agent.ts
done
