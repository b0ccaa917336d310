#!/bin/sh
# Installs the service from the folder that holds this one: sudo sh units/install.sh
# With --guest, for a Linux guest: the command and its users' unit, and nothing of the service.
# An existing configuration is left as it is. Running it again is harmless.
set -eu
product=$(cd "$(dirname "$0")/.." && pwd)
cd "$product"

case ${1-} in
'' | --guest) ;;
--help)
  sed -n '2,4s/^# //p' units/install.sh
  exit
  ;;
*)
  echo "install.sh: $1 is unknown; only --guest and --help are taken." >&2
  exit 2
  ;;
esac
[ "$(id -u)" = 0 ] || {
  echo 'install.sh: installing needs root. Run: sudo sh units/install.sh' >&2
  exit 5
}
case $product in
/home/* | /root/* | /tmp/* | /var/tmp/*)
  echo "install.sh: other users cannot read $product. Move this folder to /usr/lib/handglass first." >&2
  exit 1
  ;;
esac
[ -x node_modules/.bin/node ] && [ -e native/build/handglass.node ] && [ -e src/build/handglass.js ] || {
  echo "install.sh: $product is not built yet. Run there: sh test/lab/setup.sh" >&2
  exit 1
}

# A umask may have kept it from everyone else.
case $(stat -c %A src/build/handglass.js) in
*r--) ;;
*) chmod -R go+rX . ;;
esac

cat >/usr/bin/handglass <<LAUNCHER
#!/bin/sh
exec '$product/node_modules/.bin/node' '$product/src/build/handglass.js' "\$@"
LAUNCHER
chmod 755 /usr/bin/handglass

if [ "${1-}" = --guest ]; then
  install -D -m 644 units/handglass-guest.service /etc/systemd/user/handglass-guest.service
  echo 'Installed. Next, as the user of this guest, run what `handglass guest pair DOMAIN` prints on the host,'
  echo 'then: systemctl --user daemon-reload && systemctl --user enable --now handglass-guest'
  exit
fi

install -D -m 644 units/handglass.sysusers /usr/lib/sysusers.d/handglass.conf
install -D -m 644 -t /etc/systemd/system \
  units/handglass.service units/handglass-shm.service units/handglass-suspend.service
[ -e /etc/handglass/handglass.toml ] ||
  install -D -m 644 config/handglass.toml /etc/handglass/handglass.toml
# Else the shared memory goes at its owner's last logout, from under a running virtual machine too.
install -D -m 644 units/handglass.logind /etc/systemd/logind.conf.d/handglass.conf
install -D -m 644 units/handglass.rules /usr/lib/udev/rules.d/65-handglass.rules
systemd-sysusers handglass.conf
# Elsewhere udevd reads the rules when it starts.
if [ -S /run/udev/control ]; then
  # Else what is there already would keep its rights until the next boot.
  modprobe -q uinput || true
  udevadm control --reload
  udevadm trigger --settle --sysname-match=uinput --sysname-match='usb*'
fi
[ ! -d /run/systemd/system ] || {
  systemctl daemon-reload
  # It reads its configuration again.
  systemctl kill --signal=HUP systemd-logind || true
}

next='edit /etc/handglass/handglass.toml, then run: sudo systemctl enable --now handglass-shm handglass'
! systemctl --quiet is-active handglass 2>/dev/null ||
  next='run: sudo systemctl restart handglass-shm handglass'
echo "Installed. Next, $next"
