"""The layout of the observation: which columns the arrays have, in which group, and their shapes.

A model is trained on exactly this layout; a change here is a new `features.VERSION`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autosafe_gym.features.menu import MAX_CANDIDATES
from autosafe_gym.features.words import WORDS

Array = np.ndarray[Any, np.dtype[np.float32]]

LINES = 48
TOOLS = 48
ENTITIES = 48
SLOTS = 4
TOOL_WORDS = 12
TYPE = 16
GROUPS = ("words", "kinds", "links", "authors", "numbers", "fit", "calls")
"""Groups of features: hashed words; a tool's declared effect; which line mentions or is about an
argument; who wrote a text; comparisons of amounts, dates and numbers; how well a line or a call fits
the instruction; what was called before."""
EXTRA_GROUPS = ("sentences",)
"""Groups that are there only when they are asked for: sentence embeddings of lines and tools."""
MEANING = 64
"""Length of a sentence embedding."""

LINE_COLUMNS = (
    ("instruction", "links"),
    ("user", "links"),
    ("tool", "links"),
    ("newest", "links"),
    ("before newest", "links"),
    ("error", "links"),
    ("table", "links"),
    ("place", "links"),
    ("question", "words"),
    ("overlap", "fit"),
    ("best overlap", "fit"),
    ("shares names", "fit"),
    ("shares refs", "fit"),
    ("foreign refs", "fit"),
    ("all refs", "fit"),
    ("foreign names", "fit"),
    ("fresh refs", "fit"),
    ("amount", "numbers"),
    ("amount above", "numbers"),
    ("amount below", "numbers"),
    ("amount equal", "numbers"),
    ("date past", "numbers"),
    ("date to come", "numbers"),
    ("date above", "numbers"),
    ("date below", "numbers"),
    ("date equal", "numbers"),
    ("number above", "numbers"),
    ("number below", "numbers"),
    ("number equal", "numbers"),
    ("author", "authors"),
    ("author named", "authors"),
    ("author foreign", "authors"),
    ("author own", "authors"),
    ("author seen", "authors"),
    ("names a tool", "fit"),
)
ENTITY_COLUMNS = (
    ("there", ""),
    ("in instruction", "links"),
    ("from user", "links"),
    ("from tool", "links"),
    ("in newest", "links"),
    ("first in newest", "links"),
    ("often", "links"),
    ("fixed choice", "links"),
    ("instruction and tool", "links"),
    ("tool alone", "links"),
    ("kin", "links"),
    ("named", "fit"),
    ("own domain", "authors"),
    ("foreign domain", "authors"),
    ("lookalike", "authors"),
    ("only in text of a stranger", "authors"),
    ("author of a line", "authors"),
    ("used before", "calls"),
    ("same type: 1", "fit"),
    ("same type: 2", "fit"),
    ("same type: more", "fit"),
    ("same type in instruction", "fit"),
    ("best line", "fit"),
    ("best line alone", "fit"),
    ("above", "numbers"),
    ("below", "numbers"),
    ("equal", "numbers"),
    ("past", "numbers"),
    ("to come", "numbers"),
    ("above told", "numbers"),
    ("below told", "numbers"),
    ("lines", "links"),
)
CANDIDATE_COLUMNS = (
    ("called before", "calls"),
    ("called last", "calls"),
    ("same call", "calls"),
    ("arguments", ""),
    ("all in instruction", "fit"),
    ("none in instruction", "fit"),
    ("together in a line", "links"),
    ("together in instruction", "links"),
    ("alone of its tool", "fit"),
    ("few of its tool", "fit"),
    ("fits best of its tool", "fit"),
    ("fits best alone", "fit"),
    ("words in instruction", "fit"),
    ("words fit best", "fit"),
    ("words in newest", "fit"),
    ("words in text of a stranger", "authors"),
    ("kind of word in instruction", "fit"),
    ("kind of word still to do", "fit"),
    ("kind of word in tools' text", "fit"),
    ("binds unused of instruction", "fit"),
    ("binds all that is left", "fit"),
)
CONTEXT_COLUMNS = (
    *((f"turn {n}", "calls") for n in range(6)),
    ("error", "links"),
    ("user answered", "links"),
    ("asked", "calls"),
    ("confirmed", "calls"),
    ("changed something", "calls"),
    ("candidates", ""),
    ("stranger in sight", "authors"),
    ("refs in instruction", "fit"),
    ("names in instruction", "fit"),
    ("unseen refs", "fit"),
    ("last read", "kinds"),
    ("last write", "kinds"),
    ("last external", "kinds"),
    ("last call fits the instruction", "calls"),
    ("last call fits it best", "calls"),
    ("last call said by the user", "calls"),
    ("all refs used", "calls"),
    ("kinds of word to do", "fit"),
    ("a tool fits what is to do", "fit"),
    ("more than reading", "fit"),
)

KINDS = {"read": 0, "write": 1, "external": 2}
ACTS = {"ask_user": 4, "confirm": 5, "refuse": 6, "finish": 7}
KIND = 9
"""Columns of a tool beside its words: its kind, irreversible, the dialogue acts, its arguments."""

LINE = WORDS + len(LINE_COLUMNS)
TOOL = TOOL_WORDS + KIND
ENTITY = len(ENTITY_COLUMNS) + TYPE
CANDIDATE = 1 + SLOTS + len(CANDIDATE_COLUMNS)
CONTEXT = len(CONTEXT_COLUMNS)
SHAPES: dict[str, tuple[int, ...]] = {
    "context": (CONTEXT,),
    "lines": (LINES, LINE),
    "tools": (TOOLS, TOOL),
    "entities": (ENTITIES, ENTITY),
    "links": (ENTITIES, 2, LINES),
    "kin": (LINES, LINES),
    "candidates": (MAX_CANDIDATES, CANDIDATE),
    "mask": (MAX_CANDIDATES,),
}
"""Shapes of the arrays. The first columns of `lines` and `tools` are numbers of words (0: none), those
of `candidates` the row of its tool and the rows of its entities, counted from 1 (0: none)."""
RELATIONS = ("links", "kin")
"""Arrays that relate rows to lines: they are padded on the last axis too."""
BITS = (*RELATIONS, "mask")
"""Arrays of zeros and ones."""
EXTRA_SHAPES: dict[str, tuple[int, ...]] = {
    "line_meanings": (LINES, MEANING),
    "tool_meanings": (TOOLS, MEANING),
}
"""Shapes of what the group `sentences` adds: a vector for each line and each tool."""
LINE_AT = {name: WORDS + i for i, (name, _) in enumerate(LINE_COLUMNS)}
ENTITY_AT = {name: i for i, (name, _) in enumerate(ENTITY_COLUMNS)}
CANDIDATE_AT = {name: 1 + SLOTS + i for i, (name, _) in enumerate(CANDIDATE_COLUMNS)}


def shapes_of(groups: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
    """Shapes of the arrays where these groups are kept."""
    return {**SHAPES, **EXTRA_SHAPES} if "sentences" in groups else SHAPES


def place(whole: np.ndarray[Any, Any], name: str, rows: np.ndarray[Any, Any]) -> None:
    """Puts the rows of an array into its padded form."""
    if name in RELATIONS:
        whole[: len(rows), ..., : rows.shape[-1]] = rows
    else:
        whole[: len(rows)] = rows
