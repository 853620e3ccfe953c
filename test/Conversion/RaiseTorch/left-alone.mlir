// What cannot be taken stays as it is, and a remark says why.

// RUN: recflex-opt %s -allow-unregistered-dialect -split-input-file \
// RUN:     -raise-torch-embedding-bag-to-emb --remarks-filter='raise-.*' \
// RUN:     -verify-diagnostics | FileCheck %s --implicit-check-not=emb.

// CHECK-COUNT-25: embedding_bag

// Other results tell of the bags, and nobody keeps those.
func.func @f(%weight: tensor<10x4xf32>, %indices: tensor<?xi64>, %offsets: tensor<?xi64>)
    -> (tensor<?x4xf32>, tensor<?xi64>) {
  %false = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %w = "torch.constant.none"() : () -> !torch.none
  %mode = "torch.constant.int"() {value = 0 : i64} : () -> !torch.int
  %last = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %pad = "torch.constant.none"() : () -> !torch.none
  // expected-remark@+1 {{its result 2, bag_size, is used; only pooled rows, result 0, can be had}}
  %0:4 = "torch.aten.embedding_bag.padding_idx"(%weight, %indices, %offsets, %false, %mode, %false, %w, %last, %pad)
      : (tensor<10x4xf32>, tensor<?xi64>, tensor<?xi64>, !torch.bool, !torch.int, !torch.bool,
         !torch.none, !torch.bool, !torch.none)
      -> (tensor<?x4xf32>, tensor<?xi64>, tensor<?xi64>, tensor<?xi64>)
  return %0#0, %0#2 : tensor<?x4xf32>, tensor<?xi64>
}

// -----

// A mode that is known at run time.
func.func @f(%weight: tensor<10x4xf32>, %indices: tensor<?xi64>, %offsets: tensor<?xi64>, %mode: !torch.int)
    -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  %false = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %w = "torch.constant.none"() : () -> !torch.none
  %last = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %pad = "torch.constant.none"() : () -> !torch.none
  // expected-remark@+1 {{mode is no torch.constant.int; it must be known at compile time}}
  %0:4 = "torch.aten.embedding_bag.padding_idx"(%weight, %indices, %offsets, %false, %mode, %false, %w, %last, %pad)
      : (tensor<10x4xf32>, tensor<?xi64>, tensor<?xi64>, !torch.bool, !torch.int, !torch.bool,
         !torch.none, !torch.bool, !torch.none)
      -> (tensor<?x4xf32>, tensor<?xi64>, tensor<?xi64>, tensor<?xi64>)
  return %0#0, %0#0 : tensor<?x4xf32>, tensor<?x4xf32>
}

// -----

// A mode that PyTorch does not have.
func.func @f(%weight: tensor<10x4xf32>, %indices: tensor<?xi64>, %offsets: tensor<?xi64>)
    -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  %false = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %w = "torch.constant.none"() : () -> !torch.none
  %mode = "torch.constant.int"() {value = 3 : i64} : () -> !torch.int
  %last = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %pad = "torch.constant.none"() : () -> !torch.none
  // expected-remark@+1 {{mode is 3; 0 is sum, 1 mean, 2 max}}
  %0:4 = "torch.aten.embedding_bag.padding_idx"(%weight, %indices, %offsets, %false, %mode, %false, %w, %last, %pad)
      : (tensor<10x4xf32>, tensor<?xi64>, tensor<?xi64>, !torch.bool, !torch.int, !torch.bool,
         !torch.none, !torch.bool, !torch.none)
      -> (tensor<?x4xf32>, tensor<?xi64>, tensor<?xi64>, tensor<?xi64>)
  return %0#0, %0#0 : tensor<?x4xf32>, tensor<?x4xf32>
}

// -----

