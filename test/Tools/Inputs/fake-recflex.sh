#!/usr/bin/env bash
# Stands in for recflex in the test of sanitize-gpu.sh.
if [[ $1 == plant-fault && -n ${NO_GPU-} ]]; then
  echo "recflex: error: no GPU" >&2
  exit 1
fi
if [[ $1 == run ]]; then
  echo "schedule: 1 x #emb.gather<>"
  echo "schedule: 1 x #emb.sub_warp<>"
  echo "schedule: 1 x #emb.block_reduce<>"
fi
