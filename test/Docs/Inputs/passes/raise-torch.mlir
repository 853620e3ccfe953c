func.func @model(%weight: !torch.vtensor<[1000,64],f32>,
                 %indices: !torch.vtensor<[?],si64>,
                 %offsets: !torch.vtensor<[512],si64>)
    -> !torch.vtensor<[512,64],f32> {
  %false = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %mode = "torch.constant.int"() {value = 0 : i64} : () -> !torch.int
  %none = "torch.constant.none"() : () -> !torch.none
  %0:4 = "torch.aten.embedding_bag.padding_idx"(%weight, %indices, %offsets,
      %false, %mode, %false, %none, %false, %none)
      : (!torch.vtensor<[1000,64],f32>, !torch.vtensor<[?],si64>,
         !torch.vtensor<[512],si64>, !torch.bool, !torch.int, !torch.bool,
         !torch.none, !torch.bool, !torch.none)
      -> (!torch.vtensor<[512,64],f32>, !torch.vtensor<[0],si64>,
          !torch.vtensor<[512],si64>, !torch.vtensor<[512],si64>)
  return %0#0 : !torch.vtensor<[512,64],f32>
}
