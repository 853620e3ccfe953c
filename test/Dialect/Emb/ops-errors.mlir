// RUN: recflex-opt %s -verify-diagnostics -split-input-file

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

// expected-error @below {{a jagged input needs at least one feature, not 0}}
func.func private @f(!emb.kjt<0 x i32>)

// -----

// expected-error @below {{a jagged input has at most 2147483647 features, not 2147483648}}
func.func private @f(!emb.kjt<2147483648 x i32>)

// -----

// expected-error @below {{index type must be i32 or i64, not 'i16'}}
func.func private @f(!emb.kjt<2 x i16>)

// -----

// expected-error @below {{index type must be i32 or i64, not 'ui32'}}
func.func private @f(!emb.kjt<2 x ui32>)

// -----

// expected-error @below {{expected one number of features, as in !emb.kjt<26 x i64>}}
func.func private @f(!emb.kjt<2 x 3 x i32>)

// -----

// expected-error @below {{invalid kind of type specified}}
func.func private @f(!emb.kjt<2 x f32>)

// -----

// expected-error @below {{index type must be i32 or i64, not 'i8'}}
func.func private @f(!emb.bags<i8>)

// -----

//===----------------------------------------------------------------------===//
// Statistics
//===----------------------------------------------------------------------===//

// expected-error @below {{'mean' must be from 0 to 9.2e+18, not -1}}
module attributes {test.a = #emb.stats<mean = -1.0, stddev = 0.0, max = 1,
    coverage = 1.0, distinct = 1.0, batch = 1>} {}

// -----

// expected-error @below {{'stddev' must be from 0 to }}
module attributes {test.a = #emb.stats<mean = 1.0, stddev = -0.5, max = 1,
    coverage = 1.0, distinct = 1.0, batch = 1>} {}

// -----

// expected-error @below {{'max' must be from 0 to }}
module attributes {test.a = #emb.stats<mean = 1.0, stddev = 0.0, max = -1,
    coverage = 1.0, distinct = 1.0, batch = 1>} {}

// -----

// expected-error @below {{'coverage' must be from 0 to 1, not 1.5}}
module attributes {test.a = #emb.stats<mean = 1.0, stddev = 0.0, max = 1,
    coverage = 1.5, distinct = 1.0, batch = 1>} {}

// -----

// expected-error @below {{'distinct' must be from 0 to }}
module attributes {test.a = #emb.stats<mean = 1.0, stddev = 0.0, max = 1,
    coverage = 1.0, distinct = -1.0, batch = 1>} {}

// -----

// expected-error @below {{'batch' must be from 0 to }}
module attributes {test.a = #emb.stats<mean = 1.0, stddev = 0.0, max = 1,
    coverage = 1.0, distinct = 1.0, batch = -1>} {}

// -----

// expected-error @below {{'mean' is 2, past 'max', which is 1}}
module attributes {test.a = #emb.stats<mean = 2.0, stddev = 0.0, max = 1,
    coverage = 1.0, distinct = 1.0, batch = 1>} {}

// -----

//===----------------------------------------------------------------------===//
// Occupancy
//===----------------------------------------------------------------------===//

