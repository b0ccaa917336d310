#!/bin/sh
# Builds native/build/handglass.node unless it is newer than every source. CC and CFLAGS are honoured.
set -eu
cd "$(dirname "$0")"

addon=build/handglass.node
headers=../node_modules/node-api-headers/include

is_current() {
  for source in *.c *.h build.sh; do
    [ "$addon" -nt "$source" ] || return 1
  done
}

fail() {
  echo "$1" >&2
  exit 1
}

if is_current; then
  exit 0
fi

compiler=${CC:-cc}
command -v "${compiler%% *}" >/dev/null ||
  fail "There is no C compiler '$compiler': install one (gcc and the C library's headers) or name it in CC."
[ -f "$headers/node_api.h" ] || fail 'node-api-headers is missing: run npm ci.'

# Across files too: a ninth less to do for each report.
inlining=
# shellcheck disable=SC2086 # it may hold several words
echo 'int main(void) { return 0; }' | $compiler -flto=auto -o /dev/null -x c - 2>/dev/null && inlining=-flto=auto

# Renamed into place when whole: a running process keeps the file it has mapped.
mkdir -p build
trap 'rm -f "$addon.$$"' EXIT
# shellcheck disable=SC2086 # both may hold several words
$compiler -std=c11 -O2 -Wall -Wextra -Werror -D_GNU_SOURCE -DNAPI_VERSION=8 -isystem "$headers" \
  -fPIC -shared -fvisibility=hidden -pthread $inlining ${CFLAGS:-} -o "$addon.$$" ./*.c
mv "$addon.$$" "$addon"
