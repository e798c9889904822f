"""Rows of the candidates of a menu.

A candidate's row is put together from what its tool has and from what its entities have: each is
worked out once a step, however many candidates share it.
"""

from __future__ import annotations

from functools import lru_cache
from struct import Struct

import numpy as np

from autosafe_gym.features.candidates import Candidate, Entity
from autosafe_gym.features.entity_rows import Entities
from autosafe_gym.features.layout import (
    ACTS,
    CANDIDATE,
    CANDIDATE_AT,
    ENTITIES,
    SLOTS,
    Array,
)
from autosafe_gym.features.line_rows import Window
from autosafe_gym.features.notes import Notes, words_of
from autosafe_gym.tools_mock.tool import Tool

_AT = CANDIDATE_AT
_OF_TOOL = np.array(
    [0]
    + [
        _AT[name]
        for name in (
            "called before",
            "called last",
            "alone of its tool",
            "few of its tool",
            "words in instruction",
            "words fit best",
            "words in newest",
            "words in text of a stranger",
            "kind of word in instruction",
            "kind of word still to do",
            "kind of word in tools' text",
        )
    ]
)
"""Columns that all candidates of a tool share; first the tool's number."""
_OF_ENTITIES = np.array(
    [*range(1, 1 + SLOTS)]
    + [
        _AT[name]
        for name in (
            "arguments",
            "all in instruction",
            "none in instruction",
            "together in a line",
            "together in instruction",
            "binds unused of instruction",
        )
    ]
)
"""Columns that all candidates with the same entities share; first the entities' numbers."""
_OF_ONE = np.array(
    [
        _AT[name]
        for name in (
            "same call",
            "fits best of its tool",
            "fits best alone",
            "binds all that is left",
        )
    ]
)
_pack_tool = Struct(f"{len(_OF_TOOL)}f").pack
_pack_numbers = Struct(f"{SLOTS}f").pack
_pack_sums = Struct(f"{len(_OF_ENTITIES) - SLOTS}f").pack
_NOTHING = (0.0,) * 7
_PADS = tuple((0,) * (SLOTS - n) for n in range(SLOTS + 1))

Bound = tuple[Entity, ...]
"""The entities of a candidate."""


def bound_entities(offered: list[Candidate]) -> tuple[dict[Bound, int], dict[Entity, int]]:
    """What candidates bind: each tuple of entities once, and the numbers of the entities, from 1.

    The words of the dialogue acts are no entities, nor is what is beyond the last row: 0.
    """
    acts = len(ACTS)
    tools = next((n for n in range(acts, len(offered)) if offered[n].tool.name not in ACTS), acts)
    bound: dict[Bound, int] = {}
    # Where there is no room for all, what tools take comes before what is asked about.
    for candidate in (*offered[tools:], *offered[acts:tools]):
        entities = candidate.entities
        if entities not in bound:
            bound[entities] = len(bound)
    numbers: dict[Entity, int] = {}
    for entities in bound:
        for entity in entities:
            if entity not in numbers:
                numbers[entity] = len(numbers) + 1
    if len(numbers) > ENTITIES:
        numbers = {e: number if number <= ENTITIES else 0 for e, number in numbers.items()}
    for candidate in offered[:acts]:
        bound.setdefault(candidate.entities, len(bound))
        numbers[candidate.entities[0]] = 0
    return bound, numbers


def candidate_rows(
    notes: Notes,
    offered: list[Candidate],
    window: Window,
    tools: dict[str, int],
    bound: dict[Bound, int],
    numbers: dict[Entity, int],
    found: Entities,
) -> Array:
    """The rows of the candidates.

    Args:
        notes: Of the episode.
        offered: The candidates.
        window: The lines that are kept.
        tools: The numbers of the tools.
        bound: What the candidates bind.
        numbers: The numbers of the entities.
        found: The entities.
    """
    # A tool's candidates stand together; questions about lines apart from the question about none.
    spans: list[tuple[Tool, int, int]] = []
    which: list[int] = []
    tool = offered[0].tool
    start = 0
    for row, candidate in enumerate(offered):
        which.append(bound[candidate.entities])
        if candidate.tool is not tool:
            spans.append((tool, start, row))
            tool, start = candidate.tool, row
    spans.append((tool, start, len(offered)))
    groups = _groups(spans, tools)

    out: Array = np.empty((len(offered), CANDIDATE), dtype=np.float32)
    packed, fits, unused = _of_entities(notes, window, bound, numbers, found)
    cells = np.frombuffer(packed, dtype=np.float32).reshape(len(bound), -1)
    out[:, _OF_ENTITIES] = cells.take(which, axis=0)
    cells = np.frombuffer(_of_tools(notes, spans, tools, groups), dtype=np.float32)
    lengths = [stop - start for _, start, stop in spans]
    out[:, _OF_TOOL] = cells.reshape(len(spans), -1).repeat(lengths, axis=0)
    out[:, _OF_ONE] = 0.0
    best, alone = _best([fits[i] for i in which], groups)
    if best:
        out[best, _AT["fits best of its tool"]] = 1.0
        out[alone, _AT["fits best alone"]] = 1.0
    most = max(unused)
    if most:
        # What is left is counted by what candidates can bind, not by every entity: a document's
        # text serves as a title too.
        out[:, _AT["binds all that is left"]] = [unused[i] == most for i in which]
    for tool, start, stop in spans:
        done = notes.done.get(tool.name)
        if done:
            same = [c.values in done for c in offered[start:stop]]
            out[start:stop, _AT["same call"]] = same
    return out


