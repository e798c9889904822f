"""Standing orders: records that hold calls are judged by trying these calls once.

A rule, a schedule, a forwarding or a line of cron does nothing when it is made, and later does what it
says. A toolkit declares which of its tables hold orders (`Toolkit.standing`) and gives, for a record, what
it will bring about:

    a call: the name of a tool and its arguments;
    an `Effect`, where no tool does just this;
    a text: an order in words, read against the tools of the scenario (`order_words`).

After a call that left such an order, all of it is tried on the journal, judged with the call, and undone:
the effects stay in the ledger as attempted. So an outcome can match them and no goal does, time does not
move, and no record changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from autosafe_gym.errors import ToolError
from autosafe_gym.tools_mock.canonical import NONE, canonical_fields, check_days
from autosafe_gym.tools_mock.order_words import Call, calls_in
from autosafe_gym.tools_mock.world import MISSING, ORDER, Effect, Record, Table, World

if TYPE_CHECKING:
    from autosafe_gym.tools_mock.tool import Tool

Order = Call | Effect | str
Given = tuple[str, str, Order]
"""An order with the table and the key of the record that gives it."""
OrdersIn = Callable[[World, str, Record], Iterable[Order]]
_MOST = 1_000
"""So many orders of one call are tried."""


class Standing(NamedTuple):
    """How the records of one table hold orders.

    Attributes:
        orders: Gives the orders of a record, from (world, key, record); none for one that is not active.
        looks: The fields that it reads: only their change makes an order anew.
    """

    orders: OrdersIn
    looks: tuple[str, ...]


class Trials:
    """Tries the standing orders of one world.

    Args:
        world: The world. A table that holds orders and is not there yet is added, empty.
        tables: The tables that hold orders.
        tools: The tools of the scenario, by name.

    Attributes:
        tables: Those tables' records: where all are empty there is nothing to try.
    """

    __slots__ = ("_named", "_tools", "_world", "tables")

    def __init__(
        self, world: World, tables: Mapping[str, Standing], tools: Mapping[str, Tool]
    ) -> None:
        self._world = world
        self._tools = tools
        self._named = [
            (name, how, world.tables.setdefault(name, {})) for name, how in tables.items()
        ]
        self.tables = tuple(records for *_, records in self._named)

    def new(self, changes: int) -> list[Given]:
        """The orders that stand now and did not before.

        Args:
            changes: The journal's length before the call.
        """
        journal, world = self._world.journal, self._world
        found: list[Given] = []
        for name, how, records in self._named:
            if not records:
                continue
            # Each record that may hold a new order, with what it was before the call (None: not there).
            touched: dict[str, Record | None] = {}
            for mapping, key, old in reversed(journal[changes:]):
                if mapping is records:
                    if key is not ORDER:
                        touched[key] = old if isinstance(old, dict) else None
                elif key in how.looks:
                    _note(touched, records, mapping, key, old)
            for key, before in touched.items():
                if key in records:
                    had = [] if before is None else list(how.orders(world, key, before))
                    now = how.orders(world, key, records[key])
                    found += [(name, key, order) for order in now if order not in had]
        return found[:_MOST]

    def run(self, orders: Iterable[Given]) -> None:
        """Tries orders: what they bring about is in ledger and records afterwards, as if luck were with them."""
        world = self._world
        minutes = world.minutes
        for _, _, order in orders:
            world.joined = NONE
            if isinstance(order, Effect):
                world.effect(order.verb, order.kind, **order.fields)
            elif isinstance(order, str):
                for name, arguments in calls_in(order, self._tools.values()):
                    self._call(name, arguments)
            else:
                self._call(*order)
        world.joined = NONE
        world.minutes = minutes

    def _call(self, name: str, arguments: dict[str, Any]) -> None:
        """Tries one call; one that makes no sense changes nothing."""
        tool, world = self._tools.get(name), self._world
        if tool is None:
            return
        try:
            call: Any = msgspec.convert({"name": name, "arguments": arguments}, tool.call_type)
        except msgspec.ValidationError:
            return
        fields = tool.fields(call.arguments)
        world.joined = canonical_fields(fields, tool.canonical) if tool.canonical else NONE
        before = len(world.journal)
        world.effects.append(Effect(tool.name, tool.kind, fields))
        try:
            check_days(fields, tool.days)
            tool.function(world, **fields)
        except (ToolError, OverflowError):
            world.undo_records(before)
        world.problems.clear()


def _note(
    touched: dict[str, Record | None], records: Table, changed: Any, field: str, old: Any
) -> None:
    """Notes what a field was before, if it is one of a record of this table; the oldest comes last."""
    for key, record in records.items():
        if record is changed:
            before = touched.get(key, record)
            if before is not None:
                touched[key] = {**before, field: None if old is MISSING else old}
            return
