"""Every argument of every tool with hostile values: an error or a result, never a crash, a hang or a leak.

A fixed, seeded sample of what `inputs` makes; a larger fuzz draws more from the same generators. Time is
the processor's, so that a busy machine fails nothing.
"""

import functools
import gc
import json
import math
import random
import time
import tracemalloc
import zlib

import inputs
import pytest

from autosafe_gym.agents.provenance import foreign_value
from autosafe_gym.envs.bounds import MAX_RESULT
from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.envs.source import Single
from autosafe_gym.errors import ToolError
from autosafe_gym.features.features import Features
from autosafe_gym.features.menu import Menu
from autosafe_gym.library.family import all_families
from autosafe_gym.ots.asserting import asks, asserts
from autosafe_gym.ots.gates import gate
from autosafe_gym.ots.saying import statement
from autosafe_gym.ots.tokens import grouped, tokens
from autosafe_gym.tools_mock.actions import as_text
from autosafe_gym.tools_mock.canonical import CANONICAL, addresses_in, check_days
from autosafe_gym.tools_mock.order_words import calls_in
from autosafe_gym.tools_mock.semantic import LONGEST_TEXT
from autosafe_gym.tools_mock.toolkit import all_toolkits, get_tool, shipped_toolkits
from autosafe_gym.tools_mock.toolset import MAX_ACTION_CHARS

KITS = sorted(shipped_toolkits())
PER_ARGUMENT = 3
SLOWEST = 1.0
SLOW_ELSEWHERE = frozenset({"run_command"})
"""The shell has limits of its own, and tests of them."""


@functools.cache
def scenario_with(kit):
    """A scenario with a toolkit; with facts and colleagues if there are any."""
    families = [f for f in all_families().values() if kit in f.toolkits] or [
        *all_families().values()
    ]
    scenarios = (family.sample(1) for family in families[:4])
    return max(scenarios, key=lambda s: (bool(s.facts), bool(s.colleagues), s.id))


def episode(kit):
    """An environment in an episode that goes on."""
    env = RiskEnv(Single(scenario_with(kit)), on_trigger="continue", max_steps=10**9)
    env.reset()
    return env


def sampled(kit):
    """Some hostile values of every argument, and some actions that are wrong as a whole."""
    rng = random.Random(zlib.crc32(kit.encode()))
    env = episode(kit)
    known, values = inputs.entities(env.scenario), {}
    for tool in all_toolkits()[kit].tools.values():
        for name, spec in tool.schema["function"]["parameters"].get("properties", {}).items():
            # Making them takes longer than sending them: arguments of one type share theirs.
            mark = json.dumps(
                {k: v for k, v in spec.items() if k not in ("description", "default")}
            )
            if mark not in values:
                values[mark] = list(inputs.hostile_values(spec, rng))
            for value in rng.sample(values[mark], PER_ARGUMENT):
                given = inputs.plain_arguments(tool, known, rng)
                yield {"name": tool.name, "arguments": {**given, name: value}}
        yield rng.choice(list(inputs.odd_actions(tool, rng)))


@pytest.mark.parametrize("kit", KITS)
def test_no_action_crashes_hangs_or_leaves_its_space(kit):
    env, done, steps = episode(kit), False, 0
    for action in sampled(kit):
        if done or steps > 200:
            env.reset()
            steps = 0
        steps += 1
        journal = len(env.loaded.world.journal)
        begun = time.process_time()
        # Anything but a result is a failure: `ToolCodeError` would leave the episode unmeasured.
        observation, reward, done, cut, info = env.step(action)
        spent = time.process_time() - begun
        assert not cut
        told = as_text(action)[:200]
        assert spent < SLOWEST or any(name in told for name in SLOW_ELSEWHERE), told
        assert observation in env.observation_space, told
        assert len(observation) <= MAX_RESULT, told
        assert math.isfinite(reward)
        if info["error"]:
            assert len(env.loaded.world.journal) == journal, told
    assert env.turns
    json.dumps(env.messages)
    assert env.freeze().id


@pytest.mark.parametrize("kit", KITS)
def test_every_argument_has_a_maximum(kit):
    env, rng = episode(kit), random.Random(1)
    known = inputs.entities(env.scenario)
    for tool in all_toolkits()[kit].tools.values():
        env.reset()
        properties = tool.schema["function"]["parameters"].get("properties", {})
        for name, spec in properties.items():
            large = inputs.too_large(spec)
            if large is None:
                continue
            given = inputs.plain_arguments(tool, known, rng)
            observation, *_, info = env.step(
                {"name": tool.name, "arguments": {**given, name: large}}
            )
            assert info["error"], (tool.name, name)
            assert "Expected" in observation, (tool.name, name, observation[:200])


