#!/usr/bin/env bash
# Stands in for compute-sanitizer: sees all there is, nothing, or ghosts.
# usage: --tool TOOL RECFLEX COMMAND...
case $SEES-$4 in
  all-plant-fault | ghosts-*) found=1 ;;
  *) found=0 ;;
esac
if [[ $2 == racecheck ]]; then
  echo "========= RACECHECK SUMMARY: $found hazards displayed ($found errors, 0 warnings)"
else
  echo "========= ERROR SUMMARY: $found errors"
fi
