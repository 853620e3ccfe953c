// Which kind of schedule is chosen. The numbers behind a choice come from
// measurements and may move; these choices should not.

// RUN: recflex-opt %s --emb-select-schedules | FileCheck %s
// RUN: recflex-opt %s --emb-select-schedules=only=sub_warp | FileCheck %s --check-prefix=ONLY --implicit-check-not='#emb.block_reduce'
// RUN: recflex-opt %s --emb-select-schedules=only=emb.sub_warp,block_reduce | FileCheck %s --check-prefix=TWO
// RUN: recflex-opt %s --emb-select-schedules=threads=32 | FileCheck %s --check-prefix=NARROW
// RUN: recflex-opt %s --emb-select-schedules --emb-select-schedules | FileCheck %s

// The numbers behind these two have not been measured: they are for tuning, and
// for those who ask.
// RUN: recflex-opt %s --emb-select-schedules | FileCheck %s --check-prefix=UNASKED --implicit-check-not=segmented_scan --implicit-check-not=multi_block
// RUN: recflex-opt %s --emb-select-schedules=only=segmented_scan | FileCheck %s --check-prefix=SCAN
// UNASKED: func.func @one_hot(
// RUN: recflex-opt %s --emb-select-schedules=only=multi_block,sub_warp | FileCheck %s --check-prefix=PARTS
// PARTS-LABEL: func.func @long_narrow(
// PARTS:         schedule = #emb.multi_block<{{.*}}, parts = {{[0-9]+}}, unroll = {{[0-9]+}}>, stats
// SCAN-LABEL: func.func @long_narrow(
// SCAN:         schedule = #emb.segmented_scan<vector = 4, lanes = 1, samples = {{128|512}},

// One row a bag is a copy, in the widest loads that tile the row.
// CHECK-LABEL: func.func @one_hot(
// CHECK:         emb.lookup sum {{.*}}schedule = #emb.gather<vector = 4, lanes = 16, unroll = {{[0-9]+}}>, stats
// ONLY-LABEL:  func.func @one_hot(
// ONLY:          schedule = #emb.sub_warp<vector = 4,
// TWO-LABEL:   func.func @one_hot(
// TWO:           schedule = #emb.{{sub_warp|block_reduce}}<
func.func @one_hot(%b: !emb.bags<i32>, %t: tensor<1000x64xf32>)
    -> tensor<?x64xf32> {
  %0 = emb.lookup sum %t[%b] {stats = #emb.stats<mean = 1.0, stddev = 0.0,
      max = 1, coverage = 1.0, distinct = 400.0, batch = 512>}
      : tensor<1000x64xf32>, !emb.bags<i32> -> tensor<?x64xf32>
  return %0 : tensor<?x64xf32>
}