@pytest.mark.parametrize("seed", inputs.SEEDS, ids=repr)
def test_readers_of_text_take_linear_time(seed):
    """Canonical values, statements, a menu and features: what looks at a text of an agent or a page."""
    env = episode("mail")
    menu = Menu.for_info(env.reset()[1])
    menu.start(*env.reset())
    text = inputs.repeated(seed, LONGEST_TEXT)
    claim = statement("pump inspected 2026-03-02")
    readers = {
        **CANONICAL,
        "addresses": addresses_in,
        "tokens": tokens,
        "grouped": grouped,
        "asserts": lambda text: asserts(f"The pump was inspected on 2026-03-02. {text}", claim),
        "asks": lambda text: asks(f"Was the pump inspected on 2026-03-02? {text}", claim),
        "orders": lambda text: calls_in(text, env.loaded.tools.tools.values()),
        "gates": gate(("mail-12", "2026-03-05", "GB29-1840-7731-0022")),
        "provenance": lambda text: foreign_value(
            get_tool("finish"), {"message": text}, [text], [text]
        ),
        "menu": lambda text: menu.see("read_mail", {}, inputs.repeated(text, MAX_RESULT)),
        "candidates": lambda _: menu.candidates,
        "features": lambda _: Features().observe(menu),
    }
    for name, read in readers.items():
        begun = time.process_time()
        read(text)
        assert time.process_time() - begun < SLOWEST, name


@pytest.mark.parametrize(
    "text",
    [
        "0000-00-00", "0001-01-01", "9999-12-31", "2026-02-30", "2026-13-01", "10000-01-01",
        "2026-03-02 24:00", "2026-03-02 25:61", "2026-03-02T10:00+24:00", "30 February 2026",
        "February 29th, 2027", "1.1.2026 at 10:75", "from 2026-03-02 to 2026-02-31",
    ],
)  # fmt: skip
def test_a_day_that_there_is_not_is_an_error(text):
    for name in ("date", "moment"):
        with pytest.raises(ToolError, match="no such day"):
            check_days({"day": CANONICAL[name](text)}, ("day",))


@pytest.mark.parametrize(
    "text",
    ["2026-03-02", "2 March 2026, 9:30", "tomorrow", "", "2028-02-29 23:59", "2026/3/2 9.30 pm"],
)
def test_other_days_are_left_to_the_tool(text):
    for name in ("date", "moment"):
        check_days({"day": CANONICAL[name](text)}, ("day",))


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("list_events", {"date": "2026-03-02", "days": 10**9}),
        ("list_events", {"date": "2026-03-02", "days": -1}),
        ("find_free_slot", {"date": "2026-03-02", "minutes": 10**11}),
        ("create_event", {"title": "x", "start": "9999-12-31 23:59"}),
        ("move_event", {"event_id": "ev-1", "start": "0001-01-01 00:00"}),
    ],
)
def test_edges_are_errors_and_not_failures(name, arguments):
    observation, _, done, _, info = episode("calendar").step({"name": name, "arguments": arguments})
    assert info["error"]
    assert not done
    assert observation.startswith("Error: ")


@pytest.mark.parametrize(
    "action",
    [
        '{"name": "finish", "arguments": {"message": "done"}}' + " " * MAX_ACTION_CHARS,
        "a" * (MAX_ACTION_CHARS + 1),
        "[" * (MAX_ACTION_CHARS + 1),
        {"name": "finish", "arguments": {"message": "a" * MAX_ACTION_CHARS}},
        {"role": "assistant", "content": "<tool_call>" * MAX_ACTION_CHARS},
    ],
    ids=["blanks", "words", "brackets", "call", "message"],
)
def test_a_whole_action_has_a_maximum(action):
    env = episode("mail")
    observation, _, done, _, info = env.step(action)
    assert info["error"]
    assert not done
    assert f"at most {MAX_ACTION_CHARS} are read" in observation
    assert not env.loaded.world.effects[env.loaded.mark[1] :]


def test_long_texts_that_differ_leave_nothing_behind():
    env = episode("mail")
    menu = Menu.for_info(env.reset()[1])
    rng = random.Random(5)

    def play(rounds):
        for _ in range(rounds):
            observation, info = env.reset()
            menu.start(observation, info)
            for tool in ("send_mail", "search_mail", "finish"):
                word = "".join(rng.choices("abcdefgh ,.@", k=200))
                text = inputs.repeated(word, LONGEST_TEXT)
                arguments = {
                    "send_mail": {"to": "ana@example.com", "subject": text[:300], "body": text},
                    "search_mail": {"query": text[:300]},
                    "finish": {"message": text},
                }[tool]
                observation, *_ = env.step({"name": tool, "arguments": arguments})
                menu.see(tool, arguments, text)
                assert menu.candidates
        gc.collect()

    play(3)
    tracemalloc.start()
    play(2)
    before = tracemalloc.get_traced_memory()[0]
    play(6)
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    # Eighteen different texts of 20,000 letters were said and read: less than one of them is left.
    assert grown < 18 * 1000, grown
