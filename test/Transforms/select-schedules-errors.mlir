// RUN: recflex-opt %s --emb-select-schedules=only=absent -verify-diagnostics

func.func @model(%b: !emb.bags<i32>, %t: tensor<1000x64xf32>)
    -> tensor<?x64xf32> {
  // expected-error @below {{none of the schedules considered (absent) fits it and blocks of 128 threads; use more threads or consider more schedules}}
  %0 = emb.lookup sum %t[%b]
      : tensor<1000x64xf32>, !emb.bags<i32> -> tensor<?x64xf32>
  return %0 : tensor<?x64xf32>
}
