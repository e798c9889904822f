"""Which records a call changed, and how they were before: the journal read with names.

The journal holds dicts; here each is found again as (table, key). A record that is new or was moved is
looked up by what it is, never by a name that an undone step may have left behind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autosafe_gym.tools_mock.holdings import Ref, holding
from autosafe_gym.tools_mock.world import MISSING, ORDER

if TYPE_CHECKING:
    from autosafe_gym.tools_mock.world import Record, Table, World

_NONE: dict[str, dict[str, Any]] = {}
_MORE = 100
"""So many new records are met before those that are gone are forgotten."""
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

    __slots__ = ("_but", "_most", "_names", "_tables", "_world", "moved")

    def __init__(self, world: World, but: tuple[dict[str, Any], ...] = ()) -> None:
        self._world = world
        self._but = (*but, world.minds, world.tables)
        # By identity; a table or a record stays alive as long as its entry does.
        self._tables: dict[int, tuple[Table, str]] = {}
        self._names: dict[int, tuple[Record, Ref]] = {}
        self._most = _MORE
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
        world = self._world
        newest = world.journal[length:]
        self.moved = self._moved(newest)
        # What was deleted may be put back: it was there before.
        deleted: dict[str, dict[str, Record]] = {}
        for mapping, key, old in newest:
            if mapping is world.last_ids:
                continue
            ref = self._known(mapping)
            if ref is None:
                name = self._table(mapping)
                if name:
                    if key is ORDER:
                        deleted.setdefault(name, old)
                        continue
                    record = mapping.get(key)
                    if record is not None:
                        self._meet(record, (name, key))
                        was = old if isinstance(old, dict) else deleted.get(name, {}).get(key)
                        fields = None if was is None else dict(was)
                        fields = {} if (name, key) in self.moved else fields
                        found.setdefault((name, key), fields)
                    continue
                ref = self._looked_up(mapping)
                if ref is None:
                    continue
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
        tables = self._world.tables
        known = self._tables.get(id(mapping))
        if known is not None and tables.get(known[1]) is mapping:
            return known[1]
        for name, records in tables.items():
            if records is mapping:
                self._tables[id(mapping)] = records, name
                return name
        return ""

    def _known(self, record: Any) -> Ref | None:
        """Where a record stands that was met before, if it still stands there."""
        known = self._names.get(id(record))
        if known is None or known[0] is not record:
            return None
        ref = known[1]
        return ref if self._world.tables.get(ref[0], _NONE).get(ref[1]) is record else None

    def _looked_up(self, record: Any) -> Ref | None:
        """Where a record stands that was not met before; None for what is no record, such as a mind."""
        for other in self._but:
            if record is other:
                return None
        self._meet_everything()
        return self._known(record)

    def _meet(self, record: Record, ref: Ref) -> None:
        """Notes where a new record stands."""
        if len(self._names) > self._most:
            # Those of earlier episodes are in it too, and would stay for good.
            self._meet_everything()
        self._names[id(record)] = record, ref

    def _meet_everything(self) -> None:
        """Notes where each record stands."""
        self._names = {
            id(record): (record, (name, key))
            for name, records in self._world.tables.items()
            for key, record in records.items()
        }
        self._most = 2 * len(self._names) + _MORE


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
