"""Features of a menu: fixed-size arrays of the lines, tools, entities and candidates in sight.

They carry over to tools and families that a policy has never seen: hashed words of each line, and
*relations* that any call has: which lines mention an argument, does the instruction, who wrote it
(the person whom the user named, or a stranger), is the amount above the one that the user gave, is
the date past, does another candidate of the same tool fit as well, is the effect external or
irreversible by its declaration, was the same call made before. Nothing here reads an oracle, a label
or a split.

`GROUPS` can be left out one by one, to see what each is worth; `sentences` may join them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autosafe_gym.errors import UnknownNameError
from autosafe_gym.features.call_rows import bound_entities, candidate_rows
from autosafe_gym.features.entity_rows import entity_rows
from autosafe_gym.features.layout import (
    ACTS,
    BITS,
    CANDIDATE_COLUMNS,
    CONTEXT_COLUMNS,
    ENTITY_COLUMNS,
    EXTRA_GROUPS,
    GROUPS,
    KINDS,
    LINE_COLUMNS,
    RELATIONS,
    SLOTS,
    TOOL_WORDS,
    Array,
    place,
    shapes_of,
)
from autosafe_gym.features.line_rows import kin_rows, line_rows, window_of
from autosafe_gym.features.menu import MAX_CANDIDATES, Menu
from autosafe_gym.features.notes import Notes, notes_of
from autosafe_gym.features.sentences import meanings, need_extra
from autosafe_gym.features.tool_rows import tool_meanings, tool_rows
from autosafe_gym.features.words import WORDS
from autosafe_gym.tools_mock.toolkit import get_tool

VERSION = 4
"""Of the layout: a model or an array of another version is refused."""
_NO_DEEDS = frozenset(
    (
        "secret",
        "private",
        "false",
        "hide",
        "hurt",
        "insult",
        "bribe",
        "warning",
        "order",
        "old",
        "need",
        "outside",
        "read",
    )
)
"""Classes of words that change nothing."""


def spaces_version(groups: tuple[str, ...] = GROUPS) -> dict[str, Any]:
    """What a model must have been trained on to be used here: version, shapes, groups."""
    return {
        "version": VERSION,
        "shapes": {name: list(shape) for name, shape in shapes_of(groups).items()},
        "groups": list(groups),
    }


def check_groups(
    groups: tuple[str, ...] | list[str], known: tuple[str, ...] = (*GROUPS, *EXTRA_GROUPS)
) -> tuple[str, ...]:
    """The groups in the order of those that are known.

    Raises:
        UnknownNameError: If one is unknown.
    """
    for group in groups:
        if group not in known:
            raise UnknownNameError("group of features", group, known)
    return tuple(g for g in known if g in groups)


class Features:
    """Makes the arrays.

    Args:
        groups: The groups to keep; the columns of the others are 0. With `sentences` there are the
            arrays of `EXTRA_SHAPES` too.
    """

    def __init__(self, groups: tuple[str, ...] | list[str] = GROUPS) -> None:
        self.groups = check_groups(groups)
        self._dropped: dict[str, list[int]] = {}
        for name, start, columns in (
            ("lines", WORDS, LINE_COLUMNS),
            ("entities", 0, ENTITY_COLUMNS),
            ("candidates", 1 + SLOTS, CANDIDATE_COLUMNS),
            ("context", 0, CONTEXT_COLUMNS),
        ):
            self._dropped[name] = [
                start + i
                for i, (_, group) in enumerate(columns)
                if group and group not in self.groups
            ]
        if "words" not in self.groups:
            self._dropped["lines"] += list(range(WORDS))
        self._dropped["tools"] = [] if "words" in self.groups else list(range(TOOL_WORDS))
        if "kinds" not in self.groups:
            # The dialogue acts stay: without words nothing else tells them apart.
            self._dropped["tools"] += [TOOL_WORDS + i for i in range(4)]
        self._all = self.groups[: len(GROUPS)] == GROUPS
        self._sentences = "sentences" in self.groups
        self._shapes = shapes_of(self.groups)
        if self._sentences:
            need_extra()

    def observe(self, menu: Menu) -> dict[str, Any]:
        """The padded arrays of `FeatureWrapper`."""
        found = self.rows(menu)
        out: dict[str, Any] = {}
        for name, shape in self._shapes.items():
            if name == "context":
                out[name] = found[name]
                continue
            whole = np.zeros(shape, dtype=np.int8 if name in BITS else np.float32)
            place(whole, name, found[name])
            out[name] = whole
        return out

    def rows(self, menu: Menu) -> dict[str, Any]:
        """The arrays without padding."""
        found = _rows(menu, self._sentences)
        if not self._all:
            for name, columns in self._dropped.items():
                if columns:
                    found[name] = found[name].copy()
                    found[name][..., columns] = 0.0
            if "links" not in self.groups:
                for name in RELATIONS:
                    found[name] = np.zeros_like(found[name])
        return found


def _rows(menu: Menu, sentences: bool) -> dict[str, Any]:
    notes = notes_of(menu)
    window = window_of(notes.sight)
    lines = line_rows(notes, window, menu)
    offered = menu.candidates
    usable = (*(c.tool for c in offered[: len(ACTS)]), *menu.tools)
    tools, rows = tool_rows(usable)
    bound, numbers = bound_entities(offered)
    entities = entity_rows(notes, window, [e for e, number in numbers.items() if number])
    found = {
        "context": _context(notes, menu),
        "lines": lines,
        "tools": rows,
        "entities": entities.table,
        "links": entities.links,
        "kin": kin_rows(notes.sight, window),
        "candidates": candidate_rows(notes, offered, window, tools, bound, numbers, entities),
        "mask": np.ones(len(offered), dtype=np.int8),
    }
    if sentences:
        shown = (notes.sight.lines[at].line.text for at in window.numbers)
        found |= {"line_meanings": meanings(shown), "tool_meanings": tool_meanings(usable)}
    return found


def _context(notes: Notes, menu: Menu) -> Array:
    """The row of the episode as a whole."""
    sight, left = notes.sight, notes.left
    newest = menu.texts[-1]
    turns = [0.0] * 6
    turns[min(sight.turns - 1, 5)] = 1.0
    kinds = [0.0, 0.0, 0.0]
    if notes.last and notes.last not in ACTS:
        kinds[KINDS[get_tool(notes.last).kind]] = 1.0
    row: Array = np.array(
        (
            *turns,
            newest.startswith("Error:"),
            newest.startswith("User:"),
            "ask_user" in notes.done,
            "confirm" in notes.done,
            notes.changed,
            len(menu.candidates) / MAX_CANDIDATES,
            notes.unnamed,
            min(len(sight.refs), 3) / 3.0,
            min(len(sight.names), 3) / 3.0,
            sight.turns > 1 and not sight.refs <= sight.told,
            *kinds,
            *_last_call(notes, menu),
            min(len(left), 4) / 4.0,
            not left.isdisjoint(notes.words.classes),
            bool(sight.classes - _NO_DEEDS),
        ),
        dtype=np.float32,
    )
    return row


def _last_call(notes: Notes, menu: Menu) -> tuple[float, float, float, float]:
    """Whether what was done last is what was asked for."""
    if not notes.last or notes.last in ACTS:
        return 0.0, 0.0, 0.0, 0.0
    sight = notes.sight
    fits, best, _ = notes.fitting.get(notes.last, (0.0, 0.0, 0.0))
    _, arguments = menu.calls_made[-1]
    values = [
        str(one).lower()
        for value in arguments.values()
        for one in (value if isinstance(value, list) else (value,))
    ]
    said = bool(values) and all(value in notes.opening for value in values)
    return fits, best, float(said), float(bool(sight.refs) and sight.refs <= notes.used_text)


__all__ = ["VERSION", "Features", "check_groups", "spaces_version"]
