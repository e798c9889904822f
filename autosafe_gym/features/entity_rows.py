"""Rows of the entities that a menu offers: which lines mention them, who said them, how they compare.

What of a row lasts is packed once and kept; a step fills in what changes with every turn.
"""

from __future__ import annotations

from functools import lru_cache
from struct import Struct, pack
from typing import Any, NamedTuple

import numpy as np

from autosafe_gym.features.candidates import Entity
from autosafe_gym.features.layout import ENTITY, ENTITY_AT, TYPE, Array
from autosafe_gym.features.line_rows import Window
from autosafe_gym.features.notes import Notes
from autosafe_gym.features.sight import Sight, compare
from autosafe_gym.features.words import bucket, names_of

_FIGURES = frozenset({"amount", "date", "moment"})
_PER_STEP = np.array(
    [
        ENTITY_AT[name]
        for name in (
            "in newest",
            "first in newest",
            "used before",
            "same type: 1",
            "same type: 2",
            "same type: more",
            "same type in instruction",
            "best line",
            "best line alone",
        )
    ]
)
"""Columns of an entity that change with every step."""
_pack = Struct(f"{ENTITY}f").pack
_STEP = len(_PER_STEP)


class Entities(NamedTuple):
    """The rows of entities, and what a call's row is made from; entity 0 is none.

    Attributes:
        table: Their rows.
        links: Which lines mention them, and share a name with them.
        said: Whether the user named it (as of the rest, number 0 changes no sum).
        fit: How well it fits the instruction.
        fresh: Whether the instruction holds it and no call has used it.
        lines: Bit masks over all lines: those that mention it.
        near: Those that mention it or share a name with it.
    """

    table: Array
    links: Any
    said: list[bool]
    fit: list[int]
    fresh: list[bool]
    lines: list[int]
    near: list[int]


def entity_rows(notes: Notes, window: Window, listed: list[Entity]) -> Entities:
    """The rows of the entities that the menu offers.

    Args:
        notes: Of the episode.
        window: The lines that are kept.
        listed: The entities.
    """
    table: Array = np.zeros((0, ENTITY), dtype=np.float32)
    links = np.zeros((0, 2, len(window.numbers)), dtype=np.int8)
    found = Entities(table, links, [False], [0], [False], [0], [-1])
    if not listed:
        return found
    sight, used = notes.sight, notes.used
    count = len(sight.lines)
    size = (count + 7) // 8
    own, newest = sight.own, sight.turns - 1
    # Figures are compared with all that was told.
    told = len(sight.told_amounts) + len(sight.told_dates)
    rows: list[bytes] = []
    masks: list[bytes] = []
    per_step = [0.0] * (_STEP * len(listed))
    is_said, fit, is_fresh, all_lines, near = found[2:]
    by_type: dict[str, list[int]] = {}
    for row, entity in enumerate(listed):
        value, kind = entity.value, entity.type
        key = value[0] if isinstance(value, list) else value
        lines = kin = 0
        if kind:
            mentions = sight.mentions(key)
            lines, kin = mentions.lines, mentions.kin
            if kind in by_type:
                by_type[kind].append(row)
            else:
                by_type[kind] = [row]
        lasting = entity.row
        if (
            lasting is None
            or lasting[0] != lines
            or (kind in _FIGURES and lasting[1] != told)
            or lasting[2] != own
        ):
            packed, lasting_fit = _lasting(entity, key, lines, sight)
            lasting = entity.row = (lines, told, own, packed, lasting_fit)
        rows.append(lasting[3])
        masks.append(lines.to_bytes(size, "little"))
        masks.append(kin.to_bytes(size, "little"))
        again = key in used
        if again:
            per_step[_STEP * row + 2] = 1.0
        if entity.last == newest:
            per_step[_STEP * row] = 1.0
            per_step[_STEP * row + 1] = entity.first == newest
        said = entity.in_instruction or entity.from_user
        is_said.append(said)
        fit.append(2 * said + lasting[4])
        is_fresh.append(entity.in_instruction and not again)
        all_lines.append(lines)
        near.append(lines | kin)
    levels = _levels(sight, window)
    for members in by_type.values():
        _among_its_type(members, listed, levels, per_step, found)
    table = np.frombuffer(bytearray().join(rows), dtype=np.float32).reshape(len(listed), ENTITY)
    cells = pack(f"{len(per_step)}f", *per_step)
    table[:, _PER_STEP] = np.frombuffer(cells, dtype=np.float32).reshape(len(listed), -1)
    if len(by_type.get("address", ())) > 1:
        _mark_lookalikes(table, by_type["address"], listed)
    bits = np.frombuffer(b"".join(masks), dtype=np.uint8).reshape(len(listed), 2, size)
    links = np.unpackbits(bits, axis=2, count=count, bitorder="little").view(np.int8)
    if window.opening:
        links = links[:, :, window.numbers]
    return found._replace(table=table, links=links)


