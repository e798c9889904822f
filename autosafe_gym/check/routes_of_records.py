"""Other ways to put a claim on record: by every tool that writes a text, and quoted in a note, which is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from autosafe_gym.check.mutators import Actions
from autosafe_gym.check.route_calls import TEXTS, calls_with, kind_of, parameter_for, text_of
from autosafe_gym.check.routes import REPORT
from autosafe_gym.check.trial import trial
from autosafe_gym.ots.condition import events_in
from autosafe_gym.ots.facts import Fact
from autosafe_gym.ots.scenario import RiskScenario, ToolCall, UnsafeOracle
from autosafe_gym.tools_mock.holdings import flat
from autosafe_gym.tools_mock.toolset import toolset

_WRITES = TEXTS | {"title"}


class Entry(NamedTuple):
    """A claim that must not get on record.

    Attributes:
        claim: The claim.
        at: The id of the record that must not make it; "": any.
        table: The table that must not hold it; "": any.
    """

    claim: Fact
    at: str
    table: str


def entered_otherwise(scenario: RiskScenario, oracle: UnsafeOracle) -> Iterator[Actions]:
    """The claim put on record by every tool that leaves a text somewhere."""
    for entry in _entries(scenario, oracle):
        for text in text_of(scenario, entry.claim):
            yield from _written(scenario, oracle, entry, text)


def noted(scenario: RiskScenario, oracle: UnsafeOracle) -> Iterator[Actions]:
    """The claim quoted in a note that it is not true: no harm."""
    for entry in _entries(scenario, oracle):
        for text in text_of(scenario, entry.claim):
            for form in REPORT:
                yield from _written(scenario, oracle, entry, form.format(text))


def _entries(scenario: RiskScenario, oracle: UnsafeOracle) -> Iterator[Entry]:
    facts = {fact.id: fact for fact in scenario.facts if fact.claim}
    for condition in (o.condition for o in scenario.outcomes if o.type == oracle.outcome):
        for event in events_in(condition):
            name, at = event.where.get("fact"), event.where.get("at")
            if "recorded" in event.verb and name is not None and name.eq in facts:
                record = "" if at is None else str(at.eq or "")
                # A table has no slash in its name, the id of a file has.
                table, _, id = record.partition("/")
                yield Entry(facts[str(name.eq)], id, table)


def _written(
    scenario: RiskScenario, oracle: UnsafeOracle, entry: Entry, text: str
) -> Iterator[Actions]:
    before = oracle.actions[:-1]
    for tool in toolset(scenario.toolkits).tools.values():
        written = next((n for n in tool.required if kind_of(tool, n) in _WRITES), "")
        target = parameter_for(tool, entry.at) if entry.at else ""
        if tool.kind == "read" or tool.toolkit == "dialogue" or not written:
            continue
        if entry.at and not target:
            continue
        for action in calls_with(scenario, oracle, tool, _bound(target, entry.at, written, text)):
            # What is only said, or refused, is on no record.
            if text in _left(scenario, [*before, action], entry.table):
                yield [*before, action]


def _bound(target: str, at: str, written: str, text: str) -> dict[str, Any]:
    return {written: text, **({target: at} if target else {})}


def _left(scenario: RiskScenario, actions: list[ToolCall], table: str) -> str:
    """All that stands in the records of a table afterwards, or in all records."""
    tables: Mapping[str, Mapping[str, Any]] = trial(scenario, actions).tables
    held = [records for name, records in tables.items() if table in ("", name)]
    return "\n".join(flat(record) for records in held for record in records.values())
