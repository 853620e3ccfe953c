// Weights, 64-bit indices, bags that several blocks share, a table that is computed
// in a loop: by plain loops, and by kernels on the simulator, twice. The
// runner prints the sum of all results, each times its number.

// RUN: recflex-opt %s -convert-emb-to-linalg %to-llvm | %run-main | FileCheck %s
// RUN: %lower-for-gpu %s %t.mlir sm_90 llvm
// RUN: env RECFLEX_PRINT_LAUNCHES=1 %simulate-main %t.mlir 2>&1 | FileCheck %s --check-prefixes=SIM,CHECK
// SIM-COUNT-2: launch recflex_forward: {{.*}} 17 parameters
// CHECK: {{^}}4126{{$}}

func.func @pool(%table: tensor<6x4xf32>, %values: tensor<9xi64>,
                %offsets: tensor<5xi64>, %weights: tensor<9xf32>)
    -> tensor<?x8xf32> {
  %kjt = emb.kjt %values, %offsets
      : tensor<9xi64>, tensor<5xi64> -> !emb.kjt<2 x i64>
  %b0 = emb.feature %kjt[0] : !emb.kjt<2 x i64> -> !emb.bags<i64>
  %b1 = emb.feature %kjt[1] : !emb.kjt<2 x i64> -> !emb.bags<i64>
  %0 = emb.lookup sum %table[%b0] weights(%weights)
      {schedule = #emb.multi_block<vector = 4, lanes = 1, rows = 1, unroll = 1, parts = 2>}
      : tensor<6x4xf32>, !emb.bags<i64>, tensor<9xf32> -> tensor<?x4xf32>
  %1 = emb.lookup max %table[%b1]
      {schedule = #emb.multi_block<vector = 4, lanes = 1, rows = 1, unroll = 1, parts = 2>}
      : tensor<6x4xf32>, !emb.bags<i64> -> tensor<?x4xf32>
  %out = emb.concat %0, %1
      : tensor<?x4xf32>, tensor<?x4xf32> -> tensor<?x8xf32>
  return %out : tensor<?x8xf32>
}

func.func @main() -> i32 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c4 = arith.constant 4 : index
  %c6 = arith.constant 6 : index
  %c8 = arith.constant 8 : index
  %none = arith.constant 0 : i32
  // Bags: 0 5 3 3 1 | | 2 4 | 5 0
  %v = arith.constant dense<[0, 5, 3, 3, 1, 2, 4, 5, 0]> : tensor<9xi64>
  %o = arith.constant dense<[0, 5, 5, 7, 9]> : tensor<5xi64>
  %w = arith.constant dense<[1.0, 2.0, -1.0, 3.0, 0.0, 1.0, 1.0, 1.0, 1.0]>
      : tensor<9xf32>
  %values = bufferization.alloc_tensor() copy(%v) : tensor<9xi64>
  %offsets = bufferization.alloc_tensor() copy(%o) : tensor<5xi64>
  %weights = bufferization.alloc_tensor() copy(%w) : tensor<9xf32>

  %total = scf.for %turn = %c0 to %c2 step %c1 iter_args(%t = %none) -> i32 {
    // table[r][c] = 4 r + c + turn
    %room = bufferization.alloc_tensor() : tensor<6x4xf32>
    %table = scf.for %r = %c0 to %c6 step %c1 iter_args(%rows = %room)
        -> tensor<6x4xf32> {
      %filled = scf.for %c = %c0 to %c4 step %c1 iter_args(%row = %rows)
          -> tensor<6x4xf32> {
        %first = arith.muli %r, %c4 : index
        %place = arith.addi %first, %c : index
        %number = arith.addi %place, %turn : index
        %whole = arith.index_cast %number : index to i32
        %x = arith.sitofp %whole : i32 to f32
        %next = tensor.insert %x into %row[%r, %c] : tensor<6x4xf32>
        scf.yield %next : tensor<6x4xf32>
      }
      scf.yield %filled : tensor<6x4xf32>
    }
    %pooled = func.call @pool(%table, %values, %offsets, %weights)
        : (tensor<6x4xf32>, tensor<9xi64>, tensor<5xi64>, tensor<9xf32>)
        -> tensor<?x8xf32>
    %sum = scf.for %s = %c0 to %c2 step %c1 iter_args(%n = %t) -> i32 {
      %line = scf.for %d = %c0 to %c8 step %c1 iter_args(%m = %n) -> i32 {
        %x = tensor.extract %pooled[%s, %d] : tensor<?x8xf32>
        %whole = arith.fptosi %x : f32 to i32
        %first = arith.muli %s, %c8 : index
        %number = arith.addi %first, %d : index
        %times = arith.index_cast %number : index to i32
        %product = arith.muli %whole, %times : i32
        %more = arith.addi %m, %product : i32
        scf.yield %more : i32
      }
      scf.yield %line : i32
    }
    scf.yield %sum : i32
  }
  return %total : i32
}