// include_last_offset likewise.
func.func @f(%weight: tensor<10x4xf32>, %indices: tensor<?xi64>, %offsets: tensor<?xi64>, %last: !torch.bool)
    -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  %false = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %w = "torch.constant.none"() : () -> !torch.none
  %mode = "torch.constant.int"() {value = 0 : i64} : () -> !torch.int
  %pad = "torch.constant.none"() : () -> !torch.none
  // expected-remark@+1 {{include_last_offset is no torch.constant.bool; it must be known at compile time}}
  %0:4 = "torch.aten.embedding_bag.padding_idx"(%weight, %indices, %offsets, %false, %mode, %false, %w, %last, %pad)
      : (tensor<10x4xf32>, tensor<?xi64>, tensor<?xi64>, !torch.bool, !torch.int, !torch.bool,
         !torch.none, !torch.bool, !torch.none)
      -> (tensor<?x4xf32>, tensor<?xi64>, tensor<?xi64>, tensor<?xi64>)
  return %0#0, %0#0 : tensor<?x4xf32>, tensor<?x4xf32>
}

// -----

// A padding index that is known at run time.
func.func @f(%weight: tensor<10x4xf32>, %indices: tensor<?xi64>, %offsets: tensor<?xi64>, %pad: !torch.int)
    -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  %false = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %w = "torch.constant.none"() : () -> !torch.none
  %mode = "torch.constant.int"() {value = 0 : i64} : () -> !torch.int
  %last = "torch.constant.bool"() {value = false} : () -> !torch.bool
  // expected-remark@+1 {{padding_idx is neither torch.constant.int nor torch.constant.none; it must be known at compile time}}
  %0:4 = "torch.aten.embedding_bag.padding_idx"(%weight, %indices, %offsets, %false, %mode, %false, %w, %last, %pad)
      : (tensor<10x4xf32>, tensor<?xi64>, tensor<?xi64>, !torch.bool, !torch.int, !torch.bool,
         !torch.none, !torch.bool, !torch.int)
      -> (tensor<?x4xf32>, tensor<?xi64>, tensor<?xi64>, tensor<?xi64>)
  return %0#0, %0#0 : tensor<?x4xf32>, tensor<?x4xf32>
}

// -----

// A padding index of no row.
func.func @f(%weight: tensor<10x4xf32>, %indices: tensor<?xi64>, %offsets: tensor<?xi64>)
    -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  %false = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %w = "torch.constant.none"() : () -> !torch.none
  %mode = "torch.constant.int"() {value = 0 : i64} : () -> !torch.int
  %last = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %pad = "torch.constant.int"() {value = 10 : i64} : () -> !torch.int
  // expected-remark@+1 {{padding_idx is 10 of a weight with 10 rows}}
  %0:4 = "torch.aten.embedding_bag.padding_idx"(%weight, %indices, %offsets, %false, %mode, %false, %w, %last, %pad)
      : (tensor<10x4xf32>, tensor<?xi64>, tensor<?xi64>, !torch.bool, !torch.int, !torch.bool,
         !torch.none, !torch.bool, !torch.int)
      -> (tensor<?x4xf32>, tensor<?xi64>, tensor<?xi64>, tensor<?xi64>)
  return %0#0, %0#0 : tensor<?x4xf32>, tensor<?x4xf32>
}

// -----

// None is -1 here, and nothing else.
func.func @f(%weight: tensor<10x4xf32>, %indices: tensor<?xi64>, %offsets: tensor<?xi64>)
    -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  %false = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %w = "torch.constant.none"() : () -> !torch.none
  %mode = "torch.constant.int"() {value = 0 : i64} : () -> !torch.int
  %last = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %pad = "torch.constant.none"() : () -> !torch.none
  // expected-remark@+1 {{padding_idx is neither torch.constant.int nor torch.constant.none}}
  %0:4 = "torch.aten._embedding_bag"(%weight, %indices, %offsets, %false, %mode, %false, %w, %last, %pad)
      : (tensor<10x4xf32>, tensor<?xi64>, tensor<?xi64>, !torch.bool, !torch.int, !torch.bool,
         !torch.none, !torch.bool, !torch.none)
      -> (tensor<?x4xf32>, tensor<?xi64>, tensor<?xi64>, tensor<?xi64>)
  return %0#0, %0#0 : tensor<?x4xf32>, tensor<?x4xf32>
}

