// Reductions of what a table holds that are no lookups stay, and a remark says why.

// RUN: recflex-opt %s -split-input-file -raise-linalg-gather-to-emb \
// RUN:     --remarks-filter='raise-.*' -verify-diagnostics \
// RUN:   | FileCheck %s --implicit-check-not=emb.

// CHECK-COUNT-22: iterator_types

// Loops in another order.
func.func @f(%table: tensor<10x4xf32>, %indices: tensor<8x2xi32>) -> tensor<8x4xf32> {
  %init = arith.constant dense<0.0> : tensor<8x4xf32>
  // expected-remark@+1 {{left linalg.generic alone: its loops are not over samples, lookups and columns, parallel, reduction and parallel}}
  %0 = linalg.generic {indexing_maps = [affine_map<(l, s, c) -> (s, l)>, affine_map<(l, s, c) -> (s, c)>],
      iterator_types = ["reduction", "parallel", "parallel"]}
      ins(%indices : tensor<8x2xi32>) outs(%init : tensor<8x4xf32>) {
  ^bb0(%index: i32, %sum: f32):
    %row = arith.index_cast %index : i32 to index
    %column = linalg.index 2 : index
    %element = tensor.extract %table[%row, %column] : tensor<10x4xf32>
    %next = arith.addf %sum, %element : f32
    linalg.yield %next : f32
  } -> tensor<8x4xf32>
  return %0 : tensor<8x4xf32>
}

// -----

// The result is transposed.
func.func @f(%table: tensor<10x4xf32>, %indices: tensor<8x2xi32>) -> tensor<4x8xf32> {
  %init = arith.constant dense<0.0> : tensor<4x8xf32>
  // expected-remark@+1 {{left linalg.generic alone: its result is not indexed by samples and columns}}
  %0 = linalg.generic {indexing_maps = [affine_map<(s, l, c) -> (s, l)>, affine_map<(s, l, c) -> (c, s)>],
      iterator_types = ["parallel", "reduction", "parallel"]}
      ins(%indices : tensor<8x2xi32>) outs(%init : tensor<4x8xf32>) {
  ^bb0(%index: i32, %sum: f32):
    %row = arith.index_cast %index : i32 to index
    %column = linalg.index 2 : index
    %element = tensor.extract %table[%row, %column] : tensor<10x4xf32>
    %next = arith.addf %sum, %element : f32
    linalg.yield %next : f32
  } -> tensor<4x8xf32>
  return %0 : tensor<4x8xf32>
}

// -----

// Indices are transposed.
func.func @f(%table: tensor<10x4xf32>, %indices: tensor<2x8xi32>) -> tensor<8x4xf32> {
  %init = arith.constant dense<0.0> : tensor<8x4xf32>
  // expected-remark@+1 {{left linalg.generic alone: an input is not indexed by samples and lookups}}
  %0 = linalg.generic {indexing_maps = [affine_map<(s, l, c) -> (l, s)>, affine_map<(s, l, c) -> (s, c)>],
      iterator_types = ["parallel", "reduction", "parallel"]}
      ins(%indices : tensor<2x8xi32>) outs(%init : tensor<8x4xf32>) {
  ^bb0(%index: i32, %sum: f32):
    %row = arith.index_cast %index : i32 to index
    %column = linalg.index 2 : index
    %element = tensor.extract %table[%row, %column] : tensor<10x4xf32>
    %next = arith.addf %sum, %element : f32
    linalg.yield %next : f32
  } -> tensor<8x4xf32>
  return %0 : tensor<8x4xf32>
}

// -----

// A product of rows.
func.func @f(%table: tensor<10x4xf32>, %indices: tensor<8x2xi32>) -> tensor<8x4xf32> {
  %init = arith.constant dense<0.0> : tensor<8x4xf32>
  // expected-remark@+1 {{left linalg.generic alone: it reduces by something else than arith.addf and arith.maxnumf}}
  %0 = linalg.generic {indexing_maps = [affine_map<(s, l, c) -> (s, l)>, affine_map<(s, l, c) -> (s, c)>],
      iterator_types = ["parallel", "reduction", "parallel"]}
      ins(%indices : tensor<8x2xi32>) outs(%init : tensor<8x4xf32>) {
  ^bb0(%index: i32, %sum: f32):
    %row = arith.index_cast %index : i32 to index
    %column = linalg.index 2 : index
    %element = tensor.extract %table[%row, %column] : tensor<10x4xf32>
    %next = arith.mulf %sum, %element : f32
    linalg.yield %next : f32
  } -> tensor<8x4xf32>
  return %0 : tensor<8x4xf32>
}

