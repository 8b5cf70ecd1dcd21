"""containerfile.py FILE PROGRAMS: what is wrong with a Containerfile, a line each.

It is read as an engine reads it, and judged by what this one promises: Debian
by its plain name, stages that exist, sources that exist, no secret in a layer,
no root at the end, state in a volume. What it runs goes to shellcheck.
"""
import json
import os
import re
import subprocess
import sys

KNOWN = {"FROM", "RUN", "COPY", "USER", "ENV", "VOLUME", "WORKDIR", "CMD"}
SECRET = re.compile(r"TOKEN|SECRET|KEY|PASSWORD|MONGODB_URI")
complaints = []


def complain(number, text):
    complaints.append(f"line {number}: {text}")


def instructions(path):
    """(line, word, rest) of each, continued lines joined."""
    number, start, pending = 0, 0, ""
    for line in open(path, encoding="utf-8"):
        number += 1
        line = line.rstrip("\n")
        if line.startswith("#") or (not line.strip() and not pending):
            continue
        start = start if pending else number
        pending += line
        if pending.endswith("\\"):
            pending = pending[:-1]
            continue
        word, _, rest = pending.partition(" ")
        yield start, word, rest.strip()
        pending = ""
    if pending:
        complain(start, "the last line is continued")


def judge_from(number, rest, stages):
    match = re.fullmatch(r"(\S+)(?: AS (\w+))?", rest)
    if not match:
        return complain(number, "FROM is not like IMAGE AS NAME")
    if match[1] != "debian:bookworm-slim" and match[1] not in stages:
        complain(number, f"{match[1]} is no plain name of Debian's image")
    stages.append(match[2] or "")


def judge_copy(number, rest, stages):
    words = rest.split()
    if words[0].startswith("--from="):
        if words[0][7:] not in stages[:-1]:
            complain(number, f"there is no stage {words[0][7:]}")
        return
    for source in words[:-1]:
        if not os.path.exists(source):
            complain(number, f"there is no {source}")


def judge_run(number, rest):
    said = subprocess.run(["shellcheck", "-s", "sh", "-"], text=True,
                          input="#!/bin/sh\n" + rest + "\n", capture_output=True)
    if said.returncode:
        complain(number, "shellcheck: " + said.stdout)


def judge(path, programs):
    stages, last = [], {}
    for number, word, rest in instructions(path):
        if word not in KNOWN:
            complain(number, f"{word} is not expected here")
        if not stages and word != "FROM":
            complain(number, "the first is not FROM")
        if word == "FROM":
            judge_from(number, rest, stages)
            last = {}
        elif word == "COPY":
            judge_copy(number, rest, stages)
        elif word == "RUN":
            judge_run(number, rest)
        elif word == "ENV" and SECRET.search(rest):
            complain(number, "a secret would be in a layer")
        if word == "RUN" and "USER" in last:
            complain(number, "RUN behind USER")
        last[word] = rest
    judge_image(stages, last, programs)


def judge_image(stages, last, programs):
    """The last stage: what people run."""
    if len(stages) < 2:
        complain(0, "what builds and what is run are one stage")
    if last.get("USER", "root").split(":")[0] in ("root", "0"):
        complain(0, "it runs as root")
    if last.get("ENV") != "VOLUM_STATE_DIR=" + last.get("VOLUME", ""):
        complain(0, "state is not in the volume")
    if "rm -rf" not in last.get("RUN", "") or "/var/lib/apt/lists/*" not in last["RUN"]:
        complain(0, "apt's lists stay in a layer")
    command = json.loads(last.get("CMD", "[]"))
    if not command or not os.access(os.path.join(programs, command[0]), os.X_OK):
        complain(0, "CMD names no program of ours")


judge(sys.argv[1], sys.argv[2])
print("\n".join(complaints), end="\n" if complaints else "")
sys.exit(bool(complaints))