def _groups(spans: list[tuple[Tool, int, int]], tools: dict[str, int]) -> list[tuple[int, int]]:
    """For each span the candidates it counts among; the tools beyond the last row count as one."""
    beyond = [(start, stop) for tool, start, stop in spans if tool.name not in tools]
    rest = (beyond[0][0], beyond[-1][1]) if beyond else (0, 0)
    return [(start, stop) if tool.name in tools else rest for tool, start, stop in spans]


def _of_entities(
    notes: Notes,
    window: Window,
    bound: dict[Bound, int],
    numbers: dict[Entity, int],
    found: Entities,
) -> tuple[bytes, list[int], list[int]]:
    """For each tuple of entities its columns, how well it fits, how many unused ones it binds.

    What has no entities fits as -1: nothing of that tool fits best.
    """
    sight = notes.sight
    opening = window.mask & ((1 << sight.opening) - 1)
    of_tools = window.mask & sight.of_tools
    near_of = found.near
    number_of = numbers.__getitem__
    # The sums over a tuple's entities are kept in one number each, see `_sums`.
    sum_of = [
        (1 << 15 | said << 10 | fresh << 5) + (fit << 20)
        for said, fresh, fit in zip(found.said, found.fresh, found.fit, strict=True)
    ]
    sum_of[0] = 0
    heads: list[bytes] = []
    fits: list[int] = []
    unused: list[int] = []
    for entities in bound:
        if len(entities) == 1:
            row = number_of(entities[0])
            total = sum_of[row]
            rows: tuple[int, ...] = (row, 0, 0, 0)
        else:
            some = [*map(number_of, entities[:SLOTS])]
            total, near = 0, -1
            for row in some:
                total += sum_of[row]
                near &= near_of[row]
            if near and len(some) - some.count(0) > 1:
                total |= (near & of_tools != 0) << 1 | (near & opening != 0)
            rows = (*some, *_PADS[len(some)])
        cells, fit, fresh = _sums(total)
        heads.append(_pack_numbers(*rows))
        heads.append(cells)
        fits.append(fit)
        unused.append(fresh)
    return b"".join(heads), fits, unused


@lru_cache(maxsize=4096)
def _sums(total: int) -> tuple[bytes, int, int]:
    """Columns of a tuple of entities, how well it fits, how many unused ones it binds.

    Args:
        total: In five bits each, from the lowest: which lines hold all of them (the instruction's:
            1, a tool's: 2), how many are unused, are said, there are; above, how well they fit.
    """
    fresh, said, count = total >> 5 & 31, total >> 10 & 31, total >> 15 & 31
    together, in_opening = total >> 1 & 1, total & 1
    cells = _pack_sums(
        count / 3.0,
        0 < count == said,
        0 == said < count,
        together,
        in_opening,
        min(fresh, 2) / 2.0,
    )
    return cells, (total >> 20) + together if count else -1, fresh


def _of_tools(
    notes: Notes,
    spans: list[tuple[Tool, int, int]],
    tools: dict[str, int],
    groups: list[tuple[int, int]],
) -> bytes:
    """For each tool the columns that its candidates share."""
    sight, done, last = notes.sight, notes.done, notes.last
    # Most texts share few words with the tools.
    newest = sight.newest & notes.words.stems
    strange = sight.strange_stems & notes.words.stems
    told = sight.told_classes & notes.words.classes
    left = notes.left
    state = (len(sight.strange_stems), len(sight.told_classes), len(left))
    kept = notes.tool_cells
    found: list[bytes] = []
    for (tool, _, _), (start, stop) in zip(spans, groups, strict=True):
        name = tool.name
        number = tools.get(name, 0)
        words, calls = words_of(tool), name in done
        new = len(words.stems & newest) if newest else 0
        key = (stop - start, new, calls, calls and name == last, state)
        cells = kept.get(name)
        if cells is None or cells[0] != key:
            shared = _NOTHING
            if name not in ACTS:
                fits, best, kinds = notes.fitting[name]
                shared = (
                    fits,
                    best,
                    min(new, 3) / 3.0,
                    min(len(words.stems & strange), 3) / 3.0,
                    kinds,
                    not left.isdisjoint(words.classes),
                    min(len(words.classes & told), 2) / 2.0,
                )
            size = stop - start
            packed = _pack_tool(number, *key[2:4], size == 1, 1 < size < 4, *shared)
            cells = kept[name] = (key, packed)
        found.append(cells[1])
    return b"".join(found)


def _best(fits: list[int], groups: list[tuple[int, int]]) -> tuple[list[int], list[int]]:
    """The candidates that fit best of their tool, and those that no other equals."""
    best: list[int] = []
    alone: list[int] = []
    for start, stop in dict.fromkeys(groups):
        part = fits[start:stop]
        top = max(part)
        if top < 0:
            continue
        if part.count(top) == 1:
            row = start + part.index(top)
            best.append(row)
            alone.append(row)
        else:
            best += [start + i for i, fit in enumerate(part) if fit == top]
    return best, alone
