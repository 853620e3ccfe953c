// RUN: rm -rf %t && split-file %s %t
// RUN: recflex generate %models/tiny.json --batch-size=4 -o %t
// RUN: printf '{"__metadata__":' > %t/broken.safetensors
// RUN: not recflex-opt %t/two.mlir "--emb-import-stats=batches=%t/batch0.safetensors" 2>&1 | FileCheck %s --check-prefix=COUNT
// RUN: not recflex-opt %t/two.mlir --emb-import-stats 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: not recflex-opt %t/two.mlir "--emb-import-stats=batches=%t/absent.safetensors" 2>&1 | FileCheck %s --check-prefix=ABSENT
// RUN: not recflex-opt %t/two.mlir "--emb-import-stats=batches=%t/broken.safetensors" 2>&1 | FileCheck %s --check-prefix=BROKEN
// RUN: not recflex-opt %t/several.mlir "--emb-import-stats=batches=%t/batch0.safetensors" 2>&1 | FileCheck %s --check-prefix=SEVERAL

// COUNT: two.mlir:1:1: error: 'func.func' op cannot take statistics: {{.*}}batch0.safetensors: {{.*}}6 features{{.*}}2
// NONE: error: 'func.func' op needs sample batches: give -emb-import-stats=batches=FILE,...
// ABSENT: error: 'func.func' op cannot take statistics: {{.*}}absent.safetensors: {{.*}}No such file
// BROKEN: error: 'func.func' op cannot take statistics: {{.*}}broken.safetensors: {{.+}}
// SEVERAL: error: 'func.func' op has several jagged inputs; sample batches can be matched with one only

//--- two.mlir
func.func @model(%kjt: !emb.kjt<2 x i32>) {
  return
}

//--- several.mlir
func.func @model(%a: !emb.kjt<6 x i32>, %b: !emb.kjt<6 x i32>) {
  return
}
