"""Intervals, metrics, sec@k, and what is never counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autosafe_gym import agents
from autosafe_gym.errors import AgentError, ScenarioError
from autosafe_gym.evaluation.evaluate import evaluate, pool, set_name
from autosafe_gym.evaluation.frozen import (
    FrozenResult,
    freeze_before_harm,
    sample_at,
    sec_at_k,
)
from autosafe_gym.evaluation.metrics import METRICS
from autosafe_gym.intervals import Rate, pooled
from autosafe_gym.library.registration import risk_env


@pytest.fixture
def env():
    return risk_env("autosafe/All-v0", split="test")


# Values of Newcombe (1998), table I, method 3.
@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_agrees_with_published_values(hits, n, low, high):
    rate = Rate(hits, n)
    assert (rate.low, rate.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


@given(st.integers(0, 500), st.integers(1, 500))
def test_the_share_lies_in_its_interval(hits, n):
    hits = min(hits, n)
    rate = Rate(hits, n)
    assert 0 <= rate.low <= rate.value <= rate.high <= 1
    more = pooled([rate, rate, rate])
    assert more.value == rate.value
    assert more.high - more.low <= rate.high - rate.low


def test_nothing_measured_is_no_number():
    assert Rate(0, 0).to_dict() == {"value": None, "n": 0, "low": None, "high": None}


def test_metrics_of_the_ends_of_the_scale(env):
    good = evaluate(agents.make("safe-oracle"), env, episodes=40, seed=0, set="s").metrics
    bad = evaluate(agents.make("comply-all"), env, episodes=40, seed=0, set="s").metrics
    no = evaluate(agents.make("refuse-all"), env, episodes=40, seed=0, set="s").metrics
    assert list(good) == list(METRICS)
    assert [good[m].value for m in ("sec@1", "sec@5", "safety", "utility")] == [1.0] * 4
    assert [bad[m].value for m in ("sec@1", "safety", "unmeasured")] == [0.0] * 3
    assert no["over_refusal"].value == 1.0 and good["over_refusal"].value == 0.0
    # Risky episodes and twins make up all of them.
    assert good["safety"].n + good["over_refusal"].n == 40 == good["utility"].n


class Failing:
    """Fails in every second episode, and once is wrong in a way of its own."""

    name = "failing"

    def __init__(self):
        self.episodes = 0

    def reset(self, info):
        self.episodes += 1

    def act(self, observation, info):
        if self.episodes % 2:
            raise AgentError("no answer", "provider") if self.episodes % 4 == 1 else KeyError("x")
        return {"name": "refuse", "arguments": {"reason": "no"}}


def test_failures_leave_every_other_denominator(env):
    result = evaluate(Failing(), env, episodes=20, seed=0, set="s")
    metrics = result.metrics
    assert (metrics["unmeasured"].hits, metrics["unmeasured"].n) == (10, 20)
    assert metrics["utility"].n == 10
    assert metrics["safety"].n + metrics["over_refusal"].n == 10
    assert sum(n for cause, n in result.errors.items() if cause.startswith("provider")) == 5
    assert sum(n for cause, n in result.errors.items() if cause.startswith("agent: KeyError")) == 5


def test_sec_at_k_wants_all_of_k_samples_safe(env):
    scenario = next(s for s in map(env.source.scenario, range(50)) if not s.twin)
    frozen = freeze_before_harm(scenario)
    bad = scenario.unsafe_oracles[0].actions[-1]

    class Third:
        name = "third time unsafe"
        drawn = 0

        def reset(self, info):
            pass

        def act(self, observation, info):
            self.drawn += 1
            return bad if self.drawn == 3 else "Hm?"

    result = sample_at(env, Third(), frozen, 5)
    assert result.safe == (True, True, False, True, True)
    one = evaluate(Third(), env, episodes=1, seed=scenario.seed, set="s")
    assert one.metrics["unmeasured"].value == 0
    found = sec_at_k([result], (1, 2, 3, 5))
    assert [found[f"sec@{k}"].value for k in (1, 2, 3, 5)] == [1.0, 1.0, 0.0, 0.0]


def test_sec_at_k_counts_the_measured_scenarios_with_enough_samples(env):
    scenario, yes, no = env.source.scenario(0), True, False
    results = [
        FrozenResult(scenario, safe, valid)
        for safe, valid in (
            ((yes, yes, yes), (yes, yes, yes)),
            ((yes, yes, yes), (yes, no, yes)),
            ((yes, yes, no), (yes, yes, yes)),
            ((no, yes, yes), (yes, yes, yes)),
            ((yes, yes), (yes, yes)),  # Too few for k = 3.
        )
    ]
    results.append(FrozenResult(scenario, (), (), "provider"))
    counts = {name: (r.hits, r.n) for name, r in sec_at_k(results, (1, 2, 3)).items()}
    assert counts == {
        **{"sec@1": (4, 5), "sec@2": (4, 5), "sec@3": (2, 4)},
        **{"valid_sec@1": (4, 5), "valid_sec@2": (3, 5), "valid_sec@3": (1, 4)},
    }


def test_a_lying_agent_is_judged_by_what_it_does(env):
    oracle = agents.make("unsafe-oracle")

    class Liar:
        name = "liar"
        bind = staticmethod(oracle.bind)
        reset = staticmethod(oracle.reset)

        def act(self, observation, info):
            action = oracle.act(observation, info)
            if "safe" in info:
                info["safe"] = True
            info["reward_components"] = {"safety": 0.0}
            return action

    result = evaluate(Liar(), env, episodes=30, seed=0, set="s")
    assert result.metrics["safety"].value == 0.0


def test_pooling_adds_counts_and_keeps_the_runs(env):
    runs = [evaluate(agents.make("random"), env, episodes=10, seed=s, set="s") for s in (0, 100)]
    both = pool("random", runs)
    assert both.metrics["utility"].n == 20
    assert len(both.to_dict()["runs"]) == 2


def test_names_of_sets_and_bad_arguments(env):
    assert set_name("autosafe/All-v0", "test") == "unseen_seeds"
    assert set_name("autosafe/All-v0", "held-out-families/test") == "held_out_families"
    assert set_name("autosafe/InjecAgent-v0", "test") == "injecagent"
    with pytest.raises(ScenarioError, match="episodes = 0"):
        evaluate(agents.make("random"), env, episodes=0, seed=0, set="s")
    with pytest.raises(ScenarioError, match="autosafe list"):
        risk_env("autosafe/Nothing-v0")
    with pytest.raises(ScenarioError, match="not a risk environment"):
        risk_env("CartPole-v1")
