"""Luck changes no verdict: a tool that fails by it is judged by what it would have left behind.

The cases of `luck_cases`, one for each thing that luck may forbid, play in small worlds; the rest
walks the families, with the mutation "this tool fails" for every tool there is.
"""

import ast
import sys
from pathlib import Path

import msgspec
import pytest
from helpers import RISKY
from luck_cases import CASES
from luck_worlds import NOW, WORLDS

from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.envs.loaded import Loaded
from autosafe_gym.envs.source import Single
from autosafe_gym.errors import ActionError, ToolError
from autosafe_gym.features.menu import Menu
from autosafe_gym.library.family import all_families, call
from autosafe_gym.tools_mock.canonical import canonical_fields
from autosafe_gym.tools_mock.toolkit import all_toolkits, get_tool
from autosafe_gym.tools_mock.world import World

FAMILIES = all_families()
KITS = {k: v for k, v in all_toolkits().items() if not k.startswith("injecagent")}
del KITS["dialogue"]
TOOLS = {tool.name: tool for kit in KITS.values() for tool in kit.tools.values()}


def calls_to_unless(kit):
    """The lines on which a toolkit calls `unless`, and the tools that get there."""
    tree = ast.parse(Path(sys.modules[kit.module].__file__).read_text("utf-8"))
    inside = {
        f.name: [n.func for n in ast.walk(f) if isinstance(n, ast.Call)]
        for f in tree.body
        if isinstance(f, ast.FunctionDef)
    }
    lines = {
        name: {n.lineno for n in made if isinstance(n, ast.Attribute) and n.attr == "unless"}
        for name, made in inside.items()
    }

    def reached(name, seen=()):
        helpers = {n.id for n in inside[name] if isinstance(n, ast.Name) and n.id in inside}
        return lines[name].union(*(reached(h, (*seen, name)) for h in helpers - {*seen, name}))

    return set().union(*lines.values()), {n for n in kit.tools if reached(n)}


def loaded(kit, changes=()):
    """A small world of `WORLDS`, with some changes."""
    world = {t: {k: dict(r) for k, r in records.items()} for t, records in WORLDS[kit].items()}
    changes = dict(changes)
    now = changes.pop("now", NOW)
    for place, fields in changes.items():
        table, _, key = place.partition("/")
        if fields is None:
            del world[table][key]
        else:
            world[table][key] = {**world[table].get(key, {}), **fields}
    empty = {"goal": None, "outcomes": (), "unsafe_oracles": (), "safe_oracle": ()}
    return Loaded(
        RISKY.model_copy(update={**empty, "toolkits": (kit,), "world": world, "now": now})
    )


def left_behind(it, action):
    """What a call proposes, in which tables it writes, and why it fails; the world is put back.

    The tool's function is called without the environment, which would catch what it raises.
    """
    decoded, world = it.tools.decode(action), it.world
    named = {id(table): name for name, table in world.tables.items()}
    named |= {id(r): name for name, table in world.tables.items() for r in table.values()}
    fields = decoded.tool.fields(decoded.arguments)
    world.joined = canonical_fields(fields, decoded.tool.canonical)
    mark = world.mark()
    try:
        decoded.tool.function(world, **fields)
    except ToolError as error:
        world.problems.append(str(error))
    effects = [(e.verb, e.kind, dict(e.fields)) for e in world.effects[mark[1] :]]
    written = {named[id(m)] for m, *_ in world.journal[mark[0] :] if id(m) in named}
    problems = [*world.problems]
    lists = [m.get(name) for m, name, _ in world.journal[mark[0] :] if problems]
    assert all(len({*map(str, x)}) == len(x) for x in lists if isinstance(x, list)), lists
    world.problems.clear()
    world.rollback(mark)
    return effects, written, problems


def fails_without_trace(it, action):
    """Executes a call that must fail: the records stay, what it proposed is an attempt."""
    before, start = msgspec.json.encode(it.world.tables), len(it.world.effects)
    observation, _, ok = it.execute(it.tools.decode(action))
    assert not ok and observation.startswith("Error: "), action
    assert msgspec.json.encode(it.world.tables) == before, action
    assert not any(e.executed for e in it.world.effects[start:]), action
    assert it.world.problems == [], action
    return observation


@pytest.mark.parametrize(("name", "arguments", "changes", "says"), CASES)
def test_what_luck_forbids_is_judged_as_what_it_would_have_been(name, arguments, changes, says):
    kit, action = get_tool(name).toolkit, call(name, **arguments)
    effects, written, problems = left_behind(loaded(kit), action)
    assert problems == [], "the small world should allow it"
    unlucky = loaded(kit, changes)
    attempted = left_behind(unlucky, action)
    assert attempted[:2] == (effects, written)
    assert attempted[2][0].startswith(says)
    assert fails_without_trace(unlucky, action) == f"Error: {attempted[2][0]}"


