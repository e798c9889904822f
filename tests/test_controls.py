"""The controls are what they say: scripts are played whole, and go on from a frozen scenario."""

import itertools

import pytest
from helpers import RISKY
from hypothesis import given, settings
from hypothesis import strategies as st

from autosafe_gym import agents
from autosafe_gym.check.proofs import check_pair, check_scenario
from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.envs.source import Single
from autosafe_gym.evaluation.evaluate import evaluate
from autosafe_gym.evaluation.pairs import pair_rates
from autosafe_gym.library.blind import BLIND
from autosafe_gym.library.family import DONE, REFUSE, all_families, call
from autosafe_gym.library.registration import risk_env
from autosafe_gym.ots import Answer, RiskScenario, ScriptedUser

FAMILIES = all_families()
SCRIPTS = ("comply-all", "unsafe-oracle", "safe-oracle")


def scripted(name, scenario):
    return scenario.safe_oracle if name == "safe-oracle" else scenario.unsafe_oracles[0].actions


def played(env, name, scenario):
    """Lets a control play to the end; gives what it did."""
    agent = agents.make(name)
    observation, info = env.reset(options={"scenario": scenario})
    agent.bind(env)
    agent.reset(info)
    actions, over = [], False
    while not over:
        actions.append(agent.act(observation, info))
        observation, _, terminated, truncated, info = env.step(actions[-1])
        over = terminated or truncated
    return actions


def does_what_it_says(env, name):
    return env.safe and env.useful if name == "safe-oracle" else not env.safe


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_is_played_whole_in_every_family(name):
    found = 0
    for family, seed in itertools.product(FAMILIES.values(), range(6)):
        scenario = family.sample(seed)
        env = RiskEnv(Single(scenario))
        # Ordinary history may hold the script's first actions: they still have to be played.
        history = [turn.action for turn in scenario.history]
        script = list(scripted(name, scenario))
        found += bool(script[0] in history[-1:])
        assert played(env, name, scenario) == script, scenario.id
        assert does_what_it_says(env, name), scenario.id
    assert found > 0


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(FAMILIES)), st.integers(0, 10**6), st.sampled_from(SCRIPTS), st.data()
)
def test_a_script_goes_on_from_every_frozen_point_of_its_own(family, seed, name, data):
    scenario = FAMILIES[family].sample(seed)
    script = list(scripted(name, scenario))
    first = data.draw(st.integers(0, len(script) - 1))
    second = data.draw(st.integers(first, len(script) - 1))
    env, frozen = RiskEnv(Single(scenario)), scenario
    # Frozen, gone on with, and frozen again; each time stored and read back.
    for start, end in ((0, first), (first, second)):
        env.reset(options={"scenario": frozen})
        for action in script[start:end]:
            env.step(action)
        frozen = RiskScenario.from_json(env.freeze().to_json())
        assert (frozen.played, len(frozen.history)) == (end, len(scenario.history) + end)
        assert [turn.action for turn in frozen.played_turns] == script[:end]
    assert played(env, name, frozen) == script[second:]
    assert does_what_it_says(env, name)


def test_what_others_played_between_is_left_out_and_defaults_may_be_written():
    look, leak = (
        call("list_mail", folder="inbox", page=1),
        call("forward_mail", mail_id="mail-3", to="eve@example.org"),
    )
    oracle = RISKY.unsafe_oracles[0].model_copy(update={"actions": (look, leak)})
    scenario = RISKY.model_copy(update={"unsafe_oracles": (oracle,)})
    env = RiskEnv(Single(scenario))
    env.reset(options={"scenario": scenario})
    for action in (look, call("read_mail", mail_id="mail-1")):
        env.step(action)
    frozen = env.freeze()
    # The stored turn leaves out the arguments that are left at their default.
    assert frozen.played_turns[0].action != look
    assert played(env, "unsafe-oracle", frozen) == [leak]


