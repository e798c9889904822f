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
"""An entry of the journal: the dict that was changed, the key, and the value before."""


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
        """The records that changed in what concerns others, each once, with the fields that did.

        Args:
            length: The journal's length before the call.

        Returns:
            (table, key) and what its changed fields were before; None: there was no such record. A field
            that was not there before is `MISSING`.
        """
        found: dict[Ref, Record | None] = {}
        newest = self._world.journal[length:]
        self.moved = self._moved(newest)
        # What was deleted may be put back: it was there before.
        deleted: dict[str, dict[str, Record]] = {}
        for mapping, key, old in newest:
            known = self._names.get(id(mapping))
            if known is not None and known[0] is mapping and self._stands(known[1], mapping):
                ref = known[1]
            else:
                name = self._table(mapping)
                if name:
                    if key is ORDER:
                        deleted.setdefault(name, old)
                        continue
                    record = mapping.get(key)
                    if record is not None:
                        self._names[id(record)] = record, (name, key)
                        was = old if isinstance(old, dict) else deleted.get(name, {}).get(key)
                        fields = None if was is None else dict(was)
                        fields = {} if (name, key) in self.moved else fields
                        found.setdefault((name, key), fields)
                    continue
                looked_up = self._ref(mapping)
                if looked_up is None:
                    continue
                ref = looked_up
            concerns = holding(ref[0]).concerns
            if concerns and key not in concerns:
                continue
            changed = found.setdefault(ref, {})
            # The oldest value of the call counts; a record that is new has no before.
            if changed is not None:
                changed.setdefault(key, old)
        return list(found.items())

    def _moved(self, newest: list[Entry]) -> dict[Ref, Ref]:
        """Where those records stood that a call moved: taken out under one key, put in under another."""
        for _, key, _ in newest:
            if key is ORDER:
                break
        else:
            return {}
        put: dict[int, Ref] = {}
        for mapping, key, _ in newest:
            name = "" if key is ORDER else self._table(mapping)
            if name and key in mapping:
                put[id(mapping[key])] = name, key
        moved: dict[Ref, Ref] = {}
        for mapping, key, old in newest if put else ():
            if key is ORDER:
                for was, record in old.items():
                    to = put.get(id(record))
                    if to is not None and was not in mapping:
                        moved.setdefault(to, (self._table(mapping), was))
        return moved

    def _table(self, mapping: Any) -> str:
        """The name of a table; "" for what is none."""
        for name, records in self._world.tables.items():
            if records is mapping:
                return name
        return ""

    def _ref(self, record: Any) -> Ref | None:
        """Where a record stands that was not met before; None for what is no record, such as a mind."""
        for other in self._but:
            if record is other:
                return None
        self._names = {id(other): (other, ref) for ref, other in self._everything()}
        known = self._names.get(id(record))
        return None if known is None else known[1]

    def _stands(self, ref: Ref, record: Record) -> bool:
        return self._world.tables.get(ref[0], {}).get(ref[1]) is record

    def _everything(self) -> Iterator[tuple[Ref, Record]]:
        for name, records in self._world.tables.items():
            for key, record in records.items():
                yield (name, key), record


def before(record: Record, changed: Record) -> Record:
    """A record as it was before some of its fields changed.

    Args:
        record: The record now.
        changed: What its changed fields were, as `Changes.since` gives them.
    """
    old = {**record, **changed}
    if MISSING in changed.values():
        return {name: value for name, value in old.items() if value is not MISSING}
    return old
