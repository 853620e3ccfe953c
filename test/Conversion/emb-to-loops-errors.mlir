// RUN: recflex-opt %s -split-input-file -convert-emb-to-loops -verify-diagnostics

// expected-error@+1 {{'func.func' op takes or gives emb types but has no body; only functions with a body can be lowered to loops}}
func.func private @declared(!emb.kjt<1 x i32>)

// -----

// expected-error@+1 {{'func.func' op has 2 blocks; functions of one block can be lowered to loops}}
func.func @blocks(%kjt: !emb.kjt<1 x i32>) {
  cf.br ^next
^next:
  return
}

// -----

func.func @no_return(%kjt: !emb.kjt<1 x i32>) {
  // expected-error@+1 {{'ub.unreachable' op ends a function that uses emb; only func.return can end one that is lowered to loops}}
  ub.unreachable
}

// -----

// expected-error@+1 {{'func.func' op argument 1 has type '!emb.bags<i32>'; take the jagged input, !emb.kjt, and let emb.feature give its bags}}
func.func @bags(%kjt: !emb.kjt<1 x i32>, %bags: !emb.bags<i32>) {
  return
}

// -----

// expected-error@+1 {{'func.func' op argument 1 has type 'tensor<*xf32>'; tensors must have a rank}}
func.func @unranked(%kjt: !emb.kjt<1 x i32>, %t: tensor<*xf32>) {
  return
}

// -----

// expected-error@+1 {{'func.func' op argument 1 has the encoding "csr"; only dense tensors can be lowered to loops}}
func.func @encoding(%kjt: !emb.kjt<1 x i32>, %t: tensor<4x4xf32, "csr">) {
  return
}

// -----

// expected-error@+1 {{'func.func' op argument 1 is used outside of the emb dialect; beside emb ops, nothing can use what becomes a memref}}
func.func @other_use(%kjt: !emb.kjt<1 x i32>, %t: tensor<4x4xf32>)
    -> tensor<4x4xf32> {
  // expected-note@+1 {{it is used here}}
  %0 = arith.negf %t : tensor<4x4xf32>
  return %0 : tensor<4x4xf32>
}

// -----