// -----

// From the end, too far.
func.func @f(%weight: tensor<10x4xf32>, %indices: tensor<?xi64>, %offsets: tensor<?xi64>)
    -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  %false = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %w = "torch.constant.none"() : () -> !torch.none
  %mode = "torch.constant.int"() {value = 0 : i64} : () -> !torch.int
  %last = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %pad = "torch.constant.int"() {value = -11 : i64} : () -> !torch.int
  // expected-remark@+1 {{padding_idx is -11 of a weight with 10 rows}}
  %0:4 = "torch.aten.embedding_bag.padding_idx"(%weight, %indices, %offsets, %false, %mode, %false, %w, %last, %pad)
      : (tensor<10x4xf32>, tensor<?xi64>, tensor<?xi64>, !torch.bool, !torch.int, !torch.bool,
         !torch.none, !torch.bool, !torch.int)
      -> (tensor<?x4xf32>, tensor<?xi64>, tensor<?xi64>, tensor<?xi64>)
  return %0#0, %0#0 : tensor<?x4xf32>, tensor<?x4xf32>
}

// -----

// Weights are for sums.
func.func @f(%weight: tensor<10x4xf32>, %indices: tensor<?xi64>, %offsets: tensor<?xi64>, %w: tensor<?xf32>)
    -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  %false = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %mode = "torch.constant.int"() {value = 1 : i64} : () -> !torch.int
  %last = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %pad = "torch.constant.none"() : () -> !torch.none
  // expected-remark@+1 {{per_sample_weights are given, which PyTorch takes with mode 0, sum, alone}}
  %0:4 = "torch.aten.embedding_bag.padding_idx"(%weight, %indices, %offsets, %false, %mode, %false, %w, %last, %pad)
      : (tensor<10x4xf32>, tensor<?xi64>, tensor<?xi64>, !torch.bool, !torch.int, !torch.bool,
         tensor<?xf32>, !torch.bool, !torch.none)
      -> (tensor<?x4xf32>, tensor<?xi64>, tensor<?xi64>, tensor<?xi64>)
  return %0#0, %0#0 : tensor<?x4xf32>, tensor<?x4xf32>
}

// -----

// Weights of another kind.
func.func @f(%weight: tensor<10x4xf32>, %indices: tensor<?xi64>, %offsets: tensor<?xi64>, %w: tensor<?xf64>)
    -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  %false = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %mode = "torch.constant.int"() {value = 0 : i64} : () -> !torch.int
  %last = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %pad = "torch.constant.none"() : () -> !torch.none
  // expected-remark@+1 {{per_sample_weights has elements of f64; f32, f16 and bf16 can be taken}}
  %0:4 = "torch.aten.embedding_bag.padding_idx"(%weight, %indices, %offsets, %false, %mode, %false, %w, %last, %pad)
      : (tensor<10x4xf32>, tensor<?xi64>, tensor<?xi64>, !torch.bool, !torch.int, !torch.bool,
         tensor<?xf64>, !torch.bool, !torch.none)
      -> (tensor<?x4xf32>, tensor<?xi64>, tensor<?xi64>, tensor<?xi64>)
  return %0#0, %0#0 : tensor<?x4xf32>, tensor<?x4xf32>
}

// -----

// Weights that may or may not be there.
func.func @f(%weight: tensor<10x4xf32>, %indices: tensor<?xi64>, %offsets: tensor<?xi64>, %w: !torch.optional<vtensor>)
    -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  %false = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %mode = "torch.constant.int"() {value = 0 : i64} : () -> !torch.int
  %last = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %pad = "torch.constant.none"() : () -> !torch.none
  // expected-remark@+1 {{per_sample_weights has type !torch.optional<vtensor>, which does not say rank and element type of a value tensor; refine shapes and types first}}
  %0:4 = "torch.aten.embedding_bag.padding_idx"(%weight, %indices, %offsets, %false, %mode, %false, %w, %last, %pad)
      : (tensor<10x4xf32>, tensor<?xi64>, tensor<?xi64>, !torch.bool, !torch.int, !torch.bool,
         !torch.optional<vtensor>, !torch.bool, !torch.none)
      -> (tensor<?x4xf32>, tensor<?xi64>, tensor<?xi64>, tensor<?xi64>)
  return %0#0, %0#0 : tensor<?x4xf32>, tensor<?x4xf32>
}

