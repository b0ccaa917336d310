#!/bin/sh
# Builds native/build/handglass-guest.exe, the client for Windows guests, unless it is newer than every
# source. Without its compiler nothing is built: the service does not need it.
set -eu
cd "$(dirname "$0")"

target=x86_64-w64-mingw32
program=../build/handglass-guest.exe

is_current() {
  for source in *.c *.h *.rc *.manifest build.sh ../../package.json; do
    [ "$program" -nt "$source" ] || return 1
  done
}

command -v "$target-gcc" >/dev/null || exit 0
if is_current; then
  exit 0
fi

# Renamed into place when whole. The same sources give the same bytes: nothing tells when or where.
mkdir -p ../build
trap 'rm -f "$program.$$" "$program.$$.res"' EXIT
version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' ../../package.json)
"$target-windres" --output-format coff handglass-guest.rc "$program.$$.res"
"$target-gcc" -std=c11 -Os -flto -Wall -Wextra -Werror -DUNICODE -D_UNICODE -D_WIN32_WINNT=0x0A00 \
  -DWIN32_LEAN_AND_MEAN -D__USE_MINGW_ANSI_STDIO=0 "-DHANDGLASS_VERSION=\"$version\"" -ffunction-sections -fdata-sections \
  -s -Wl,--gc-sections -Wl,--no-insert-timestamp -o "$program.$$" ./*.c -x none "$program.$$.res" \
  -lwinhttp -lbcrypt -lcrypt32 -lshell32 -lsetupapi -lgdi32
mv "$program.$$" "$program"