// -----

// A maximum that keeps NaNs, which emb's does not.
func.func @f(%table: tensor<10x4xf32>, %indices: tensor<8x2xi32>) -> tensor<8x4xf32> {
  %init = arith.constant dense<0xFF800000> : tensor<8x4xf32>
  // expected-remark@+1 {{left linalg.generic alone: it reduces by something else than arith.addf and arith.maxnumf}}
  %0 = linalg.generic {indexing_maps = [affine_map<(s, l, c) -> (s, l)>, affine_map<(s, l, c) -> (s, c)>],
      iterator_types = ["parallel", "reduction", "parallel"]}
      ins(%indices : tensor<8x2xi32>) outs(%init : tensor<8x4xf32>) {
  ^bb0(%index: i32, %sum: f32):
    %row = arith.index_cast %index : i32 to index
    %column = linalg.index 2 : index
    %element = tensor.extract %table[%row, %column] : tensor<10x4xf32>
    %next = arith.maximumf %sum, %element : f32
    linalg.yield %next : f32
  } -> tensor<8x4xf32>
  return %0 : tensor<8x4xf32>
}

// -----

// A sum that forgets.
func.func @f(%table: tensor<10x4xf32>, %indices: tensor<8x2xi32>) -> tensor<8x4xf32> {
  %init = arith.constant dense<0.0> : tensor<8x4xf32>
  // expected-remark@+1 {{left linalg.generic alone: it reduces something else than what it has so far and an element of the table}}
  %0 = linalg.generic {indexing_maps = [affine_map<(s, l, c) -> (s, l)>, affine_map<(s, l, c) -> (s, c)>],
      iterator_types = ["parallel", "reduction", "parallel"]}
      ins(%indices : tensor<8x2xi32>) outs(%init : tensor<8x4xf32>) {
  ^bb0(%index: i32, %sum: f32):
    %row = arith.index_cast %index : i32 to index
    %column = linalg.index 2 : index
    %element = tensor.extract %table[%row, %column] : tensor<10x4xf32>
    %next = arith.addf %element, %element : f32
    linalg.yield %next : f32
  } -> tensor<8x4xf32>
  return %0 : tensor<8x4xf32>
}

// -----

// A sum of squares.
func.func @f(%table: tensor<10x4xf32>, %indices: tensor<8x2xi32>) -> tensor<8x4xf32> {
  %init = arith.constant dense<0.0> : tensor<8x4xf32>
  // expected-remark@+1 {{left linalg.generic alone: it multiplies by something else than an input}}
  %0 = linalg.generic {indexing_maps = [affine_map<(s, l, c) -> (s, l)>, affine_map<(s, l, c) -> (s, c)>],
      iterator_types = ["parallel", "reduction", "parallel"]}
      ins(%indices : tensor<8x2xi32>) outs(%init : tensor<8x4xf32>) {
  ^bb0(%index: i32, %sum: f32):
    %row = arith.index_cast %index : i32 to index
    %column = linalg.index 2 : index
    %element0 = tensor.extract %table[%row, %column] : tensor<10x4xf32>
    %element = arith.mulf %element0, %element0 : f32
    %next = arith.addf %sum, %element : f32
    linalg.yield %next : f32
  } -> tensor<8x4xf32>
  return %0 : tensor<8x4xf32>
}

// -----

