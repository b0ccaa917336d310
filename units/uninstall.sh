#!/bin/sh
# Takes away what install.sh has installed: sudo sh units/uninstall.sh [--purge]
# With --purge the configuration, the guests' pairings and the service's user go too.
set -eu

[ "$(id -u)" = 0 ] || {
  echo 'uninstall.sh: this needs root. Run: sudo sh units/uninstall.sh' >&2
  exit 5
}
case ${1-} in
'' | --purge) ;;
*)
  echo "uninstall.sh: $1 is unknown; only --purge is taken." >&2
  exit 2
  ;;
esac

units='handglass.service handglass-shm.service handglass-suspend.service'
# Keyboards and mice go home with the service's end; a USB device stays until its domain ends.
[ ! -d /run/systemd/system ] || systemctl stop $units || true
systemctl --quiet disable $units 2>/dev/null || true

cd /etc/systemd/system
rm -f $units
rm -f /usr/bin/handglass \
  /etc/systemd/user/handglass-guest.service \
  /usr/lib/sysusers.d/handglass.conf \
  /etc/systemd/logind.conf.d/handglass.conf \
  /usr/lib/udev/rules.d/65-handglass.rules
rmdir /etc/systemd/logind.conf.d 2>/dev/null || true

[ ! -S /run/udev/control ] || udevadm control --reload
[ ! -d /run/systemd/system ] || {
  systemctl daemon-reload
  # It reads its configuration again.
  systemctl kill --signal=HUP systemd-logind || true
}

if [ "${1-}" = --purge ]; then
  rm -rf /etc/handglass /var/lib/handglass
  # Other members keep a group from going with its user.
  userdel handglass 2>/dev/null || true
  groupdel handglass 2>/dev/null || true
  echo 'Removed, with the configuration and the user.'
else
  echo 'Removed. /etc/handglass, /var/lib/handglass and the user handglass are left; --purge takes them too.'
fi