// expected-error @below {{'threads' must be a multiple of 32 from 32 to 1024, not 100}}
module attributes {test.a = #emb.occupancy<threads = 100, blocks = 1>} {}

// -----

// expected-error @below {{'threads' must be a multiple of 32 from 32 to 1024, not 0}}
module attributes {test.a = #emb.occupancy<threads = 0, blocks = 1>} {}

// -----

// expected-error @below {{'threads' must be a multiple of 32 from 32 to 1024, not 2048}}
module attributes {test.a = #emb.occupancy<threads = 2048, blocks = 1>} {}

// -----

// expected-error @below {{'blocks' must be from 1 to 32, not 33}}
module attributes {test.a = #emb.occupancy<threads = 32, blocks = 33>} {}

// -----

// expected-error @below {{'blocks' must be from 1 to 32, not 0}}
module attributes {test.a = #emb.occupancy<threads = 32, blocks = 0>} {}

// -----

// expected-error @below {{a multiprocessor holds 2048 threads; 17 blocks of 128 are 2176}}
module attributes {test.a = #emb.occupancy<threads = 128, blocks = 17>} {}

// -----

//===----------------------------------------------------------------------===//
// Schedules alone
//===----------------------------------------------------------------------===//

// expected-error @below {{'vector' must be a power of two from 1 to 8, not 3}}
module attributes {test.a = #emb.gather<vector = 3, lanes = 1, unroll = 1>} {}

// -----

// expected-error @below {{'lanes' must be a power of two from 1 to 32, not 64}}
module attributes {test.a = #emb.gather<vector = 1, lanes = 64, unroll = 1>} {}

// -----

// expected-error @below {{'unroll' must be a power of two from 1 to 16, not 0}}
module attributes {test.a = #emb.gather<vector = 1, lanes = 1, unroll = 0>} {}

// -----

// expected-error @below {{'vector' must be a power of two from 1 to 8, not 16}}
module attributes {test.a = #emb.sub_warp<vector = 16, lanes = 1, unroll = 1>} {}

// -----

// expected-error @below {{'lanes' must be a power of two from 1 to 32, not 0}}
module attributes {test.a = #emb.sub_warp<vector = 1, lanes = 0, unroll = 1>} {}

// -----

// expected-error @below {{'unroll' must be a power of two from 1 to 16, not 32}}
module attributes {test.a = #emb.sub_warp<vector = 1, lanes = 1, unroll = 32>} {}

// -----

// expected-error @below {{'vector' must be a power of two from 1 to 8, not -4}}
module attributes {test.a = #emb.block_reduce<vector = -4, lanes = 1, rows = 2, unroll = 1>} {}

// -----

// expected-error @below {{'rows' must be a power of two from 1 to 1024, not 2048}}
module attributes {test.a = #emb.block_reduce<vector = 1, lanes = 1, rows = 2048, unroll = 1>} {}

// -----

// expected-error @below {{'rows' must be at least 2; with 1 there is nothing to reduce: use #emb.sub_warp}}
module attributes {test.a = #emb.block_reduce<vector = 1, lanes = 1, rows = 1, unroll = 1>} {}

// -----

// expected-error @below {{lanes x rows is 2048; a block has at most 1024 threads}}
module attributes {test.a = #emb.block_reduce<vector = 1, lanes = 32, rows = 64, unroll = 1>} {}

// -----

// expected-error @below {{'samples' must be a power of two from 1 to 1024, not 48}}
module attributes {test.a = #emb.segmented_scan<vector = 1, lanes = 1, samples = 48, unroll = 1>} {}

// -----

// expected-error @below {{'lanes' must be a power of two from 1 to 32, not 64}}
module attributes {test.a = #emb.segmented_scan<vector = 1, lanes = 64, samples = 16, unroll = 1>} {}

// -----

// expected-error @below {{'parts' must be a power of two from 1 to 16, not 32}}
module attributes {test.a = #emb.multi_block<vector = 1, lanes = 1, rows = 32, parts = 32, unroll = 1>} {}

// -----

// expected-error @below {{'parts' must be at least 2; one block does a bag by #emb.block_reduce}}
module attributes {test.a = #emb.multi_block<vector = 1, lanes = 1, rows = 32, parts = 1, unroll = 1>} {}

// -----

// expected-error @below {{lanes x rows is 2048; a block has at most 1024 threads}}
module attributes {test.a = #emb.multi_block<vector = 1, lanes = 32, rows = 64, parts = 2, unroll = 1>} {}

// -----

//===----------------------------------------------------------------------===//
// Schedules on a lookup
//===----------------------------------------------------------------------===//

func.func @f(%b: !emb.bags<i32>, %t: tensor<8x6xf32>) {
  // expected-error @below {{schedule #emb.sub_warp<vector = 4, lanes = 2, unroll = 1>: 'vector' is 4, which does not divide the row's width 6; use 2 or less}}
  %0 = emb.lookup sum %t[%b]
      {schedule = #emb.sub_warp<vector = 4, lanes = 2, unroll = 1>}
      : tensor<8x6xf32>, !emb.bags<i32> -> tensor<?x6xf32>
  return
}

// -----

func.func @f(%b: !emb.bags<i32>, %t: tensor<8x7xf16>) {
  // expected-error @below {{'vector' is 2, which does not divide the row's width 7; use 1 or less}}
  %0 = emb.lookup sum %t[%b]
      {schedule = #emb.block_reduce<vector = 2, lanes = 4, rows = 2, unroll = 1>}
      : tensor<8x7xf16>, !emb.bags<i32> -> tensor<?x7xf32>
  return
}

// -----

func.func @f(%b: !emb.bags<i32>, %t: tensor<8x64xf32>) {
  // expected-error @below {{'vector' is 8, which makes a load of 32 bytes of f32; 16 bytes are the most}}
  %0 = emb.lookup sum %t[%b]
      {schedule = #emb.gather<vector = 8, lanes = 8, unroll = 1>}
      : tensor<8x64xf32>, !emb.bags<i32> -> tensor<?x64xf32>
  return
}

// -----

// No schedule: expected by its interface.
func.func @f(%b: !emb.bags<i32>, %t: tensor<8x64xf32>) {
  // expected-error @below {{attribute 'schedule' failed to satisfy constraint: schedule of a loaded dialect; if it is another library's, load that or its plugin}}
  %0 = emb.lookup sum %t[%b] {schedule = "sub_warp"}
      : tensor<8x64xf32>, !emb.bags<i32> -> tensor<?x64xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// emb.feature
//===----------------------------------------------------------------------===//

func.func @f(%kjt: !emb.kjt<2 x i32>) {
  // expected-error @below {{takes feature 2 of '!emb.kjt<2 x i32>', which has features 0 to 1}}
  %0 = emb.feature %kjt[2] : !emb.kjt<2 x i32> -> !emb.bags<i32>
  return
}

// -----

func.func @f(%kjt: !emb.kjt<2 x i32>) {
  // expected-error @below {{takes feature -1 of '!emb.kjt<2 x i32>', which has features 0 to 1}}
  %0 = emb.feature %kjt[-1] : !emb.kjt<2 x i32> -> !emb.bags<i32>
  return
}

// -----

func.func @f(%kjt: !emb.kjt<2 x i32>) {
  // expected-error @below {{gives bags of 'i64' from a jagged input of 'i32'; they must be the same}}
  %0 = emb.feature %kjt[0] : !emb.kjt<2 x i32> -> !emb.bags<i64>
  return
}

// -----

//===----------------------------------------------------------------------===//
// emb.lookup
//===----------------------------------------------------------------------===//

func.func @f(%b: !emb.bags<i32>, %t: tensor<8x4xf32>) {
  // expected-error @below {{unknown pooling 'average'; use sum, mean or max}}
  %0 = emb.lookup average %t[%b]
      : tensor<8x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  return
}

// -----

func.func @f(%b: !emb.bags<i32>, %t: tensor<8x4xf64>) {
  // expected-error @below {{operand #0 must be 2D tensor of 32-bit float or 16-bit float or bfloat16 type values}}
  %0 = emb.lookup sum %t[%b]
      : tensor<8x4xf64>, !emb.bags<i32> -> tensor<?x4xf32>
  return
}

// -----

func.func @f(%b: !emb.bags<i32>, %t: tensor<?x4xf32>) {
  // expected-error @below {{table has type 'tensor<?x4xf32>'; its rows and width must be static}}
  %0 = emb.lookup sum %t[%b]
      : tensor<?x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  return
}

// -----

func.func @f(%b: !emb.bags<i32>, %t: tensor<0x4xf32>) {
  // expected-error @below {{table has no rows}}
  %0 = emb.lookup sum %t[%b]
      : tensor<0x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  return
}

// -----

func.func @f(%b: !emb.bags<i32>, %t: tensor<8x1025xf32>) {
  // expected-error @below {{table has width 1025; widths from 1 to 1024 can be pooled}}
  %0 = emb.lookup sum %t[%b]
      : tensor<8x1025xf32>, !emb.bags<i32> -> tensor<?x1025xf32>
  return
}

// -----

func.func @f(%b: !emb.bags<i32>, %t: tensor<8x0xf32>) {
  // expected-error @below {{table has width 0; widths from 1 to 1024 can be pooled}}
  %0 = emb.lookup sum %t[%b]
      : tensor<8x0xf32>, !emb.bags<i32> -> tensor<?x0xf32>
  return
}

// -----

func.func @f(%b: !emb.bags<i32>, %t: tensor<8x4xf32>) {
  // expected-error @below {{gives 'tensor<?x5xf32>' from a table of width 4; the result must be tensor<?x4xf32>}}
  %0 = emb.lookup sum %t[%b]
      : tensor<8x4xf32>, !emb.bags<i32> -> tensor<?x5xf32>
  return
}

// -----

// The batch is known at run time only.
func.func @f(%b: !emb.bags<i32>, %t: tensor<8x4xf32>) {
  // expected-error @below {{gives 'tensor<16x4xf32>' from a table of width 4; the result must be tensor<?x4xf32>}}
  %0 = emb.lookup sum %t[%b]
      : tensor<8x4xf32>, !emb.bags<i32> -> tensor<16x4xf32>
  return
}

// -----

func.func @f(%b: !emb.bags<i32>, %t: tensor<8x4xf32>, %w: tensor<?xf32>) {
  // expected-error @below {{pools by max, which takes no weights; use sum or mean, or drop the weights}}
  %0 = emb.lookup max %t[%b] weights(%w)
      : tensor<8x4xf32>, !emb.bags<i32>, tensor<?xf32> -> tensor<?x4xf32>
  return
}

// -----

func.func @f(%b: !emb.bags<i32>, %t: tensor<2147483649x4xf32>) {
  // expected-error @below {{looks up 2147483649 rows by i32; use i64 past 2^31 rows}}
  %0 = emb.lookup sum %t[%b]
      : tensor<2147483649x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// emb.concat
//===----------------------------------------------------------------------===//

func.func @f() {
  // expected-error @below {{needs at least one input}}
  %0 = "emb.concat"() : () -> tensor<?x4xf32>
  return
}

// -----

func.func @f(%a: tensor<?x?xf32>) {
  // expected-error @below {{has an input of dynamic width; widths must be static}}
  %0 = emb.concat %a : tensor<?x?xf32> -> tensor<?x4xf32>
  return
}

// -----

func.func @f(%a: tensor<?x4xf32>, %b: tensor<?x3xf32>) {
  // expected-error @below {{joins 7 columns into 'tensor<?x8xf32>'; the result must have 7}}
  %0 = emb.concat %a, %b
      : tensor<?x4xf32>, tensor<?x3xf32> -> tensor<?x8xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// emb.fused_lookup
//===----------------------------------------------------------------------===//

func.func @f(%kjt: !emb.kjt<1 x i32>, %t: tensor<8x4xf32>) {
  // expected-error @below {{needs at least one feature}}
  %0 = emb.fused_lookup %kjt tables(%t) []
      occupancy <threads = 128, blocks = 10>
      : !emb.kjt<1 x i32>, tensor<8x4xf32> -> tensor<?x4xf32>
  return
}

// -----

func.func @f(%kjt: !emb.kjt<1 x i32>, %t: tensor<8x4xf32>) {
  // expected-error @below {{fused features}}
  %0 = emb.fused_lookup %kjt tables(%t) [1]
      occupancy <threads = 128, blocks = 10>
      : !emb.kjt<1 x i32>, tensor<8x4xf32> -> tensor<?x4xf32>
  return
}

// -----

func.func @f(%kjt: !emb.kjt<1 x i32>, %t0: tensor<8x4xf32>,
             %t1: tensor<8x?xf32>) {
  // expected-error @below {{table 1 has type 'tensor<8x?xf32>'; its rows and width must be static}}
  %0 = emb.fused_lookup %kjt tables(%t0, %t1) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
          column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 1>>]
      occupancy <threads = 128, blocks = 10>
      : !emb.kjt<1 x i32>, tensor<8x4xf32>, tensor<8x?xf32> -> tensor<?x4xf32>
  return
}

// -----

func.func @f(%kjt: !emb.kjt<1 x i32>, %t: tensor<8x4xf32>) {
  // expected-error @below {{feature 0 takes key 1 of '!emb.kjt<1 x i32>'}}
  %0 = emb.fused_lookup %kjt tables(%t) [
      #emb.fused_feature<key = 1, table = 0, pooling = sum, weighted = false,
          column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 1>>]
      occupancy <threads = 128, blocks = 10>
      : !emb.kjt<1 x i32>, tensor<8x4xf32> -> tensor<?x4xf32>
  return
}

// -----

func.func @f(%kjt: !emb.kjt<1 x i32>, %t: tensor<8x4xf32>) {
  // expected-error @below {{feature 0 takes table -1 of 1}}
  %0 = emb.fused_lookup %kjt tables(%t) [
      #emb.fused_feature<key = 0, table = -1, pooling = sum, weighted = false,
          column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 1>>]
      occupancy <threads = 128, blocks = 10>
      : !emb.kjt<1 x i32>, tensor<8x4xf32> -> tensor<?x4xf32>
  return
}

// -----

func.func @f(%kjt: !emb.kjt<2 x i32>, %t: tensor<8x4xf32>) {
  // expected-error @below {{feature 1 starts at column 5; the features before it end at 4}}
  %0 = emb.fused_lookup %kjt tables(%t) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
          column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 1>>,
      #emb.fused_feature<key = 1, table = 0, pooling = sum, weighted = false,
          column = 5, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 1>>]
      occupancy <threads = 128, blocks = 10>
      : !emb.kjt<2 x i32>, tensor<8x4xf32> -> tensor<?x8xf32>
  return
}

// -----

func.func @f(%kjt: !emb.kjt<1 x i32>, %w: tensor<?xf32>, %t: tensor<8x4xf32>) {
  // expected-error @below {{feature 0 pools by max, which takes no weights}}
  %0 = emb.fused_lookup %kjt tables(%t) weights(%w) [
      #emb.fused_feature<key = 0, table = 0, pooling = max, weighted = true,
          column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 1>>]
      occupancy <threads = 128, blocks = 10>
      : !emb.kjt<1 x i32>, tensor<8x4xf32> weights tensor<?xf32>
      -> tensor<?x4xf32>
  return
}

// -----

func.func @f(%kjt: !emb.kjt<1 x i32>, %t: tensor<2147483649x4xf32>) {
  // expected-error @below {{feature 0 looks up 2147483649 rows by i32; use i64 past 2^31 rows}}
  %0 = emb.fused_lookup %kjt tables(%t) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
          column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 1>>]
      occupancy <threads = 128, blocks = 10>
      : !emb.kjt<1 x i32>, tensor<2147483649x4xf32> -> tensor<?x4xf32>
  return
}

// -----

func.func @f(%kjt: !emb.kjt<1 x i32>, %t: tensor<8x6xf32>) {
  // expected-error @below {{feature 0 schedule #emb.gather<vector = 4, lanes = 1, unroll = 1>: 'vector' is 4, which does not divide the row's width 6; use 2 or less}}
  %0 = emb.fused_lookup %kjt tables(%t) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
          column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 1>>]
      occupancy <threads = 128, blocks = 10>
      : !emb.kjt<1 x i32>, tensor<8x6xf32> -> tensor<?x6xf32>
  return
}

// -----

func.func @f(%kjt: !emb.kjt<1 x i32>, %t: tensor<8x4xf32>) {
  // expected-error @below {{orders feature 1; it has 1}}
  %0 = emb.fused_lookup %kjt tables(%t) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
          column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 1>>]
      occupancy <threads = 128, blocks = 10> order [1]
      : !emb.kjt<1 x i32>, tensor<8x4xf32> -> tensor<?x4xf32>
  return
}

// -----

func.func @f(%kjt: !emb.kjt<1 x i32>, %t: tensor<8x4xf32>) {
  // expected-error @below {{orders 2 features; it has 1}}
  %0 = emb.fused_lookup %kjt tables(%t) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
          column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 1>>]
      occupancy <threads = 128, blocks = 10> order [0, 0]
      : !emb.kjt<1 x i32>, tensor<8x4xf32> -> tensor<?x4xf32>
  return
}

// -----

func.func @f(%kjt: !emb.kjt<1 x i32>, %t: tensor<8x4xf32>) {
  // expected-error @below {{orders feature 0 twice}}
  %0 = emb.fused_lookup %kjt tables(%t) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
          column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 1>>,
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
          column = 4, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 1>>]
      occupancy <threads = 128, blocks = 10> order [0, 0]
      : !emb.kjt<1 x i32>, tensor<8x4xf32> -> tensor<?x8xf32>
  return
}

// -----

// expected-error @below {{has 'emb.rank'; it belongs on an emb.lookup}}
func.func private @f() attributes {emb.rank = 0 : i64}

// -----

func.func @f(%t: tensor<8x4xf32>, %b: !emb.bags<i32>) {
  // expected-error @below {{'emb.rank' must be an i64, 0 or more, not -1 : i64}}
  %0 = emb.lookup sum %t[%b] {emb.rank = -1 : i64}
      : tensor<8x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  return
}

// -----

func.func @f(%t: tensor<8x4xf32>, %b: !emb.bags<i32>) {
  // expected-error @below {{'emb.rank' must be an i64, 0 or more, not 1 : i32}}
  %0 = emb.lookup sum %t[%b] {emb.rank = 1 : i32}
      : tensor<8x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  return
}

// -----

// expected-error @below {{'emb.binding' must be an #emb.binding, not "fixed"}}
func.func @f() attributes {emb.binding = "fixed"} {
  return
}

// -----

// expected-error @below {{has 'emb.binding'; it belongs on a function}}
module attributes {emb.binding = #emb.binding<fixed>} {}

// -----

func.func @f(%kjt: !emb.kjt<1 x i32>, %t: tensor<8x4xf32>) {
  // expected-error @below {{feature 0 schedule #emb.block_reduce<vector = 4, lanes = 1, rows = 128, unroll = 1> needs blocks of 128 threads; the occupancy gives 64}}
  %0 = emb.fused_lookup %kjt tables(%t) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
          column = 0, schedule = #emb.block_reduce<vector = 4, lanes = 1,
                                                   rows = 128, unroll = 1>>]
      occupancy <threads = 64, blocks = 10>
      : !emb.kjt<1 x i32>, tensor<8x4xf32> -> tensor<?x4xf32>
  return
}

// -----

func.func @f(%kjt: !emb.kjt<1 x i32>, %t: tensor<8x64xf32>) {
  // expected-error @below {{feature 0 schedule #emb.segmented_scan<vector = 2, lanes = 32, samples = 16, unroll = 1> needs blocks of 64 threads; the occupancy gives 32}}
  %0 = emb.fused_lookup %kjt tables(%t) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
          column = 0, schedule = #emb.segmented_scan<vector = 2, lanes = 32,
                                                     samples = 16, unroll = 1>>]
      occupancy <threads = 32, blocks = 10>
      : !emb.kjt<1 x i32>, tensor<8x64xf32> -> tensor<?x64xf32>
  return
}

// -----

func.func @f(%kjt: !emb.kjt<1 x i32>, %t: tensor<8x4xf32>) {
  // expected-error @below {{has weighted features but no weights operand}}
  %0 = emb.fused_lookup %kjt tables(%t) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = true,
          column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 1>>]
      occupancy <threads = 128, blocks = 10>
      : !emb.kjt<1 x i32>, tensor<8x4xf32> -> tensor<?x4xf32>
  return
}

// -----

func.func @f(%kjt: !emb.kjt<1 x i32>, %w: tensor<?xf32>, %t: tensor<8x4xf32>) {
  // expected-error @below {{has a weights operand but no weighted feature}}
  %0 = emb.fused_lookup %kjt tables(%t) weights(%w) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
          column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 1>>]
      occupancy <threads = 128, blocks = 10>
      : !emb.kjt<1 x i32>, tensor<8x4xf32> weights tensor<?xf32>
      -> tensor<?x4xf32>
  return
}

// -----

func.func @f(%kjt: !emb.kjt<1 x i32>, %t: tensor<8x4xf32>) {
  // expected-error @below {{gives 'tensor<?x8xf32>'; its features make tensor<?x4xf32>}}
  %0 = emb.fused_lookup %kjt tables(%t) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
          column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 1>>]
      occupancy <threads = 128, blocks = 10>
      : !emb.kjt<1 x i32>, tensor<8x4xf32> -> tensor<?x8xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// emb.name and emb.keys
//===----------------------------------------------------------------------===//

// expected-error @below {{has 'emb.keys' on an argument of type 'tensor<8x4xf32>'; it belongs on an argument of type !emb.kjt}}
func.func private @f(tensor<8x4xf32> {emb.keys = ["a"]})

// -----

// expected-error @below {{'emb.keys' must be an array of strings}}
func.func private @f(!emb.kjt<2 x i32> {emb.keys = "a"})

// -----

// expected-error @below {{'emb.keys' must be an array of strings}}
func.func private @f(!emb.kjt<2 x i32> {emb.keys = ["a", 1]})

// -----

// expected-error @below {{'emb.keys' has 1 names for the 2 features of '!emb.kjt<2 x i32>'; give one a feature}}
func.func private @f(!emb.kjt<2 x i32> {emb.keys = ["a"]})

// -----

// expected-error @below {{'emb.keys' names "a" twice}}
func.func private @f(!emb.kjt<2 x i32> {emb.keys = ["a", "a"]})

// -----

// expected-error @below {{'emb.name' must be a string}}
func.func private @f(tensor<8x4xf32> {emb.name = 1})

// -----

// expected-error @below {{has the unknown argument attribute "emb.title"; emb defines 'emb.name' and 'emb.keys'}}
func.func private @f(tensor<8x4xf32> {emb.title = "a"})

// -----

// expected-error @below {{has the unknown attribute "emb.name"; emb defines 'emb.occupancy' and 'emb.binding' on functions, 'emb.name' and 'emb.keys' on their arguments, 'emb.rank' on lookups}}
func.func private @f() attributes {emb.name = "a"}

// -----

func.func @too_many_rows(%t: tensor<1152921504606846977x4xf32>, %b: !emb.bags<i64>) -> tensor<?x4xf32> {
  // expected-error @below {{table has 1152921504606846977 rows; at most 1099511627776 can be addressed}}
  %0 = emb.lookup sum %t[%b] : tensor<1152921504606846977x4xf32>, !emb.bags<i64> -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// -----

func.func @concat_batch(%a: tensor<8x4xf32>, %b: tensor<9x4xf32>) -> tensor<?x8xf32> {
  // expected-error @below {{joins 'tensor<8x4xf32>'; the number of samples must be ?}}
  %0 = emb.concat %a, %b : tensor<8x4xf32>, tensor<9x4xf32> -> tensor<?x8xf32>
  return %0 : tensor<?x8xf32>
}

// -----

// expected-error @below {{'emb.occupancy' must be an #emb.occupancy, not 10 : i64}}
func.func @occupancy() attributes {emb.occupancy = 10} { return }

// -----

// expected-error @below {{has 'emb.occupancy'; it belongs on a function}}
module attributes {emb.occupancy = #emb.occupancy<threads = 128, blocks = 8>} {}

// -----

//===----------------------------------------------------------------------===//
// Jagged inputs and bags from arrays
//===----------------------------------------------------------------------===//

func.func @f(%values: tensor<?xi32>, %offsets: tensor<?xi64>) {
  // expected-error @below {{takes 'tensor<?xi32>' to make '!emb.kjt<2 x i64>'; all must be of one integer type}}
  %0 = emb.kjt %values, %offsets
      : tensor<?xi32>, tensor<?xi64> -> !emb.kjt<2 x i64>
  return
}

// -----

func.func @f(%values: tensor<?xi64>, %offsets: tensor<?xi64, "x">) {
  // expected-error @below {{takes 'tensor<?xi64, "x">'; index arrays are dense: drop the encoding}}
  %0 = emb.kjt %values, %offsets
      : tensor<?xi64>, tensor<?xi64, "x"> -> !emb.kjt<2 x i64>
  return
}

// -----

func.func @f(%values: tensor<?xi64>, %offsets: tensor<10xi64>) {
  // expected-error @below {{has 10 offsets for 2 features; there must be one more than features x samples}}
  %0 = emb.kjt %values, %offsets
      : tensor<?xi64>, tensor<10xi64> -> !emb.kjt<2 x i64>
  return
}

// -----

func.func @f(%values: tensor<?xi64>, %offsets: tensor<0xi64>) {
  // expected-error @below {{has 0 offsets for 2 features; there must be one more than features x samples}}
  %0 = emb.kjt %values, %offsets
      : tensor<?xi64>, tensor<0xi64> -> !emb.kjt<2 x i64>
  return
}

// -----

func.func @f(%values: tensor<?xi64>, %offsets: tensor<?xi32>) {
  // expected-error @below {{takes 'tensor<?xi32>' to make '!emb.bags<i64>'; all must be of one integer type}}
  %0 = emb.bags %values, %offsets
      : tensor<?xi64>, tensor<?xi32> -> !emb.bags<i64>
  return
}

// -----

func.func @f(%values: tensor<?xi64, "x">, %offsets: tensor<?xi64>) {
  // expected-error @below {{takes 'tensor<?xi64, "x">'; index arrays are dense: drop the encoding}}
  %0 = emb.bags %values, %offsets
      : tensor<?xi64, "x">, tensor<?xi64> -> !emb.bags<i64>
  return
}

// -----

func.func @f(%values: tensor<?xi64>, %offsets: tensor<0xi64>) {
  // No offsets are no samples.
  %0 = emb.bags %values, %offsets
      : tensor<?xi64>, tensor<0xi64> -> !emb.bags<i64>
  // expected-error @below {{has no offsets; with include_last_offset there is at least one, where the last bag ends}}
  %1 = emb.bags %values, %offsets {include_last_offset}
      : tensor<?xi64>, tensor<0xi64> -> !emb.bags<i64>
  return
}

// -----

func.func @f(%b: !emb.bags<i64>) {
  // expected-error @below {{drops row -1 of bags of 'i64'; rows count from 0 to what 'i64' can hold}}
  %0 = emb.drop_row -1 of %b : !emb.bags<i64> -> !emb.bags<i64>
  return
}

// -----

func.func @f(%b: !emb.bags<i32>) {
  // expected-error @below {{drops row 2147483648 of bags of 'i32'; rows count from 0 to what 'i32' can hold}}
  %0 = emb.drop_row 2147483648 of %b : !emb.bags<i32> -> !emb.bags<i32>
  return
}

// -----

func.func @f(%b: !emb.bags<i32>) {
  // expected-error @below {{makes '!emb.bags<i64>' of '!emb.bags<i32>'; they must be the same}}
  %0 = emb.drop_row 0 of %b : !emb.bags<i32> -> !emb.bags<i64>
  return
}

// -----

func.func @f(%b: !emb.bags<i32>, %w: tensor<?xf32>) {
  // expected-error @below {{takes weights but gives none}}
  %0 = emb.drop_row 0 of %b weights(%w)
      : !emb.bags<i32>, tensor<?xf32> -> !emb.bags<i32>
  return
}

// -----

func.func @f(%b: !emb.bags<i32>) {
  // expected-error @below {{gives weights but takes none}}
  %0:2 = emb.drop_row 0 of %b : !emb.bags<i32> -> !emb.bags<i32>, tensor<?xf32>
  return
}

// -----

func.func @f(%b: !emb.bags<i32>, %w: tensor<7xf32>) {
  // expected-error @below {{gives weights of type 'tensor<7xf32>'; how many are kept is not known: make that tensor<?xf32>}}
  %0:2 = emb.drop_row 0 of %b weights(%w)
      : !emb.bags<i32>, tensor<7xf32> -> !emb.bags<i32>, tensor<7xf32>
  return
}

// -----

func.func @f(%b: !emb.bags<i32>) {
  // expected-error @below {{joins the bags of 1 features into '!emb.kjt<2 x i32>'; there must be one a feature}}
  %0 = emb.join %b : !emb.bags<i32> -> !emb.kjt<2 x i32>
  return
}

// -----

func.func @f(%b: !emb.bags<i32>, %c: !emb.bags<i64>) {
  // expected-error @below {{joins '!emb.bags<i64>' into '!emb.kjt<2 x i32>'; all must be of one integer type}}
  %0 = emb.join %b, %c : !emb.bags<i32>, !emb.bags<i64> -> !emb.kjt<2 x i32>
  return
}

// -----

func.func @f(%v: memref<?xi32>, %o: memref<?xi32>, %t: tensor<8x4xf32>,
             %r: memref<?x4xf32>) {
  // expected-error @below {{takes tensors and memrefs; give it one kind}}
  emb.launch @k %v, %o keys 1 tables(%t) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
        column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>
    ] occupancy <threads = 128, blocks = 10> outs(%r)
    : (memref<?xi32>, memref<?xi32>, tensor<8x4xf32>, memref<?x4xf32>) -> ()
  return
}

// -----

func.func @f(%v: memref<?xi32>, %o: memref<?xi64>, %t: memref<8x4xf32>,
             %r: memref<?x4xf32>) {
  // expected-error @below {{takes values of 'i32' and offsets of 'i64'; both must be of one type}}
  emb.launch @k %v, %o keys 1 tables(%t) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
        column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>
    ] occupancy <threads = 128, blocks = 10> outs(%r)
    : (memref<?xi32>, memref<?xi64>, memref<8x4xf32>, memref<?x4xf32>) -> ()
  return
}

// -----

func.func @f(%v: memref<?xi32>, %o: memref<?xi32>, %t: memref<8x4xf32>,
             %r: memref<?x4xf32>) {
  // expected-error @below {{has 0 keys; there is at least one}}
  emb.launch @k %v, %o keys 0 tables(%t) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
        column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>
    ] occupancy <threads = 128, blocks = 10> outs(%r)
    : (memref<?xi32>, memref<?xi32>, memref<8x4xf32>, memref<?x4xf32>) -> ()
  return
}

// -----

func.func @f(%v: memref<?xi32>, %o: memref<?xi32>, %t: memref<8x4xf32>,
             %r: memref<?x4xf32>) {
  // expected-error @below {{feature 0 takes key 2 of 2}}
  emb.launch @k %v, %o keys 2 tables(%t) [
      #emb.fused_feature<key = 2, table = 0, pooling = sum, weighted = false,
        column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>
    ] occupancy <threads = 128, blocks = 10> outs(%r)
    : (memref<?xi32>, memref<?xi32>, memref<8x4xf32>, memref<?x4xf32>) -> ()
  return
}

// -----

func.func @f(%v: memref<?xi32>, %o: memref<?xi32>, %t: memref<?x4xf32>,
             %r: memref<?x4xf32>) {
  // expected-error @below {{table 0 has type 'memref<?x4xf32>'; its rows and width must be static}}
  emb.launch @k %v, %o keys 1 tables(%t) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
        column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>
    ] occupancy <threads = 128, blocks = 10> outs(%r)
    : (memref<?xi32>, memref<?xi32>, memref<?x4xf32>, memref<?x4xf32>) -> ()
  return
}

// -----

func.func @f(%v: memref<?xi32>, %o: memref<?xi32>, %t: memref<8x4xf32>,
             %r: memref<?x5xf32>) {
  // expected-error @below {{writes 'memref<?x5xf32>'; its features make 4 columns}}
  emb.launch @k %v, %o keys 1 tables(%t) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
        column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>
    ] occupancy <threads = 128, blocks = 10> outs(%r)
    : (memref<?xi32>, memref<?xi32>, memref<8x4xf32>, memref<?x5xf32>) -> ()
  return
}

// -----

func.func @f(%v: tensor<?xi32>, %o: tensor<?xi32>, %t: tensor<8x4xf32>,
             %r: tensor<?x4xf32>) {
  // expected-error @below {{expected the number of tensor results (0) to be equal to the number of output tensors (1)}}
  emb.launch @k %v, %o keys 1 tables(%t) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
        column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>
    ] occupancy <threads = 128, blocks = 10> outs(%r)
    : (tensor<?xi32>, tensor<?xi32>, tensor<8x4xf32>, tensor<?x4xf32>) -> ()
  return
}
