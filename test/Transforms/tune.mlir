// The tuner as passes. They attach attributes and change nothing else.

// RUN: rm -rf %t && mkdir -p %t
// RUN: recflex-opt %s --emb-tune-local | FileCheck %s
// RUN: recflex-opt %s --emb-tune-occupancy | FileCheck %s
// RUN: recflex-opt %s --emb-tune-local=schedules=sub_warp | FileCheck %s --check-prefix=ONLY --implicit-check-not='#emb.gather<'
// RUN: recflex-opt %s --emb-tune-local="threads=64 blocks=12" | FileCheck %s --check-prefix=NARROW

// But for the attributes it is the same IR.
// DEFINE: %{strip} = sed -E 's/schedule = #emb\.\w+<[^>]*>, //; s/ attributes \{emb\.occupancy[^}]*\}//'
// RUN: recflex-opt %s | %{strip} > %t/before.mlir
// RUN: recflex-opt %s --emb-tune-local --emb-tune-occupancy | %{strip} | diff %t/before.mlir -

// Decisions are remarks.
// RUN: recflex-opt %s --emb-tune-local --remarks-filter=emb-tune-local -o %t/x.mlir 2>&1 | FileCheck %s --check-prefix=REMARK
// REMARK: remark: [Passed] schedule-tuned | Category:emb-tune-local{{.*}}chose #emb.gather<vector = 4, lanes = 16, unroll = {{[0-9]+}}> at 128 x 10 over #emb.{{.*}}: local winners, not measured together

// CHECK-LABEL: func.func @one_hot(
// CHECK-SAME:    attributes {emb.occupancy = #emb.occupancy<threads = 128, blocks = 10>}
// CHECK:         emb.lookup sum {{.*}}schedule = #emb.gather<vector = 4, lanes = 16, unroll = {{[0-9]+}}>, stats
// ONLY-LABEL:  func.func @one_hot(
// ONLY:          schedule = #emb.sub_warp<
// NARROW-LABEL: func.func @one_hot(
// NARROW-SAME:   emb.occupancy = #emb.occupancy<threads = 64, blocks = 12>
func.func @one_hot(%b: !emb.bags<i32>, %t: tensor<1000x64xf32>)
    -> tensor<?x64xf32> {
  %0 = emb.lookup sum %t[%b] {stats = #emb.stats<mean = 1.0, stddev = 0.0,
      max = 1, coverage = 1.0, distinct = 400.0, batch = 512>}
      : tensor<1000x64xf32>, !emb.bags<i32> -> tensor<?x64xf32>
  return %0 : tensor<?x64xf32>
}

// All functions have one kernel's occupancy; what has no lookups has none. A
// schedule that is there is replaced.
// CHECK-LABEL: func.func @multi_hot(
// CHECK-SAME:    attributes {emb.occupancy = #emb.occupancy<threads = 128, blocks = 10>}
// CHECK:         schedule = #emb.{{sub_warp|block_reduce}}<
// ONLY-LABEL:  func.func @multi_hot(
// NARROW-LABEL: func.func @multi_hot(
func.func @multi_hot(%b: !emb.bags<i64>, %t: tensor<1000x16xf16>)
    -> tensor<?x16xf32> {
  %0 = emb.lookup mean %t[%b] {
      schedule = #emb.sub_warp<vector = 1, lanes = 16, unroll = 1>,
      stats = #emb.stats<mean = 20.0, stddev = 5.0, max = 40, coverage = 1.0,
      distinct = 900.0, batch = 512>}
      : tensor<1000x16xf16>, !emb.bags<i64> -> tensor<?x16xf32>
  return %0 : tensor<?x16xf32>
}

// CHECK-LABEL: func.func @nothing(
// CHECK-NOT:     emb.occupancy
func.func @nothing() {
  return
}
