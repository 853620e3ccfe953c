#!/usr/bin/env bash
# Runs a model that has every schedule and every type of row under each tool of
# compute-sanitizer. Each tool must first find a fault that is planted for it,
# so that a tool that sees nothing cannot pass.
set -uo pipefail

usage="usage: sanitize-gpu.sh [--recflex=FILE] [--sanitizer=FILE] [--models=FOLDER] [--tools=A,B]
  --recflex    the tool [beside this script, in this folder, build/bin, or on the PATH]
  --sanitizer  compute-sanitizer [on the PATH, or with a CUDA toolkit]
  --models     the folder of coverage.json [models, here or beside the tool]
  --tools      of compute-sanitizer [memcheck,racecheck,initcheck,synccheck]
Exit code 0: all clean, and every planted fault found. 1: not so. 77: there is
no GPU that works, or no compute-sanitizer."

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
recflex="" sanitizer="" models=""
tools=memcheck,racecheck,initcheck,synccheck
for argument; do
  case $argument in
    --recflex=*) recflex=${argument#*=} ;;
    --sanitizer=*) sanitizer=${argument#*=} ;;
    --models=*) models=${argument#*=} ;;
    --tools=*) tools=${argument#*=} ;;
    -h | --help) echo "$usage"; exit ;;
    *) echo "$usage" >&2; echo "unknown argument '$argument'" >&2; exit 1 ;;
  esac
done

# first FILE...: the first that is there.
first() {
  local file
  for file; do
    [[ -e $file ]] && { echo "$file"; return; }
  done
}
cannot() { echo "sanitize-gpu: cannot run: $*" >&2; exit 77; }
fail() { echo "sanitize-gpu: error: $*" >&2; exit 1; }

[[ -n $recflex ]] ||
  recflex=$(first "$here/recflex" ./recflex build/bin/recflex \
                  "$(command -v recflex)")
[[ -x $recflex ]] || fail "no recflex; name it with --recflex=FILE"
[[ -n $models ]] ||
  models=$(first models "$(dirname "$recflex")/models" "$here/../../models")
[[ -f $models/coverage.json ]] ||
  fail "no coverage.json in '$models'; name its folder with --models=FOLDER"
cuda=${CUDA_HOME:-/usr/local/cuda}
[[ -n $sanitizer ]] ||
  sanitizer=$(first "$(command -v compute-sanitizer)" \
                    "$cuda/bin/compute-sanitizer" \
                    "$cuda/compute-sanitizer/compute-sanitizer")
[[ -x $sanitizer ]] ||
  cannot "no compute-sanitizer; recflex doctor says how to install it"
why=$("$recflex" plant-fault 2>&1) || cannot "$why"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
batches=$work/batch0.safetensors,$work/batch1.safetensors
"$recflex" generate "$models/coverage.json" --batch-size=33 --batches=2 \
  -o "$work" >/dev/null || fail "no batches"
# compile NAME OPTION...: an artifact of the model.
compile() {
  "$recflex" compile "$models/coverage.json" --samples="$batches" "${@:2}" \
    -o "$work/$1.recflex" || fail "the model '$1' does not compile"
}
compile all
compile fixed --binding=fixed
compile sub_warp --schedules=sub_warp
compile block_reduce --schedules=block_reduce
compile segmented_scan --schedules=segmented_scan
compile multi_block --schedules=multi_block,sub_warp

# Without a tool first: what does not work at all is no finding of a tool.
summary=$("$recflex" run "$work/all.recflex" --device=cuda --batch="$batches" \
                     --verify --summary) || fail "the model does not run"
for schedule in gather sub_warp block_reduce; do
  grep -q "#emb\.$schedule<" <<<"$summary" ||
    fail "the model has no lookup with the schedule $schedule"
done

# Cases, each a command; those with checks send good and bad batches.
serve="--batch=$batches --threads=4 --streams=2 --count=4"
cases=(
  "run              run $work/all.recflex --device=cuda --batch=$batches --verify"
  "run_fixed        run $work/fixed.recflex --device=cuda --batch=$batches --verify"
  "run_sub_warp     run $work/sub_warp.recflex --device=cuda --batch=$batches --verify"
  "run_block_reduce run $work/block_reduce.recflex --device=cuda --batch=$batches --verify"
  "run_segmented    run $work/segmented_scan.recflex --device=cuda --batch=$batches --verify"
  "run_multi_block  run $work/multi_block.recflex --device=cuda --batch=$batches --verify"
  "threads          stress $work/all.recflex $serve --tests=launches,replays"
  "zero-row         stress $work/all.recflex $serve --tests=launches,faults --checks=zero-row"
  "zero-bag         stress $work/all.recflex $serve --tests=launches,faults --checks=zero-bag"
  "zero-row_fixed   stress $work/fixed.recflex $serve --tests=launches,faults --checks=zero-row"
  "zero-row_reduce  stress $work/block_reduce.recflex $serve --tests=faults --checks=zero-row"
  "forms            stress $work/all.recflex --batch=$batches --tests=forms --count=10"
)

planted_for() {
  case $1 in
    memcheck) echo out-of-bounds ;;
    racecheck) echo race ;;
    initcheck) echo uninitialized ;;
    synccheck) echo barrier ;;
    *) fail "'$1' is no tool of compute-sanitizer" ;;
  esac
}

# observe TOOL ARGUMENT...: runs recflex under the tool. Sets `code`, and
# `errors` to what the tool counted; empty if it did not come to counting.
observe() {
  "$sanitizer" --tool "$1" "$recflex" "${@:2}" >"$work/log" 2>&1
  code=$?
  errors=$(sed -nE 's/.*(ERROR|RACECHECK) SUMMARY: ([0-9]+) .*/\2/p' "$work/log" |
             awk '{ n += $1 } END { if (NR) print n }')
}

failures=0
row() { printf '%-10s %-17s %-8s %s\n' "$@"; }
row tool case result "errors, seconds"
# judge TOOL CASE RESULT: counts and shows what is neither found nor clean.
judge() {
  row "$1" "$2" "$3" "${errors:-no summary}, $SECONDS s"
  [[ $3 != failed ]] && return
  failures=$((failures + 1))
  tail -n 40 "$work/log" | sed 's/^/    /'
}

for tool in ${tools//,/ }; do
  planted=$(planted_for "$tool") || exit 1
  SECONDS=0
  observe "$tool" plant-fault --fault="$planted"
  result=failed
  ((${errors:-0} > 0)) && result=found
  judge "$tool" "planted fault" $result
  for case in "${cases[@]}"; do
    read -r name command <<<"$case"
    SECONDS=0
    # shellcheck disable=SC2086 # the command's words
    observe "$tool" $command
    result=failed
    [[ $code == 0 && $errors == 0 ]] && result=clean
    judge "$tool" "$name" $result
  done
done

if ((failures > 0)); then
  echo "$failures failed"
  exit 1
fi
echo "all clean, every planted fault found"