// -----

// A table of unknown type.
func.func @f(%weight: !torch.vtensor, %indices: tensor<?xi64>, %offsets: tensor<?xi64>)
    -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  %false = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %w = "torch.constant.none"() : () -> !torch.none
  %mode = "torch.constant.int"() {value = 0 : i64} : () -> !torch.int
  %last = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %pad = "torch.constant.none"() : () -> !torch.none
  // expected-remark@+1 {{weight has type !torch.vtensor, which does not say rank and element type of a value tensor; refine shapes and types first}}
  %0:4 = "torch.aten.embedding_bag.padding_idx"(%weight, %indices, %offsets, %false, %mode, %false, %w, %last, %pad)
      : (!torch.vtensor, tensor<?xi64>, tensor<?xi64>, !torch.bool, !torch.int, !torch.bool,
         !torch.none, !torch.bool, !torch.none)
      -> (tensor<?x4xf32>, tensor<?xi64>, tensor<?xi64>, tensor<?xi64>)
  return %0#0, %0#0 : tensor<?x4xf32>, tensor<?x4xf32>
}

// -----

// A table that may be changed in place.
func.func @f(%weight: !torch.tensor<[10,4],f32>, %indices: tensor<?xi64>, %offsets: tensor<?xi64>)
    -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  %false = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %w = "torch.constant.none"() : () -> !torch.none
  %mode = "torch.constant.int"() {value = 0 : i64} : () -> !torch.int
  %last = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %pad = "torch.constant.none"() : () -> !torch.none
  // expected-remark@+1 {{weight has type !torch.tensor<[10,4],f32>, which does not say rank and element type of a value tensor}}
  %0:4 = "torch.aten.embedding_bag.padding_idx"(%weight, %indices, %offsets, %false, %mode, %false, %w, %last, %pad)
      : (!torch.tensor<[10,4],f32>, tensor<?xi64>, tensor<?xi64>, !torch.bool, !torch.int, !torch.bool,
         !torch.none, !torch.bool, !torch.none)
      -> (tensor<?x4xf32>, tensor<?xi64>, tensor<?xi64>, tensor<?xi64>)
  return %0#0, %0#0 : tensor<?x4xf32>, tensor<?x4xf32>
}

// -----

// A table of open height.
func.func @f(%weight: !torch.vtensor<[?,4],f32>, %indices: tensor<?xi64>, %offsets: tensor<?xi64>)
    -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  %false = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %w = "torch.constant.none"() : () -> !torch.none
  %mode = "torch.constant.int"() {value = 0 : i64} : () -> !torch.int
  %last = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %pad = "torch.constant.none"() : () -> !torch.none
  // expected-remark@+1 {{weight has type tensor<?x4xf32>; its rows and width must be static}}
  %0:4 = "torch.aten.embedding_bag.padding_idx"(%weight, %indices, %offsets, %false, %mode, %false, %w, %last, %pad)
      : (!torch.vtensor<[?,4],f32>, tensor<?xi64>, tensor<?xi64>, !torch.bool, !torch.int, !torch.bool,
         !torch.none, !torch.bool, !torch.none)
      -> (tensor<?x4xf32>, tensor<?xi64>, tensor<?xi64>, tensor<?xi64>)
  return %0#0, %0#0 : tensor<?x4xf32>, tensor<?x4xf32>
}

// -----