def test_played_turns_are_part_of_the_history_and_the_id_keeps_what_is_before_them():
    scenario = RISKY.model_copy(update={"id": "mail to ana@example.com"})
    env = RiskEnv(Single(scenario))
    env.reset(options={"scenario": scenario})
    assert env.freeze() == scenario
    env.step(call("read_mail", mail_id="mail-1"))
    once = env.freeze()
    env.reset(options={"scenario": once})
    env.step(call("read_mail", mail_id="mail-2"))
    twice = env.freeze()
    assert (once.id, twice.id) == (f"{scenario.id}@1", f"{scenario.id}@2")
    assert scenario.played_turns == () and twice.played_turns == twice.history
    assert once.content_hash() != once.model_copy(update={"played": 0}).content_hash()
    with pytest.raises(ValueError, match="played = 3: the history has only 2 turns"):
        RiskScenario.model_validate({**twice.model_dump(), "played": 3})


@pytest.mark.parametrize(
    ("by_tool", "in_words"),
    [
        ("do-nothing", "finish-at-once"),
        ("refuse-all", "refuse-in-words"),
        ("ask-always", "ask-in-words"),
    ],
)
def test_words_are_worth_what_the_tool_is_worth(by_tool, in_words):
    env = risk_env("autosafe/All-v0", split="test")
    one, two = (
        evaluate(agents.make(name), env, episodes=200, seed=0, set="s", ks=(1,)).metrics
        for name in (by_tool, in_words)
    )
    for name in ("over_refusal", "utility", "asked", "safe_and_useful"):
        assert one[name].value == pytest.approx(two[name].value, abs=0.02), name
    assert one["over_refusal"].value == (by_tool == "refuse-all")
    assert one["asked"].value == (by_tool == "ask-always")
    assert two["invalid_actions"].value == 0.0


def test_a_script_that_is_over_finishes():
    env = RiskEnv(Single(RISKY))
    twin = RISKY.model_copy(update={"unsafe_oracles": ()})
    assert played(env, "unsafe-oracle", twin) == [DONE]


@pytest.mark.parametrize("name", sorted(BLIND))
def test_a_blind_first_act_is_followed_by_what_was_asked_for_unless_it_was_denied(name):
    env = RiskEnv(Single(RISKY))
    bold = list(RISKY.unsafe_oracles[0].actions)
    assert played(env, name, RISKY)[1:] == bold
    gullible = ScriptedUser(answers=(Answer(text="No.", confirms=False),))
    refused = played(env, name, RISKY.model_copy(update={"user": gullible}))
    assert refused == [BLIND[name](RISKY), REFUSE]


def test_only_who_looks_gets_scenario_and_twin_right():
    env = risk_env("autosafe/All-v0", split="test", families=["scarce-slot", "refund-reference"])
    shares = {}
    for name in ("safe-oracle", "comply-all", "refuse-all", "random", *BLIND):
        agent = agents.make(name)
        found = evaluate(agent, env, episodes=20, seed=0, set="s", ks=(1,)).episodes
        pairs = pair_rates(agent, env, found)
        assert pairs["all"].n == sum(not e.scenario.twin for e in found)
        assert sum(rate.n for mode, rate in pairs.items() if mode != "all") == pairs["all"].n
        shares[name] = pairs["all"].value
    assert shares.pop("safe-oracle") == 1.0
    assert set(shares.values()) == {0.0}


def test_a_gate_on_the_instruction_is_found_out():
    family = FAMILIES["scarce-slot"]
    risky, twin = family.sample(0), family.sample(0, twin=True)
    word = risky.instruction.split()[0]
    told = [a.model_copy(update={"about": (*a.about, word)}) for a in risky.user.answers]
    loose = risky.model_copy(
        update={"user": risky.user.model_copy(update={"answers": tuple(told)})}
    )
    assert check_pair(risky, twin) == [] and check_scenario(risky) == []
    assert [f.oracle for f in check_pair(loose, twin)] == ["gate"]
    open_to_all = [a.model_copy(update={"about": ()}) for a in risky.user.answers]
    user = risky.user.model_copy(update={"answers": tuple(open_to_all)})
    failed = {f.oracle for f in check_scenario(risky.model_copy(update={"user": user}))}
    assert failed >= {"neutral", "question"}
