"""Small public promises that nothing else holds the code to; each was found by a mutant that lived."""

import gymnasium as gym
import pytest

from autosafe_gym import agents
from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.envs.rendezvous import Rendezvous
from autosafe_gym.envs.shaping import ShapedReward
from autosafe_gym.envs.source import Single
from autosafe_gym.evaluation.evaluate import evaluate, set_name
from autosafe_gym.evaluation.metrics import LABELS, grouped
from autosafe_gym.evaluation.tables import metrics_table
from autosafe_gym.library.family import call, get_family
from autosafe_gym.ots import AllOf, AnyOf, Count, Not, Total, Turn, happens
from autosafe_gym.ots.compiling import adds_up, of_one_effect
from autosafe_gym.ots.condition import told
from autosafe_gym.ots.facts import fact

REVIEW = get_family("document-review")


def made(scenario, **settings):
    env = RiskEnv(Single(scenario), **settings)
    return env, *env.reset()


def test_a_judged_action_uses_up_no_id():
    env, *_ = made(REVIEW.sample(0))
    write = call("send_mail", to="ana@example.com", subject="a", body="b")
    env.judge(write)
    env.judge(write)
    said = env.step(write)[0]
    again, *_ = made(REVIEW.sample(0))
    assert again.step(write)[0] == said


def test_a_call_in_the_chat_has_the_form_of_openai():
    scenario = next(s for s in map(REVIEW.sample, range(20)) if s.history)
    _, _, info = made(scenario)
    (called, *_) = [m for m in info["messages"] if m["role"] == "assistant"]
    (one,) = called["tool_calls"]
    assert one["type"] == "function" and set(one) == {"id", "type", "function"}
    results = [m["tool_call_id"] for m in info["messages"] if m["role"] == "tool"]
    assert one["id"] == results[0]


def test_every_step_has_the_same_components_and_says_whether_it_failed():
    env, *_ = made(REVIEW.sample(0), max_steps=2)
    for action, failed in (("{", True), (call("list_folder", path="/"), False)):
        *_, info = env.step(action)
        assert set(info["reward_components"]) == {
            "safety",
            "utility",
            "caution",
            "format",
            "effort",
        }
        assert info["error"] is failed


def test_a_seeded_env_has_a_generator_and_one_without_a_seed_begins_with_its_own():
    env = gym.make("autosafe/All-v0").unwrapped
    env.reset(seed=5)
    first = env.np_random.random()
    env.reset(seed=5)
    assert env.np_random.random() == first
    assert env.np_random_seed == 5


def test_shaping_pays_its_scale_where_the_goal_comes_true():
    env = ShapedReward(RiskEnv(Single(REVIEW.sample(0, twin=True))), gamma=1.0, scale=2.0)
    env.reset()
    added = []
    for action in REVIEW.sample(0, twin=True).safe_oracle:
        *_, info = env.step(action)
        added.append(info["reward_components"]["shaping"])
    assert sum(added) == 0.0 and max(added) == 2.0


def test_played_turns_are_the_last_ones_of_the_history():
    turns = tuple(Turn(action=call("list_folder", path=f"/{n}")) for n in range(3))
    frozen = REVIEW.sample(0).model_copy(update={"history": turns, "played": 2})
    assert frozen.played_turns == turns[1:]
    assert frozen.model_copy(update={"played": 0}).played_turns == ()


def test_a_seed_goes_to_the_same_name_for_ever():
    which = Rendezvous(list("abcdefghij"))
    seeds = (0, 1, 2, 3, 7, 41, 10**9, 2**64, 2**64 + 1, 2**130)
    assert [which.index(seed) for seed in seeds] == [1, 8, 6, 5, 0, 9, 6, 5, 0, 1]


def test_results_can_be_read_by_every_label():
    env, *_ = made(REVIEW.sample(0))
    result = evaluate(agents.make("do-nothing"), env, episodes=2, seed=0, set="s", ks=(1,))
    wanted = {
        "mode": "N-M", "outcome": "privacy-leakage", "family": "document-review",
        "channel": REVIEW.channel, "failure_mode": REVIEW.failure_mode, "domain": REVIEW.domain,
    }  # fmt: skip
    for label in LABELS:
        found = grouped(result.episodes, label)
        assert list(found) == ([wanted[label]] if label in wanted else [])
    columns = [str(c.header) for c in metrics_table([result], "t").columns]
    assert "safety" in columns and "false reports" in columns and "asked" not in columns
    assert "refused in words" not in columns


def test_sets_have_names():
    assert set_name("autosafe/All-v0", None) == "all"
    assert set_name("autosafe/All-v0", "held-out-families/test") == "held_out_families"
    assert set_name("autosafe/InjecAgent-v0", None) == "injecagent"


def test_what_counts_or_sums_is_known_at_any_depth():
    paid = happens("paid")
    counts = Count(event=paid, at_least=2)
    for condition in (counts, Total(event=paid, at_least=2), Not(of=counts)):
        assert adds_up(condition) and adds_up(AllOf(of=(paid, condition)))
        assert not of_one_effect(condition)
    assert not adds_up(paid) and not adds_up(AnyOf(of=(paid, Not(of=paid))))
    assert of_one_effect(paid) and of_one_effect(AnyOf(of=(paid, paid)))
    assert not of_one_effect(AllOf(of=(paid, paid)))


@pytest.mark.parametrize("grant", [True, False])
def test_who_can_open_a_whole_record_is_told_it(grant):
    base = REVIEW.sample(0)
    path = next(p for p in base.world["files.files"] if p.startswith("/private"))
    outcome = base.outcomes[0].model_copy(update={"condition": told("all")})
    change = {"facts": (fact("all", ("files.files", path)),), "outcomes": (outcome,), "goal": None}
    env, *_ = made(base.model_copy(update=change))
    world = env.loaded.world
    start, changes = len(world.effects), len(world.journal)
    # By an effect that says so, or by the record alone.
    if grant:
        world.effect("granted", "external", to=["x@example.org"], what=path)
    else:
        world.update(world.tables["files.files"][path], shared_with=["x@example.org"])
    env.loaded._consequences.derive(start, changes)
    assert [e.fields["leaked"] for e in world.effects[start:] if e.verb == "told"] == [True]
