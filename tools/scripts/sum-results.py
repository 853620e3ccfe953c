#!/usr/bin/env python3
"""Sums the test reports of a folder: prints "N passed, N failed, N skipped".

usage: sum-results.py FOLDER

FOLDER holds RUNNER.xml (JUnit) and RUNNER.status (its exit code) for each
runner, and RUNNER/BINARY.xml for the entries of CTest that are GoogleTest
binaries: their cases are counted in the place of the entry. What failed
without a report of its own, say by a crash, counts as one failure.
Exit code 1 if anything failed.
"""

import collections
import pathlib
import sys
import xml.etree.ElementTree as ElementTree


def outcome(case):
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    if case.find("skipped") is not None or case.get("status") == "notrun":
        return "skipped"
    return "passed"


def read_cases(path):
    return list(ElementTree.parse(path).getroot().iter("testcase"))


def count_entry(case, gtest_folder):
    """Counts one entry of CTest, or a test of another runner."""
    report = gtest_folder / (case.get("name") + ".xml")
    if not report.is_file():
        return collections.Counter([outcome(case)])
    counts = collections.Counter(outcome(inner) for inner in read_cases(report))
    if outcome(case) == "failed" and not counts["failed"]:
        counts["failed"] += 1
    return counts


def count_runner(status_path):
    report = status_path.with_suffix(".xml")
    counts = collections.Counter()
    if report.is_file():
        for case in read_cases(report):
            counts += count_entry(case, status_path.with_suffix(""))
    if status_path.read_text().strip() != "0" and not counts["failed"]:
        counts["failed"] += 1
    return counts


def main():
    total = collections.Counter()
    for status_path in sorted(pathlib.Path(sys.argv[1]).glob("*.status")):
        total += count_runner(status_path)
    line = f"{total['passed']} passed, {total['failed']} failed"
    if total["skipped"]:
        line += f", {total['skipped']} skipped"
    print(line)
    return 1 if total["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
