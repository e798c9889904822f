"""Conditions that could never hold, because they name what does not exist, are refused.

A misspelt verb, field or table would make a harm that never comes about, or a goal out of reach, and
nothing else would tell. Not called where a family samples: it is for data from outside, and for
`autosafe check`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from autosafe_gym.errors import ScenarioError, UnknownNameError
from autosafe_gym.ots.condition import (
    AllOf,
    AnyOf,
    Condition,
    Count,
    Happens,
    NeverUntil,
    Not,
    Precedes,
    Record,
    Total,
)
from autosafe_gym.ots.scenario import RiskScenario
from autosafe_gym.tools_mock.described import CALLS, DELIVERED, TASK, DescribedTool
from autosafe_gym.tools_mock.dialogue import DIALOGUE
from autosafe_gym.tools_mock.effects import DERIVED, EVERYWHERE, LEFT_BY, effects_of
from autosafe_gym.tools_mock.tables import TABLES, tables_of
from autosafe_gym.tools_mock.tool import Tool
from autosafe_gym.tools_mock.toolkit import Toolkit, get_tool, get_toolkit

Tables = Mapping[str, Mapping[str, Mapping[str, Any]]]
_ROWS, _COLUMNS = "database.rows", "database.tables"


def check_conditions(scenario: RiskScenario, source: str) -> None:
    """Refuses a scenario whose conditions name what its toolkits do not have.

    Args:
        scenario: The scenario.
        source: Where it came from; named in the error.

    Raises:
        ScenarioError: With the path and the value of each unknown name, and the nearest known one.
    """
    conditions: dict[str, Condition | None] = {"goal": scenario.goal, "reached": scenario.reached}
    for number, outcome in enumerate(scenario.outcomes):
        conditions[f"outcomes.{number}.condition"] = outcome.condition
    for number, guard in enumerate(scenario.guards):
        conditions[f"guards.{number}.event"] = guard.event
        conditions[f"guards.{number}.holds"] = guard.holds
    found = faults(conditions, scenario.toolkits, scenario.world)
    if found:
        raise ScenarioError("\n".join(f"{source}: {fault}" for fault in found))


def faults(
    conditions: Mapping[str, Condition | None],
    toolkits: Iterable[str],
    world: Tables,
    *,
    short: bool = False,
) -> list[str]:
    """What is wrong with the names in some conditions.

    Args:
        conditions: By their paths.
        toolkits: Names of the scenario's toolkits; if one is not registered, nothing is known, and
            nothing is wrong.
        world: The scenario's initial records.
        short: Whether the paths are those of the short form that YAML families have.

    Returns:
        A line for each fault.
    """
    try:
        names = _Names([get_toolkit(name) for name in toolkits], world)
    except UnknownNameError:
        return []
    found = []
    for path, condition in conditions.items():
        for place, part in _parts(condition, path, short):
            if isinstance(part, Record):
                bad = names.in_record(part, place)
            else:
                bad = names.in_event(part, place)
            found += [f"field {where} = {value!r}: {why}" for where, value, why in bad]
    return found


class _Place(NamedTuple):
    """Where a part of a condition stands, in the words of its form."""

    path: str
    short: bool

    def verb(self, number: int) -> str:
        return f"{self.path}.happens" if self.short else f"{self.path}.verb.{number}"

    def table(self) -> str:
        return f"{self.path}.record" if self.short else f"{self.path}.table"

    def field(self, name: str) -> str:
        return f"{self.path}.{name}" if self.short else f"{self.path}.where.{name}"


Part = Happens | Record | Total
Fault = tuple[str, str, UnknownNameError]


def _parts(condition: Condition | None, path: str, short: bool) -> Iterator[tuple[_Place, Part]]:
    """Every event, sum and record that a condition names."""
    if isinstance(condition, (Happens, Record, Total)):
        yield _Place(path, short), condition
        if isinstance(condition, Total):
            yield from _parts(condition.event, f"{path}.event", short)
    elif isinstance(condition, (AllOf, AnyOf)):
        name = condition.op if short else "of"
        for number, part in enumerate(condition.of):
            yield from _parts(part, f"{path}.{name}.{number}", short)
    elif isinstance(condition, Not):
        yield from _parts(condition.of, f"{path}.{'not' if short else 'of'}", short)
    elif isinstance(condition, Count):
        yield from _parts(condition.event, f"{path}.{'count' if short else 'event'}", short)
    elif isinstance(condition, Precedes):
        first, then = ("precedes.0", "precedes.1") if short else ("first", "then")
        yield from _parts(condition.first, f"{path}.{first}", short)
        yield from _parts(condition.then, f"{path}.{then}", short)
    elif isinstance(condition, NeverUntil):
        yield from _parts(condition.event, f"{path}.{'never' if short else 'event'}", short)
        yield from _parts(condition.until, f"{path}.until", short)


class _Names:
    """The names that the conditions of one scenario may use.

    Args:
        kits: Its toolkits.
        world: Its initial records.
    """

    def __init__(self, kits: list[Toolkit], world: Tables) -> None:
        self.tools: dict[str, Tool] = {**DIALOGUE.tools}
        self.verbs: dict[str, frozenset[str]] = {**EVERYWHERE}
        self.tables: dict[str, frozenset[str]] = {}
        # What a pack's toolkit leaves, or keeps, is unknown unless it says so.
        self.any_verb = self.any_table = False
        for kit in kits:
            self.tools |= kit.tools
            if kit.name == DIALOGUE.name:
                continue
            if kit.tools and all(isinstance(tool, DescribedTool) for tool in kit.tools.values()):
                self.verbs[DELIVERED] = DERIVED[DELIVERED]
                self.tables |= {
                    TASK: frozenset(),
                    CALLS: frozenset(("tool", "arguments", "result")),
                }
                continue
            effects, tables = effects_of(kit), tables_of(kit)
            self.any_verb |= effects is None
            self.any_table |= tables is None
            for verb, fields in (effects or {}).items():
                self.verbs[verb] = self.verbs.get(verb, frozenset()) | fields
            self.tables |= tables or {}
        self._read_off(world)

    def _read_off(self, world: Tables) -> None:
        """Adds what the scenario's own records hold: tables, fields, and effects that they bring about."""
        for table, records in world.items():
            held = {field for record in records.values() for field in record}
            self.tables[table] = self.tables.get(table, frozenset()) | held
            for record in records.values():
                for value in record.values():
                    if isinstance(value, (list, tuple)):
                        self._of_acts(value)
        for about in world.get(_COLUMNS, {}).values():
            if _ROWS in self.tables:
                self.tables[_ROWS] |= _texts(about.get("columns"))

    def _of_acts(self, acts: Iterable[Any]) -> None:
        # A button of a page, or a rule: what it does stands in its record (see `browser`, `automation`).
        for act in acts:
            if isinstance(act, dict) and isinstance(act.get("verb"), str):
                fields = {*act} | _texts(act.get("fields")) | _texts(act.get("take"))
                self.verbs[act["verb"]] = self.verbs.get(act["verb"], frozenset()) | fields

    def in_record(self, record: Record, place: _Place) -> Iterator[Fault]:
        """The unknown names in a condition on a record."""
        known = self.tables.get(record.table)
        if known is None:
            if not self.any_table:
                fix = _owners(record.table, TABLES, "Records of it are kept by")
                unknown = UnknownNameError("table", record.table, self.tables, fix)
                yield place.table(), record.table, unknown
            return
        for field in record.where:
            if field not in known and not self.any_table:
                kind = f"field of {record.table}:"
                yield place.field(field), field, UnknownNameError(kind, field, known)

    def in_event(self, event: Happens | Total, place: _Place) -> Iterator[Fault]:
        """The unknown names in a condition on effects, or the unknown field of a sum."""
        if isinstance(event, Total):
            for verb in event.event.verb:
                if not self.has_field(verb, event.field):
                    yield f"{place.path}.field", event.field, self._no_field(verb, event.field)
            return
        for number, verb in enumerate(event.verb):
            if verb not in self.tools and verb not in self.verbs:
                if not self.any_verb:
                    known = [*self.tools, *self.verbs]
                    yield (
                        place.verb(number),
                        verb,
                        UnknownNameError("verb", verb, known, _fix(verb)),
                    )
                continue
            for field in event.where:
                if not self.has_field(verb, field):
                    yield place.field(field), field, self._no_field(verb, field)

    def has_field(self, verb: str, field: str) -> bool:
        """Whether an effect may have this field; of an unknown verb nothing is known."""
        tool = self.tools.get(verb)
        if isinstance(tool, DescribedTool):
            return tool.arguments.takes(field)
        if tool is not None:
            return field in tool.parameters
        return self.any_verb or verb not in self.verbs or field in self.verbs[verb]

    def _no_field(self, verb: str, field: str) -> UnknownNameError:
        tool = self.tools.get(verb)
        known = self.verbs[verb] if tool is None else tool.parameters
        return UnknownNameError(f"field of {verb!r}:", field, known)


def _texts(value: Any) -> frozenset[str]:
    """The texts in a list, or the keys of an object: a world from outside may hold anything."""
    listed = value if isinstance(value, (list, tuple, dict)) else ()
    return frozenset(item for item in listed if isinstance(item, str))


def _fix(verb: str) -> str:
    """Who could leave a verb that no toolkit of the scenario leaves."""
    if verb in DERIVED:
        return _owners(verb, LEFT_BY, "It is left by")
    try:
        return f"It is a tool of {get_tool(verb).toolkit!r}: add that to the toolkits."
    except UnknownNameError:
        return ""


def _owners(name: str, by_kit: Mapping[str, Iterable[str]], said: str) -> str:
    kits = [kit for kit, names in by_kit.items() if name in names]
    return f"{said} {', '.join(kits)}: add one to the toolkits." if kits else ""
