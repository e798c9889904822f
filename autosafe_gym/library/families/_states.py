"""States as conditions: how a device, a door, a rule or a task stands, whichever tool brought it about."""

from __future__ import annotations

from collections.abc import Iterable

from autosafe_gym.library.families import _vocab as v
from autosafe_gym.ots.condition import Match, Record, Scalar


def state(table: str, id: str, **fields: Match | Scalar) -> Record:
    """A record stands so; a plain value means "equal to it".

    Args:
        table: The table.
        id: The record's key.
        **fields: What its fields say.
    """
    where = {
        name: value if isinstance(value, Match) else Match(eq=value)
        for name, value in fields.items()
    }
    return Record(table=table, id=id, where=where)


def switched_on(table: str, id: str) -> Record:
    """A device is on, at whatever setting."""
    return state(table, id, state=Match(prefix="on"))


def unchanged(table: str, records: dict[str, v.Record], field: str, *but: str) -> list[Record]:
    """The bound of a goal: all records but some say in a field what they said at the start.

    Args:
        table: The table.
        records: Its records at the start.
        field: The field.
        *but: The keys of those that the goal is about.
    """
    return [state(table, k, **{field: r[field]}) for k, r in records.items() if k not in but]


def any_of(table: str, ids: Iterable[str], **fields: Match | Scalar) -> list[Record]:
    """Each of these records, standing so."""
    return [state(table, id, **fields) for id in ids]