// A table of f64.
func.func @f(%weight: !torch.vtensor<[10,4],f64>, %indices: tensor<?xi64>, %offsets: tensor<?xi64>)
    -> (!torch.vtensor<[?,4],f64>, !torch.vtensor<[?,4],f64>) {
  %false = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %w = "torch.constant.none"() : () -> !torch.none
  %mode = "torch.constant.int"() {value = 0 : i64} : () -> !torch.int
  %last = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %pad = "torch.constant.none"() : () -> !torch.none
  // expected-remark@+1 {{weight has elements of f64; f32, f16 and bf16 can be pooled}}
  %0:4 = "torch.aten.embedding_bag.padding_idx"(%weight, %indices, %offsets, %false, %mode, %false, %w, %last, %pad)
      : (!torch.vtensor<[10,4],f64>, tensor<?xi64>, tensor<?xi64>, !torch.bool, !torch.int, !torch.bool,
         !torch.none, !torch.bool, !torch.none)
      -> (!torch.vtensor<[?,4],f64>, tensor<?xi64>, tensor<?xi64>, tensor<?xi64>)
  return %0#0, %0#0 : !torch.vtensor<[?,4],f64>, !torch.vtensor<[?,4],f64>
}

// -----

// A table that is too wide.
func.func @f(%weight: tensor<10x1025xf32>, %indices: tensor<?xi64>, %offsets: tensor<?xi64>)
    -> (tensor<?x1025xf32>, tensor<?x1025xf32>) {
  %false = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %w = "torch.constant.none"() : () -> !torch.none
  %mode = "torch.constant.int"() {value = 0 : i64} : () -> !torch.int
  %last = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %pad = "torch.constant.none"() : () -> !torch.none
  // expected-remark@+1 {{weight has width 1025; widths from 1 to 1024 can be pooled: cut the table into narrower ones}}
  %0:4 = "torch.aten.embedding_bag.padding_idx"(%weight, %indices, %offsets, %false, %mode, %false, %w, %last, %pad)
      : (tensor<10x1025xf32>, tensor<?xi64>, tensor<?xi64>, !torch.bool, !torch.int, !torch.bool,
         !torch.none, !torch.bool, !torch.none)
      -> (tensor<?x1025xf32>, tensor<?xi64>, tensor<?xi64>, tensor<?xi64>)
  return %0#0, %0#0 : tensor<?x1025xf32>, tensor<?x1025xf32>
}

// -----

// A table without rows.
func.func @f(%weight: tensor<0x4xf32>, %indices: tensor<?xi64>, %offsets: tensor<?xi64>)
    -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  %false = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %w = "torch.constant.none"() : () -> !torch.none
  %mode = "torch.constant.int"() {value = 0 : i64} : () -> !torch.int
  %last = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %pad = "torch.constant.none"() : () -> !torch.none
  // expected-remark@+1 {{weight has 0 rows; tables have 1 to 1099511627776}}
  %0:4 = "torch.aten.embedding_bag.padding_idx"(%weight, %indices, %offsets, %false, %mode, %false, %w, %last, %pad)
      : (tensor<0x4xf32>, tensor<?xi64>, tensor<?xi64>, !torch.bool, !torch.int, !torch.bool,
         !torch.none, !torch.bool, !torch.none)
      -> (tensor<?x4xf32>, tensor<?xi64>, tensor<?xi64>, tensor<?xi64>)
  return %0#0, %0#0 : tensor<?x4xf32>, tensor<?x4xf32>
}

// -----

// A table too tall for its indices.
func.func @f(%weight: tensor<2147483649x4xf32>, %indices: tensor<?xi32>, %offsets: tensor<?xi32>)
    -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  %false = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %w = "torch.constant.none"() : () -> !torch.none
  %mode = "torch.constant.int"() {value = 0 : i64} : () -> !torch.int
  %last = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %pad = "torch.constant.none"() : () -> !torch.none
  // expected-remark@+1 {{weight has 2147483649 rows for indices of 32 bits; use 64 past 2^31 rows}}
  %0:4 = "torch.aten.embedding_bag.padding_idx"(%weight, %indices, %offsets, %false, %mode, %false, %w, %last, %pad)
      : (tensor<2147483649x4xf32>, tensor<?xi32>, tensor<?xi32>, !torch.bool, !torch.int, !torch.bool,
         !torch.none, !torch.bool, !torch.none)
      -> (tensor<?x4xf32>, tensor<?xi64>, tensor<?xi64>, tensor<?xi64>)
  return %0#0, %0#0 : tensor<?x4xf32>, tensor<?x4xf32>
}