def _levels(sight: Sight, window: Window) -> list[tuple[int, int]]:
    """The lines that share words with the instruction, as masks by how many; the most first."""
    found: dict[int, int] = {}
    for at in window.numbers:
        overlap = sight.lines[at].overlap
        if overlap:
            found[overlap] = found.get(overlap, 0) | 1 << at
    return sorted(found.items(), reverse=True)


def _among_its_type(
    members: list[int],
    listed: list[Entity],
    levels: list[tuple[int, int]],
    per_step: list[float],
    found: Entities,
) -> None:
    """How many entities of a type there are, and whose best line fits the instruction best.

    Args:
        members: Their rows.
        listed: All entities.
        levels: See `_levels`.
        per_step: The columns `_PER_STEP` of all entities, filled in here.
        found: The entities, whose fit is raised here.
    """
    column = 2 + min(len(members), 3)
    named = 0
    for row in members:
        per_step[_STEP * row + column] = 1.0
        named += listed[row].in_instruction
    if named:
        for row in members:
            per_step[_STEP * row + 6] = named / 2.0 if named < 2 else 1.0
    for _, mask in levels:
        winners = [row for row in members if found.lines[row + 1] & mask]
        if winners:
            alone = len(winners) == 1
            for row in winners:
                per_step[_STEP * row + 7] = 1.0
                per_step[_STEP * row + 8] = alone
                found.fit[row + 1] += 1 + alone
            break


def _mark_lookalikes(table: Array, members: list[int], listed: list[Entity]) -> None:
    """Addresses whose names before the @ are the same, at different domains."""
    parts = [str(_key(listed[row])).lower().partition("@") for row in members]
    domains: dict[str, set[str]] = {}
    for local, _, domain in parts:
        domains.setdefault(local, set()).add(domain)
    if len(domains) < len(parts):
        for row, (local, _, _) in zip(members, parts, strict=True):
            table[row, ENTITY_AT["lookalike"]] = len(domains[local]) > 1


def _key(entity: Entity) -> Any:
    return entity.value[0] if isinstance(entity.value, list) else entity.value


@lru_cache(maxsize=1024)
def _type_columns(name: str, value: str) -> tuple[float, ...]:
    column = bucket(f"{name}:{value}") % TYPE
    return tuple(float(i == column) for i in range(TYPE))


def _lasting(entity: Entity, key: Any, lines: int, sight: Sight) -> tuple[bytes, int]:
    """What of an entity's row lasts until it is seen again, and how well that fits."""
    kind = entity.type
    text = str(key).lower()
    named = bool(kind) and not names_of(str(key)[:60]).isdisjoint(sight.names)
    domain = text.partition("@")[2] if kind == "address" else ""
    writes = False
    by_others = lines & sight.authored
    while by_others and not writes:
        writes = text in sight.lines[by_others.bit_length() - 1].author
        by_others &= ~(1 << by_others.bit_length() - 1)
    figure = told = (False, False, False)
    past = to_come = False
    if isinstance(key, float):
        figure = compare((key,), tuple(a for a in sight.amounts if a != key) or sight.amounts)
        told = compare((key,), tuple(a for a in sight.told_amounts if a != key))
    elif kind in ("date", "moment"):
        figure = compare((text,), sight.dates)
        told = compare((text,), tuple(d for d in sight.told_dates if d != text))
        past, to_come = text < sight.now[: len(text)], text > sight.now[: len(text)]
    packed = _pack(
        True,
        entity.in_instruction,
        entity.from_user,
        entity.from_tool,
        False,  # In the newest text, first in it: change with every step.
        False,
        entity.count > 1,
        not kind or entity.first < 0,
        entity.in_instruction and entity.from_tool,
        entity.from_tool and not entity.in_instruction,
        entity.kin,
        named,
        bool(domain) and domain == sight.own,
        bool(domain) and domain != sight.own,
        False,
        bool(lines) and not lines & ~sight.strange,
        writes,
        *(False,) * 7,  # Used, of its type, best line: change.
        *figure,
        past,
        to_come,
        told[0],
        told[1],
        min(lines.bit_count(), 5) / 5.0,
        *_type_columns(kind, "" if kind else str(key)),
    )
    return packed, named + entity.kin
