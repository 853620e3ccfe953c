#!/usr/bin/env python3
"""Runs the fuzzers of a build side by side.

usage: run.py [--seconds=S | --runs=N] [--junit=FILE] [--keep] BUILD [TARGET...]

BUILD is a build folder of the preset `asan` in which `fuzzers` is built. Each
TARGET (default: all of them) runs for S seconds of a processor (default 60;
those of text files and of batches on the CPU for a fifth of that) or N inputs. An
input that breaks something is kept in BUILD/fuzz/TARGET, and its stack is
printed. With --keep, so are inputs that reach new code: the next run with
--keep starts from them. Exit code 1 if anything was found.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree

HERE = pathlib.Path(__file__).resolve().parent

# Each target's share of --seconds, and its dictionary.
TARGETS = {
    "artifact": (1, "json.dict"),
    "safetensors": (1, "json.dict"),
    "model": (1, "json.dict"),
    "text": (0.2, "text.dict"),
    "cpu": (0.2, None),
}

OPTIONS = [
    # Long enough for lists of thousands, short enough to be quick.
    "-max_len=16384",
    # The targets themselves watch what an input makes the readers hold: 64 MiB
    # more than its size. These end what gets past them.
    "-malloc_limit_mb=80",
    "-rss_limit_mb=2048",
    "-timeout=10",
    "-print_final_stats=1",
    "-verbosity=0",
    "-print_funcs=0",
    # Small and quick inputs first: all of the readers' time is proportional.
    "-entropic_scale_per_exec_time=1",
]

# Stacks of allocations, and fake stacks, would take a third of the time.
ASAN_OPTIONS = "malloc_context_size=5:detect_stack_use_after_return=0"


def dictionary(target):
    name = TARGETS[target][1]
    return [f"-dict={HERE / name}"] if name else []


class Fuzzer:
    """A target at work."""

    def __init__(self, build, target, amount, keep):
        self.target = target
        folder = build / "fuzz" / target
        found = folder / "corpus"
        if not keep:
            shutil.rmtree(found, ignore_errors=True)
        found.mkdir(parents=True, exist_ok=True)
        self.log = folder / "log"
        self.start = time.monotonic()
        self.elapsed = None
        environment = dict(os.environ, ASAN_OPTIONS=ASAN_OPTIONS)
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [build / "bin" / f"fuzz-{target}", *OPTIONS, amount,
                 *dictionary(target), f"-artifact_prefix={folder}/", found,
                 build / "fuzz" / "seeds" / target],
                stdout=log, stderr=subprocess.STDOUT, env=environment)

    def finished(self):
        if self.elapsed is None and self.process.poll() is not None:
            self.elapsed = time.monotonic() - self.start
        return self.elapsed is not None

    def failed(self):
        return self.process.returncode != 0

    def text(self):
        return self.log.read_text(errors="replace")

    def runs(self):
        return sum(map(int, re.findall(r"number_of_executed_units: (\d+)",
                                       self.text())))

    def summary(self):
        outcome = "FAILED" if self.failed() else "nothing found"
        rate = self.runs() / max(self.elapsed, 1)
        return (f"{self.target}: {self.runs()} inputs in {self.elapsed:.0f} s "
                f"({rate:.0f} a second), {outcome}")


def amount_of(args, target, targets):
    if args.runs:
        return f"-runs={args.runs}"
    # More targets than processors take so much longer.
    shares = sum(TARGETS[name][0] for name in targets)
    wait = max(1, shares / len(os.sched_getaffinity(0)))
    return f"-max_total_time={args.seconds * TARGETS[target][0] * wait:.0f}"


def write_junit(path, fuzzers):
    suite = ElementTree.Element("testsuite", name="fuzz")
    for fuzzer in fuzzers:
        case = ElementTree.SubElement(
            suite, "testcase", name=f"fuzz-{fuzzer.target}", classname="fuzz",
            time=f"{fuzzer.elapsed:.1f}")
        if fuzzer.failed():
            ElementTree.SubElement(case, "failure", message="see the log")
    ElementTree.ElementTree(suite).write(path)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--runs", type=int)
    parser.add_argument("--junit")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("target", nargs="*")
    args = parser.parse_args()
    targets = args.target or list(TARGETS)
    if unknown := set(targets) - set(TARGETS):
        parser.error(f"no target {', '.join(sorted(unknown))}; there are "
                     f"{', '.join(TARGETS)}")
    build = args.build.resolve()
    subprocess.run([build / "bin" / "fuzz-seeds", build / "fuzz" / "seeds"],
                   check=True)

    fuzzers = []
    try:
        for target in targets:
            fuzzers.append(Fuzzer(build, target,
                                  amount_of(args, target, targets), args.keep))
        while not all([fuzzer.finished() for fuzzer in fuzzers]):
            time.sleep(0.1)
    finally:
        for fuzzer in fuzzers:
            if fuzzer.process.poll() is None:
                fuzzer.process.kill()
    for fuzzer in fuzzers:
        if fuzzer.failed():
            print(*fuzzer.text().splitlines()[-60:], sep="\n")
        print(fuzzer.summary())
    if args.junit:
        write_junit(args.junit, fuzzers)
    return 1 if any(fuzzer.failed() for fuzzer in fuzzers) else 0


if __name__ == "__main__":
    sys.exit(main())
