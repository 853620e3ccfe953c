// Ops of the right names that torch-mlir would not make: looked at, left alone.

// RUN: recflex-opt %s -allow-unregistered-dialect -split-input-file \
// RUN:     -raise-torch-embedding-bag-to-emb --remarks-filter='raise-.*' \
// RUN:     -verify-diagnostics | FileCheck %s --implicit-check-not=emb.

// CHECK: "torch.aten.embedding_bag"
// expected-remark@+1 {{left torch.aten.embedding_bag alone: has 0 operands for 8}}
"torch.aten.embedding_bag"() : () -> ()

// -----

// CHECK: "torch.operator"
"torch.operator"() : () -> ()
// CHECK: "torch.operator"
"torch.operator"() {name = 7 : i64} : () -> ()
// CHECK: "torch.operator"
// expected-remark@+1 {{left torch.operator alone: has 0 operands for 9}}
"torch.operator"() {name = "torch.aten._embedding_bag"} : () -> ()

// -----

// CHECK-LABEL: func.func @results(
func.func @results(%w: tensor<4x4xf32>, %i: tensor<?xi64>, %any: !torch.any) {
  // CHECK: "torch.aten.embedding_bag"
  // expected-remark@+1 {{has 1 results for 4}}
  %0 = "torch.aten.embedding_bag"(%w, %i, %i, %any, %any, %any, %any, %any)
      : (tensor<4x4xf32>, tensor<?xi64>, tensor<?xi64>, !torch.any, !torch.any,
         !torch.any, !torch.any, !torch.any) -> tensor<?x4xf32>
  return
}

// -----

// CHECK-LABEL: func.func @constants(
func.func @constants(%w: tensor<4x4xf32>, %i: tensor<?xi64>, %any: !torch.any) {
  %none = "torch.constant.int"() : () -> !torch.int
  %short = "torch.constant.int"() {value = 1 : i32} : () -> !torch.int
  %text = "torch.constant.int"() {value = "1"} : () -> !torch.int
  // CHECK-COUNT-3: "torch.aten.embedding_bag"
  // expected-remark@+1 {{mode is no torch.constant.int}}
  %0:4 = "torch.aten.embedding_bag"(%w, %i, %i, %any, %none, %any, %any, %any)
      : (tensor<4x4xf32>, tensor<?xi64>, tensor<?xi64>, !torch.any, !torch.int,
         !torch.any, !torch.any, !torch.any)
      -> (tensor<?x4xf32>, !torch.any, !torch.any, !torch.any)
  // expected-remark@+1 {{mode is no torch.constant.int}}
  %1:4 = "torch.aten.embedding_bag"(%w, %i, %i, %any, %short, %any, %any, %any)
      : (tensor<4x4xf32>, tensor<?xi64>, tensor<?xi64>, !torch.any, !torch.int,
         !torch.any, !torch.any, !torch.any)
      -> (tensor<?x4xf32>, !torch.any, !torch.any, !torch.any)
  // expected-remark@+1 {{mode is no torch.constant.int}}
  %2:4 = "torch.aten.embedding_bag"(%w, %i, %i, %any, %text, %any, %any, %any)
      : (tensor<4x4xf32>, tensor<?xi64>, tensor<?xi64>, !torch.any, !torch.int,
         !torch.any, !torch.any, !torch.any)
      -> (tensor<?x4xf32>, !torch.any, !torch.any, !torch.any)
  return
}

// -----

// Types that begin as torch-mlir's do.
// CHECK-LABEL: func.func @types(
func.func @types(%i: tensor<?xi64>, %any: !torch.any,
                 %a: !torch.vtensor<[],f32>, %b: !torch.vtensor<[-1,4],f32>,
                 %c: !torch.vtensor<[4,4],f32,1>, %d: !torch.vtensor<[4,4]>,
                 %e: !torch.vtensor<*,f32>) {
  // CHECK-COUNT-5: "torch.aten.embedding_bag"
  // expected-remark@+1 {{weight has type !torch.vtensor<[],f32>, which does not say}}
  %0:4 = "torch.aten.embedding_bag"(%a, %i, %i, %any, %any, %any, %any, %any)
      : (!torch.vtensor<[],f32>, tensor<?xi64>, tensor<?xi64>, !torch.any,
         !torch.any, !torch.any, !torch.any, !torch.any)
      -> (tensor<?x4xf32>, !torch.any, !torch.any, !torch.any)
  // expected-remark@+1 {{weight has type !torch.vtensor<[-1,4],f32>, which does not say}}
  %1:4 = "torch.aten.embedding_bag"(%b, %i, %i, %any, %any, %any, %any, %any)
      : (!torch.vtensor<[-1,4],f32>, tensor<?xi64>, tensor<?xi64>, !torch.any,
         !torch.any, !torch.any, !torch.any, !torch.any)
      -> (tensor<?x4xf32>, !torch.any, !torch.any, !torch.any)
  // expected-remark@+1 {{weight has type !torch.vtensor<[4,4],f32,1>, which does not say}}
  %2:4 = "torch.aten.embedding_bag"(%c, %i, %i, %any, %any, %any, %any, %any)
      : (!torch.vtensor<[4,4],f32,1>, tensor<?xi64>, tensor<?xi64>, !torch.any,
         !torch.any, !torch.any, !torch.any, !torch.any)
      -> (tensor<?x4xf32>, !torch.any, !torch.any, !torch.any)
  // expected-remark@+1 {{weight has type !torch.vtensor<[4,4]>, which does not say}}
  %3:4 = "torch.aten.embedding_bag"(%d, %i, %i, %any, %any, %any, %any, %any)
      : (!torch.vtensor<[4,4]>, tensor<?xi64>, tensor<?xi64>, !torch.any,
         !torch.any, !torch.any, !torch.any, !torch.any)
      -> (tensor<?x4xf32>, !torch.any, !torch.any, !torch.any)
  // expected-remark@+1 {{weight has type !torch.vtensor<*,f32>, which does not say}}
  %4:4 = "torch.aten.embedding_bag"(%e, %i, %i, %any, %any, %any, %any, %any)
      : (!torch.vtensor<*,f32>, tensor<?xi64>, tensor<?xi64>, !torch.any,
         !torch.any, !torch.any, !torch.any, !torch.any)
      -> (tensor<?x4xf32>, !torch.any, !torch.any, !torch.any)
  return
}
