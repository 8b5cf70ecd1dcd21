"""The command lines that documents show, for test/pages.bats.

pages.py list DOCUMENT...
    prints them, and what stands there as their output
pages.py data DOCUMENT...
    prints what is JSON instead, whole: `{...}` becomes `{}`
pages.py ready TABLE FOLDER DOCUMENT...
    FOLDER/DOCUMENT/SECTION/NUMBER.run is each of them as it can be run here, by
    the table; .want what it shall print, where the document tells, .code how it
    shall end, .from where it stands
pages.py judge FOLDER
    compares what was run (.out, .got) with that; `...` stands for anything

Commands are, in a man page, what a literal block has behind `$ ` or `# `, a
crontab's line, or any line where there is neither; JSON is none, and data. In Markdown,
what a `console` block has behind `$ `, and the lines of an indented block. What
follows a prompt's command is what it prints. One that isn't whole goes on in the
next line.
"""
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

CRON = re.compile(r"([0-9*/,-]+ ){5}")
PROMPT = re.compile(r"[$#] ")
ROFF = (("\\-", "-"), ("\\(aq", "'"), ("\\(dq", '"'), ("\\&", ""), ("\\e", "\\"))


class Command:
    def __init__(self, document, number, section, line, exact):
        self.at = f"{document}:{number}"
        self.section, self.exact = section, exact
        self.cron = bool(CRON.match(line))
        self.text = CRON.sub("", line, 1) if self.cron else line
        self.output = []

    def is_whole(self):
        if self.cron:
            return True
        asked = subprocess.run(["bash", "-n"], input=self.text.encode(), stderr=subprocess.DEVNULL)
        return asked.returncode == 0 and not self.text.endswith("\\")


def man_blocks(lines):
    """(section, is exact, number of the line before, lines) of each block."""
    section, block = 0, None
    for number, line in enumerate(lines, 1):
        if line.startswith(".Sh"):
            section += 1
        elif line.startswith(".Bd -literal"):
            block = (section, False, number, [])
        elif line.startswith(".Ed") and block:
            yield block
            block = None
        elif block:
            for roff, plain in ROFF:
                line = line.replace(roff, plain)
            line = re.sub(r"\\\[u(\w+)\]", lambda m: chr(int(m[1], 16)), line)
            block[3].append(line)


def markdown_blocks(lines):
    section, block, fence = 0, None, None
    for number, line in enumerate([*lines, ""], 1):
        if fence is None and re.match(r"    +\S", line):
            block = block or (section, False, number - 1, [])
            block[3].append(line.strip() if not block[3] else re.sub("^ {4,7}", "", line))
            continue
        if fence is None and block:
            yield block
            block = None
        if line.startswith("```"):
            if fence == "console":
                yield block
            fence = line[3:] if fence is None else None
            block = (section, True, number, []) if fence == "console" else None
        elif fence is not None and block:
            block[3].append(line)
        elif fence is None and line.startswith("## "):
            section += 1


def is_data(block):
    return block[0][0] in '{"'


def blocks(document):
    lines = Path(document).read_text(encoding="utf-8").splitlines()
    return markdown_blocks(lines) if document.endswith(".md") else man_blocks(lines)


def commands(document):
    for section, exact, before, block in blocks(document):
        if is_data(block):
            continue
        prompted = any(PROMPT.match(line) for line in block)
        command = None
        for number, line in enumerate(block, before + 1):
            if command and command.cron and not CRON.match(line):
                sys.exit(f"{document}:{number}: a crontab's line is one line")
            if command and not command.is_whole():
                command.text += "\n" + line.removeprefix("> ")
            elif prompted and not PROMPT.match(line):
                command.output.append(line)
            else:
                if command:
                    yield command
                line = line[2:] if prompted else line
                command = Command(document, number, section, line, exact)
        yield command


def show(documents):
    for document in documents:
        for command in commands(document):
            print("cron" if command.cron else "$", command.text)
            print(*command.output, sep="\n")


def show_data(documents):
    for document in documents:
        for _, _, _, block in blocks(document):
            if is_data(block):
                print("\n".join(block).replace("{...}", "{}"))


class Table:
    """What can't be run as it stands; each row is of use."""

    def __init__(self, path):
        lines = Path(path).read_text(encoding="utf-8").splitlines()
        self.rows = [line.split("\t") for line in lines if line and line[0] != "#"]
        for row in self.rows:
            if len(row) != 3 or row[0] not in ("instead", "not", "exit"):
                sys.exit(f"{path}: what is this row? {row}")
        self.used = set()

    def found(self, kind, text):
        for what, pattern, value in self.rows:
            if what == kind and re.search(pattern, text, re.M):
                self.used.add(pattern)
                yield pattern, value

    def put(self, text):
        for pattern, value in self.found("instead", text):
            text = re.sub(pattern, os.path.expandvars(value).replace("\\$", "$"), text, flags=re.M)
        return text

    def unused(self):
        return [row[1] for row in self.rows if row[1] not in self.used]


def write(table, folder, number, command):
    for _ in table.found("not", command.text):
        return
    run = table.put(command.text)
    if command.cron:
        run = "sh -c " + shlex.quote(run)
    code = [value for _, value in table.found("exit", command.text)] or ["0"]
    place = Path(folder, command.at.split(":")[0].replace("/", "_"), f"{command.section:02}")
    place.mkdir(parents=True, exist_ok=True)
    parts = {"run": run, "code": code[0], "from": f"{command.at}: {command.text}"}
    if command.exact or command.output:
        parts["want"] = "".join(table.put(line) + "\n" for line in command.output)
    for name, text in parts.items():
        (place / f"{number:03}.{name}").write_text(text, encoding="utf-8")


def ready(table, folder, documents):
    table = Table(table)
    for document in documents:
        for number, command in enumerate(commands(document)):
            write(table, folder, number, command)
    if table.unused():
        sys.exit("no command has any more: " + "; ".join(table.unused()))


def is_shown(want, said):
    pattern = ".*".join(re.escape(part) for part in want.split("..."))
    return re.fullmatch(pattern, said) is not None


def judge(folder):
    wrong = 0
    for run in sorted(Path(folder).rglob("*.run")):
        part = lambda name: run.with_suffix(name).read_text(encoding="utf-8", errors="replace")
        if not run.with_suffix(".got").exists():
            print(part(".from"), "\n  was not run")
            wrong += 1
            continue
        said = part(".out")
        good = part(".got").strip() == part(".code")
        if run.with_suffix(".want").exists():
            good = good and is_shown(part(".want"), said)
        if good:
            continue
        wrong += 1
        print(part(".from"), f"\n  run as: {part('.run')}\n  exit {part('.got')}", said[:2000], sep="")
    sys.exit(wrong != 0)


if __name__ == "__main__":
    {"list": lambda *a: show(a), "data": lambda *a: show_data(a), "ready": lambda t, f, *a: ready(t, f, a), "judge": judge}[
        sys.argv[1]
    ](*sys.argv[2:])
