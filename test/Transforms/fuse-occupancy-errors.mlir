// RUN: recflex-opt %s --emb-fuse=threads=100 -verify-diagnostics

// expected-error @below {{'threads' must be a multiple of 32 from 32 to 1024, not 100}}
func.func @model() {
  return
}
