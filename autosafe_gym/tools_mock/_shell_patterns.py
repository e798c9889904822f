"""What the shell finds in place of `re` and `fnmatch`: the same answers, in a bounded number of steps.

Where a pattern can match in few ways, Python's matcher does it, which is quick; where it could take long,
`_shell_matching` does. Which of the two, and what it costs, depends on pattern and text alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from autosafe_gym.tools_mock import _shell_steps as steps
from autosafe_gym.tools_mock._shell_matching import Hit, Program, TooCostly, cost, parse

Match = re.Match
RegexFlag = re.RegexFlag
error = re.error
escape = re.escape
A = ASCII = re.ASCII
I = IGNORECASE = re.IGNORECASE  # noqa: E741
M = MULTILINE = re.MULTILINE
S = DOTALL = re.DOTALL
U = UNICODE = re.UNICODE
X = VERBOSE = re.VERBOSE
_FEW = 1e6
"""Tries that Python's matcher may need at most."""
_FEW_AND_LINEAR = 1e8
_LONGEST = 4_000
_REFERENCE = re.compile(r"\\(g<(\w+)>|[0-9]{1,2}|.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a", "b": "\b", "\\": "\\"}


class Pattern:
    """A pattern, with the methods of `re.Pattern` that the shell uses.

    Args:
        pattern: As written.
        flags: As in `re`.

    Raises:
        re.error: If it is no pattern.
        TooCostly: If it is too long.
    """

    def __init__(self, pattern: str, flags: int) -> None:
        if len(pattern) > _LONGEST:
            raise TooCostly("the pattern is too long")
        self._tree = parse(pattern, flags)
        self._cost = cost(self._tree)
        self._size = len(pattern) + 1
        self._quick = re.compile(pattern, flags)
        self._program: Program | None = None
        self.pattern = pattern
        self.flags = self._quick.flags
        self.groups = self._quick.groups
        self.groupindex = self._quick.groupindex

    def _is_quick(self, text: str) -> bool:
        """Whether Python's matcher will do; pays for it if so."""
        tries = self._cost.over(len(text)) * (len(text) + 1) * self._size
        if tries <= (_FEW_AND_LINEAR if self._cost.degree == 0 else _FEW):
            steps.spend(1 + int(tries) // 512)
            return True
        if self._program is None:
            with steps.uncounted():
                self._program = Program(self._tree)
        # Paid each time, so that it is no matter who came first.
        steps.spend(self._program.size)
        return False

    def _slow(self, text: str, start: int, **how: bool) -> Any:
        program = self._program
        if program is None:
            raise TooCostly("the pattern is too costly")
        form = {"anchored": False, "whole": False, "moved": False} | how
        spans = program.search(text, start, **form)
        return None if spans is None else Hit(text, spans, dict(self.groupindex), self)

    def search(self, text: str, pos: int = 0, endpos: int | None = None) -> Any:
        """As in `re`."""
        text = text if endpos is None else text[:endpos]
        return self._quick.search(text, pos) if self._is_quick(text) else self._slow(text, pos)

    def match(self, text: str, pos: int = 0, endpos: int | None = None) -> Any:
        """As in `re`."""
        text = text if endpos is None else text[:endpos]
        if self._is_quick(text):
            return self._quick.match(text, pos)
        return self._slow(text, pos, anchored=True)

    def fullmatch(self, text: str, pos: int = 0, endpos: int | None = None) -> Any:
        """As in `re`."""
        text = text if endpos is None else text[:endpos]
        if self._is_quick(text):
            return self._quick.fullmatch(text, pos)
        return self._slow(text, pos, anchored=True, whole=True)

    def finditer(self, text: str, pos: int = 0, endpos: int | None = None) -> Iterator[Any]:
        """As in `re`."""
        text = text if endpos is None else text[:endpos]
        if self._is_quick(text):
            yield from steps.each(self._quick.finditer(text, pos))
            return
        moved = False
        while pos <= len(text):
            hit = self._slow(text, pos, moved=moved)
            if hit is None:
                return
            yield hit
            pos = hit.end()
            # What matches nothing where the last match ended counts once.
            moved = hit.start() == hit.end()

    def findall(self, text: str, pos: int = 0, endpos: int | None = None) -> list[Any]:
        """As in `re`."""
        hits = self.finditer(text, pos, endpos)
        if not self.groups:
            return [hit.group() for hit in hits]
        if self.groups == 1:
            return [hit.group(1) or "" for hit in hits]
        return [hit.groups("") for hit in hits]

    def split(self, text: str, maxsplit: int = 0) -> list[Any]:
        """As in `re`."""
        parts: list[Any] = []
        at = 0
        for count, hit in enumerate(self.finditer(text), start=1):
            parts += [text[at : hit.start()], *hit.groups()]
            at = hit.end()
            if count == maxsplit:
                break
        return [*parts, text[at:]]

    def subn(self, repl: Any, text: str, count: int = 0) -> tuple[str, int]:
        """As in `re`."""
        put = repl if callable(repl) else _template(repl)
        parts: list[str] = []
        size = at = done = 0
        for hit in self.finditer(text):
            new = put(hit)
            parts += [text[at : hit.start()], new]
            size += len(new)
            if size > steps.LONGEST:
                raise steps.Stopped("a value is too large")
            at, done = hit.end(), done + 1
            if done == count:
                break
        return steps.made("".join([*parts, text[at:]])), done

    def sub(self, repl: Any, text: str, count: int = 0) -> str:
        """As in `re`."""
        return self.subn(repl, text, count)[0]


def _template(repl: str) -> Callable[[Any], str]:
    r"""What a replacement stands for: `\1`, `\g<name>`, `\n`."""
    if "\\" not in repl:
        return lambda hit: repl

    def put(hit: Any) -> str:
        def one(found: re.Match[str]) -> str:
            named, said = found[2], found[1]
            if named:
                return hit.group(int(named) if named.isdigit() else named) or ""
            if said[0].isdigit():
                return "\0" if said == "0" else hit.group(int(said)) or ""
            return _ESCAPES.get(said, f"\\{said}")

        return _REFERENCE.sub(one, repl)

    return put


@lru_cache(maxsize=512)
def _made(pattern: str, flags: int) -> Pattern:
    return Pattern(pattern, flags)


def compile(pattern: Any, flags: int = 0) -> Pattern:
    """As in `re`."""
    if isinstance(pattern, Pattern):
        return pattern
    steps.spend(1 + len(pattern) // 8)
    return _made(pattern, int(flags))


def search(pattern: Any, string: str, flags: int = 0) -> Any:
    """As in `re`."""
    return compile(pattern, flags).search(string)


def match(pattern: Any, string: str, flags: int = 0) -> Any:
    """As in `re`."""
    return compile(pattern, flags).match(string)


def fullmatch(pattern: Any, string: str, flags: int = 0) -> Any:
    """As in `re`."""
    return compile(pattern, flags).fullmatch(string)


def finditer(pattern: Any, string: str, flags: int = 0) -> Iterator[Any]:
    """As in `re`."""
    return compile(pattern, flags).finditer(string)


def findall(pattern: Any, string: str, flags: int = 0) -> list[Any]:
    """As in `re`."""
    return compile(pattern, flags).findall(string)


def split(pattern: Any, string: str, maxsplit: int = 0, flags: int = 0) -> list[Any]:
    """As in `re`."""
    return compile(pattern, flags).split(string, maxsplit)


def sub(pattern: Any, repl: Any, string: str, count: int = 0, flags: int = 0) -> str:
    """As in `re`."""
    return compile(pattern, flags).sub(repl, string, count)


def subn(pattern: Any, repl: Any, string: str, count: int = 0, flags: int = 0) -> tuple[str, int]:
    """As in `re`."""
    return compile(pattern, flags).subn(repl, string, count)


def fnmatch(name: str, pat: str) -> bool:
    """As in `fnmatch`: whether a name fits a pattern of a shell."""
    return fullmatch(translate(pat), name, DOTALL) is not None


fnmatchcase = fnmatch


def translate(pat: str) -> str:
    """A pattern of a shell as a regular expression."""
    parts: list[str] = []
    at = 0
    while at < len(pat):
        letter = pat[at]
        at += 1
        if letter == "*":
            if parts[-1:] != [".*"]:
                parts.append(".*")
        elif letter == "?":
            parts.append(".")
        elif letter == "[" and (end := _closed(pat, at)) > 0:
            held = pat[at:end]
            denied = held[:1] in ("!", "^")
            held = held[denied:].replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
            held = held.replace("&&", "&\\&").replace("~~", "~\\~").replace("||", "|\\|")
            parts.append(f"[{'^' if denied else ''}{held}]")
            at = end + 1
        else:
            parts.append(re.escape(letter))
    return "".join(parts)


def _closed(pat: str, at: int) -> int:
    """Where a bracket that was opened before `at` is closed; -1: it is a letter like any other."""
    first = at + 1 if pat[at : at + 1] in ("!", "^") else at
    return pat.find("]", first + 1)
