#!/bin/sh
# Builds a program for the virtual host, which has no compiler and perhaps another C library, so it
# is static: build.sh NAME SOURCE... makes native/build/NAME unless it is newer than every source.
# CC is honoured.
set -eu
cd "$(dirname "$0")/../../../.."
here=test/lab/guest/input
build=native/build
name=$1
shift

is_current() {
  for source in "$@" "$here"/*.h "$here"/*.sh test/bench/*.h native/*.h; do
    [ "$build/$name" -nt "$source" ] || return 1
  done
}

if is_current "$@"; then
  exit 0
fi

# Renamed into place when whole: two at a time may build the same.
mkdir -p "$build/$name.$$"
trap 'rm -rf "$build/$name.$$"' EXIT
sh $here/event-names.sh >"$build/$name.$$/event-names.h"
# shellcheck disable=SC2086 # it may hold several words
${CC:-cc} -std=c11 -O2 -static -Wall -Wextra -Werror -D_GNU_SOURCE -pthread \
  -I "$build/$name.$$" -I $here -o "$build/$name.$$/$name" "$@"
mv "$build/$name.$$/$name" "$build/$name"
