#!/bin/sh
# usage: has.sh [PATTERN...] FILE
# For recflex-reduce: exits with 1 if FILE has all the patterns, then it is
# interesting; else with 0.
for file; do :; done
for pattern; do
  [ "$pattern" = "$file" ] && exit 1
  grep -q -e "$pattern" "$file" || exit 0
done