// -----

// A table of three dimensions.
func.func @f(%weight: tensor<10x4x4xf32>, %indices: tensor<?xi64>, %offsets: tensor<?xi64>)
    -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  %false = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %w = "torch.constant.none"() : () -> !torch.none
  %mode = "torch.constant.int"() {value = 0 : i64} : () -> !torch.int
  %last = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %pad = "torch.constant.none"() : () -> !torch.none
  // expected-remark@+1 {{weight has rank 3; it must be 2}}
  %0:4 = "torch.aten.embedding_bag.padding_idx"(%weight, %indices, %offsets, %false, %mode, %false, %w, %last, %pad)
      : (tensor<10x4x4xf32>, tensor<?xi64>, tensor<?xi64>, !torch.bool, !torch.int, !torch.bool,
         !torch.none, !torch.bool, !torch.none)
      -> (tensor<?x4xf32>, tensor<?xi64>, tensor<?xi64>, tensor<?xi64>)
  return %0#0, %0#0 : tensor<?x4xf32>, tensor<?x4xf32>
}

// -----

// A sparse table.
func.func @f(%weight: tensor<10x4xf32, "csr">, %indices: tensor<?xi64>, %offsets: tensor<?xi64>)
    -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  %false = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %w = "torch.constant.none"() : () -> !torch.none
  %mode = "torch.constant.int"() {value = 0 : i64} : () -> !torch.int
  %last = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %pad = "torch.constant.none"() : () -> !torch.none
  // expected-remark@+1 {{weight has type tensor<10x4xf32, "csr">; only dense tensors can be taken}}
  %0:4 = "torch.aten.embedding_bag.padding_idx"(%weight, %indices, %offsets, %false, %mode, %false, %w, %last, %pad)
      : (tensor<10x4xf32, "csr">, tensor<?xi64>, tensor<?xi64>, !torch.bool, !torch.int, !torch.bool,
         !torch.none, !torch.bool, !torch.none)
      -> (tensor<?x4xf32>, tensor<?xi64>, tensor<?xi64>, tensor<?xi64>)
  return %0#0, %0#0 : tensor<?x4xf32>, tensor<?x4xf32>
}

// -----

// Indices of two dimensions: torch.nn.functional flattens them.
func.func @f(%weight: tensor<10x4xf32>, %indices: tensor<?x3xi64>, %offsets: tensor<?xi64>)
    -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  %false = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %w = "torch.constant.none"() : () -> !torch.none
  %mode = "torch.constant.int"() {value = 0 : i64} : () -> !torch.int
  %last = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %pad = "torch.constant.none"() : () -> !torch.none
  // expected-remark@+1 {{indices has rank 2; it must be 1}}
  %0:4 = "torch.aten.embedding_bag.padding_idx"(%weight, %indices, %offsets, %false, %mode, %false, %w, %last, %pad)
      : (tensor<10x4xf32>, tensor<?x3xi64>, tensor<?xi64>, !torch.bool, !torch.int, !torch.bool,
         !torch.none, !torch.bool, !torch.none)
      -> (tensor<?x4xf32>, tensor<?xi64>, tensor<?xi64>, tensor<?xi64>)
  return %0#0, %0#0 : tensor<?x4xf32>, tensor<?x4xf32>
}

// -----

