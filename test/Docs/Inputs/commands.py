"""Checks docs/Commands.md against the tool, or runs its examples.

usage: commands.py options PAGE   every option of --help is explained, and none else
       commands.py examples PAGE  every example of a ```sh block succeeds
"""

import re
import subprocess
import sys

COMMANDS = ["import", "generate", "compile", "run", "bench"]


def sections(page):
    """Heading anchor -> text, up to the next heading."""
    found = {}
    for part in re.split(r"^#+ ", page, flags=re.M)[1:]:
        title, _, text = part.partition("\n")
        found[title.strip().lower().replace(" ", "-")] = text
    return found


def explained(page, command):
    """Options in the tables of a command's section and of those it links to."""
    all_sections = sections(page)
    text = all_sections[f"recflex-{command}"]
    shared = re.findall(r"\]\(#([\w-]+)\)", text)
    text = "\n".join([text] + [all_sections[name] for name in shared])
    return set(re.findall(r"^\| `(-{1,2}[\w-]+)` \|", text, flags=re.M))


def offered(command):
    """Options and their values that --help prints, but for the general ones."""
    text = subprocess.run(["recflex", command, "--help"], capture_output=True,
                          text=True, check=True).stdout
    text = text.split("General options:")[1].split("Generic Options:")[0]
    return set(re.findall(r"^  (-{1,2}[\w-]+)", text, flags=re.M))


def check_options(page):
    wrong = 0
    for command in COMMANDS:
        here, there = explained(page, command), offered(command)
        for option in sorted(there - here):
            print(f"recflex {command} has the option {option}, which the page "
                  "does not explain")
        for option in sorted(here - there):
            print(f"the page explains {option} of recflex {command}, which "
                  "has no such option")
        wrong += len(here ^ there)
        print(f"recflex {command}: {len(there)} options")
    return 1 if wrong else 0


def run_examples(page):
    blocks = re.findall(r"^```sh\n(.*?)^```", page, flags=re.M | re.S)
    print(f"{len(blocks)} blocks")
    return subprocess.run(["bash", "-euxc", "".join(blocks)]).returncode


with open(sys.argv[2]) as file:
    action = {"options": check_options, "examples": run_examples}[sys.argv[1]]
    sys.exit(action(file.read()))