// Without statistics bags count as one row. Bags that turn out longer must
// still be right, if not fast.
// CHECK-LABEL: func.func @no_statistics(
// CHECK:         schedule = #emb.gather<vector = 4, lanes = 1,
// CHECK-NOT:     stats
func.func @no_statistics(%b: !emb.bags<i32>, %t: tensor<1000x4xf32>)
    -> tensor<?x4xf32> {
  %0 = emb.lookup sum %t[%b]
      : tensor<1000x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// Two-byte rows: eight elements are 16 bytes.
// CHECK-LABEL: func.func @halves(
// CHECK:         schedule = #emb.gather<vector = 8, lanes = 8,
func.func @halves(%b: !emb.bags<i32>, %t: tensor<1000x64xbf16>)
    -> tensor<?x64xf32> {
  %0 = emb.lookup sum %t[%b]
      : tensor<1000x64xbf16>, !emb.bags<i32> -> tensor<?x64xf32>
  return %0 : tensor<?x64xf32>
}

// No load of two elements tiles an odd row.
// CHECK-LABEL: func.func @odd_width(
// CHECK:         schedule = #emb.gather<vector = 1, lanes = 8,
func.func @odd_width(%b: !emb.bags<i32>, %t: tensor<1000x7xf32>)
    -> tensor<?x7xf32> {
  %0 = emb.lookup sum %t[%b]
      : tensor<1000x7xf32>, !emb.bags<i32> -> tensor<?x7xf32>
  return %0 : tensor<?x7xf32>
}

// CHECK-LABEL: func.func @even_width(
// CHECK:         schedule = #emb.gather<vector = 2, lanes = 4,
func.func @even_width(%b: !emb.bags<i32>, %t: tensor<1000x6xf32>)
    -> tensor<?x6xf32> {
  %0 = emb.lookup sum %t[%b]
      : tensor<1000x6xf32>, !emb.bags<i32> -> tensor<?x6xf32>
  return %0 : tensor<?x6xf32>
}

// Bags of a dozen rows are pooled by a group of lanes that covers the row, or
// half of it, in a large batch.
// CHECK-LABEL: func.func @multi_hot(
// CHECK:         schedule = #emb.sub_warp<vector = 4, lanes = {{8|16}}, unroll = {{4|8}}>
func.func @multi_hot(%b: !emb.bags<i32>, %t: tensor<1000000x64xf32>)
    -> tensor<?x64xf32> {
  %0 = emb.lookup sum %t[%b] {stats = #emb.stats<mean = 12.0, stddev = 3.0,
      max = 24, coverage = 1.0, distinct = 90000.0, batch = 32768>}
      : tensor<1000000x64xf32>, !emb.bags<i32> -> tensor<?x64xf32>
  return %0 : tensor<?x64xf32>
}

// Long bags of narrow rows: one lane a bag would hold the kernel up, so the
// block shares a bag.
// CHECK-LABEL: func.func @long_narrow(
// CHECK:         schedule = #emb.block_reduce<vector = 4, lanes = 1, rows = {{[0-9]+}},
// NARROW-LABEL: func.func @long_narrow(
// NARROW:         schedule = #emb.block_reduce<vector = 4, lanes = 1, rows = {{2|4|8|16|32}},
func.func @long_narrow(%b: !emb.bags<i32>, %t: tensor<100000x4xf32>)
    -> tensor<?x4xf32> {
  %0 = emb.lookup sum %t[%b] {stats = #emb.stats<mean = 500.0, stddev = 200.0,
      max = 2000, coverage = 1.0, distinct = 90000.0, batch = 512>}
      : tensor<100000x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// A schedule that is there stays.
// CHECK-LABEL: func.func @given(
// CHECK:         {schedule = #emb.sub_warp<vector = 1, lanes = 2, unroll = 1>}
func.func @given(%b: !emb.bags<i32>, %t: tensor<1000x64xf32>)
    -> tensor<?x64xf32> {
  %0 = emb.lookup sum %t[%b]
      {schedule = #emb.sub_warp<vector = 1, lanes = 2, unroll = 1>}
      : tensor<1000x64xf32>, !emb.bags<i32> -> tensor<?x64xf32>
  return %0 : tensor<?x64xf32>
}

// Features share the GPU: beside much other work the same long bags no longer
// hold the kernel up, and the cheaper schedule does.
// CHECK-LABEL: func.func @long_beside_much(
// CHECK:         emb.lookup sum {{.*}}schedule = #emb.sub_warp<{{.*}}max = 64,
func.func @long_beside_much(%b: !emb.bags<i32>, %c: !emb.bags<i32>,
                            %t: tensor<100000x4xf32>,
                            %u: tensor<1000000x1024xf32>)
    -> (tensor<?x4xf32>, tensor<?x1024xf32>) {
  %0 = emb.lookup sum %t[%b] {stats = #emb.stats<mean = 40.0, stddev = 10.0,
      max = 64, coverage = 1.0, distinct = 90000.0, batch = 8192>}
      : tensor<100000x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  %1 = emb.lookup sum %u[%c] {stats = #emb.stats<mean = 40.0, stddev = 0.0,
      max = 40, coverage = 1.0, distinct = 90000.0, batch = 8192>}
      : tensor<1000000x1024xf32>, !emb.bags<i32> -> tensor<?x1024xf32>
  return %0, %1 : tensor<?x4xf32>, tensor<?x1024xf32>
}

// Every choice is a remark.
// RUN: recflex-opt %s --emb-select-schedules --remarks-filter='emb-.*' -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK
// RUN: recflex-opt %s --emb-select-schedules --remarks-filter='other' -o /dev/null 2>&1 | FileCheck %s --check-prefix=QUIET --allow-empty
// REMARK:     select-schedules.mlir:[[#]]:[[#]]: remark: [Passed] schedule-selected | Category:emb-select-schedules
// REMARK-SAME: Remark="chose #emb.gather<vector = 4, lanes = 16, {{.*}}> ({{.*}} us of the GPU, heaviest tile {{.*}} us) over #emb.{{.*}}: fewest instructions"
// REMARK:     Remark="chose #emb.block_reduce<{{.*}} over #emb.{{.*}}, whose heaviest tile would outlast the kernel's {{.*}} us"
// QUIET-NOT:  remark
