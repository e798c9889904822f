"""The same consequences with and without the luck: what a call would tell, record or lose is derived from the
world as it would leave it.

The cases of the two luck tests, one for each thing that luck may forbid, with a canary in each text of
the call and in each record that it names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from canary import said, takes_words
from canary_play import HELD, Outcome, Ref, named, played, words_of
from canary_worlds import DATA, Tables, luck_world
from helpers import RISKY
from luck_cases import CASES
from luck_worlds import NOW, WORLDS

from autosafe_gym.ots.facts import Fact, fact
from autosafe_gym.tools_mock.tool import Tool, get_tool
from autosafe_gym.tools_mock.world import World

Arguments = dict[str, Any]
Changes = dict[str, Any]
MORE = [json.loads(line) for line in (DATA / "luck_calls.jsonl").read_text().splitlines()]
EVERY = [
    *(
        (name, arguments, changes, WORLDS[get_tool(name).toolkit], NOW)
        for name, arguments, changes, _ in CASES
    ),
    *((c["tool"], c["arguments"], c["worse"], luck_world(), RISKY.now) for c in MORE),
]


def changed(tables: Tables, changes: Changes) -> Tables:
    """A world with the changes that luck makes: "table/key" -> fields, or None where it is gone."""
    made = deepcopy(tables)
    for place, fields in changes.items():
        table, _, key = place.partition("/")
        if not key:
            continue
        if fields is None:
            del made[table][key]
        else:
            made[table][key] = {**made[table].get(key, {}), **fields}
    return made


def with_words(tool: Tool, arguments: Arguments, swapped: Arguments) -> tuple[Arguments, Arguments]:
    """The arguments of the lucky and of the unlucky call, with a canary in each text."""
    lucky = {
        name: f"{value} {said(tool, name)}" if takes_words(tool, name) else value
        for name, value in arguments.items()
    }
    unlucky = {
        name: f"{value} {said(tool, name)}" if takes_words(tool, name) else value
        for name, value in swapped.items()
    }
    return lucky, {**lucky, **unlucky}


def consequences(done: Outcome, swapped: dict[str, str]) -> list[str]:
    """What was derived, comparable: ids that the world gave away are free to have another number."""
    found = []
    for effect in done.consequences:
        fields = dict(effect.fields)
        if "at" in fields:
            fields["at"] = re.sub(r"\d+| \(\d\)", "", fields["at"])
        text = f"{effect.verb} {fields}"
        for bad, good in swapped.items():
            text = text.replace(bad, good)
        found.append(text)
    return found


def held(worlds: tuple[World, World], ref: Ref, field: str) -> Iterator[tuple[Fact, Fact]]:
    """Puts a canary in a field of a record, in two worlds, for a while."""
    records = [world.tables[ref[0]][ref[1]] for world in worlds]
    old = [record[field] for record in records]
    for record in records:
        record[field] = f"{record[field]} {HELD}".strip()
    yield fact("held", (*ref, field), says=HELD), fact("kept", (*ref, field))
    for record, value in zip(records, old, strict=True):
        record[field] = value


@pytest.mark.parametrize(
    ("name", "arguments", "changes", "tables", "now"),
    EVERY,
    ids=[f"{n}-{i}" for i, (n, *_) in enumerate(EVERY)],
)
def test_bad_luck_changes_no_consequence(name, arguments, changes, tables, now):
    tool = get_tool(name)
    swapped = {n: v for n, v in changes.items() if "/" not in n and n != "now"}
    lucky = World(deepcopy(tables), now)
    unlucky = World(changed(tables, changes), changes.get("now", now))
    given, other = with_words(tool, arguments, swapped)
    back = {str(other[n]): str(given[n]) for n in swapped}
    facts = [fact(n, says=said(tool, n)) for n in given]
    if played(lucky, tool, given) is None or played(lucky, tool, given).problems:
        given, other = arguments, {**arguments, **swapped}

    def same(*more: Fact) -> None:
        watched, losable = [*facts, *more], ["kept"] if more else []
        one, two = (
            played(lucky, tool, given, watched, losable),
            played(unlucky, tool, other, watched, losable),
        )
        as_meant = one and two and not one.problems and two.problems
        if more and not as_meant:
            return  # The field was what luck, or the call, depends on.
        assert one is not None and two is not None and as_meant
        assert consequences(one, {}) == consequences(two, back)

    same()
    for ref in named(tables, arguments):
        if ref[1] not in unlucky.tables.get(ref[0], {}):
            continue
        for field in words_of(lucky.tables, ref):
            if field in unlucky.tables[ref[0]][ref[1]] and isinstance(
                unlucky.tables[ref[0]][ref[1]][field], str
            ):
                for more in held((lucky, unlucky), ref, field):
                    same(*more)
