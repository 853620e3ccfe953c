"""Checks that docs/Commands.md explains every option of every command of
recflex, in the command's section or one that it links to, and no others.

usage: options.py PAGE
"""

import re
import subprocess
import sys

COMMANDS = ["import", "generate", "tune", "explain", "compile", "inspect",
            "diff", "run", "bench", "compare", "serve-check", "stress", "doctor",
            "plant-fault"]


def sections(page):
    """Heading's anchor -> text, up to the next heading."""
    found = {}
    for part in re.split(r"^#+ ", page, flags=re.M)[1:]:
        title, _, text = part.partition("\n")
        found[title.strip().lower().replace(" ", "-")] = text
    return found


def explained(page, command):
    """First cells of the tables of a command's section and those it links to."""
    all_sections = sections(page)
    text = all_sections[f"recflex-{command}"]
    shared = re.findall(r"\]\(#([\w-]+)\)", text)
    text = "\n".join([text] + [all_sections[name] for name in shared])
    return set(re.findall(r"^\| `(-{1,2}[\w-]+)` \|", text, flags=re.M))


def offered(command):
    """What --help prints, but for the options that every command has."""
    text = subprocess.run(["recflex", command, "--help"], capture_output=True,
                          text=True, check=True).stdout
    text = text.split("General options:")[1].split("Generic Options:")[0]
    return set(re.findall(r"^  (-{1,2}[\w-]+)", text, flags=re.M))


def main(path):
    with open(path) as file:
        page = file.read()
    wrong = 0
    for command in COMMANDS:
        here, there = explained(page, command), offered(command)
        for option in sorted(there - here):
            print(f"{path}: does not explain {option} of recflex {command}")
        for option in sorted(here - there):
            print(f"{path}: explains {option} of recflex {command}, which has "
                  "no such option")
        wrong += len(here ^ there)
    return 1 if wrong else 0


sys.exit(main(sys.argv[1]))
