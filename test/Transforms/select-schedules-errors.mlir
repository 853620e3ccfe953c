// RUN: recflex-opt %s --emb-select-schedules=only=gather -verify-diagnostics

// Longer bags have no use for gather.
func.func @model(%b: !emb.bags<i32>, %t: tensor<1000x64xf32>)
    -> tensor<?x64xf32> {
  // expected-error @below {{none of the schedules considered (gather) fits it and blocks of 128 threads; use more threads or consider more schedules}}
  %0 = emb.lookup sum %t[%b] {stats = #emb.stats<mean = 2.0, stddev = 0.0,
      max = 2, coverage = 1.0, distinct = 400.0, batch = 512>}
      : tensor<1000x64xf32>, !emb.bags<i32> -> tensor<?x64xf32>
  return %0 : tensor<?x64xf32>
}

// RUN: not recflex-opt %s --emb-select-schedules=only=sub_warp,absent 2>&1 | FileCheck %s
// CHECK: error: unknown schedule 'absent'; use gather, sub_warp, block_reduce, segmented_scan, multi_block or the full name of another dialect's
