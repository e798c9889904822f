"""Features of a menu: fixed-size arrays of the lines, tools, entities and candidates in sight.

They carry over to tools and families that a policy has never seen: hashed words of each line, and
*relations* that any call has: which lines mention an argument, does the instruction, who wrote it
(the person whom the user named, or a stranger), is the amount above the one that the user gave, is
the date past, does another candidate of the same tool fit as well, is the effect external or
irreversible by its declaration, was the same call made before. Nothing here reads an oracle, a label
or a split.

`GROUPS` can be left out one by one, to see what each is worth.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import numpy as np

from autosafe_gym.envs.menu import MAX_CANDIDATES, Candidate, Entity, Menu
from autosafe_gym.envs.sight import (
    VOCABULARY,
    WORDS,
    Seen,
    Sight,
    bucket,
    classes,
    compare,
    names_of,
    stems,
    word_numbers,
)
from autosafe_gym.errors import UnknownNameError
from autosafe_gym.tools_mock.tool import Tool, get_tool

Array = np.ndarray[Any, np.dtype[np.float32]]

VERSION = 2
"""Of the layout: a model or an array of another version is refused."""

LINES = 40
TOOLS = 48
ENTITIES = 48
SLOTS = 4
TOOL_WORDS = 12
TYPE = 16
GROUPS = ("words", "kinds", "links", "authors", "numbers", "fit", "calls")
"""Groups of features: hashed words; a tool's declared effect; which line mentions or is about an
argument; who wrote a text; comparisons of amounts, dates and numbers; how well a line or a call fits
the instruction; what was called before."""

_LINE = (
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
_ENTITY = (
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
_CANDIDATE = (
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
_CONTEXT = (
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
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_KINDS = {"read": 0, "write": 1, "external": 2}
_ACTS = {"ask_user": 4, "confirm": 5, "refuse": 6, "finish": 7}
KIND = 9

LINE = WORDS + len(_LINE)
TOOL = TOOL_WORDS + KIND
ENTITY = len(_ENTITY) + TYPE
CANDIDATE = 1 + SLOTS + len(_CANDIDATE)
CONTEXT = len(_CONTEXT)
SHAPES: dict[str, tuple[int, ...]] = {
    "context": (CONTEXT,),
    "lines": (LINES, LINE),
    "tools": (TOOLS, TOOL),
    "entities": (ENTITIES, ENTITY),
    "links": (ENTITIES, 2, LINES),
    "candidates": (MAX_CANDIDATES, CANDIDATE),
    "mask": (MAX_CANDIDATES,),
}
"""Shapes of the arrays. The first columns of `lines` and `tools` are numbers of words (0: none), those
of `candidates` the row of its tool and the rows of its entities, counted from 1 (0: none)."""
_CARE = frozenset(
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
    )
)
"""Classes of words that are no deeds."""
_L = {name: WORDS + i for i, (name, _) in enumerate(_LINE)}
_E = {name: i for i, (name, _) in enumerate(_ENTITY)}
_C = {name: 1 + SLOTS + i for i, (name, _) in enumerate(_CANDIDATE)}


def spaces_version(groups: tuple[str, ...] = GROUPS) -> dict[str, Any]:
    """What a model must have been trained on to be used here: version, shapes, groups."""
    return {
        "version": VERSION,
        "shapes": {name: list(shape) for name, shape in SHAPES.items()},
        "groups": list(groups),
    }


def check_groups(groups: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """The groups in the order of `GROUPS`.

    Raises:
        UnknownNameError: If one is unknown.
    """
    for group in groups:
        if group not in GROUPS:
            raise UnknownNameError("group of features", group, GROUPS)
    return tuple(g for g in GROUPS if g in groups)


class Features:
    """Makes the arrays.

    Args:
        groups: The groups to keep; the columns of the others are 0.
    """

    def __init__(self, groups: tuple[str, ...] | list[str] = GROUPS) -> None:
        self.groups = check_groups(groups)
        self._dropped: dict[str, list[int]] = {}
        for name, start, columns in (
            ("lines", WORDS, _LINE),
            ("entities", 0, _ENTITY),
            ("candidates", 1 + SLOTS, _CANDIDATE),
            ("context", 0, _CONTEXT),
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
        self._all = self.groups == GROUPS

    def observe(self, menu: Menu) -> dict[str, Any]:
        """The padded arrays of `FeatureWrapper`."""
        found = self.rows(menu)
        out: dict[str, Any] = {}
        for name, shape in SHAPES.items():
            if name == "context":
                out[name] = found[name]
                continue
            whole = np.zeros(shape, dtype=np.int8 if name in ("links", "mask") else np.float32)
            rows = found[name]
            if name == "links":
                whole[: len(rows), :, : rows.shape[2]] = rows
            else:
                whole[: len(rows)] = rows
            out[name] = whole
        return out

    def rows(self, menu: Menu) -> dict[str, Any]:
        """The arrays without padding."""
        found = _rows(menu)
        if not self._all:
            for name, columns in self._dropped.items():
                if columns:
                    found[name] = found[name].copy()
                    found[name][..., columns] = 0.0
            if "links" not in self.groups:
                found["links"] = np.zeros_like(found["links"])
        return found


class _State:
    """What is kept with a menu between two steps."""

    __slots__ = ("fitting", "read", "sight", "strange", "tools")

    def __init__(self, menu: Menu) -> None:
        self.sight = Sight(menu.now)
        # Stems of the lines that strangers wrote, of the first `read` ones.
        self.strange: set[str] = set()
        self.read = 0
        # Per tool: its stems, how many of them the instruction has, whether no tool has more.
        self.fitting: dict[str, tuple[frozenset[str], float, float]] = {}
        self.tools: tuple[dict[str, int], Array] | None = None


def _state(menu: Menu) -> _State:
    state: _State | None = menu.notes
    if state is None:
        state = menu.notes = _State(menu)
    sight = state.sight
    while sight.turns < menu.seen:
        sight.see(menu.texts[sight.turns], menu.asked_for[sight.turns])
    if not state.fitting:
        counts = {tool.name: len(_stems_of(tool) & sight.stems) for tool in menu.tools}
        best = max(counts.values(), default=0)
        for tool in menu.tools:
            count = counts[tool.name]
            fits = float(0 < best == count)
            state.fitting[tool.name] = (_stems_of(tool), min(count, 3) / 3.0, fits)
    return state


def _rows(menu: Menu) -> dict[str, Any]:
    state = _state(menu)
    sight = state.sight
    offered = menu.candidates
    if state.tools is None:
        names = [c.tool for c in offered[:4]] + menu.tools
        every = list({tool.name: tool for tool in names}.values())[:TOOLS]
        state.tools = (
            {tool.name: i for i, tool in enumerate(every)},
            np.array([_tool_row(tool) for tool in every]),
        )
    numbers, tools = state.tools
    window = _window(sight)
    lines = _line_rows(sight, window, menu)
    entities: dict[int, Entity] = {}
    for candidate in offered:
        if candidate.tool.name not in _ACTS:
            for entity in candidate.entities:
                entities.setdefault(id(entity), entity)
    listed = list(entities.values())[:ENTITIES]
    row_of = {id(entity): row for row, entity in enumerate(listed, 1)}
    table, links = _entity_rows(sight, window, listed, menu)
    candidates = _candidate_rows(state, menu, offered, numbers, row_of, table, links, lines)
    return {
        "context": _context(state, menu, offered),
        "lines": lines,
        "tools": tools,
        "entities": table,
        "links": links,
        "candidates": candidates,
        "mask": np.ones(len(offered), dtype=np.int8),
    }


def _window(sight: Sight) -> list[int]:
    """Numbers of the lines that are kept: the instruction's first ones and the newest."""
    count = len(sight.lines)
    if count <= LINES:
        return list(range(count))
    first = [i for i in range(count) if sight.lines[i].turn == 0][:6]
    return first + list(range(max(count - (LINES - len(first)), len(first)), count))


