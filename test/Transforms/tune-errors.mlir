// RUN: recflex-opt %s -split-input-file --emb-tune-local -verify-diagnostics
// RUN: recflex-opt %s -split-input-file --emb-tune-occupancy -verify-diagnostics

func.func @no_statistics(%b: !emb.bags<i32>, %t: tensor<1000x64xf32>)
    -> tensor<?x64xf32> {
  // expected-error @below {{'emb.lookup' op has no statistics to tune for; run emb-import-stats first}}
  %0 = emb.lookup sum %t[%b]
      : tensor<1000x64xf32>, !emb.bags<i32> -> tensor<?x64xf32>
  return %0 : tensor<?x64xf32>
}

// -----

// Nothing to tune is no error.
func.func @no_lookups() {
  return
}

// The options are looked at before anything is measured.
// DEFINE: %{opt} = not recflex-opt %s -split-input-file
// RUN: %{opt} --emb-tune-local=threads=100 2>&1 | FileCheck %s --check-prefix=THREADS
// THREADS: error: 'threads' must be a multiple of 32 from 32 to 1024, not 100
// RUN: %{opt} --emb-tune-local=blocks=17 2>&1 | FileCheck %s --check-prefix=BLOCKS
// BLOCKS: error: a multiprocessor holds 2048 threads; 17 blocks of 128 are 2176
// RUN: %{opt} --emb-tune-local=binding=late 2>&1 | FileCheck %s --check-prefix=BINDING
// BINDING: error: binding 'late' is neither 'runtime' nor 'fixed'
// RUN: %{opt} --emb-tune-local=time-budget=-1 2>&1 | FileCheck %s --check-prefix=BUDGET
// BUDGET: error: 'time-budget' must be 0 or more seconds, not -1
// RUN: %{opt} --emb-tune-occupancy=schedules=sub_warp,absent 2>&1 | FileCheck %s --check-prefix=SCHEDULE
// SCHEDULE: error: unknown schedule 'absent'; no dialect has it

// RUN: not recflex-opt %S/tune.mlir --emb-tune-local=record=%s 2>&1 | FileCheck %s --check-prefix=FOREIGN
// FOREIGN: error: {{.*}}tune-errors.mlir: is no record of trials, nor any other SQLite file; name another file
// RUN: not recflex-opt %S/tune.mlir --emb-tune-local=schedules=gather 2>&1 | FileCheck %s --check-prefix=UNFIT
// UNFIT: error: feature '?': no schedule considered fits it and blocks of 128 threads; use more threads or consider more schedules
