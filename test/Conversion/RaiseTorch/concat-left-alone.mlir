// Concatenations that emb.concat cannot say stay, between raised lookups.

// RUN: recflex-opt %s -allow-unregistered-dialect \
// RUN:     -raise-torch-embedding-bag-to-emb --remarks-filter-missed='raise-.*' \
// RUN:     -verify-diagnostics | FileCheck %s --implicit-check-not=emb.concat

func.func @concats(%weight: tensor<10x4xf32>, %indices: tensor<?xi64>,
                   %offsets: tensor<?xi64>, %dense: tensor<?x4xf32>) {
  %false = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %sum = "torch.constant.int"() {value = 0 : i64} : () -> !torch.int
  %one = "torch.constant.int"() {value = 1 : i64} : () -> !torch.int
  %none = "torch.constant.none"() : () -> !torch.none
  // CHECK: %[[POOLED:.*]] = emb.lookup
  %0:4 = "torch.aten.embedding_bag.padding_idx"(%weight, %indices, %offsets,
      %false, %sum, %false, %none, %false, %none)
      : (tensor<10x4xf32>, tensor<?xi64>, tensor<?xi64>, !torch.bool,
         !torch.int, !torch.bool, !torch.none, !torch.bool, !torch.none)
      -> (tensor<?x4xf32>, tensor<?xi64>, tensor<?xi64>, tensor<?xi64>)

  // CHECK: %[[TWICE:.*]] = "torch.prim.ListConstruct"(%[[POOLED]], %[[POOLED]])
  %twice = "torch.prim.ListConstruct"(%0#0, %0#0)
      : (tensor<?x4xf32>, tensor<?x4xf32>) -> !torch.list<vtensor>
  // CHECK: "torch.aten.cat"(%[[TWICE]],
  // expected-remark@+1 {{left torch.aten.cat alone: it joins lookups, but along another dimension than 1}}
  %rows = "torch.aten.cat"(%twice, %sum)
      : (!torch.list<vtensor>, !torch.int) -> tensor<?x4xf32>

  // CHECK: "torch.aten.cat"(%[[TWICE]],
  // expected-remark@+1 {{left torch.aten.cat alone: the type of its result is not that of its inputs side by side}}
  %short = "torch.aten.cat"(%twice, %one)
      : (!torch.list<vtensor>, !torch.int) -> tensor<?x7xf32>

  // CHECK: %[[MIXED:.*]] = "torch.prim.ListConstruct"(%[[POOLED]], %{{.*}})
  %mixed = "torch.prim.ListConstruct"(%0#0, %dense)
      : (tensor<?x4xf32>, tensor<?x4xf32>) -> !torch.list<vtensor>
  // CHECK: "torch.aten.cat"(%[[MIXED]],
  // expected-remark@+1 {{left torch.aten.cat alone: it joins lookups with something else; lookups that are joined by themselves become one emb.concat}}
  %both = "torch.aten.cat"(%mixed, %one)
      : (!torch.list<vtensor>, !torch.int) -> tensor<?x8xf32>

  // Nothing to say of those that join no lookup.
  // CHECK: %[[OTHER:.*]] = "torch.prim.ListConstruct"(%{{.*}}) : (tensor<?x4xf32>)
  %other = "torch.prim.ListConstruct"(%dense)
      : (tensor<?x4xf32>) -> !torch.list<vtensor>
  // CHECK: "torch.aten.cat"(%[[OTHER]],
  %same = "torch.aten.cat"(%other, %one)
      : (!torch.list<vtensor>, !torch.int) -> tensor<?x4xf32>
  return
}
