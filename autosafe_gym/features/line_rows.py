"""Rows of the lines of text in sight.

What of a row lasts is packed once and kept with the line; a step fills in what changes.
"""

from __future__ import annotations

from functools import lru_cache
from struct import Struct
from typing import Any, NamedTuple

import numpy as np

from autosafe_gym.features.layout import LINE, LINE_AT, LINES, Array
from autosafe_gym.features.menu import Menu
from autosafe_gym.features.notes import Notes
from autosafe_gym.features.sight import Seen, Sight, compare
from autosafe_gym.features.words import WORDS, read_words, spelt

_OPENING = 6
"""Lines of the instruction that stay where not all lines can be kept."""
_pack = Struct(f"{LINE}f").pack
_PADS = tuple((0.0,) * (WORDS - n) for n in range(WORDS + 1))


class Window(NamedTuple):
    """The lines that are kept: the instruction's first ones and the newest.

    Attributes:
        numbers: Their numbers among all lines.
        opening: How many of them stand apart before the rest (0: no line is left out).
        mask: The same as a bit mask over all lines.
    """

    numbers: list[int]
    opening: int
    mask: int


def window_of(sight: Sight) -> Window:
    """The lines of a sight that are kept."""
    count = len(sight.lines)
    if count <= LINES:
        return Window(list(range(count)), 0, (1 << count) - 1)
    first = min(sight.opening, _OPENING)
    rest = count - (LINES - first)
    mask = ((1 << count) - (1 << rest)) | ((1 << first) - 1)
    return Window([*range(first), *range(rest, count)], first, mask)


def line_rows(notes: Notes, window: Window, menu: Menu) -> Array:
    """The rows of the lines in a window."""
    sight = notes.sight
    shown = [sight.lines[at] for at in window.numbers]
    if not shown:
        return np.zeros((0, LINE), dtype=np.float32)
    for seen in shown:
        if seen.fixed is None:
            seen.fixed = _lasting(seen, notes, menu)
    packed = bytearray().join([seen.fixed for seen in shown])
    out: Array = np.frombuffer(packed, dtype=np.float32).reshape(len(shown), LINE)
    newest = sight.turns - 1
    if newest:
        # The rows of the newest lines are the last ones.
        shift = len(shown) - len(sight.lines)
        start = max(sight.starts[newest] + shift, window.opening)
        out[start:, LINE_AT["newest"]] = 1.0
        if newest > 1:
            before = max(sight.starts[newest - 1] + shift, window.opening)
            out[before:start, LINE_AT["before newest"]] = 1.0
    overlaps = [seen.overlap for seen in shown]
    best = max(overlaps)
    if best:
        winners = [row for row, overlap in enumerate(overlaps) if overlap == best]
        out[winners, LINE_AT["best overlap"]] = 1.0
    return out


def kin_rows(sight: Sight, window: Window) -> Any:
    """Which lines of a window share a telling word with which; (lines, lines), 0 or 1."""
    count = len(sight.lines)
    size = (count + 7) // 8
    packed = b"".join([sight.kin[at].to_bytes(size, "little") for at in window.numbers])
    bits = np.frombuffer(packed, dtype=np.uint8).reshape(-1, size)
    found = np.unpackbits(bits, axis=1, count=count, bitorder="little").view(np.int8)
    return found[:, window.numbers] if window.opening else found


def _lasting(seen: Seen, notes: Notes, menu: Menu) -> bytes:
    line, sight = seen.line, notes.sight
    own = seen.who == "instruction"
    named, foreign, at_home = sight.author(seen.author)
    if seen.author and not named:
        notes.unnamed = True
    amounts, dates, numbers = sight.amounts, sight.dates, sight.numbers
    if own:
        # A policy's limit and the user's amount both stand in the opening: against the other lines.
        others = [s.line for s in sight.lines if s.turn == 0 and s is not seen]
        amounts = tuple(x for other in others for x in other.amounts)
        dates = tuple(x for other in others for x in other.dates)
        numbers = tuple(x for other in others for x in other.numbers)
    now = sight.now
    return _pack(
        *line.words,
        *_PADS[len(line.words)],
        own,
        seen.who == "user",
        seen.who == "tool",
        False,  # Newest: changes with every step.
        False,
        seen.error,
        " | " in line.text,
        min(seen.place, 10) / 10.0,
        "?" in line.text,
        0.0 if own else min(seen.overlap, 5) / 5.0,
        False,  # Best overlap: changes.
        not own and not line.names.isdisjoint(sight.names),
        not own and not line.refs.isdisjoint(sight.refs),
        not own and not line.refs <= sight.refs,
        bool(line.refs) and line.refs <= sight.refs,
        not line.names <= sight.names,
        seen.fresh,
        bool(line.amounts),
        *compare(line.amounts, amounts),
        any(d[: len(now)] < now[: len(d)] for d in line.dates),
        any(d[: len(now)] > now[: len(d)] for d in line.dates),
        *compare(line.dates, dates),
        *compare(line.numbers, numbers),
        bool(seen.author),
        named,
        foreign,
        at_home,
        seen.met,
        min(len(line.stems & _stems_of_names(menu.tool_names)), 3) / 3.0,
    )


@lru_cache(maxsize=512)
def _stems_of_names(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset().union(*(read_words(spelt(name)).stems for name in names))
