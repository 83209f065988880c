#!/usr/bin/env python3
"""What is cheap to check in every file of the product: lengths of lines and files, markers of unfinished work, header guards,
line ends.

    check_tidy.py [ROOT]
"""
import re
import sys
from pathlib import Path

FOLDERS = ("base", "domain", "config", "storage", "net", "actors", "tools", "app", "tests", "cmake", ".ci")
SUFFIXES = {".hpp", ".cpp", ".def", ".py", ".cmake", ".txt", ".toml", ".sh", ".ts", ".tsx", ".mjs", ".css", ""}
SKIPPED = {"node_modules", "__pycache__", "dist"}
LONGEST = 130
MOST_LINES = 400
MARKERS = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|not" + r" implemented)\b")


def files_of(root):
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and path.suffix in SUFFIXES and not SKIPPED.intersection(path.parts):
                yield path
    if (root / "CMakeLists.txt").is_file():
        yield root / "CMakeLists.txt"


# Messages are sent by tell() and its like, which stamp and count them.
BARE_SEND = re.compile(r"anon_send\(|->(?:send|delayed_send|request)\(|\.(?:send|request)\(")
TELL = "actors/plumbing/tell.hpp"


def problems_of(path, text):
    in_actors = "actors" in path.parts and "tests" not in path.parts and not path.as_posix().endswith(TELL)
    for number, line in enumerate(text.splitlines(), 1):
        if in_actors and BARE_SEND.search(line):
            yield number, f"sends a message by CAF's own means; allowed: tell() and its like of {TELL}"
        if len(line) > LONGEST:
            yield number, f"{len(line)} characters; allowed: {LONGEST}"
        if line != line.rstrip():
            yield number, "a blank at the end of the line; allowed: none"
        if "\t" in line:
            yield number, "a tab; allowed: blanks"
        if MARKERS.search(line):
            yield number, "a marker of unfinished work; allowed: finished work"
    lines = len(text.splitlines())
    if lines > MOST_LINES:
        yield MOST_LINES + 1, f"{path.name} has {lines} lines; allowed: {MOST_LINES} a source file, so cut it by concept"
    if text and not text.endswith("\n"):
        yield text.count("\n") + 1, "no newline at the end of the file; allowed: one"
    if path.suffix == ".hpp" and not text.startswith("#pragma once\n"):
        yield 1, "does not begin with #pragma once; allowed: headers that do"


def check(root):
    """All violations as (file, line, text)."""
    found = []
    for path in files_of(Path(root)):
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue  # test data
        found.extend((path.relative_to(root).as_posix(), line, why) for line, why in problems_of(path, text))
    return found


def main(arguments):
    root = Path(arguments[0]) if arguments else Path(__file__).resolve().parents[2]
    violations = check(root)
    for file, line, text in violations:
        print(f"{file}:{line}: {text}")
    print(f"{len(violations)} violations")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
