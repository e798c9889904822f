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
Place = tuple[str, str | None]
"""A table; or a record, with its key in it."""
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

    __slots__ = ("_but", "_most", "_places", "_world", "moved")

    def __init__(self, world: World, but: tuple[dict[str, Any], ...] = ()) -> None:
        self._world = world
        self._but = (*but, world.minds, world.tables, world.last_ids)
        # By identity; a table or a record stays alive as long as its entry does.
        self._places: dict[int, tuple[Table | Record, Place]] = {}
        self._most = _MORE
        self.moved: dict[Ref, Ref] = {}

    def since(self, length: int) -> dict[Ref, Record | None]:
        """The records that changed in what concerns others, with the fields that did.

        Args:
            length: The journal's length before the call.

        Returns:
            By (table, key) what its changed fields were before; None: there was no such record. A field
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
            place = self._place(mapping)
            if place is None:
                continue
            name, at = place
            if at is None:
                if key is ORDER:
                    deleted.setdefault(name, old)
                    continue
                record = mapping.get(key)
                if record is not None:
                    ref = name, key
                    self._meet(record, ref)
                    was = old if isinstance(old, dict) else deleted.get(name, _NONE).get(key)
                    fields = None if was is None else dict(was)
                    found.setdefault(ref, {} if ref in self.moved else fields)
                continue
            ref = name, at
            concerns = holding(name).concerns
            if concerns and key not in concerns:
                continue
            changed = found.setdefault(ref, {})
            # The oldest value of the call counts; a record that is new has no before.
            if changed is not None:
                changed.setdefault(key, old)
        return found

    def _moved(self, newest: list[Entry]) -> dict[Ref, Ref]:
        """Where those records stood that a call moved: taken out under one key, put in under another."""
        for _, key, _ in newest:
            if key is ORDER:
                break
        else:
            return {}
        put: dict[int, Ref] = {}
        for mapping, key, _ in newest:
            place = None if key is ORDER else self._place(mapping)
            if place is not None and place[1] is None and key in mapping:
                put[id(mapping[key])] = place[0], key
        moved: dict[Ref, Ref] = {}
        for mapping, key, old in newest if put else ():
            place = self._place(mapping) if key is ORDER else None
            if place is None:
                continue
            for was, record in old.items():
                to = put.get(id(record))
                if to is not None and was not in mapping:
                    moved.setdefault(to, (place[0], was))
        return moved

    def _place(self, mapping: Any) -> Place | None:
        """Where a table or a record stands; None for what is neither, such as a mind."""
        known = self._places.get(id(mapping))
        if known is not None and known[0] is mapping:
            name, key = known[1]
            records = self._world.tables.get(name, _NONE)
            if mapping is (records if key is None else records.get(key)):
                return known[1]
        for other in self._but:
            if mapping is other:
                return None
        self._meet_everything()
        known = self._places.get(id(mapping))
        return None if known is None else known[1]

    def _meet(self, record: Record, place: Place) -> None:
        """Notes where a new record stands."""
        if len(self._places) > self._most:
            # Those of earlier episodes are in it too, and would stay for good.
            self._meet_everything()
        self._places[id(record)] = record, place

    def _meet_everything(self) -> None:
        """Notes where each table and record stands."""
        self._places = {}
        for name, records in self._world.tables.items():
            self._places[id(records)] = records, (name, None)
            for key, record in records.items():
                self._places[id(record)] = record, (name, key)
        self._most = 2 * len(self._places) + _MORE


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