func.func @computed_table(%kjt: !emb.kjt<1 x i32>) -> tensor<?x4xf32> {
  // expected-note@+1 {{it is computed here}}
  %t = arith.constant dense<1.0> : tensor<8x4xf32>
  %b = emb.feature %kjt[0] : !emb.kjt<1 x i32> -> !emb.bags<i32>
  // expected-error@+1 {{'emb.lookup' op takes as table what its function computes; make that an argument, or use -convert-emb-to-linalg}}
  %0 = emb.lookup sum %t[%b]
      : tensor<8x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// -----

func.func @computed_weights(%kjt: !emb.kjt<1 x i32>, %t: tensor<8x4xf32>)
    -> tensor<?x4xf32> {
  // expected-note@+1 {{it is computed here}}
  %w = arith.constant dense<1.0> : tensor<9xf32>
  %b = emb.feature %kjt[0] : !emb.kjt<1 x i32> -> !emb.bags<i32>
  // expected-error@+1 {{'emb.lookup' op takes as weights what its function computes; make that an argument}}
  %0 = emb.lookup sum %t[%b] weights(%w)
      : tensor<8x4xf32>, !emb.bags<i32>, tensor<9xf32> -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// -----

func.func @computed_kjt(%i: i32, %t: tensor<8x4xf32>) -> tensor<?x4xf32> {
  // expected-note@+1 {{it is computed here}}
  %kjt = builtin.unrealized_conversion_cast %i : i32 to !emb.kjt<1 x i32>
  // expected-error@+1 {{'emb.feature' op takes as jagged input what its function computes; make that an argument}}
  %b = emb.feature %kjt[0] : !emb.kjt<1 x i32> -> !emb.bags<i32>
  %0 = emb.lookup sum %t[%b]
      : tensor<8x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// -----

func.func @computed_bags(%kjt: !emb.kjt<1 x i32>, %i: i32, %t: tensor<8x4xf32>)
    -> tensor<?x4xf32> {
  %b = builtin.unrealized_conversion_cast %i : i32 to !emb.bags<i32>
  // expected-error@+1 {{'emb.lookup' op takes bags that neither emb.feature nor emb.bags gives; only those can be lowered to loops: use -convert-emb-to-linalg}}
  %0 = emb.lookup sum %t[%b]
      : tensor<8x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// -----

func.func @joins_other(%kjt: !emb.kjt<1 x i32>, %i: i32) -> tensor<?x4xf32> {
  // expected-note@+1 {{the value is defined here}}
  %r = builtin.unrealized_conversion_cast %i : i32 to tensor<?x4xf32>
  // expected-error@+1 {{'emb.concat' op joins a value that is not of pooled rows; join it outside}}
  %0 = emb.concat %r : tensor<?x4xf32> -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// -----

func.func @joins_argument(%kjt: !emb.kjt<1 x i32>,
                          // expected-note@+1 {{the value is defined here}}
                          %t: tensor<?x4xf32>) -> tensor<?x4xf32> {
  // expected-error@+1 {{'emb.concat' op joins a value that is not of pooled rows; join it outside}}
  %0 = emb.concat %t : tensor<?x4xf32> -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// -----

func.func @uses_rows(%kjt: !emb.kjt<1 x i32>, %t: tensor<8x4xf32>)
    -> tensor<?x4xf32> {
  %b = emb.feature %kjt[0] : !emb.kjt<1 x i32> -> !emb.bags<i32>
  // expected-error@+1 {{'emb.lookup' op gives rows to something other than emb.concat or the function's return; return them, and let the caller use them}}
  %0 = emb.lookup sum %t[%b]
      : tensor<8x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  // expected-note@+1 {{they are used here}}
  %1 = arith.negf %0 : tensor<?x4xf32>
  return %1 : tensor<?x4xf32>
}

// -----

func.func @uses_fused_rows(%kjt: !emb.kjt<1 x i32>, %t: tensor<8x4xf32>) {
  // expected-error@+1 {{'emb.fused_lookup' op gives rows to something other than emb.concat or the function's return}}
  %0 = emb.fused_lookup %kjt tables(%t) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
          column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>
    ] occupancy <threads = 128, blocks = 10>
      : !emb.kjt<1 x i32>, tensor<8x4xf32> -> tensor<?x4xf32>
  // expected-note@+1 {{they are used here}}
  %1 = arith.negf %0 : tensor<?x4xf32>
  return
}

// -----

func.func @uses_bags(%kjt: !emb.kjt<1 x i32>) -> i32 {
  // expected-error@+1 {{'emb.feature' op gives bags to something other than emb.lookup; only lookups can use them}}
  %b = emb.feature %kjt[0] : !emb.kjt<1 x i32> -> !emb.bags<i32>
  // expected-note@+1 {{they are used here}}
  %i = builtin.unrealized_conversion_cast %b : !emb.bags<i32> to i32
  return %i : i32
}

// -----

func.func @region(%kjt: !emb.kjt<1 x i32>, %c: i1) {
  scf.if %c {
    // expected-error@+1 {{'emb.feature' op stands in another region; at the top of a function it can be lowered to loops}}
    %b = emb.feature %kjt[0] : !emb.kjt<1 x i32> -> !emb.bags<i32>
  }
  return
}

// -----

func.func @returns_other(%kjt: !emb.kjt<1 x i32>) -> tensor<4xf32> {
  %0 = arith.constant dense<1.0> : tensor<4xf32>
  // expected-error@+1 {{'func.return' op returns a value of type 'tensor<4xf32>' that is not of pooled rows; return the result of emb.lookup, emb.concat or emb.fused_lookup}}
  return %0 : tensor<4xf32>
}

// -----

// expected-error@+1 {{'func.func' op argument 0 is used outside of the emb dialect}}
func.func @returns_kjt(%kjt: !emb.kjt<1 x i32>) -> !emb.kjt<1 x i32> {
  // expected-note@+1 {{it is used here}}
  return %kjt : !emb.kjt<1 x i32>
}

// -----

func.func private @callee(%kjt: !emb.kjt<1 x i32>, %t: tensor<8x4xf32>)
    -> tensor<?x4xf32> {
  %b = emb.feature %kjt[0] : !emb.kjt<1 x i32> -> !emb.bags<i32>
  %0 = emb.lookup sum %t[%b]
      : tensor<8x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}
func.func @caller(%kjt: !emb.kjt<1 x i32>, %t: tensor<8x4xf32>)
    -> tensor<?x4xf32> {
  // expected-error@+1 {{'func.call' op refers to @callee, whose arguments change as it is lowered to loops; only functions that nothing calls can be: run -inline first}}
  %0 = call @callee(%kjt, %t)
      : (!emb.kjt<1 x i32>, tensor<8x4xf32>) -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// -----

func.func @model(%kjt: !emb.kjt<1 x i32>) {
  return
}
func.func @refers() {
  // expected-error@+1 {{'func.constant' op refers to @model, whose arguments change as it is lowered to loops; only functions that nothing calls can be: run -inline first}}
  %0 = func.constant @model : (!emb.kjt<1 x i32>) -> ()
  return
}

// -----

module {
  module @nested {
    func.func @model(%kjt: !emb.kjt<1 x i32>) {
      // expected-error@+1 {{'emb.feature' op stands outside the functions (func.func) of the module; only in those can it be lowered to loops}}
      %b = emb.feature %kjt[0] : !emb.kjt<1 x i32> -> !emb.bags<i32>
      return
    }
  }
}

// -----

func.func @computed_values(%o: tensor<?xi32>, %t: tensor<8x4xf32>)
    -> tensor<?x4xf32> {
  // expected-note@+1 {{it is computed here}}
  %v = arith.constant dense<1> : tensor<3xi32>
  // expected-error@+1 {{'emb.bags' op takes as values what its function computes; make that an argument}}
  %b = emb.bags %v, %o : tensor<3xi32>, tensor<?xi32> -> !emb.bags<i32>
  %0 = emb.lookup sum %t[%b]
      : tensor<8x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// -----

func.func @computed_offsets(%v: tensor<?xi32>, %t: tensor<8x4xf32>)
    -> tensor<?x4xf32> {
  // expected-note@+1 {{it is computed here}}
  %o = arith.constant dense<0> : tensor<3xi32>
  // expected-error@+1 {{'emb.bags' op takes as offsets what its function computes; make that an argument}}
  %b = emb.bags %v, %o : tensor<?xi32>, tensor<3xi32> -> !emb.bags<i32>
  %0 = emb.lookup sum %t[%b]
      : tensor<8x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// -----

func.func @dropped(%v: tensor<?xi32>, %o: tensor<?xi32>, %t: tensor<8x4xf32>)
    -> tensor<?x4xf32> {
  // expected-error@+1 {{'emb.bags' op gives bags to something other than emb.lookup; only lookups can use them}}
  %b = emb.bags %v, %o : tensor<?xi32>, tensor<?xi32> -> !emb.bags<i32>
  // expected-note@+1 {{they are used here}}
  %k = emb.drop_row 0 of %b : !emb.bags<i32> -> !emb.bags<i32>
  %0 = emb.lookup sum %t[%k]
      : tensor<8x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}
