#!/bin/sh
# Prints the names of linux/input-event-codes.h as rows for event-text.c. A name that is defined by
# another name goes first: it is understood, but never printed. CC is honoured.
set -eu

# shellcheck disable=SC2086 # it may hold several words
echo '#include <linux/input-event-codes.h>' | ${CC:-cc} -E -dD -x c - |
  awk '
    $1 != "#define" || $2 !~ /^(KEY|BTN|REL|ABS|LED|SW|MSC)_/ { next }
    $2 ~ /^(KEY|REL|ABS|LED|SW|MSC)_(MAX|CNT)$/ { next }
    {
      kind = substr($2, 1, index($2, "_") - 1)
      type = "EV_" (kind == "BTN" ? "KEY" : kind)
      name = kind == "KEY" ? substr($2, 5) : $2
      row = sprintf("{%s, %s, \"%s\"},", type, $2, tolower(name))
      if ($3 ~ /^[0-9]/) rows[++count] = row
      else print row
    }
    END { for (i = 1; i <= count; i++) print rows[i] }'
