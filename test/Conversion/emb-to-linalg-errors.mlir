// RUN: recflex-opt %s -split-input-file -allow-unregistered-dialect \
// RUN:     -convert-emb-to-linalg -verify-diagnostics

func.func @taken(%kjt: !emb.kjt<1 x i32>) {
  // expected-error@+1 {{'other.use' op has a value of type '!emb.kjt<1 x i32>', which becomes two tensors; only ops of emb, func, scf and cf can pass it on: convert this one first}}
  "other.use"(%kjt) : (!emb.kjt<1 x i32>) -> ()
  return
}

// -----

func.func @given(%i: i32) -> !emb.bags<i32> {
  // expected-error@+1 {{'builtin.unrealized_conversion_cast' op has a value of type '!emb.bags<i32>', which becomes two tensors}}
  %b = builtin.unrealized_conversion_cast %i : i32 to !emb.bags<i32>
  return %b : !emb.bags<i32>
}

// -----

// expected-error@+1 {{'other.func' op has a value of type '!emb.kjt<1 x i32>', which becomes two tensors; only ops of emb, func, scf and cf can pass it on: convert this one first}}
"other.func"() ({
^entry(%kjt: !emb.kjt<1 x i32>):
  "other.return"() : () -> ()
}) : () -> ()
