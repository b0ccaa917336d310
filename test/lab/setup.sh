#!/bin/sh
# Prepares what the service needs, and with the word `lab` what the virtual host needs besides:
# programs of the system, node_modules, the addon and the bundle. Says a line about each thing that it does, and
# nothing when all is there.
set -eu
cd "$(dirname "$0")/../.."
PATH=$PATH:/usr/sbin:/sbin
purpose=${1-service}
log=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/handglass/setup.log

say() {
  echo "$1" >&2
}

case $purpose in
  service | lab) ;;
  *)
    say "setup.sh takes the word lab, for the virtual host, or none, for this machine: not '$purpose'."
    exit 2
    ;;
esac

fail() {
  say "$1"
  exit 1
}

has() {
  command -v "$1" >/dev/null
}

find_missing() {
  programs='' packages=''
  echo '#include <stdlib.h>' | cc -E -x c - >/dev/null 2>&1 ||
    missing 'a C compiler (cc) with headers' 'gcc libc6-dev'
  # The pinned Node needs it.
  ldconfig -p | grep -q 'libatomic\.so\.1 ' || missing libatomic.so.1 libatomic1
  [ "$purpose" = lab ] || return 0
  has qemu-system-x86_64 || missing qemu-system-x86_64 qemu-system-x86
  has mmdebstrap || missing mmdebstrap mmdebstrap
  has valgrind || missing valgrind 'valgrind libc6-dbg'
  has genext2fs || missing genext2fs genext2fs
  has resize2fs || missing resize2fs e2fsprogs
  [ -e /usr/share/keyrings/debian-archive-keyring.gpg ] ||
    missing debian-archive-keyring.gpg debian-archive-keyring
  [ "$(id -u)" = 0 ] || has newuidmap || missing newuidmap uidmap
}

# What only some tests need; they are skipped without it.
install_wanted() {
  has chromium || want 'the tests of the panel in a browser' chromium
  programs='' packages=''
  has x86_64-w64-mingw32-gcc || missing x86_64-w64-mingw32-gcc gcc-mingw-w64-x86-64-win32
  has wine && has wineserver || missing wine 'wine wine64'
  has Xvfb || missing Xvfb xvfb
  has xdotool || missing xdotool xdotool
  has openssl || missing openssl openssl
  has xorriso || missing xorriso xorriso
  has isoinfo || missing isoinfo genisoimage
  [ -z "$packages" ] || want 'the client for Windows and its tests' "$packages"
}

# Takes what is left out for want of Debian packages, and these. Nothing fails for them.
want() {
  without="Without $2 $1 are skipped"
  if [ "$(id -u)" != 0 ] || [ -t 0 ] || ! has apt-get; then
    say "$without. On Debian: sudo apt-get install $2"
    return
  fi
  say "Installing $2"
  open_log
  install="apt-get install -y --no-install-recommends $2"
  logged $install || {
    open_log
    logged apt-get update && logged $install
  } || say "$without: $(apt_reason)."
}

# Takes a program or file that is missing, and the Debian packages that bring it.
missing() {
  programs="$programs${programs:+, }$1"
  packages="$packages${packages:+ }$2"
}

install_packages() {
  has apt-get || fail "Missing: $programs. Install them with your distribution's package manager."
  apt=apt-get
  [ "$(id -u)" = 0 ] || apt='sudo apt-get'
  install="$apt install -y --no-install-recommends $packages"
  if [ -t 0 ]; then
    printf 'Missing: %s.\n  %s\nRun this now? [y/N] ' "$programs" "$install" >&2
    read -r answer || answer=
    case $answer in
    [yY]*) ;;
    *) fail 'Nothing was installed. Run the command above, then this again.' ;;
    esac
  elif [ "$(id -u)" != 0 ]; then
    fail "Missing: $programs. Run: $install"
  fi

  say "Installing $packages"
  open_log
  # The lists of packages can be absent or too old: then they are fetched, and it is tried again.
  logged $install || {
    open_log
    logged $apt update && logged $install
  } || fail "Installing $packages failed: $(apt_reason). The whole story is in $log."
  find_missing
  [ -z "$packages" ] || fail "$programs is still missing after: $install"
}

open_log() {
  mkdir -p "${log%/*}" 2>/dev/null && : 2>/dev/null >"$log" ||
    fail "Cannot write $log. Set XDG_CACHE_HOME to a folder that you may write to."
}

logged() {
  DEBIAN_FRONTEND=noninteractive LC_ALL=C "$@" >>"$log" 2>&1 </dev/null
}

# A list that cannot be fetched is a warning to apt, which then does not know the package.
apt_reason() {
  { grep -m 1 -E '^[EW]: .*(resolv|connect|fetch)' "$log" || grep -m 1 '^E: ' "$log" || tail -n 1 "$log"; } |
    sed 's/^[EW]: //; s/\.*$//'
}

install_modules() {
  say 'Installing the Node modules (npm ci)'
  open_log
  logged npm ci --include=dev --include=optional || {
    tail -n 20 "$log" >&2
    fail "npm ci failed. It needs the network the first time. The whole story is in $log."
  }
}

# The packages for all processors bring the same .bin/node, and npm 9 removes it with those that it
# leaves out.
link_node() {
  for node in node_modules/node-linux-*/bin/node; do
    [ -e "$node" ] || fail 'There is no Node for this processor: x86-64 and arm64 are supported.'
    ln -s "../${node#node_modules/}" node_modules/.bin/node
  done
}

# The npm that started this, with its own Node: the one in node_modules is about to be replaced.
npm() {
  if [ -n "${npm_execpath-}" ]; then
    "$npm_node_execpath" "$npm_execpath" "$@"
  else
    command npm "$@"
  fi
}

# The service inside the virtual host is a user of its own, and reads the checkout as it is.
[ "$purpose" != lab ] || [ -z "$(find . -maxdepth 1 ! -perm -o=r)" ] ||
  fail "Other users cannot read this folder, and the service in the virtual host is one. Run: chmod -R go+rX '$PWD'"
find_missing
[ -z "$packages" ] || install_packages
[ "$purpose" != lab ] || install_wanted
[ node_modules/.package-lock.json -nt package-lock.json ] || install_modules
[ -e node_modules/.bin/node ] || link_node
sh native/build.sh || fail 'The addon could not be built: see above.'
sh native/guest-windows/build.sh || fail 'The client for Windows could not be built: see above.'
sh src/build.sh || fail 'The program could not be bundled: see above.'