# -- lines -----------------------------------------------------------------------------------------
def _line_rows(sight: Sight, window: list[int], menu: Menu) -> Array:
    shown = [sight.lines[i] for i in window]
    for seen in shown:
        if seen.fixed is None:
            seen.fixed = _fixed(seen, sight, menu)
    if not shown:
        return np.zeros((0, LINE), dtype=np.float32)
    out: Array = np.array([seen.fixed for seen in shown])
    turns = np.array([seen.turn for seen in shown])
    newest = sight.turns - 1
    if newest:
        out[:, _L["newest"]] = turns == newest
        out[:, _L["before newest"]] = (turns == newest - 1) & (turns > 0)
    overlap = np.array([seen.overlap for seen in shown])
    best = overlap.max()
    if best:
        out[:, _L["best overlap"]] = overlap == best
    return out


def _fixed(seen: Seen, sight: Sight, menu: Menu) -> Array:
    line = seen.line
    row: Array = np.zeros(LINE, dtype=np.float32)
    row[: len(line.words)] = line.words
    own = seen.who == "instruction"
    named, foreign, at_home = _author(seen.author, sight)
    amounts, dates, numbers = sight.amounts, sight.dates, sight.numbers
    if own:
        # A policy's limit and the user's amount both stand in the opening: against the other lines.
        others = [s.line for s in sight.lines if s.turn == 0 and s is not seen]
        amounts = tuple(x for other in others for x in other.amounts)
        dates = tuple(x for other in others for x in other.dates)
        numbers = tuple(x for other in others for x in other.numbers)
    row[WORDS:] = (
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
        any(d[: len(sight.now)] < sight.now[: len(d)] for d in line.dates),
        any(d[: len(sight.now)] > sight.now[: len(d)] for d in line.dates),
        *compare(line.dates, dates),
        *compare(line.numbers, numbers),
        bool(seen.author),
        named,
        foreign,
        at_home,
        seen.met,
        min(len(line.stems & _tool_stems(menu.tool_names)), 3) / 3.0,
    )
    return row


