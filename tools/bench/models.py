#!/usr/bin/env python3
"""Times models over batch sizes on a GPU: one `recflex bench --json` each.

    tools/bench/models.py --recflex build/bin/recflex \
        --models ../shared/models --names A,B,mlperf --batch-sizes 1,64,512,4096

A model is a folder with the original's table_config.txt and data_config.txt.
Every line is verified against the reference before it is timed. Prints a
Markdown table; --json FILE keeps the raw results, a JSON object a line.
"""

import argparse
import json
import subprocess
import sys


def bench(recflex, folder, batch_size, batches, extra):
    """One measurement as a dict, or an error message as a str."""
    command = [recflex, "bench", "--json",
               f"--tables={folder}/table_config.txt",
               f"--data={folder}/data_config.txt",
               f"--batch-size={batch_size}", f"--batches={batches}", *extra]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        return done.stderr.strip() or f"exit code {done.returncode}"
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--recflex", default="build/bin/recflex")
    parser.add_argument("--models", required=True, help="folder of models")
    parser.add_argument("--names", default="A,B,C,D,E,F,mlperf")
    parser.add_argument("--batch-sizes", default="1,64,512,4096")
    parser.add_argument("--batches", type=int, default=4,
                        help="batches in rotation; 2 past 1,024 samples")
    parser.add_argument("--json", help="append raw results to this file")
    parser.add_argument("extra", nargs="*", help="options for recflex bench, after --")
    options = parser.parse_args()

    print("| model | batch | us | p10 | p90 | binding us | floor us "
          "| time / floor | L2 floor us | max rel. error |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
          flush=True)
    failures = 0
    for batch_size in map(int, options.batch_sizes.split(",")):
        batches = options.batches if batch_size <= 1024 else 2
        for name in options.names.split(","):
            result = bench(options.recflex, f"{options.models}/{name}",
                           batch_size, batches, options.extra)
            if isinstance(result, str):
                failures += 1
                print(f"{name} at {batch_size}: {result}", file=sys.stderr,
                      flush=True)
                continue
            if options.json:
                with open(options.json, "a") as file:
                    file.write(json.dumps({"name": name, **result}) + "\n")
            print(f"| {name} | {batch_size} | {result['time_us']:.1f} "
                  f"| {result['time_p10_us']:.1f} | {result['time_p90_us']:.1f} "
                  f"| {result['binding_us']:.1f} | {result['floor_us']:.1f} "
                  f"| {result['time_us'] / result['floor_us']:.2f} "
                  f"| {result['l2_floor_us']:.1f} "
                  f"| {result['max_relative_error']:.1e} |", flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
