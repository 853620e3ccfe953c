// RUN: recflex-opt %s --emb-fuse=binding=sometimes -verify-diagnostics

// expected-error @below {{binding 'sometimes' is neither 'runtime' nor 'fixed'}}
func.func @model() {
  return
}
