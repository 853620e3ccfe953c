#!/usr/bin/env python3
"""Compares `recflex bench --device=cpu` with PyTorch's embedding_bag.

    tools/bench/cpu_embedding_bag.py --recflex build/bin/recflex \\
        --models ../shared/models --names A,B --batch-sizes 64,512 --threads 1,2

A model is a folder with the original's table_config.txt and data_config.txt.
Both sides pool the same batches of files that `recflex generate` writes, in
rotation, and take turns, several rounds each. PyTorch is run in two ways:

    loop     torch.nn.functional.embedding_bag once a feature, as a model does;
             the results are left apart, where RecFlex writes one output
    grouped  once for all features of equal width, their tables joined and
             their indices shifted beforehand: no overhead of Python

A time is the median over all rounds, in microseconds. `processor` is the time
that all threads together spent on a processor: what counts on a host that does
other things at the same time. OMP_WAIT_POLICY=passive then keeps PyTorch's
threads from spinning while they wait for one another. Prints a Markdown table.
Needs torch and numpy.
"""

import argparse
import json
import statistics
import struct
import subprocess
import tempfile
import time

import numpy
import torch

DTYPES = {"F32": numpy.float32, "F16": numpy.float16, "I32": numpy.int32,
          "I64": numpy.int64}


def read_safetensors(path):
    """The tensors of a file, by name, as PyTorch's own memory."""
    with open(path, "rb") as file:
        size, = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(size))
        data = file.read()
    tensors = {}
    for name, info in header.items():
        if name == "__metadata__":
            continue
        begin, end = info["data_offsets"]
        array = numpy.frombuffer(data[begin:end], DTYPES[info["dtype"]])
        tensors[name] = torch.from_numpy(array.reshape(info["shape"]).copy())
    return tensors


def split_batch(batch, features, size):
    """A feature's indices and offsets: [(indices, offsets)]."""
    values, offsets = batch["values"], batch["offsets"]
    parts = []
    for key in range(features):
        own = offsets[key * size:(key + 1) * size + 1]
        parts.append((values[own[0]:own[-1]].clone(), own - own[0]))
    return parts


def join_tables(tables, names):
    """For each width its features and tables joined, and where each begins."""
    groups = {}
    for feature, name in enumerate(names):
        width = tables[name].shape[1]
        group = groups.setdefault(width, {"features": [], "first": {}, "rows": 0,
                                          "tables": []})
        group["features"].append(feature)
        if name not in group["first"]:
            group["first"][name] = group["rows"]
            group["rows"] += tables[name].shape[0]
            group["tables"].append(tables[name])
    for group in groups.values():
        group["table"] = torch.cat(group.pop("tables"))
    return list(groups.values())


def join_bags(parts, names, groups):
    """A batch for the joined tables: [(table, indices, offsets)]."""
    calls = []
    for group in groups:
        indices, offsets, base = [], [], 0
        for feature in group["features"]:
            own, bounds = parts[feature]
            indices.append(own + group["first"][names[feature]])
            offsets.append(bounds[:-1] + base)
            base += int(bounds[-1])
        offsets.append(torch.tensor([base], dtype=offsets[0].dtype))
        calls.append((group["table"], torch.cat(indices), torch.cat(offsets)))
    return calls


def pool(calls):
    return [torch.nn.functional.embedding_bag(
        indices, table, offsets, mode="sum", include_last_offset=True)
        for table, indices, offsets in calls]


def time_torch(batches, seconds):
    """Times and processor times of the batches, in rotation."""
    times, busy = [], []
    with torch.inference_mode():
        for calls in batches:
            pool(calls)
        start = time.perf_counter()
        while len(times) < 11 or time.perf_counter() - start < seconds:
            wall, processor = time.perf_counter(), time.process_time()
            pool(batches[len(times) % len(batches)])
            times.append((time.perf_counter() - wall) * 1e6)
            busy.append((time.process_time() - processor) * 1e6)
    return statistics.median(times), statistics.median(busy)


def time_recflex(recflex, artifact, files, threads):
    done = subprocess.run(
        [recflex, "bench", artifact, "--device=cpu", "--json",
         f"--batch={','.join(files)}", f"--cpu-threads={threads}"],
        check=True, capture_output=True, text=True)
    result = json.loads(done.stdout)
    return result["time_us"], result["processor_us"]


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--recflex", default="build/bin/recflex")
    parser.add_argument("--models", required=True, help="folder of models")
    parser.add_argument("--names", default="A,B,C,D,E")
    parser.add_argument("--batch-sizes", default="64,512")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--batches", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.5,
                        help="of one round, for each of PyTorch's ways")
    options = parser.parse_args()

    print("| model | batch | threads | RecFlex us | loop us | grouped us "
          "| RecFlex / loop | / grouped "
          "| RecFlex processor us | loop | grouped | RecFlex / loop "
          "| / grouped |")
    print("|" + " --- |" * 13, flush=True)
    for name in options.names.split(","):
        spec = [f"--tables={options.models}/{name}/table_config.txt",
                f"--data={options.models}/{name}/data_config.txt"]
        with tempfile.TemporaryDirectory() as folder:
            artifact = f"{folder}/model.recflex"
            subprocess.run([options.recflex, "compile", *spec, "-o", artifact],
                           check=True)
            subprocess.run([options.recflex, "import", *spec, "--emit=json",
                            "-o", f"{folder}/model.json"], check=True)
            with open(f"{folder}/model.json") as file:
                model = json.load(file)
            names = [feature["table"] for feature in model["features"]]
            tables = None
            for size in map(int, options.batch_sizes.split(",")):
                subprocess.run(
                    [options.recflex, "generate", *spec, f"--batch-size={size}",
                     f"--batches={options.batches}", "-o", folder]
                    + ([] if tables else ["--write-tables"]),
                    check=True, stdout=subprocess.DEVNULL)
                if not tables:
                    tables = read_safetensors(f"{folder}/tables.safetensors")
                    groups = join_tables(tables, names)
                files = [f"{folder}/batch{i}.safetensors"
                         for i in range(options.batches)]
                parts = [split_batch(read_safetensors(path), len(names), size)
                         for path in files]
                loop = [[(tables[names[f]], *part)
                         for f, part in enumerate(batch)] for batch in parts]
                grouped = [join_bags(batch, names, groups) for batch in parts]
                for threads in map(int, options.threads.split(",")):
                    torch.set_num_threads(threads)
                    rounds = [(time_recflex(options.recflex, artifact, files,
                                            threads),
                               time_torch(loop, options.seconds),
                               time_torch(grouped, options.seconds))
                              for _ in range(options.rounds)]
                    wall, busy = ([statistics.median(r[way][kind]
                                                     for r in rounds)
                                   for way in range(3)] for kind in range(2))
                    cells = [str(size), str(threads)]
                    for times in (wall, busy):
                        cells += [f"{x:.0f}" for x in times]
                        cells += [f"{times[0] / x:.2f}" for x in times[1:]]
                    print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