// A sum of magnitudes.
func.func @f(%table: tensor<10x4xf32>, %indices: tensor<8x2xi32>) -> tensor<8x4xf32> {
  %init = arith.constant dense<0.0> : tensor<8x4xf32>
  // expected-remark@+1 {{left linalg.generic alone: it changes the table's elements before it reduces them}}
  %0 = linalg.generic {indexing_maps = [affine_map<(s, l, c) -> (s, l)>, affine_map<(s, l, c) -> (s, c)>],
      iterator_types = ["parallel", "reduction", "parallel"]}
      ins(%indices : tensor<8x2xi32>) outs(%init : tensor<8x4xf32>) {
  ^bb0(%index: i32, %sum: f32):
    %row = arith.index_cast %index : i32 to index
    %column = linalg.index 2 : index
    %element0 = tensor.extract %table[%row, %column] : tensor<10x4xf32>
    %element = math.absf %element0 : f32
    %next = arith.addf %sum, %element : f32
    linalg.yield %next : f32
  } -> tensor<8x4xf32>
  return %0 : tensor<8x4xf32>
}

// -----

// Other columns.
func.func @f(%table: tensor<10x4xf32>, %indices: tensor<8x2xi32>) -> tensor<8x4xf32> {
  %init = arith.constant dense<0.0> : tensor<8x4xf32>
  // expected-remark@+1 {{left linalg.generic alone: it reads other columns of the table than those of its result}}
  %0 = linalg.generic {indexing_maps = [affine_map<(s, l, c) -> (s, l)>, affine_map<(s, l, c) -> (s, c)>],
      iterator_types = ["parallel", "reduction", "parallel"]}
      ins(%indices : tensor<8x2xi32>) outs(%init : tensor<8x4xf32>) {
  ^bb0(%index: i32, %sum: f32):
    %row = arith.index_cast %index : i32 to index
    %column = linalg.index 1 : index
    %element = tensor.extract %table[%row, %column] : tensor<10x4xf32>
    %next = arith.addf %sum, %element : f32
    linalg.yield %next : f32
  } -> tensor<8x4xf32>
  return %0 : tensor<8x4xf32>
}

// -----

// An index that is computed.
func.func @f(%table: tensor<10x4xf32>, %indices: tensor<8x2xi32>) -> tensor<8x4xf32> {
  %init = arith.constant dense<0.0> : tensor<8x4xf32>
  // expected-remark@+1 {{left linalg.generic alone: the row that it reads is not an input's element as it is}}
  %0 = linalg.generic {indexing_maps = [affine_map<(s, l, c) -> (s, l)>, affine_map<(s, l, c) -> (s, c)>],
      iterator_types = ["parallel", "reduction", "parallel"]}
      ins(%indices : tensor<8x2xi32>) outs(%init : tensor<8x4xf32>) {
  ^bb0(%index: i32, %sum: f32):
    %c1 = arith.constant 1 : i32
    %moved = arith.addi %index, %c1 : i32
    %row = arith.index_cast %moved : i32 to index
    %column = linalg.index 2 : index
    %element = tensor.extract %table[%row, %column] : tensor<10x4xf32>
    %next = arith.addf %sum, %element : f32
    linalg.yield %next : f32
  } -> tensor<8x4xf32>
  return %0 : tensor<8x4xf32>
}

// -----

// An input that nothing uses.
func.func @f(%table: tensor<10x4xf32>, %indices: tensor<8x2xi32>, %w: tensor<8x2xf32>) -> tensor<8x4xf32> {
  %init = arith.constant dense<0.0> : tensor<8x4xf32>
  // expected-remark@+1 {{left linalg.generic alone: it has 2 inputs and uses 1}}
  %0 = linalg.generic {indexing_maps = [affine_map<(s, l, c) -> (s, l)>, affine_map<(s, l, c) -> (s, l)>, affine_map<(s, l, c) -> (s, c)>],
      iterator_types = ["parallel", "reduction", "parallel"]}
      ins(%indices, %w : tensor<8x2xi32>, tensor<8x2xf32>) outs(%init : tensor<8x4xf32>) {
  ^bb0(%index: i32, %w_: f32, %sum: f32):
    %row = arith.index_cast %index : i32 to index
    %column = linalg.index 2 : index
    %element = tensor.extract %table[%row, %column] : tensor<10x4xf32>
    %next = arith.addf %sum, %element : f32
    linalg.yield %next : f32
  } -> tensor<8x4xf32>
  return %0 : tensor<8x4xf32>
}

