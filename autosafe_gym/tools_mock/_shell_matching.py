"""A matcher of regular expressions that takes each place of a pattern at each place of a text once.

Python's own matcher can take longer than the age of the world over `(a+)+b`. This one is slow but its
steps are at most the pattern's length times the text's, and it finds the same: the leftmost match, the
first alternative, the longest or shortest repeat as written.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, NamedTuple

from autosafe_gym.tools_mock import _shell_steps as steps

_parser: Any = importlib.import_module("re._parser")
_compiler: Any = importlib.import_module("re._compiler")
_LONGEST_PROGRAM = 4_000
_UNBOUNDED = _parser.MAXREPEAT
_ONE = ("LITERAL", "NOT_LITERAL", "ANY", "IN", "AT")
"""What matches in one way, a character or a place."""
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")


class TooCostly(Exception):  # noqa: N818
    """A pattern that can't be matched within bounds."""


class Cost(NamedTuple):
    """In how many ways at most a pattern can match at one place of a text of n characters.

    That is `factor * n ** degree`.
    """

    factor: float = 1.0
    degree: float = 0.0

    def over(self, length: int) -> float:
        """The number for a text of that length; infinite where it is beyond all measure."""
        try:
            return float(self.factor * float(length + 1) ** self.degree)
        except OverflowError:
            return float("inf")


def parse(pattern: str, flags: int) -> Any:
    """The tree of a pattern.

    Raises:
        re.error: If it is none.
    """
    return _parser.parse(pattern, flags)


def cost(tree: Any) -> Cost:
    """See `Cost`."""
    factor, degree = 1.0, 0.0
    for operation, argument in tree:
        one = _cost(str(operation), argument)
        factor, degree = min(factor * one.factor, 1e300), degree + one.degree
    return Cost(factor, degree)


def _cost(operation: str, argument: Any) -> Cost:
    if operation == "SUBPATTERN":
        return cost(argument[-1])
    if operation == "ATOMIC_GROUP":
        return cost(argument)
    if operation in ("ASSERT", "ASSERT_NOT"):
        return cost(argument[1])
    if operation == "BRANCH":
        ways = [cost(one) for one in argument[1]]
        return Cost(sum(w.factor for w in ways), max(w.degree for w in ways))
    if operation == "GROUPREF_EXISTS":
        ways = [cost(one) for one in argument[1:] if one is not None]
        return Cost(sum(w.factor for w in ways), max(w.degree for w in ways))
    if operation in _REPEATS:
        least, most, body = argument
        inner = cost(body)
        if inner == Cost():
            return Cost(2.0, 1.0) if most is _UNBOUNDED else Cost(most - least + 1.0)
        if most is _UNBOUNDED:
            return Cost(1.0, float("inf"))
        try:
            return Cost(min((inner.factor + 1) ** most, 1e300), inner.degree * most)
        except OverflowError:
            return Cost(1e300, inner.degree * most)
    return Cost()


