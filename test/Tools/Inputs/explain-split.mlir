// Two lookups that are alike and have different schedules: no tuner wrote this.

func.func @split(%kjt: !emb.kjt<2 x i32> {emb.keys = ["a", "b"]},
                 %table: tensor<1000x16xf32>) -> tensor<?x32xf32>
    attributes {emb.occupancy = #emb.occupancy<threads = 128, blocks = 10>} {
  %a = emb.feature %kjt[0] : !emb.kjt<2 x i32> -> !emb.bags<i32>
  %b = emb.feature %kjt[1] : !emb.kjt<2 x i32> -> !emb.bags<i32>
  %0 = emb.lookup sum %table[%a] {
      schedule = #emb.gather<vector = 4, lanes = 4, unroll = 4>,
      stats = #emb.stats<mean = 1.0, stddev = 0.0, max = 1, coverage = 1.0,
                         distinct = 63.0, batch = 64>}
      : tensor<1000x16xf32>, !emb.bags<i32> -> tensor<?x16xf32>
  %1 = emb.lookup sum %table[%b] {
      schedule = #emb.gather<vector = 4, lanes = 4, unroll = 2>,
      stats = #emb.stats<mean = 1.0, stddev = 0.0, max = 1, coverage = 1.0,
                         distinct = 63.0, batch = 64>}
      : tensor<1000x16xf32>, !emb.bags<i32> -> tensor<?x16xf32>
  %out = emb.concat %0, %1
      : tensor<?x16xf32>, tensor<?x16xf32> -> tensor<?x32xf32>
  return %out : tensor<?x32xf32>
}
