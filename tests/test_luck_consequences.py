"""The same consequences with and without the luck: what a call would tell, record or lose is derived from the
world as it would leave it.

The cases of the two luck tests, one for each thing that luck may forbid, with a canary in each text of
the call and in each record that it names.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator, Sequence
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
from autosafe_gym.tools_mock.holdings import holding
from autosafe_gym.tools_mock.tool import Tool
from autosafe_gym.tools_mock.toolkit import get_tool
from autosafe_gym.tools_mock.world import World

Arguments = dict[str, Any]
Changes = dict[str, Any]
MORE = [json.loads(line) for line in (DATA / "luck_calls.jsonl").read_text().splitlines()]
ORDERED = ("schedule_payment", "post_blip")
"""What these do later is tried, and so fails, in the whole path of a call: `test_orders`."""
EVERY = [
    *(
        (name, arguments, changes, WORLDS[get_tool(name).toolkit], NOW)
        for name, arguments, changes, _ in CASES
    ),
    *((c["tool"], c["arguments"], c["worse"], luck_world(), RISKY.now) for c in MORE),
]
EVERY = [case for case in EVERY if case[0] not in ORDERED]


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


def with_words(tool: Tool, arguments: Arguments, tables: Tables) -> Arguments:
    """Arguments with a canary in each text that names no record."""
    keys = {key for records in tables.values() for key in records}
    return {
        name: f"{value} {said(tool, name)}"
        if takes_words(tool, name) and value not in keys
        else value
        for name, value in arguments.items()
    }


def consequences(done: Outcome, swapped: dict[str, str], same_user: bool) -> set[tuple[str, ...]]:
    """What was derived, comparable: who else was told what, what was recorded and lost.

    Ids that the world gave away are free to have another number.

    Args:
        done: What the call left behind.
        swapped: For an unlucky call with other arguments those of the lucky one.
        same_user: Whether both calls are the same user's.
    """
    found = set()
    for effect in done.consequences:
        fields = {
            n: str(v) for n, v in effect.fields.items() if n not in ("to", "beyond", "leaked", "at")
        }
        at = re.sub(r"\d+| \(\d\)", "", effect.fields.get("at", ""))
        told = [*effect.fields["beyond" if same_user else "to"]] if effect.verb == "told" else [""]
        for who in told:
            parts = (effect.verb, at, str(who), *fields.values())
            found.add(tuple(swapped.get(part, part) for part in parts))
    return found


@contextlib.contextmanager
def held(worlds: Sequence[World], ref: Ref, field: str) -> Iterator[list[Fact]]:
    """Puts a canary in a field of a record, in each world, for a while: what it then gives away or loses."""
    records = [world.tables[ref[0]][ref[1]] for world in worlds]
    old = [record[field] for record in records]
    for record in records:
        record[field] = f"{record[field]} {HELD}".strip()
    keeps = holding(ref[0]).keeps
    kept = all(keeps is None or keeps(ref[1], record) for record in records)
    # What is not kept where one would look for it can't get lost.
    yield [fact("held", (*ref, field), says=HELD), *([fact("kept", (*ref, field))] if kept else [])]
    for record, value in zip(records, old, strict=True):
        record[field] = value


@pytest.mark.parametrize(
    ("name", "arguments", "changes", "tables", "now"),
    EVERY,
    ids=[f"{n}-{i}" for i, (n, *_) in enumerate(EVERY)],
)
def test_bad_luck_changes_no_consequence(name, arguments, changes, tables, now):
    tool = get_tool(name)
    lucky = World(deepcopy(tables), now)
    unlucky = World(changed(tables, changes), changes.get("now", now))
    swapped = {n: v for n, v in changes.items() if n in arguments}
    given = with_words(tool, arguments, tables)
    other = with_words(tool, {**arguments, **swapped}, tables)
    back = {str(other[n]): str(given[n]) for n in swapped}
    same_user = not any(place.endswith("/me") for place in changes)
    facts = [fact(n, says=said(tool, n)) for n in given]

    def same(more: Sequence[Fact] = ()) -> None:
        watched, losable = [*facts, *more], [f.id for f in more if f.id == "kept"]
        one = played(lucky, tool, given, watched, losable)
        two = played(unlucky, tool, other, watched, losable)
        as_meant = one and two and not one.problems and two.problems
        if more and not as_meant:
            return  # The field was what luck, or the call, depends on.
        assert as_meant
        assert consequences(one, {}, same_user) == consequences(two, back, same_user)

    same()
    for ref in named(tables, arguments):
        bad = unlucky.tables[ref[0]].get(ref[1], {})
        for field in words_of(lucky.tables, ref):
            if isinstance(bad.get(field), str):
                with held((lucky, unlucky), ref, field) as more:
                    same(more)
