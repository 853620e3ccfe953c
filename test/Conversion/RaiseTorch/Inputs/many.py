"""Prints a function of N embedding bags, of which every fourth takes the indices
and offsets of the one before, and their concatenation.

usage: many.py N
"""

import sys

BAG = """  %r{i}:4 = "torch.aten.embedding_bag.padding_idx"(%t{i}, %v{f}, %o{f}, %false,
      %sum, %false, %none, %false, %none)
      : ({table}, {array}, {array}, !torch.bool, !torch.int,
         !torch.bool, !torch.none, !torch.bool, !torch.none)
      -> ({rows}, {array}, {array}, {array})"""


def main(count):
    array, rows = "!torch.vtensor<[?],si64>", "!torch.vtensor<[?,8],f32>"
    table = "!torch.vtensor<[100,8],f32>"
    features = [i - 1 if i % 4 == 3 else i for i in range(count)]
    arguments = [f"%t{i}: {table}" for i in range(count)]
    for f in sorted(set(features)):
        arguments += [f"%v{f}: {array}", f"%o{f}: {array}"]
    joined = f"!torch.vtensor<[?,{8 * count}],f32>"
    print(f"func.func @many({', '.join(arguments)}) -> {joined} {{")
    print('  %false = "torch.constant.bool"() {value = false} : () -> !torch.bool')
    print('  %sum = "torch.constant.int"() {value = 0 : i64} : () -> !torch.int')
    print('  %one = "torch.constant.int"() {value = 1 : i64} : () -> !torch.int')
    print('  %none = "torch.constant.none"() : () -> !torch.none')
    for i, f in enumerate(features):
        print(BAG.format(i=i, f=f, table=table, array=array, rows=rows))
    values = ", ".join(f"%r{i}#0" for i in range(count))
    types = ", ".join([rows] * count)
    print(f'  %list = "torch.prim.ListConstruct"({values}) : ({types})'
          " -> !torch.list<vtensor>")
    print('  %out = "torch.aten.cat"(%list, %one) : (!torch.list<vtensor>,'
          f" !torch.int) -> {joined}")
    print(f"  return %out : {joined}\n}}")


main(int(sys.argv[1]))
