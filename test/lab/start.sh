#!/bin/sh
# `npm start`: sets up what its words ask for, and goes on in tour/main.ts.
set -e
cd "$(dirname "$0")/../.."
purpose=lab
for word; do
  [ "$word" != --here ] || purpose=service
done
sh test/lab/setup.sh $purpose
exec node test/lab/tour/main.ts "$@"
