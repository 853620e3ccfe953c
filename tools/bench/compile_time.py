#!/usr/bin/env python3
"""Times `recflex compile --emit=ptx` from scheduled-by-statistics emb IR.

    tools/bench/compile_time.py --recflex build/bin/recflex \
        --models ../shared/models --names A,F

For every model: imports it, attaches statistics once (not timed), then compiles
the resulting IR to PTX several times. Prints the median wall-clock seconds and
the largest peak memory.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time


def run(command):
    """Runs a command; returns its seconds and peak resident MiB."""
    start = time.monotonic()
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{' '.join(command)} failed")
    return time.monotonic() - start, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--recflex", default="build/bin/recflex")
    parser.add_argument("--opt", default="build/bin/recflex-opt")
    parser.add_argument("--models", required=True, help="folder of models")
    parser.add_argument("--names", default="A,F")
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()

    print("| model | compile s (median) | fastest | slowest | peak MiB |")
    print("| --- | --- | --- | --- | --- |")
    for name in options.names.split(","):
        with tempfile.TemporaryDirectory() as folder:
            spec = [f"--tables={options.models}/{name}/table_config.txt",
                    f"--data={options.models}/{name}/data_config.txt"]
            run([options.recflex, "import", *spec, "-o", f"{folder}/plain.mlir"])
            subprocess.run([options.recflex, "generate", *spec,
                            "--batch-size=512", "-o", folder],
                           check=True, stdout=subprocess.DEVNULL)
            run([options.opt, f"{folder}/plain.mlir",
                 f"-emb-import-stats=batches={folder}/batch0.safetensors",
                 "-o", f"{folder}/model.mlir"])
            runs = [run([options.recflex, "compile", f"{folder}/model.mlir",
                         "--emit=ptx", "-o", f"{folder}/model.ptx"])
                    for _ in range(options.repeat)]
        seconds = [s for s, _ in runs]
        print(f"| {name} | {statistics.median(seconds):.2f} "
              f"| {min(seconds):.2f} | {max(seconds):.2f} "
              f"| {max(m for _, m in runs):.0f} |", flush=True)


if __name__ == "__main__":
    main()