@pytest.mark.parametrize("kit", WORLDS)
def test_a_tool_bears_several_misfortunes_at_once(kit):
    cases = [case for case in CASES if get_tool(case[0]).toolkit == kit]
    for name, arguments, one, _ in cases:
        for _, _, other, _ in cases:
            assert left_behind(loaded(kit, {**other, **one}), call(name, **arguments))[2]


@pytest.mark.parametrize("kit", WORLDS)
def test_there_is_a_case_for_each_thing_that_luck_forbids(kit, monkeypatch):
    lines, tools = calls_to_unless(KITS[kit])
    cases = [case for case in CASES if get_tool(case[0]).toolkit == kit]
    assert {case[0] for case in cases} == tools
    hit, unless = set(), World.unless

    def noted(world, problem, message):
        if problem:
            hit.add(sys._getframe(1).f_lineno)
        unless(world, problem, message)

    monkeypatch.setattr(World, "unless", noted)
    for name, arguments, changes, _ in cases:
        left_behind(loaded(kit, changes), call(name, **arguments))
    # A call over several lines is told by any of them.
    assert len(hit) == len(lines)


def scenarios(start, step=4):
    for name in sorted(FAMILIES)[start::step]:
        for seed in range(2):
            yield FAMILIES[name].sample(seed, twin=False)
            yield FAMILIES[name].sample(seed, twin=True)


def oracles(scenario):
    yield scenario.safe_oracle
    for oracle in scenario.unsafe_oracles:
        yield oracle.actions


@pytest.mark.parametrize("start", range(4))
def test_no_call_in_sight_of_an_oracle_breaks_a_tool_that_runs_on(start):
    """Along the oracles: whatever is on the menu, whether or not luck is with it."""
    lucky = {n for kit in KITS.values() for n in calls_to_unless(kit)[1]}
    failed = 0
    for scenario in scenarios(start):
        for actions in oracles(scenario):
            env = RiskEnv(Single(scenario), on_trigger="continue")
            observation, info = env.reset()
            menu = Menu.for_info(info)
            menu.start(observation, info)
            for action in actions:
                for candidate in [action, *(c for c in menu.calls if c.name in lucky)]:
                    try:
                        _, _, problems = left_behind(env.loaded, candidate)
                    except ActionError:
                        continue  # A price of nothing, say.
                    if problems and candidate.name in lucky:
                        mark = env.loaded.world.mark()
                        assert fails_without_trace(env.loaded, candidate) == f"Error: {problems[0]}"
                        env.loaded.world.rollback(mark)
                        failed += 1
                observation, _, terminated, truncated, _ = env.step(action)
                if terminated or truncated:
                    break
                menu.see(action.name, action.arguments, observation)
    assert failed > 100


def failing(monkeypatch, on):
    """The mutation: every tool but the dialogue acts fails after it ran, while `on` is not empty."""
    for tool in TOOLS.values():

        def fails(world, *, function=tool.function, **fields):
            observation = function(world, **fields)
            world.unless(on, "It failed.")
            return observation

        monkeypatch.setattr(tool, "function", fails)


def played(env, actions, on=(), fail=()):
    """Plays actions, of which those with these numbers fail; when the first outcome came."""
    env.reset()
    for number, action in enumerate(actions):
        on[:] = [True] if number in fail else []
        *_, terminated, truncated, _ = env.step(action)
        if not env.safe:
            return number
        if terminated or truncated:
            break
    return None


@pytest.mark.parametrize("start", range(4))
def test_a_tool_that_fails_saves_nobody_and_counts_as_nothing_for_a_goal(start, monkeypatch):
    on = []
    failing(monkeypatch, on)
    attempts = lost = 0
    for scenario in scenarios(start):
        env = RiskEnv(Single(scenario), on_trigger="continue")
        for oracle in scenario.unsafe_oracles:
            last = played(env, oracle.actions, on)
            if oracle.actions[last].name in TOOLS:
                again = played(env, oracle.actions, on, {last})
                assert (again, env.grade) == (last, 1), (scenario.id, oracle.outcome)
                attempts += 1
        changing = [
            number
            for number, action in enumerate(scenario.safe_oracle)
            if action.name in TOOLS and TOOLS[action.name].kind != "read"
        ]
        if changing:
            played(env, scenario.safe_oracle, on, changing)
            assert not env.useful, scenario.id
            lost += 1
    assert attempts > 80 and lost > 140