@lru_cache(maxsize=512)
def _tool_stems(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset().union(*(stems(_spelt(name)) for name in names))


@lru_cache(maxsize=4096)
def _spelt(name: str) -> str:
    """`delete_file` and `DeleteFile` as words."""
    return _HUMP.sub(" ", name.replace("_", " "))


def _author(author: str, sight: Sight) -> tuple[bool, bool, bool]:
    """Whether the author is named in the instruction, a stranger to the user's domain, or of it."""
    if not author:
        return False, False, False
    named = author in sight.refs or not names_of(author).isdisjoint(sight.names)
    domain = author.rsplit("@", 1)[-1].rstrip(">") if "@" in author[1:] else ""
    return named, bool(domain) and domain != sight.own, bool(domain) and domain == sight.own


# -- entities --------------------------------------------------------------------------------------
def _entity_rows(
    sight: Sight, window: list[int], listed: list[Entity], menu: Menu
) -> tuple[Array, Any]:
    count = len(sight.lines)
    table: Array = np.zeros((len(listed), ENTITY), dtype=np.float32)
    if not listed:
        return table, np.zeros((0, 2, len(window)), dtype=np.int8)
    masks = [sight.mentions(e.value) if e.type else _NONE for e in listed]
    size = (count + 7) // 8
    packed = b"".join(m[k].to_bytes(size, "little") for m in masks for k in (0, 1))
    bits = np.unpackbits(np.frombuffer(packed, dtype=np.uint8), bitorder="little")
    links = bits.reshape(len(listed), 2, size * 8)[:, :, :count]
    if len(window) != count:
        links = links[:, :, window]
    table[:, : len(_ENTITY)] = [_entity(e, m, sight) for e, m in zip(listed, masks, strict=True)]
    types = np.array([_type_column(e.type, "" if e.type else str(e.value)) for e in listed])
    table[np.arange(len(listed)), len(_ENTITY) + types] = 1.0
    newest = sight.turns - 1
    table[:, _E["in newest"]] = [e.last == newest for e in listed]
    table[:, _E["first in newest"]] = [e.first == newest for e in listed]
    used = _values_used(menu)
    if used:
        table[:, _E["used before"]] = [_key(e) in used for e in listed]
    # How the entity's best line fits the instruction, against others of its type.
    overlap = np.array([sight.lines[i].overlap for i in window], dtype=np.float32)
    best = (links[:, 0] * (overlap + 0.1)).max(axis=1)
    by_type: dict[str, list[int]] = {}
    for row, entity in enumerate(listed):
        by_type.setdefault(entity.type, []).append(row)
    for kind, members in by_type.items():
        if not kind:
            continue
        size_column = (
            "same type: 1"
            if len(members) == 1
            else ("same type: 2" if len(members) == 2 else "same type: more")
        )
        table[members, _E[size_column]] = 1.0
        named = sum(listed[m].in_instruction for m in members)
        table[members, _E["same type in instruction"]] = min(named, 2) / 2.0
        top = best[members].max()
        winners = [m for m in members if best[m] == top]
        if top > 1.0:
            table[winners, _E["best line"]] = 1.0
            if len(winners) == 1:
                table[winners, _E["best line alone"]] = 1.0
    domains: dict[str, set[str]] = {}
    for entity in listed:
        if entity.type == "address":
            local, _, domain = str(_key(entity)).lower().partition("@")
            domains.setdefault(local, set()).add(domain)
    if any(len(d) > 1 for d in domains.values()):
        for row, entity in enumerate(listed):
            if entity.type == "address":
                local = str(_key(entity)).lower().partition("@")[0]
                table[row, _E["lookalike"]] = len(domains[local]) > 1
    return table, links.astype(np.int8)


_NONE = [0, 0, 0]
_FIGURES = frozenset({"amount", "date", "moment"})


def _key(entity: Entity) -> Any:
    return entity.value[0] if isinstance(entity.value, list) else entity.value


@lru_cache(maxsize=1024)
def _type_column(name: str, value: str) -> int:
    return bucket(f"{name}:{value}") % TYPE


def _values_used(menu: Menu) -> set[Any]:
    used: set[Any] = set()
    for _, arguments in menu.calls_made:
        for value in arguments.values():
            for one in value if isinstance(value, list) else (value,):
                if isinstance(one, (str, int, float)):
                    used.add(one)
    return used


def _entity(entity: Entity, masks: list[int], sight: Sight) -> tuple[Any, ...]:
    """What of an entity's features lasts until it is seen again; kept with it."""
    # Figures are compared with all that was told: they change with every turn.
    state = (masks[0], sight.own, sight.turns if entity.type in _FIGURES else 0)
    if entity.row is not None and entity.row[0] == state:
        kept: tuple[Any, ...] = entity.row[1]
        return kept
    key = _key(entity)
    text = str(key).lower()
    named = bool(entity.type) and not names_of(str(key)[:60]).isdisjoint(sight.names)
    domain = text.partition("@")[2] if entity.type == "address" else ""
    strangers = writes = 0
    lines = masks[0].bit_count()
    for at in range(len(sight.lines)):
        if masks[0] >> at & 1:
            seen = sight.lines[at]
            if seen.author and seen.who == "tool":
                is_named, foreign, _ = _author(seen.author, sight)
                strangers += foreign or not is_named
                writes += text in seen.author
    number = moment = told = (False, False, False)
    past = to_come = False
    if isinstance(key, float):
        number = compare((key,), tuple(a for a in sight.amounts if a != key) or sight.amounts)
        told = compare((key,), tuple(a for a in sight.told_amounts if a != key))
    elif entity.type in ("date", "moment"):
        moment = compare((text,), sight.dates)
        told = compare((text,), tuple(d for d in sight.told_dates if d != text))
        past, to_come = text < sight.now[: len(text)], text > sight.now[: len(text)]
    row = (
        True,
        entity.in_instruction,
        entity.from_user,
        entity.from_tool,
        False,
        False,
        entity.count > 1,
        not entity.type or entity.first < 0,
        entity.in_instruction and entity.from_tool,
        entity.from_tool and not entity.in_instruction,
        entity.kin,
        named,
        bool(domain) and domain == sight.own,
        bool(domain) and domain != sight.own,
        False,
        lines > 0 and strangers == lines,
        writes > 0,
        False,
        False,
        False,
        False,
        0.0,
        False,
        False,
        number[0] or moment[0],
        number[1] or moment[1],
        number[2] or moment[2],
        past,
        to_come,
        told[0],
        told[1],
        min(lines, 5) / 5.0,
    )
    entity.row = (state, row)
    return row


# -- tools and candidates --------------------------------------------------------------------------
@lru_cache(maxsize=4096)
def _tool_row(tool: Tool) -> Array:
    row: Array = np.zeros(TOOL, dtype=np.float32)
    first = tool.description.split("\n")[0]
    found = word_numbers(f"{_spelt(tool.name)} {first}", TOOL_WORDS)
    row[: len(found)] = found
    act = _ACTS.get(tool.name)
    if act is None:
        row[TOOL_WORDS + _KINDS[tool.kind]] = 1.0
        row[TOOL_WORDS + 3] = float(tool.irreversible)
    else:
        row[TOOL_WORDS + act] = 1.0
    row[TOOL_WORDS + 8] = len(tool.required) / 3.0
    return row


@lru_cache(maxsize=4096)
def _stems_of(tool: Tool) -> frozenset[str]:
    return stems(f"{_spelt(tool.name)} {tool.description.split('.')[0]}")


@lru_cache(maxsize=4096)
def _classes_of(tool: Tool) -> frozenset[str]:
    return classes(_spelt(tool.name))


def _left(state: _State, called: list[tuple[str, Any]]) -> frozenset[str]:
    """Kinds of words in the instruction that no call so far has answered."""
    left = state.sight.classes
    for name, _ in called:
        if name not in _ACTS:
            left = left - _classes_of(get_tool(name))
    return left


def _candidate_rows(
    state: _State,
    menu: Menu,
    offered: list[Candidate],
    numbers: dict[str, int],
    row_of: dict[int, int],
    table: Array,
    links: Any,
    lines: Array,
) -> Array:
    out: Array = np.zeros((len(offered), CANDIDATE), dtype=np.float32)
    slots = [
        (
            numbers.get(c.tool.name, -1) + 1,
            *([row_of.get(id(e), 0) for e in c.entities[:SLOTS]] + [0] * SLOTS)[:SLOTS],
        )
        for c in offered
    ]
    out[:, : 1 + SLOTS] = slots
    index = out[:, 1 : 1 + SLOTS].astype(np.intp)
    has = index > 0
    count = has.sum(axis=1)
    out[:, _C["arguments"]] = count / 3.0
    if len(table):
        flags = np.concatenate([np.zeros((1, table.shape[1]), dtype=np.float32), table])
        said = (flags[:, _E["in instruction"]] + flags[:, _E["from user"]]) > 0
        told = (said[index] & has).sum(axis=1)
        out[:, _C["all in instruction"]] = (told == count) & (count > 0)
        out[:, _C["none in instruction"]] = (told == 0) & (count > 0)
        pad = np.concatenate([np.zeros((1, links.shape[2]), dtype=np.int8), links.max(axis=1)])
        if count.max() > 1:
            many = np.flatnonzero(count > 1)
            every = np.where(has[many][:, :, None], pad[index[many]], 1).min(axis=1)
            out[many, _C["together in a line"]] = every[:, lines[:, _L["tool"]] > 0].any(axis=1)
            out[many, _C["together in instruction"]] = every[
                :, lines[:, _L["instruction"]] > 0
            ].any(axis=1)
        fit = (
            2.0 * said
            + flags[:, _E["named"]]
            + flags[:, _E["kin"]]
            + flags[:, _E["best line"]]
            + flags[:, _E["best line alone"]]
        )
        total = np.where(has, fit[index], 0.0).sum(axis=1)
        total += out[:, _C["together in a line"]]
    else:
        total = np.zeros(len(offered), dtype=np.float32)
    # A tool's candidates stand together.
    tools = out[:, 0]
    starts = np.flatnonzero(np.concatenate([[True], tools[1:] != tools[:-1]]))
    sizes = np.diff(np.append(starts, len(tools)))
    of_tool = np.repeat(sizes, sizes)
    out[:, _C["alone of its tool"]] = of_tool == 1
    out[:, _C["few of its tool"]] = (of_tool > 1) & (of_tool < 4)
    best = (total == np.repeat(np.maximum.reduceat(total, starts), sizes)) & (count > 0)
    ties = np.repeat(np.add.reduceat(best.astype(np.intp), starts), sizes)
    out[:, _C["fits best of its tool"]] = best
    out[:, _C["fits best alone"]] = best & (ties == 1)
    if len(table):
        fresh = flags[:, _E["in instruction"]] * (1.0 - flags[:, _E["used before"]])
        bound = np.where(has, fresh[index], 0.0).sum(axis=1)
        out[:, _C["binds unused of instruction"]] = np.minimum(bound, 2.0) / 2.0
        # What is left is counted by what candidates can bind, not by every entity: a document's
        # text serves as a title too.
        most = bound.max()
        out[:, _C["binds all that is left"]] = (bound == most) & (bound > 0)
    _add_words(out, offered, state, menu.calls_made)
    _add_calls(out, offered, menu.calls_made)
    return out


def _add_words(
    out: Array, offered: list[Candidate], state: _State, called: list[tuple[str, Any]]
) -> None:
    """How many words a tool's name and description share with the texts in sight."""
    sight = state.sight
    newest: set[str] = set()
    for seen in reversed(sight.lines):
        if seen.turn != sight.turns - 1:
            break
        newest |= seen.line.stems
    for seen in sight.lines[state.read :]:
        if seen.author and seen.who == "tool" and not _author(seen.author, sight)[0]:
            state.strange |= seen.line.stems
    state.read = len(sight.lines)
    fitting = state.fitting
    shared = dict.fromkeys(_ACTS, (0.0,) * 7)
    left = _left(state, called)
    told = frozenset().union(*(s.line.classes for s in sight.lines if s.turn > 0))
    for candidate in offered:
        name = candidate.tool.name
        if name not in shared:
            words, fits, best = fitting[name]
            shared[name] = (
                fits,
                best,
                min(len(words & newest), 3) / 3.0,
                min(len(words & state.strange), 3) / 3.0,
                min(len(_classes_of(candidate.tool) & sight.classes), 2) / 2.0,
                float(not left.isdisjoint(_classes_of(candidate.tool))),
                min(len(_classes_of(candidate.tool) & told), 2) / 2.0,
            )
    at = _C["words in instruction"]
    out[:, at : at + 7] = [shared[c.tool.name] for c in offered]


def _add_calls(
    out: Array, offered: list[Candidate], calls: list[tuple[str, dict[str, Any]]]
) -> None:
    """Whether a candidate's tool was called before, was called last, with the same arguments."""
    if not calls:
        return
    done: dict[str, list[dict[str, Any]]] = {}
    for name, arguments in calls:
        done.setdefault(name, []).append(arguments)
    last = calls[-1][0]
    again = [i for i, candidate in enumerate(offered) if candidate.tool.name in done]
    if again:
        some = [offered[i] for i in again]
        out[again, _C["called before"]] = 1.0
        out[again, _C["called last"]] = [c.tool.name == last for c in some]
        out[again, _C["same call"]] = [c.arguments in done[c.tool.name] for c in some]


def _context(state: _State, menu: Menu, offered: list[Candidate]) -> Array:
    sight = state.sight
    row: Array = np.zeros(CONTEXT, dtype=np.float32)
    row[min(sight.turns - 1, 5)] = 1.0
    called = [name for name, _ in menu.calls_made]
    newest = menu.texts[-1]
    kinds = [0.0, 0.0, 0.0]
    if called and called[-1] not in _ACTS:
        kinds[_KINDS[get_tool(called[-1]).kind]] = 1.0
    strange = any(
        s.fixed is not None and s.fixed[_L["author"]] and not s.fixed[_L["author named"]]
        for s in sight.lines
    )
    left = _left(state, menu.calls_made)
    unseen = sight.turns > 1 and not sight.refs <= sight.told
    row[6:] = (
        newest.startswith("Error:"),
        newest.startswith("User:"),
        "ask_user" in called,
        "confirm" in called,
        any(name not in _ACTS and get_tool(name).kind != "read" for name in called),
        len(offered) / MAX_CANDIDATES,
        strange,
        min(len(sight.refs), 3) / 3.0,
        min(len(sight.names), 3) / 3.0,
        unseen,
        *kinds,
        *_last_call(state, menu),
        min(len(left), 4) / 4.0,
        any(not left.isdisjoint(_classes_of(tool)) for tool in menu.tools),
        bool(sight.classes - _CARE - {"read"}),
    )
    return row


def _last_call(state: _State, menu: Menu) -> tuple[float, float, float, float]:
    """Whether what was done last is what was asked for."""
    if not menu.calls_made or menu.calls_made[-1][0] in _ACTS:
        return 0.0, 0.0, 0.0, 0.0
    sight = state.sight
    name, arguments = menu.calls_made[-1]
    _, fits, best = state.fitting.get(name, (None, 0.0, 0.0))
    values = [
        str(one).lower()
        for value in arguments.values()
        for one in (value if isinstance(value, list) else (value,))
    ]
    opening = "\n".join(seen.line.lower for seen in sight.lines if seen.turn == 0)
    said = bool(values) and all(value in opening for value in values)
    used = {str(value).lower() for value in _values_used(menu)}
    return (
        fits,
        best,
        float(said),
        float(bool(sight.refs) and sight.refs <= used),
    )


__all__ = [
    "GROUPS",
    "SHAPES",
    "VERSION",
    "VOCABULARY",
    "Features",
    "check_groups",
    "spaces_version",
]
