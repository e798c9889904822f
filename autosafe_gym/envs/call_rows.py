"""Rows of what can be called: tools, and the candidates of a menu.

A candidate's row is put together from what its tool has and from what its entities have: each is
worked out once a step, however many candidates share it.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from autosafe_gym.envs.entity_rows import Entities
from autosafe_gym.envs.layout import (
    ACTS,
    CANDIDATE,
    CANDIDATE_AT,
    ENTITIES,
    KINDS,
    SLOTS,
    TOOL,
    TOOL_WORDS,
    TOOLS,
    Array,
)
from autosafe_gym.envs.line_rows import Window
from autosafe_gym.envs.menu import Candidate, Entity, Menu
from autosafe_gym.envs.notes import Notes, words_of
from autosafe_gym.envs.words import read_words, spelt
from autosafe_gym.tools_mock.tool import Tool

_AT = CANDIDATE_AT
_OF_TOOL = [0] + [
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
"""Columns that all candidates of a tool share; first the tool's number."""
_OF_ENTITIES = [*range(1, 1 + SLOTS)] + [
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
"""Columns that all candidates with the same entities share; first the entities' numbers."""
_OF_ONE = [_AT["same call"], _AT["fits best of its tool"], _AT["fits best alone"]]
_NOTHING = (0.0,) * 7
_PADS = tuple((0.0,) * (SLOTS - n) for n in range(SLOTS + 1))

Bound = tuple[Entity, ...]
"""The entities of a candidate."""


# -- tools -----------------------------------------------------------------------------------------
def tool_rows(menu: Menu) -> tuple[dict[str, int], Array]:
    """For each tool's name its number, from 1, and the rows of the tools; not to be changed."""
    return _tool_rows(tuple(c.tool for c in menu.candidates[: len(ACTS)]) + tuple(menu.tools))


@lru_cache(maxsize=512)
def _tool_rows(tools: tuple[Tool, ...]) -> tuple[dict[str, int], Array]:
    kept = list({tool.name: tool for tool in tools}.values())[:TOOLS]
    numbers = {tool.name: number for number, tool in enumerate(kept, 1)}
    return numbers, np.array([_tool_row(tool) for tool in kept])


@lru_cache(maxsize=4096)
def _tool_row(tool: Tool) -> Array:
    row: Array = np.zeros(TOOL, dtype=np.float32)
    first = tool.description.split("\n")[0]
    found = read_words(f"{spelt(tool.name)} {first}", TOOL_WORDS).numbers
    row[: len(found)] = found
    act = ACTS.get(tool.name)
    if act is None:
        row[TOOL_WORDS + KINDS[tool.kind]] = 1.0
        row[TOOL_WORDS + 3] = float(tool.irreversible)
    else:
        row[TOOL_WORDS + act] = 1.0
    row[TOOL_WORDS + 8] = len(tool.required) / 3.0
    return row


# -- candidates ------------------------------------------------------------------------------------
def bound_entities(offered: list[Candidate]) -> tuple[dict[Bound, int], dict[Entity, int]]:
    """What candidates bind: each tuple of entities once, and the numbers of the entities, from 1.

    The words of the dialogue acts are no entities.
    """
    acts = len(ACTS)
    bound: dict[Bound, int] = {}
    for candidate in offered[acts:]:
        bound.setdefault(candidate.entities, len(bound))
    numbers: dict[Entity, int] = {}
    for entities in bound:
        for entity in entities:
            if entity not in numbers:
                numbers[entity] = len(numbers) + 1
    for candidate in offered[:acts]:
        bound.setdefault(candidate.entities, len(bound))
    if len(numbers) > ENTITIES:
        numbers = {entity: number for entity, number in numbers.items() if number <= ENTITIES}
    return bound, numbers


def candidate_rows(
    notes: Notes,
    menu: Menu,
    window: Window,
    bound: dict[Bound, int],
    numbers: dict[Entity, int],
    found: Entities,
) -> Array:
    """The rows of the candidates.

    Args:
        notes: Of the episode.
        menu: The menu.
        window: The lines that are kept.
        bound: What the candidates bind.
        numbers: The numbers of the entities.
        found: The entities.
    """
    offered = menu.candidates
    tools, _ = tool_rows(menu)
    cells, fits, unused = _of_entities(notes, window, bound, numbers, found)
    # A tool's candidates stand together; the tools beyond the last row count as one.
    which = []
    spans: list[tuple[Tool, int, int]] = []
    groups: dict[int, tuple[int, int]] = {}
    tool = offered[0].tool
    start = 0
    for row, candidate in enumerate(offered):
        which.append(bound[candidate.entities])
        if candidate.tool is not tool:
            spans.append((tool, start, row))
            tool, start = candidate.tool, row
    spans.append((tool, start, len(offered)))
    for tool, start, stop in spans:
        number = tools.get(tool.name, 0)
        groups[number] = (groups.get(number, (start, 0))[0], stop)

    out: Array = np.empty((len(offered), CANDIDATE), dtype=np.float32)
    out[:, _OF_ENTITIES] = np.array(cells, dtype=np.float32)[which]
    most = max(unused)
    # What is left is counted by what candidates can bind, not by every entity: a document's text
    # serves as a title too.
    out[:, _AT["binds all that is left"]] = [most > 0 and unused[i] == most for i in which]
    per_tool = np.array(_of_tools(notes, spans, tools, groups), dtype=np.float32)
    out[:, _OF_TOOL] = per_tool.repeat([stop - start for _, start, stop in spans], axis=0)
    out[:, _OF_ONE] = 0.0
    best, alone = _best([fits[i] for i in which], groups)
    if best:
        out[best, _AT["fits best of its tool"]] = 1.0
        out[alone, _AT["fits best alone"]] = 1.0
    for tool, start, stop in spans:
        if tool.name in notes.done:
            done = notes.done[tool.name]
            out[start:stop, _AT["same call"]] = [c.arguments in done for c in offered[start:stop]]
    return out


def _of_entities(
    notes: Notes,
    window: Window,
    bound: dict[Bound, int],
    numbers: dict[Entity, int],
    found: Entities,
) -> tuple[list[tuple[float, ...]], list[int], list[int]]:
    """For each tuple of entities: its columns, how well it fits, how many unused ones it binds.

    What has no entities fits as -1: nothing of that tool fits best.
    """
    sight = notes.sight
    opening = window.mask & ((1 << sight.opening) - 1)
    of_tools = window.mask & sight.of_tools
    cells: list[tuple[float, ...]] = []
    fits: list[int] = []
    unused: list[int] = []
    for entities in bound:
        rows = [numbers.get(entity, 0) for entity in entities[:SLOTS]]
        count = said = fit = fresh = 0
        near = -1
        for row in rows:
            if row:
                count += 1
                said += found.said[row]
                fit += found.fit[row]
                fresh += found.fresh[row]
                near &= found.near[row]
        together = count > 1 and near & of_tools != 0
        cells.append(
            (
                *rows,
                *_PADS[len(rows)],
                count / 3.0,
                0 < count == said,
                0 == said < count,
                together,
                count > 1 and near & opening != 0,
                min(fresh, 2) / 2.0,
            )
        )
        fits.append(fit + together if count else -1)
        unused.append(fresh)
    return cells, fits, unused


def _of_tools(
    notes: Notes,
    spans: list[tuple[Tool, int, int]],
    tools: dict[str, int],
    groups: dict[int, tuple[int, int]],
) -> list[tuple[float, ...]]:
    """For each tool the columns that its candidates share."""
    sight, done = notes.sight, notes.done
    last = notes.last
    kinds, left, told = sight.classes, notes.left, sight.told_classes
    found: list[tuple[float, ...]] = []
    for tool, _, _ in spans:
        name = tool.name
        number = tools.get(name, 0)
        start, stop = groups[number]
        size = stop - start
        shared = _NOTHING
        if name not in ACTS:
            fits, best = notes.fitting[name]
            _, stems, classes = words_of(tool)
            shared = (
                fits,
                best,
                min(len(stems & sight.newest), 3) / 3.0,
                min(len(stems & sight.strange_stems), 3) / 3.0,
                min(len(classes & kinds), 2) / 2.0,
                not left.isdisjoint(classes),
                min(len(classes & told), 2) / 2.0,
            )
        found.append((number, name in done, name == last, size == 1, 1 < size < 4, *shared))
    return found


def _best(fits: list[int], groups: dict[int, tuple[int, int]]) -> tuple[list[int], list[int]]:
    """The candidates that fit best of their tool, and those that no other equals."""
    best: list[int] = []
    alone: list[int] = []
    for start, stop in groups.values():
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
