#!/bin/sh
# Bundles the program and what it depends on into src/build/handglass.js and the parts that it loads
# when needed, and the panel's page into src/build/panel, unless that is newer than every source: Node
# starts it in a fifth of the time that the sources take, and with a third less memory.
set -eu
cd "$(dirname "$0")"

program=build/handglass.js
node_modules=../node_modules

is_current() {
  [ -e "$program" ] &&
    [ -z "$(find . ../package.json "$node_modules/.package-lock.json" \
      -path ./build -prune -o -newer "$program" -type f -print)" ]
}

if is_current; then
  exit 0
fi

[ -e "$node_modules/rolldown/bin/cli.mjs" ] || {
  echo 'rolldown is missing: run npm ci.' >&2
  exit 1
}

bundle() {
  "$node_modules/.bin/node" "$node_modules/rolldown/bin/cli.mjs" "$@" >/dev/null
}

# Put in place when whole.
trap 'rm -rf "build.$$"' EXIT
bundle cli/main.ts --platform node --entry-file-names handglass.js --dir "build.$$"
bundle server/panel/page/main.ts --platform browser --file "build.$$/panel/panel.js"
for file in panel.html panel.css panel.svg; do
  cp "server/panel/page/$file" "build.$$/panel"
done
rm -rf build
mv "build.$$" build
