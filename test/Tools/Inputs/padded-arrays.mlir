func.func @padded(%t: tensor<100x8xf32>, %v: tensor<?xi64>, %o: tensor<?xi64>)
    -> tensor<?x8xf32> {
  %b = emb.bags %v, %o : tensor<?xi64>, tensor<?xi64> -> !emb.bags<i64>
  %k = emb.drop_row 0 of %b : !emb.bags<i64> -> !emb.bags<i64>
  %0 = emb.lookup sum %t[%k]
      : tensor<100x8xf32>, !emb.bags<i64> -> tensor<?x8xf32>
  return %0 : tensor<?x8xf32>
}
