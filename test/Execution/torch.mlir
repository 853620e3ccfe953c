// PyTorch's embedding bags, raised, lowered and run: sum, mean, maximum and a
// weighted sum, both settings of include_last_offset, padding indices (one makes
// a bag empty), f32 and f16. What PyTorch gives stands below. The runner prints
// how many of the 32 elements are equal.

// RUN: recflex-opt %s -allow-unregistered-dialect \
// RUN:     -raise-torch-embedding-bag-to-emb -convert-emb-to-linalg %to-llvm \
// RUN:   | %run-main | FileCheck %s
// CHECK: {{^}}32{{$}}

func.func @bags(%table: tensor<4x2xf32>, %half: tensor<4x2xf16>,
                %indices: tensor<6xi64>, %offsets: tensor<4xi64>,
                %ends: tensor<5xi64>, %w: tensor<6xf32>)
    -> (tensor<4x6xf32>, tensor<4x2xf16>) {
  %false = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %true = "torch.constant.bool"() {value = true} : () -> !torch.bool
  %0 = "torch.constant.int"() {value = 0 : i64} : () -> !torch.int
  %1 = "torch.constant.int"() {value = 1 : i64} : () -> !torch.int
  %2 = "torch.constant.int"() {value = 2 : i64} : () -> !torch.int
  %minus = "torch.constant.int"() {value = -1 : i64} : () -> !torch.int
  %none = "torch.constant.none"() : () -> !torch.none
  %sum:4 = "torch.aten._embedding_bag_forward_only"(%table, %indices, %offsets,
      %false, %0, %false, %none, %false, %minus)
      : (tensor<4x2xf32>, tensor<6xi64>, tensor<4xi64>, !torch.bool, !torch.int,
         !torch.bool, !torch.none, !torch.bool, !torch.int)
      -> (tensor<4x2xf32>, tensor<6xi64>, tensor<4xi64>, tensor<4xi64>)
  %mean:4 = "torch.aten.embedding_bag.padding_idx"(%table, %indices, %ends,
      %false, %1, %false, %none, %true, %minus)
      : (tensor<4x2xf32>, tensor<6xi64>, tensor<5xi64>, !torch.bool, !torch.int,
         !torch.bool, !torch.none, !torch.bool, !torch.int)
      -> (tensor<4x2xf32>, tensor<6xi64>, tensor<4xi64>, tensor<4xi64>)
  %weighted:4 = "torch.aten.embedding_bag.padding_idx"(%table, %indices,
      %offsets, %false, %0, %false, %w, %false, %1)
      : (tensor<4x2xf32>, tensor<6xi64>, tensor<4xi64>, !torch.bool, !torch.int,
         !torch.bool, tensor<6xf32>, !torch.bool, !torch.int)
      -> (tensor<4x2xf32>, tensor<6xi64>, tensor<4xi64>, tensor<4xi64>)
  %max:4 = "torch.aten._embedding_bag"(%half, %indices, %offsets,
      %false, %2, %false, %none, %false, %0)
      : (tensor<4x2xf16>, tensor<6xi64>, tensor<4xi64>, !torch.bool, !torch.int,
         !torch.bool, !torch.none, !torch.bool, !torch.int)
      -> (tensor<4x2xf16>, tensor<6xi64>, tensor<4xi64>, tensor<4x2xi64>)
  %list = "torch.prim.ListConstruct"(%sum#0, %mean#0, %weighted#0)
      : (tensor<4x2xf32>, tensor<4x2xf32>, tensor<4x2xf32>)
      -> !torch.list<vtensor>
  %joined = "torch.aten.cat"(%list, %1)
      : (!torch.list<vtensor>, !torch.int) -> tensor<4x6xf32>
  return %joined, %max#0 : tensor<4x6xf32>, tensor<4x2xf16>
}

func.func @main() -> i32 {
  // Bags: 0 1 | | 1 3 2 | 0
  %indices = arith.constant dense<[0, 1, 1, 3, 2, 0]> : tensor<6xi64>
  %offsets = arith.constant dense<[0, 2, 2, 5]> : tensor<4xi64>
  %ends = arith.constant dense<[0, 2, 2, 5, 6]> : tensor<5xi64>
  %w = arith.constant dense<[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]> : tensor<6xf32>
  %table = arith.constant dense<[[1.0, 2.0], [3.0, 4.0], [5.0, -6.0],
                                 [-7.0, 8.0]]> : tensor<4x2xf32>
  %half = arith.truncf %table : tensor<4x2xf32> to tensor<4x2xf16>
  // The sum of all; the mean without row 3; the weighted sum without row 1.
  %joined = arith.constant dense<[[4.0, 6.0,  2.0, 3.0,   1.0, 2.0],
                                  [0.0, 0.0,  0.0, 0.0,   0.0, 0.0],
                                  [1.0, 6.0,  4.0, -1.0, -3.0, 2.0],
                                  [1.0, 2.0,  1.0, 2.0,   6.0, 12.0]]>
      : tensor<4x6xf32>
  // The maximum without row 0.
  %max = arith.constant dense<[[3.0, 4.0], [0.0, 0.0], [5.0, 8.0], [0.0, 0.0]]>
      : tensor<4x2xf16>

  %actual:2 = call @bags(%table, %half, %indices, %offsets, %ends, %w)
      : (tensor<4x2xf32>, tensor<4x2xf16>, tensor<6xi64>, tensor<4xi64>,
         tensor<5xi64>, tensor<6xf32>) -> (tensor<4x6xf32>, tensor<4x2xf16>)
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c4 = arith.constant 4 : index
  %c6 = arith.constant 6 : index
  %none = arith.constant 0 : i32
  %equal = scf.for %s = %c0 to %c4 step %c1 iter_args(%n = %none) -> i32 {
    %n0 = scf.for %d = %c0 to %c6 step %c1 iter_args(%m = %n) -> i32 {
      %a = tensor.extract %actual#0[%s, %d] : tensor<4x6xf32>
      %e = tensor.extract %joined[%s, %d] : tensor<4x6xf32>
      %same = arith.cmpf oeq, %a, %e : f32
      %one = arith.extui %same : i1 to i32
      %next = arith.addi %m, %one : i32
      scf.yield %next : i32
    }
    %n1 = scf.for %d = %c0 to %c2 step %c1 iter_args(%m = %n0) -> i32 {
      %a = tensor.extract %actual#1[%s, %d] : tensor<4x2xf16>
      %e = tensor.extract %max[%s, %d] : tensor<4x2xf16>
      %same = arith.cmpf oeq, %a, %e : f16
      %one = arith.extui %same : i1 to i32
      %next = arith.addi %m, %one : i32
      scf.yield %next : i32
    }
    scf.yield %n1 : i32
  }
  return %equal : i32
}
