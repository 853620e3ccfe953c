#!/bin/sh
# A module of emb and linalg to LLVM IR: kernels for a GPU, and the host code that
# launches them. All passes are upstream's but recflex-schedule, recflex-lower,
# convert-emb-to-launch and convert-emb-launch-to-gpu.
#
#   lower.sh IN.mlir OUT [CHIP [FORMAT]]
#
# OUT is LLVM IR, or the LLVM dialect if its name ends with .mlir. CHIP is sm_90
# unless said. FORMAT is isa, PTX for a GPU's driver, or llvm,
# bitcode for the simulator. The host code wants recflex-c/GpuRuntime.h. RECFLEX_OPT
# and MLIR_TRANSLATE name the tools, if they are not on the PATH.
set -eu
in=$1 out=$2 chip=${3:-sm_90} format=${4:-isa}
concat=$(dirname "$0")/decompose-concat.mlir

# Lookups to kernels; then tensors to buffers, the pooled rows into the columns of
# the concatenation.
tensors="inline, symbol-dce, recflex-schedule, recflex-lower{chip=$chip},
  convert-emb-to-launch, transform-preload-library{transform-library-paths=$concat},
  transform-interpreter, func.func(canonicalize, cse), eliminate-empty-tensors,
  one-shot-bufferize{bufferize-function-boundaries=true
    function-boundary-type-conversion=identity-layout-map},
  buffer-deallocation-pipeline, convert-bufferization-to-memref"

# linalg to kernels of upstream's, a row of 256 columns a block.
linalg="func.func(buffer-hoisting, convert-linalg-to-parallel-loops,
    scf-parallel-loop-tiling{parallel-loop-tile-sizes=1,256
      no-min-max-bounds=true}, sccp,
    gpu-map-parallel-loops, convert-parallel-loops-to-gpu),
  lower-affine, gpu-kernel-outlining"

# Launches of both kinds of kernels, on one stream.
launches="convert-emb-launch-to-gpu, canonicalize, cse, func.func(gpu-async-region)"

# Upstream's kernels are those without a target.
kernels="nvvm-attach-target{module=_kernel\$|_kernel_[0-9]+\$ chip=$chip O=3},
  gpu.module(convert-scf-to-cf, convert-gpu-to-nvvm, reconcile-unrealized-casts),
  gpu-module-to-binary{format=$format}"

# memref.alloc by functions of the runtime, which give the GPU's memory.
host="convert-scf-to-cf, expand-strided-metadata, lower-affine,
  finalize-memref-to-llvm{use-generic-functions=true}, gpu-to-llvm,
  reconcile-unrealized-casts"

lower() {
  "${RECFLEX_OPT:-recflex-opt}" "$in" --pass-pipeline="builtin.module(
    $tensors, $linalg, $launches, $kernels, $host)" -o "$1"
}

case $out in
*.mlir) lower "$out" ;;
*)
  lower "$out.mlir"
  "${MLIR_TRANSLATE:-mlir-translate}" --mlir-to-llvmir "$out.mlir" -o "$out"
  ;;
esac