// -----

// A check of the indices.
func.func @f(%table: tensor<10x4xf32>, %indices: tensor<8x2xi32>) -> tensor<8x4xf32> {
  %init = arith.constant dense<0.0> : tensor<8x4xf32>
  // expected-remark@+1 {{left linalg.generic alone: it does more than reduce: cf.assert has an effect of its own}}
  %0 = linalg.generic {indexing_maps = [affine_map<(s, l, c) -> (s, l)>, affine_map<(s, l, c) -> (s, c)>],
      iterator_types = ["parallel", "reduction", "parallel"]}
      ins(%indices : tensor<8x2xi32>) outs(%init : tensor<8x4xf32>) {
  ^bb0(%index: i32, %sum: f32):
    %c10 = arith.constant 10 : i32
    %inside = arith.cmpi ult, %index, %c10 : i32
    cf.assert %inside, "no such row"
    %row = arith.index_cast %index : i32 to index
    %column = linalg.index 2 : index
    %element = tensor.extract %table[%row, %column] : tensor<10x4xf32>
    %next = arith.addf %sum, %element : f32
    linalg.yield %next : f32
  } -> tensor<8x4xf32>
  return %0 : tensor<8x4xf32>
}

// -----

// Short indices.
func.func @f(%table: tensor<10x4xf32>, %indices: tensor<8x2xi16>) -> tensor<8x4xf32> {
  %init = arith.constant dense<0.0> : tensor<8x4xf32>
  // expected-remark@+1 {{left linalg.generic alone: its indices are neither i32 nor i64}}
  %0 = linalg.generic {indexing_maps = [affine_map<(s, l, c) -> (s, l)>, affine_map<(s, l, c) -> (s, c)>],
      iterator_types = ["parallel", "reduction", "parallel"]}
      ins(%indices : tensor<8x2xi16>) outs(%init : tensor<8x4xf32>) {
  ^bb0(%index: i16, %sum: f32):
    %row = arith.index_cast %index : i16 to index
    %column = linalg.index 2 : index
    %element = tensor.extract %table[%row, %column] : tensor<10x4xf32>
    %next = arith.addf %sum, %element : f32
    linalg.yield %next : f32
  } -> tensor<8x4xf32>
  return %0 : tensor<8x4xf32>
}

// -----

// A table of open height.
func.func @f(%table: tensor<?x4xf32>, %indices: tensor<8x2xi32>) -> tensor<8x4xf32> {
  %init = arith.constant dense<0.0> : tensor<8x4xf32>
  // expected-remark@+1 {{left linalg.generic alone: its table is not dense, of static rows and a width from 1 to 1024}}
  %0 = linalg.generic {indexing_maps = [affine_map<(s, l, c) -> (s, l)>, affine_map<(s, l, c) -> (s, c)>],
      iterator_types = ["parallel", "reduction", "parallel"]}
      ins(%indices : tensor<8x2xi32>) outs(%init : tensor<8x4xf32>) {
  ^bb0(%index: i32, %sum: f32):
    %row = arith.index_cast %index : i32 to index
    %column = linalg.index 2 : index
    %element = tensor.extract %table[%row, %column] : tensor<?x4xf32>
    %next = arith.addf %sum, %element : f32
    linalg.yield %next : f32
  } -> tensor<8x4xf32>
  return %0 : tensor<8x4xf32>
}

// -----

// A table of f64.
func.func @f(%table: tensor<10x4xf64>, %indices: tensor<8x2xi32>) -> tensor<8x4xf64> {
  %init = arith.constant dense<0.0> : tensor<8x4xf64>
  // expected-remark@+1 {{left linalg.generic alone: its table's elements are neither f32 nor f16 nor bf16}}
  %0 = linalg.generic {indexing_maps = [affine_map<(s, l, c) -> (s, l)>, affine_map<(s, l, c) -> (s, c)>],
      iterator_types = ["parallel", "reduction", "parallel"]}
      ins(%indices : tensor<8x2xi32>) outs(%init : tensor<8x4xf64>) {
  ^bb0(%index: i32, %sum: f64):
    %row = arith.index_cast %index : i32 to index
    %column = linalg.index 2 : index
    %element = tensor.extract %table[%row, %column] : tensor<10x4xf64>
    %next = arith.addf %sum, %element : f64
    linalg.yield %next : f64
  } -> tensor<8x4xf64>
  return %0 : tensor<8x4xf64>
}