class Hit:
    """A match, with the methods of `re.Match` that the shell uses.

    Args:
        text: What was searched.
        spans: Start and end of the whole and of every group; -1: it took no part.
        names: Number of a group by its name.
        pattern: The pattern.
    """

    def __init__(self, text: str, spans: list[int], names: dict[str, int], pattern: Any) -> None:
        self.string = text
        self.re = pattern
        self.pos, self.endpos = 0, len(text)
        self._spans = spans
        self._names = names
        taken = [i for i in range(1, len(spans) // 2) if spans[2 * i] >= 0]
        self.lastindex = max(taken, key=lambda i: (spans[2 * i + 1], -i), default=None)

    def span(self, group: int | str = 0) -> tuple[int, int]:
        """Where a group stands."""
        at = self._names[group] if isinstance(group, str) else group
        if not 0 <= at < len(self._spans) // 2:
            raise IndexError("no such group")
        return self._spans[2 * at], self._spans[2 * at + 1]

    def start(self, group: int | str = 0) -> int:
        """Where a group begins."""
        return self.span(group)[0]

    def end(self, group: int | str = 0) -> int:
        """Where a group ends."""
        return self.span(group)[1]

    def _text(self, group: int | str, default: Any = None) -> Any:
        start, end = self.span(group)
        return default if start < 0 else self.string[start:end]

    def group(self, *groups: int | str) -> Any:
        """The text of groups."""
        found = tuple(self._text(g) for g in groups or (0,))
        return found[0] if len(found) == 1 else found

    def groups(self, default: Any = None) -> tuple[Any, ...]:
        """The text of all groups."""
        return tuple(self._text(g, default) for g in range(1, len(self._spans) // 2))

    def groupdict(self, default: Any = None) -> dict[str, Any]:
        """The text of all groups with a name."""
        return {name: self._text(at, default) for name, at in self._names.items()}

    def __getitem__(self, group: int | str) -> Any:
        return self._text(group)


class Program:
    """A pattern as a list of instructions, each with the number of the next.

    Args:
        tree: See `parse`.

    Raises:
        TooCostly: If it holds what only trying all ways can match, or is too long.
    """

    def __init__(self, tree: Any) -> None:
        self._tree = tree
        self._flags = tree.state.flags
        self._code: list[tuple[Any, ...]] = []
        self._groups = tree.state.groups
        self._emit_all(tree)
        self._code.append(("match",))
        self.size = len(self._code)

    def _add(self, *instruction: Any) -> int:
        if len(self._code) >= _LONGEST_PROGRAM:
            raise TooCostly("the pattern repeats too much")
        self._code.append(instruction)
        return len(self._code) - 1

    def _emit_all(self, tree: Any) -> None:
        for operation, argument in tree:
            self._emit(operation, argument)

    def _emit(self, operation: Any, argument: Any) -> None:
        name = str(operation)
        if name in _ONE:
            self._add("one", self._single(operation, argument))
        elif name == "SUBPATTERN":
            group, on, off, body = argument
            if on or off:
                raise TooCostly("the pattern changes its flags inside")
            if group is not None:
                self._add("save", 2 * group)
            self._emit_all(body)
            if group is not None:
                self._add("save", 2 * group + 1)
        elif name == "BRANCH":
            self._branch(argument[1])
        elif name in _REPEATS[:2]:
            self._repeat(*argument, lazy=name == "MIN_REPEAT")
        elif name in ("ASSERT", "ASSERT_NOT") and cost(argument[1]).degree == 0:
            self._add("one", self._single(operation, argument))
        else:
            raise TooCostly("a pattern with references to its groups needs a shorter text")

    def _single(self, operation: Any, argument: Any) -> Callable[[str, int], Any]:
        state = _parser.State()
        state.flags, state.str = self._flags, ""
        alone = _parser.SubPattern(state, [(operation, argument)])
        return _compiler.compile(alone, self._flags).match  # type: ignore[no-any-return]

    def _branch(self, ways: list[Any]) -> None:
        ends = []
        for at, way in enumerate(ways):
            last = at == len(ways) - 1
            fork = None if last else self._add("split", 0, 0)
            self._emit_all(way)
            if fork is not None:
                ends.append(self._add("jump", 0))
                self._code[fork] = ("split", fork + 1, len(self._code))
        for end in ends:
            self._code[end] = ("jump", len(self._code))

    def _repeat(self, least: int, most: Any, body: Any, *, lazy: bool) -> None:
        for _ in range(least):
            self._emit_all(body)
        if most is _UNBOUNDED:
            # As `(body+)?`: a body that matches nothing can then be left with what it has kept.
            fork = self._add("split", 0, 0)
            self._emit_all(body)
            again = self._add("split", 0, 0)
            out = len(self._code)
            self._fork(fork, out, lazy)
            self._code[again] = ("split", out, fork + 1) if lazy else ("split", fork + 1, out)
            return
        forks = []
        for _ in range(most - least):
            forks.append(self._add("split", 0, 0))
            self._emit_all(body)
        for fork in forks:
            self._fork(fork, len(self._code), lazy)

    def _fork(self, at: int, out: int, lazy: bool) -> None:
        self._code[at] = ("split", out, at + 1) if lazy else ("split", at + 1, out)

    def search(self, text: str, start: int, *, anchored: bool, whole: bool, moved: bool) -> Any:
        """The spans of the first match from a place on; None: there is none.

        Args:
            text: Where to look.
            start: From where.
            anchored: Whether it must begin there.
            whole: Whether it must end where the text ends.
            moved: Whether a match of nothing at `start` does not count.
        """
        seen: set[tuple[int, int]] = set()
        for begin in range(start, start + 1 if anchored else len(text) + 1):
            found = self._from(text, begin, seen, whole, begin if moved and begin == start else -1)
            if found is not None:
                return found
        return None

    def _from(
        self, text: str, begin: int, seen: set[tuple[int, int]], whole: bool, empty: int
    ) -> list[int] | None:
        spans = [-1] * (2 * self._groups)
        spans[0] = begin
        code = self._code
        waiting: list[tuple[int, int, list[int]]] = [(0, begin, spans)]
        while waiting:
            at, place, spans = waiting.pop()
            while (at, place) not in seen:
                steps.tick()
                seen.add((at, place))
                instruction = code[at]
                kind = instruction[0]
                if kind == "one":
                    hit = instruction[1](text, place)
                    if hit is None:
                        break
                    at, place = at + 1, hit.end()
                elif kind == "split":
                    waiting.append((instruction[2], place, spans))
                    at = instruction[1]
                elif kind == "jump":
                    at = instruction[1]
                elif kind == "save":
                    spans = spans.copy()
                    spans[instruction[1]] = place
                    at += 1
                elif (whole and place != len(text)) or place == empty:
                    break
                else:
                    spans[1] = place
                    return spans
        return None
