"""The shell's patterns find what Python's do, whichever of the two matchers runs; its commands what just-bash's do."""

import asyncio
import itertools
import random
import re
import sys
from datetime import datetime
from pathlib import Path

import pytest

from autosafe_gym.tools_mock import _shell, _shell_patterns, _shell_steps
from autosafe_gym.tools_mock._shell_matching import TooCostly

ATOMS = (
    "a",
    "b",
    ".",
    "[ab]",
    "[^a]",
    r"\w",
    "(a)",
    "(b|ab)",
    "(?:a|b)",
    "(?=a)",
    "(?!b)",
    "(?<=a)",
    "(ab|a)x",
)
REPEATS = ("", "", "*", "+", "?", "*?", "+?", "??", "{1,2}", "{2}", "{0,3}?")


@pytest.fixture
def slow(monkeypatch):
    """Only the matcher that is bounded."""
    monkeypatch.setattr(_shell_patterns, "_FEW", -1)
    monkeypatch.setattr(_shell_patterns, "_FEW_AND_LINEAR", -1)


def found(hit):
    return hit and (hit.span(), hit.groups(), hit.lastindex)


def test_the_bounded_matcher_finds_what_pythons_does(slow):
    draw = random.Random(1)
    for _ in range(300):
        pattern = "".join(
            draw.choice(ATOMS) + draw.choice(REPEATS) for _ in range(draw.randint(1, 4))
        )
        pattern = draw.choice(("%s", "^%s", "%s$", "x|%s", r"%s\b")) % pattern
        text = "".join(draw.choices("aabbx \n", k=draw.randint(0, 9)))
        theirs, ours = re.compile(pattern), _shell_patterns.compile(pattern)
        for how in ("search", "match", "fullmatch"):
            assert found(getattr(ours, how)(text)) == found(getattr(theirs, how)(text)), (
                pattern,
                text,
            )
        assert ours.sub(r"<\g<0>>", text) == theirs.sub(r"<\g<0>>", text), (pattern, text)
        assert ours.split(text) == theirs.split(text), (pattern, text)
        assert ours.findall(text) == theirs.findall(text), (pattern, text)


@pytest.mark.parametrize(
    "pattern", ["(a+)+b", "(a|aa)+b", "(.*)*b", "a*a*a*a*a*b", "(a?){20}a{20}b"]
)
def test_what_would_take_for_ever_takes_steps_in_proportion_to_the_text(pattern):
    spent = []
    for length in (200, 400, 800):
        _shell_steps.start(10**9)
        assert _shell_patterns.search(pattern, "a" * length) is None
        spent.append(10**9 - _shell_steps.left)
        _shell_steps.finish()
    assert spent[2] < 5 * spent[0]


def test_a_reference_that_could_take_for_ever_is_refused():
    with pytest.raises(TooCostly):
        _shell_patterns.search(r"(a*)*\1b", "a" * 500)
    assert _shell_patterns.search(r"(a)\1", "baa").span() == (1, 3)


@pytest.mark.parametrize(
    "glob", ["*.py", "a*b?c", "[!a]*", "[]]x", "[a-c]?", "a[", "*", "", "*a*b*", "[^x]y"]
)
def test_globs_are_those_of_fnmatch(glob):
    import fnmatch

    for name in map("".join, itertools.product("ab]x[.py", repeat=3)):
        if glob != "[^x]y":  # Of a shell: `^` denies too.
            assert _shell_patterns.fnmatch(name, glob) == fnmatch.fnmatchcase(name, glob), name


sys.path.append(str(Path(__file__).parent / "hostile"))


def test_ordinary_commands_print_what_just_bash_prints():
    from just_bash import Bash
    from shell_commands import FILES, plain

    files = {
        path: {
            "kind": "file",
            "text": t,
            "mode": "644",
            "modified": "2026-01-01 10:00",
            "target": "",
        }
        for path, t in FILES.items()
        if path != "/home/user/long.txt"
    }
    wrong = []
    for command in (c for c in plain() if not c.startswith("date")):
        theirs = asyncio.run(Bash(files={p: f["text"] for p, f in files.items()}).exec(command))
        parts = [part.rstrip("\n") for part in (theirs.stdout, theirs.stderr) if part]
        ours = _shell.run(command, files, "/home/user", "user", datetime(2026, 3, 2), print)
        if (ours.output, ours.status) != ("\n".join(parts), theirs.exit_code):
            wrong.append(command)
    assert wrong == []
