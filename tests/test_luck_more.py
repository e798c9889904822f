"""A call that fails by luck is judged by what it would bring about: the same as where luck holds.

One case for each reason for which a tool of these toolkits fails by luck. The same call is made in two
worlds that differ in that reason alone; the effects and the writes that are judged must be the same.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
import sys
from copy import deepcopy
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from helpers import RISKY

from autosafe_gym.envs.loaded import Loaded
from autosafe_gym.errors import ToolError
from autosafe_gym.library.family import call
from autosafe_gym.tools_mock.toolkit import get_tool
from autosafe_gym.tools_mock.world import World

Tables = dict[str, dict[str, dict[str, Any]]]
DATA = Path(__file__).parent / "data"
LUCKY: Tables = json.loads((DATA / "luck_world.json").read_text())
"""A world in which luck holds for every call below."""
CALLS = [json.loads(line) for line in (DATA / "luck_calls.jsonl").read_text().splitlines()]
"""What is worse names an argument, or a record ("table/key") and some fields of it (null: it is gone)."""

ALONE: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("refund_sale", {"sale_id": "sale-1"}, {}),
    ("charge_sale", {"sale_id": "sale-1"}, {"storefront.sales/sale-1": {"charged": 9.0}}),
    ("block_number", {"number": "+1-555-0134", "blocked": False}, {}),
]
"""Calls with no lucky counterpart: the amount, or the record, depends on luck itself."""


class Spied(World):
    """A world that remembers which keys the newest undoing took back, and where luck failed."""

    undone: list[str]
    twice: list[str]
    failed: set[tuple[str, str, int]]

    def unless(self, problem: object, message: str) -> None:
        if problem:
            frame = sys._getframe(1)
            code = frame.f_code
            self.failed.add((Path(code.co_filename).stem, code.co_name, frame.f_lasti))
        super().unless(problem, message)

    def undo_records(self, length: int) -> None:
        self.undone = _keys(self, length)
        self.twice = _twice(self.tables)
        super().undo_records(length)


def _keys(world: World, start: int) -> list[str]:
    """What was written since then; an id that the world gave away is free to have another number."""
    return [re.sub(r"\d+", "", str(key)) for _, key, _ in world.journal[start:]]


def _twice(tables: Tables) -> list[str]:
    """Fields that hold something twice."""
    fields = (item for table in tables.values() for r in table.values() for item in r.items())
    return [name for name, v in fields if isinstance(v, list) and len(v) > len(set(v))]


def _loaded(tool: str, tables: Tables) -> Loaded:
    hidden: dict[str, Any] = {"goal": None, "outcomes": (), "safe_oracle": (), "unsafe_oracles": ()}
    kit = get_tool(tool).toolkit
    changes = {**hidden, "history": (), "toolkits": (kit,), "world": {}}
    loaded = Loaded(RISKY.model_copy(update=changes))
    loaded.world = Spied(deepcopy(tables), loaded.scenario.now)
    loaded.world.failed = set()
    return loaded


def _execute(loaded: Loaded, tool: str, arguments: dict[str, Any]) -> str:
    observation, _, _ = loaded.execute(loaded.tools.decode(call(tool, **arguments)))
    return observation


def _made_worse(worse: dict[str, Any]) -> Tables:
    tables = deepcopy(LUCKY)
    for place, fields in worse.items():
        if "/" not in place:
            continue
        table, _, key = place.partition("/")
        if fields is None:
            del tables[table][key]
        else:
            tables[table][key] = {**tables[table].get(key, {}), **fields}
    return tables


def _other(arguments: dict[str, Any], worse: dict[str, Any]) -> dict[str, Any]:
    return {**arguments, **{name: value for name, value in worse.items() if "/" not in name}}


@pytest.mark.parametrize("case", CALLS, ids=lambda case: f"{case['tool']}: {case['words']}")
def test_bad_luck_changes_nothing_in_what_is_judged(case):
    tool, arguments, worse = case["tool"], case["arguments"], case["worse"]
    lucky = _loaded(tool, LUCKY)
    shown = _execute(lucky, tool, arguments)
    assert not shown.startswith("Error:")

    tables = _made_worse(worse)
    unlucky = _loaded(tool, tables)
    other = _other(arguments, worse)
    shown = _execute(unlucky, tool, other)
    assert shown.startswith("Error: ")
    assert case["words"] in shown
    assert unlucky.world.tables == tables
    assert unlucky.world.problems == []
    assert not any(effect.executed for effect in unlucky.world.effects)
    assert unlucky.world.twice == []
    assert unlucky.world.undone == _keys(lucky.world, 0)
    swapped = {str(other[name]): str(value) for name, value in arguments.items() if name in worse}
    for one, two in zip(lucky.world.effects, unlucky.world.effects, strict=True):
        text = repr(two.fields)
        for bad, good in swapped.items():
            text = text.replace(bad, good)
        assert (one.verb, one.kind, repr(one.fields)) == (two.verb, two.kind, text)


def test_every_reason_of_these_toolkits_has_a_case():
    failed: set[tuple[str, str, int]] = set()
    names = sorted({get_tool(case["tool"]).toolkit for case in CALLS})
    for tool, arguments, worse in [
        *((c["tool"], c["arguments"], c["worse"]) for c in CALLS),
        *ALONE,
    ]:
        loaded = _loaded(tool, _made_worse(worse))
        _execute(loaded, tool, _other(arguments, worse))
        failed |= loaded.world.failed
    for name in names:
        tree = ast.parse(inspect.getsource(import_module(f"autosafe_gym.tools_mock.{name}")))
        calls = [n.func for n in ast.walk(tree) if isinstance(n, ast.Call)]
        reasons = sum(isinstance(f, ast.Attribute) and f.attr == "unless" for f in calls)
        assert sum(site[0] == name for site in failed) == reasons, name


def test_a_refund_of_nothing_and_an_unblocking_of_nobody():
    """An attempt, and nothing more."""
    for (tool, arguments, worse), words in zip(
        ALONE, ("Nothing was", "in full", "is not blocked"), strict=True
    ):
        loaded = _loaded(tool, _made_worse(worse))
        assert words in _execute(loaded, tool, arguments)
        assert not any(effect.executed for effect in loaded.world.effects)
        assert loaded.world.tables == _made_worse(worse)


@pytest.mark.parametrize("always", [False, True])
def test_no_tool_stumbles_over_a_world_in_which_it_should_have_failed(monkeypatch, always):
    """Called past `Loaded.execute`, which forgives what goes wrong after bad luck."""
    if always:
        forced = lambda world, problem, message: world.problems.append(message)  # noqa: E731
        monkeypatch.setattr(Spied, "unless", forced)
    for tool, arguments, worse in [
        *((c["tool"], c["arguments"], c["worse"]) for c in CALLS),
        *ALONE,
    ]:
        for tables, given in (
            (LUCKY, arguments),
            (_made_worse(worse), _other(arguments, worse)),
        ):
            world = _loaded(tool, tables).world
            get_tool(tool).function(world, **given)
            assert world.problems or tables is LUCKY


def test_the_first_reason_is_the_one_that_is_read():
    loaded = _loaded("pay_request", _made_worse({"pay.requests/req-1": {"status": "paid"}}))
    loaded.world.tables["pay.account"]["me"]["balance"] = 0.0
    assert "only open" in _execute(loaded, "pay_request", {"request_id": "req-1"})
    assert [effect.verb for effect in loaded.world.effects] == ["pay_request", "paid"]


def test_nonsense_is_no_luck():
    """What names nothing, or the wrong kind of thing, raises: there is no world in which it works."""
    world = World(deepcopy(LUCKY), RISKY.now)
    for tool, arguments in (
        ("move_path", {"path": "/srv/a", "to": "/srv/a"}),
        ("link_tickets", {"ticket_id": "ticket-1", "other_id": "ticket-1"}),
        ("divert_traffic", {"segment_id": "seg-1", "via": "seg-1"}),
        ("close_object", {"object_id": "tap-1"}),
        ("cancel_trip", {"trip_id": "trip-9"}),
    ):
        with pytest.raises(ToolError):
            get_tool(tool).function(world, **arguments)
    assert world.problems == []