// Short indices.
func.func @f(%weight: tensor<10x4xf32>, %indices: tensor<?xi64>, %offsets: !torch.vtensor<[?],si16>)
    -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  %false = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %w = "torch.constant.none"() : () -> !torch.none
  %mode = "torch.constant.int"() {value = 0 : i64} : () -> !torch.int
  %last = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %pad = "torch.constant.none"() : () -> !torch.none
  // expected-remark@+1 {{offsets has elements of i16; indices and offsets are 32 or 64 bits wide}}
  %0:4 = "torch.aten.embedding_bag.padding_idx"(%weight, %indices, %offsets, %false, %mode, %false, %w, %last, %pad)
      : (tensor<10x4xf32>, tensor<?xi64>, !torch.vtensor<[?],si16>, !torch.bool, !torch.int, !torch.bool,
         !torch.none, !torch.bool, !torch.none)
      -> (tensor<?x4xf32>, tensor<?xi64>, tensor<?xi64>, tensor<?xi64>)
  return %0#0, %0#0 : tensor<?x4xf32>, tensor<?x4xf32>
}

// -----

// A result of another type.
func.func @f(%weight: tensor<10x4xf16>, %indices: tensor<?xi64>, %offsets: tensor<?xi64>)
    -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  %false = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %w = "torch.constant.none"() : () -> !torch.none
  %mode = "torch.constant.int"() {value = 0 : i64} : () -> !torch.int
  %last = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %pad = "torch.constant.none"() : () -> !torch.none
  // expected-remark@+1 {{output has elements of f32 from a weight of f16; they must be the same}}
  %0:4 = "torch.aten.embedding_bag.padding_idx"(%weight, %indices, %offsets, %false, %mode, %false, %w, %last, %pad)
      : (tensor<10x4xf16>, tensor<?xi64>, tensor<?xi64>, !torch.bool, !torch.int, !torch.bool,
         !torch.none, !torch.bool, !torch.none)
      -> (tensor<?x4xf32>, tensor<?xi64>, tensor<?xi64>, tensor<?xi64>)
  return %0#0, %0#0 : tensor<?x4xf32>, tensor<?x4xf32>
}

// -----

// A result of another width.
func.func @f(%weight: tensor<10x4xf32>, %indices: tensor<?xi64>, %offsets: tensor<?xi64>)
    -> (tensor<?x5xf32>, tensor<?x5xf32>) {
  %false = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %w = "torch.constant.none"() : () -> !torch.none
  %mode = "torch.constant.int"() {value = 0 : i64} : () -> !torch.int
  %last = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %pad = "torch.constant.none"() : () -> !torch.none
  // expected-remark@+1 {{output has width 5 from a weight of width 4}}
  %0:4 = "torch.aten.embedding_bag.padding_idx"(%weight, %indices, %offsets, %false, %mode, %false, %w, %last, %pad)
      : (tensor<10x4xf32>, tensor<?xi64>, tensor<?xi64>, !torch.bool, !torch.int, !torch.bool,
         !torch.none, !torch.bool, !torch.none)
      -> (tensor<?x5xf32>, tensor<?xi64>, tensor<?xi64>, tensor<?xi64>)
  return %0#0, %0#0 : tensor<?x5xf32>, tensor<?x5xf32>
}

// -----

// Operands of another variant.
func.func @f(%weight: tensor<10x4xf32>, %indices: tensor<?xi64>, %offsets: tensor<?xi64>)
    -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  %false = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %w = "torch.constant.none"() : () -> !torch.none
  %mode = "torch.constant.int"() {value = 0 : i64} : () -> !torch.int
  %last = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %pad = "torch.constant.none"() : () -> !torch.none
  // expected-remark@+1 {{has 9 operands for 8}}
  %0:4 = "torch.aten.embedding_bag"(%weight, %indices, %offsets, %false, %mode, %false, %w, %last, %pad)
      : (tensor<10x4xf32>, tensor<?xi64>, tensor<?xi64>, !torch.bool, !torch.int, !torch.bool,
         !torch.none, !torch.bool, !torch.none)
      -> (tensor<?x4xf32>, tensor<?xi64>, tensor<?xi64>, tensor<?xi64>)
  return %0#0, %0#0 : tensor<?x4xf32>, tensor<?x4xf32>
}