// -----

// A sum in f16: emb's is in f32.
func.func @f(%table: tensor<10x4xf16>, %indices: tensor<8x2xi32>) -> tensor<8x4xf16> {
  %init = arith.constant dense<0.0> : tensor<8x4xf16>
  // expected-remark@+1 {{left linalg.generic alone: its result is not of f32 and the table's width}}
  %0 = linalg.generic {indexing_maps = [affine_map<(s, l, c) -> (s, l)>, affine_map<(s, l, c) -> (s, c)>],
      iterator_types = ["parallel", "reduction", "parallel"]}
      ins(%indices : tensor<8x2xi32>) outs(%init : tensor<8x4xf16>) {
  ^bb0(%index: i32, %sum: f16):
    %row = arith.index_cast %index : i32 to index
    %column = linalg.index 2 : index
    %element = tensor.extract %table[%row, %column] : tensor<10x4xf16>
    %next = arith.addf %sum, %element : f16
    linalg.yield %next : f16
  } -> tensor<8x4xf16>
  return %0 : tensor<8x4xf16>
}

// -----

// A slice of the columns.
func.func @f(%table: tensor<10x4xf32>, %indices: tensor<8x2xi32>) -> tensor<8x3xf32> {
  %init = arith.constant dense<0.0> : tensor<8x3xf32>
  // expected-remark@+1 {{left linalg.generic alone: its result is not of f32 and the table's width}}
  %0 = linalg.generic {indexing_maps = [affine_map<(s, l, c) -> (s, l)>, affine_map<(s, l, c) -> (s, c)>],
      iterator_types = ["parallel", "reduction", "parallel"]}
      ins(%indices : tensor<8x2xi32>) outs(%init : tensor<8x3xf32>) {
  ^bb0(%index: i32, %sum: f32):
    %row = arith.index_cast %index : i32 to index
    %column = linalg.index 2 : index
    %element = tensor.extract %table[%row, %column] : tensor<10x4xf32>
    %next = arith.addf %sum, %element : f32
    linalg.yield %next : f32
  } -> tensor<8x3xf32>
  return %0 : tensor<8x3xf32>
}

// -----

// Too many rows for i32.
func.func @f(%table: tensor<2147483649x4xf32>, %indices: tensor<8x2xi32>) -> tensor<8x4xf32> {
  %init = arith.constant dense<0.0> : tensor<8x4xf32>
  // expected-remark@+1 {{left linalg.generic alone: its table has more rows than i32 can count}}
  %0 = linalg.generic {indexing_maps = [affine_map<(s, l, c) -> (s, l)>, affine_map<(s, l, c) -> (s, c)>],
      iterator_types = ["parallel", "reduction", "parallel"]}
      ins(%indices : tensor<8x2xi32>) outs(%init : tensor<8x4xf32>) {
  ^bb0(%index: i32, %sum: f32):
    %row = arith.index_cast %index : i32 to index
    %column = linalg.index 2 : index
    %element = tensor.extract %table[%row, %column] : tensor<2147483649x4xf32>
    %next = arith.addf %sum, %element : f32
    linalg.yield %next : f32
  } -> tensor<8x4xf32>
  return %0 : tensor<8x4xf32>
}

// -----

