// RUN: recflex-opt %s --emb-fuse -verify-diagnostics -split-input-file

func.func @no_schedule(%kjt: !emb.kjt<1 x i32>, %t: tensor<8x4xf32>)
    -> tensor<?x4xf32> {
  %b = emb.feature %kjt[0] : !emb.kjt<1 x i32> -> !emb.bags<i32>
  // expected-error @below {{'emb.lookup' op has no schedule; run -emb-select-schedules first}}
  %0 = emb.lookup sum %t[%b]
      : tensor<8x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  %1 = emb.concat %0 : tensor<?x4xf32> -> tensor<?x4xf32>
  return %1 : tensor<?x4xf32>
}

// -----

// expected-note @below {{the value is defined here}}
func.func @no_lookup(%kjt: !emb.kjt<1 x i32>, %dense: tensor<?x4xf32>,
                     %t: tensor<8x4xf32>) -> tensor<?x8xf32> {
  %b = emb.feature %kjt[0] : !emb.kjt<1 x i32> -> !emb.bags<i32>
  %0 = emb.lookup sum %t[%b]
      {schedule = #emb.gather<vector = 4, lanes = 1, unroll = 1>}
      : tensor<8x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  // expected-error @below {{joins a value that is not a lookup; only lookups can be fused: run -canonicalize first, or join it outside}}
  %1 = emb.concat %dense, %0
      : tensor<?x4xf32>, tensor<?x4xf32> -> tensor<?x8xf32>
  return %1 : tensor<?x8xf32>
}

// -----

func.func @bags_from_elsewhere(%b: !emb.bags<i32>, %t: tensor<8x4xf32>)
    -> tensor<?x4xf32> {
  // expected-error @below {{takes bags that no emb.feature gives; only features of a jagged input can be fused: run -emb-join-bags first}}
  %0 = emb.lookup sum %t[%b]
      {schedule = #emb.gather<vector = 4, lanes = 1, unroll = 1>}
      : tensor<8x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// -----

func.func @own_weights(%b: !emb.bags<i32>, %w: tensor<?xf32>, %t: tensor<8x4xf32>)
    -> tensor<?x4xf32> {
  // expected-error @below {{takes weights beside bags of its own; one kernel takes them beside one jagged input: make that with emb.kjt and emb.feature, or lower with -convert-emb-to-linalg}}
  %0 = emb.lookup sum %t[%b] weights(%w)
      {schedule = #emb.gather<vector = 4, lanes = 1, unroll = 1>}
      : tensor<8x4xf32>, !emb.bags<i32>, tensor<?xf32> -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// -----

func.func @two_jagged_inputs(
    // expected-note @below {{theirs is here}}
    %k0: !emb.kjt<1 x i32>,
    %k1: !emb.kjt<1 x i32>, %t: tensor<8x4xf32>) -> tensor<?x8xf32> {
  %b0 = emb.feature %k0[0] : !emb.kjt<1 x i32> -> !emb.bags<i32>
  %b1 = emb.feature %k1[0] : !emb.kjt<1 x i32> -> !emb.bags<i32>
  %0 = emb.lookup sum %t[%b0]
      {schedule = #emb.gather<vector = 4, lanes = 1, unroll = 1>}
      : tensor<8x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  // expected-error @below {{takes another jagged input than the lookups before it; one kernel serves one: concatenate them apart}}
  %1 = emb.lookup sum %t[%b1]
      {schedule = #emb.gather<vector = 4, lanes = 1, unroll = 1>}
      : tensor<8x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  %2 = emb.concat %0, %1
      : tensor<?x4xf32>, tensor<?x4xf32> -> tensor<?x8xf32>
  return %2 : tensor<?x8xf32>
}

// -----

func.func @two_weights(
    %kjt: !emb.kjt<2 x i32>,
    // expected-note @below {{theirs is here}}
    %w0: tensor<?xf32>,
    %w1: tensor<?xf32>, %t: tensor<8x4xf32>) -> tensor<?x8xf32> {
  %b0 = emb.feature %kjt[0] : !emb.kjt<2 x i32> -> !emb.bags<i32>
  %b1 = emb.feature %kjt[1] : !emb.kjt<2 x i32> -> !emb.bags<i32>
  %0 = emb.lookup sum %t[%b0] weights(%w0)
      {schedule = #emb.gather<vector = 4, lanes = 1, unroll = 1>}
      : tensor<8x4xf32>, !emb.bags<i32>, tensor<?xf32> -> tensor<?x4xf32>
  // expected-error @below {{takes other weights than the lookups before it; one kernel serves one: concatenate them apart}}
  %1 = emb.lookup sum %t[%b1] weights(%w1)
      {schedule = #emb.gather<vector = 4, lanes = 1, unroll = 1>}
      : tensor<8x4xf32>, !emb.bags<i32>, tensor<?xf32> -> tensor<?x4xf32>
  %2 = emb.concat %0, %1
      : tensor<?x4xf32>, tensor<?x4xf32> -> tensor<?x8xf32>
  return %2 : tensor<?x8xf32>
}

// -----

// A schedule that asks for larger blocks than the occupancy gives.
func.func @large_block(%kjt: !emb.kjt<1 x i32>, %t: tensor<8x4xf32>)
    -> tensor<?x4xf32> {
  %b = emb.feature %kjt[0] : !emb.kjt<1 x i32> -> !emb.bags<i32>
  // expected-error @below {{schedule #emb.block_reduce<vector = 4, lanes = 1, rows = 256, unroll = 1> needs blocks of 256 threads; the occupancy gives 128}}
  %0 = emb.lookup sum %t[%b]
      {schedule = #emb.block_reduce<vector = 4, lanes = 1, rows = 256,
                                    unroll = 1>}
      : tensor<8x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// -----

func.func @no_statistics(%kjt: !emb.kjt<1 x i32>, %t: tensor<8x4xf32>)
    -> tensor<?x4xf32> attributes {emb.binding = #emb.binding<fixed>} {
  %b = emb.feature %kjt[0] : !emb.kjt<1 x i32> -> !emb.bags<i32>
  // expected-error @below {{has no statistics, by which fixed binding orders the features' blocks; attach them with -emb-import-stats, or bind at run time}}
  %0 = emb.lookup sum %t[%b]
      {schedule = #emb.gather<vector = 4, lanes = 1, unroll = 1>}
      : tensor<8x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}
