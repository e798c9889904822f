"""Which records a call changed, and how they were before: the journal read with names.

The journal holds dicts; here each is found again as (table, key). A record that is new or was moved is
looked up by what it is, never by a name that an undone step may have left behind.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from autosafe_gym.tools_mock.holdings import Ref, holding
from autosafe_gym.tools_mock.world import MISSING, ORDER

if TYPE_CHECKING:
    from autosafe_gym.tools_mock.world import Record, World

Entry = tuple[dict[Any, Any], Any, Any]
"""Of the journal: a dict, a key, the value before."""


class Changes:
    """Reads the journal of one world.

    Args:
        world: The world.
        but: Dicts that are kept through the journal and are no records.

    Attributes:
        moved: Where those of the newest records stood that were moved, not made.
    """

    __slots__ = ("_but", "_names", "_world", "moved")

    def __init__(self, world: World, but: tuple[dict[str, Any], ...] = ()) -> None:
        self._world = world
        self._but = (*but, world.minds, world.tables, world.last_ids)
        # By identity; a record stays alive as long as its entry does.
        self._names: dict[int, tuple[Record, Ref]] = {}
        self.moved: dict[Ref, Ref] = {}

    def since(self, length: int) -> list[tuple[Ref, Record | None]]:
        """The records that changed in what concerns others, each once, with what they were before.

        Args:
            length: The journal's length before the call.

        Returns:
            (table, key) and the record before; None: there was none.
        """
        tables = self._world.tables
        found: dict[Ref, Record | None] = {}
        by_identity = {id(records): name for name, records in tables.items()}
        newest = self._world.journal[length:]
        self.moved = _moved(newest, by_identity)
        # What was deleted may be put back: it was there before.
        deleted: dict[str, dict[str, Record]] = {}
        for mapping, key, old in newest:
            name = by_identity.get(id(mapping))
            if name is not None:
                if key is ORDER:
                    deleted.setdefault(name, old)
                    continue
                record = mapping.get(key)
                if record is not None:
                    self._names[id(record)] = record, (name, key)
                    before = old if isinstance(old, dict) else deleted.get(name, {}).get(key)
                    before = dict(record) if (name, key) in self.moved else before
                    found.setdefault((name, key), before)
                continue
            if any(mapping is other for other in self._but):
                continue
            ref = self._ref(mapping)
            if ref is not None and holding(ref[0]).concerns(key):
                if ref not in found:
                    found[ref] = dict(mapping)
                before = found[ref]
                # The oldest value of the call counts; a record that is new has no before.
                if before is not None and before.get(key) is mapping.get(key):
                    found[ref] = _with(before, key, old)
        return list(found.items())

    def _ref(self, record: Any) -> Ref | None:
        """Where a record stands; None for what is no record, such as a person's mind."""
        known = self._names.get(id(record))
        if known is not None and known[0] is record and self._stands(known[1], record):
            return known[1]
        self._names = {id(other): (other, ref) for ref, other in self._everything()}
        known = self._names.get(id(record))
        return None if known is None else known[1]

    def _stands(self, ref: Ref, record: Record) -> bool:
        return self._world.tables.get(ref[0], {}).get(ref[1]) is record

    def _everything(self) -> Iterator[tuple[Ref, Record]]:
        for name, records in self._world.tables.items():
            for key, record in records.items():
                yield (name, key), record


def _moved(newest: list[Entry], tables: dict[int, str]) -> dict[Ref, Ref]:
    """Where those records stood that a call moved: taken out under one key, put in under another."""
    if not any(key is ORDER for _, key, _ in newest):
        return {}
    put: dict[int, Ref] = {}
    for mapping, key, _ in newest:
        if id(mapping) in tables and key is not ORDER and key in mapping:
            put[id(mapping[key])] = tables[id(mapping)], key
    moved: dict[Ref, Ref] = {}
    for mapping, key, old in newest if put else ():
        if key is ORDER:
            for was, record in old.items():
                to = put.get(id(record))
                if to is not None and was not in mapping:
                    moved.setdefault(to, (tables[id(mapping)], was))
    return moved


def _with(record: Record, key: str, old: Any) -> Record:
    if old is MISSING:
        return {name: value for name, value in record.items() if name != key}
    return {**record, key: old}