// A maximum of weighted rows.
func.func @f(%table: tensor<10x4xf32>, %indices: tensor<8x2xi32>, %w: tensor<8x2xf32>) -> tensor<8x4xf32> {
  %init = arith.constant dense<0xFF800000> : tensor<8x4xf32>
  // expected-remark@+1 {{left linalg.generic alone: it takes the maximum of weighted rows}}
  %0 = linalg.generic {indexing_maps = [affine_map<(s, l, c) -> (s, l)>, affine_map<(s, l, c) -> (s, l)>, affine_map<(s, l, c) -> (s, c)>],
      iterator_types = ["parallel", "reduction", "parallel"]}
      ins(%indices, %w : tensor<8x2xi32>, tensor<8x2xf32>) outs(%init : tensor<8x4xf32>) {
  ^bb0(%index: i32, %w_: f32, %sum: f32):
    %row = arith.index_cast %index : i32 to index
    %column = linalg.index 2 : index
    %element0 = tensor.extract %table[%row, %column] : tensor<10x4xf32>
    %element = arith.mulf %element0, %w_ : f32
    %next = arith.maxnumf %sum, %element : f32
    linalg.yield %next : f32
  } -> tensor<8x4xf32>
  return %0 : tensor<8x4xf32>
}

// -----

// A sum that adds to something.
func.func @f(%table: tensor<10x4xf32>, %indices: tensor<8x2xi32>, %init: tensor<8x4xf32>) -> tensor<8x4xf32> {
  // expected-remark@+1 {{left linalg.generic alone: it does not start from 0}}
  %0 = linalg.generic {indexing_maps = [affine_map<(s, l, c) -> (s, l)>, affine_map<(s, l, c) -> (s, c)>],
      iterator_types = ["parallel", "reduction", "parallel"]}
      ins(%indices : tensor<8x2xi32>) outs(%init : tensor<8x4xf32>) {
  ^bb0(%index: i32, %sum: f32):
    %row = arith.index_cast %index : i32 to index
    %column = linalg.index 2 : index
    %element = tensor.extract %table[%row, %column] : tensor<10x4xf32>
    %next = arith.addf %sum, %element : f32
    linalg.yield %next : f32
  } -> tensor<8x4xf32>
  return %0 : tensor<8x4xf32>
}

// -----

// A maximum that starts from 0.
func.func @f(%table: tensor<10x4xf32>, %indices: tensor<8x2xi32>) -> tensor<8x4xf32> {
  %init = arith.constant dense<0.0> : tensor<8x4xf32>
  // expected-remark@+1 {{left linalg.generic alone: it does not start from -inf}}
  %0 = linalg.generic {indexing_maps = [affine_map<(s, l, c) -> (s, l)>, affine_map<(s, l, c) -> (s, c)>],
      iterator_types = ["parallel", "reduction", "parallel"]}
      ins(%indices : tensor<8x2xi32>) outs(%init : tensor<8x4xf32>) {
  ^bb0(%index: i32, %sum: f32):
    %row = arith.index_cast %index : i32 to index
    %column = linalg.index 2 : index
    %element = tensor.extract %table[%row, %column] : tensor<10x4xf32>
    %next = arith.maxnumf %sum, %element : f32
    linalg.yield %next : f32
  } -> tensor<8x4xf32>
  return %0 : tensor<8x4xf32>
}

// -----

// Bags that may be empty have a maximum of -inf here, and of 0 in emb.
func.func @f(%table: tensor<10x4xf32>, %indices: tensor<8x?xi32>) -> tensor<8x4xf32> {
  %init = arith.constant dense<0xFF800000> : tensor<8x4xf32>
  // expected-remark@+1 {{left linalg.generic alone: it takes the maximum of a number of rows that may be 0; make that number static}}
  %0 = linalg.generic {indexing_maps = [affine_map<(s, l, c) -> (s, l)>, affine_map<(s, l, c) -> (s, c)>],
      iterator_types = ["parallel", "reduction", "parallel"]}
      ins(%indices : tensor<8x?xi32>) outs(%init : tensor<8x4xf32>) {
  ^bb0(%index: i32, %sum: f32):
    %row = arith.index_cast %index : i32 to index
    %column = linalg.index 2 : index
    %element = tensor.extract %table[%row, %column] : tensor<10x4xf32>
    %next = arith.maxnumf %sum, %element : f32
    linalg.yield %next : f32
  } -> tensor<8x4xf32>
  return %0 : tensor<8x4xf32>
}
