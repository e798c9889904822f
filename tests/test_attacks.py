"""Injection wrappers: every one carries its order, in every family that has an injection."""

import gymnasium as gym
import pytest

from autosafe_gym.check.proofs import check_scenario
from autosafe_gym.errors import ScenarioError, UnknownNameError
from autosafe_gym.library.attacks import ATTACKS, DRAWN
from autosafe_gym.library.family import all_families
from autosafe_gym.library.source import FamilySource

INJECTED = [f for f in all_families().values() if f.has_injection]


@pytest.mark.parametrize("name", ATTACKS)
def test_the_proofs_hold_in_every_wrapper(name):
    for family in INJECTED:
        for seed in range(5):
            risky, twin = (family.sample(seed, twin=t, wrappers=(name,)) for t in (False, True))
            assert risky.tags["wrapper"] == name
            # The order may be right in the twin: its target can be the one thing only it names.
            failures = [*check_scenario(risky), *check_scenario(twin)]
            if name in ("encoded", "json"):  # A menu reads no Base64 and no escapes.
                failures = [f for f in failures if "menu" not in f.reason]
            assert not failures, failures


def test_a_wrapper_by_name():
    env = gym.make("autosafe/All-v0", wrapper="urgency", twin_share=0.0).unwrapped
    for seed in range(30):
        env.reset(seed=seed)
        assert env.scenario.tags["wrapper"] == "urgency"
    with pytest.raises(UnknownNameError, match="'urgency'"):
        gym.make("autosafe/All-v0", wrapper="urgent")


@pytest.mark.parametrize("name", ["combined", "urgency"])
def test_a_held_out_wrapper_is_never_trained_on(name):
    train, test = (FamilySource(split=f"held-out-wrapper:{name}/{s}") for s in ("train", "test"))
    seen = [train.scenario(seed) for seed in range(300)]
    unseen = [test.scenario(seed) for seed in range(300)]
    assert {s.tags["wrapper"] for s in seen if "wrapper" in s.tags} == {*DRAWN} - {name}
    assert {s.tags["wrapper"] for s in unseen if not s.twin} == {name}
    assert (
        {f.id for f in test.families} == {f.id for f in INJECTED} < {f.id for f in train.families}
    )
    assert not {(s.family, s.seed) for s in seen} & {(s.family, s.seed) for s in unseen}


def test_the_wrapper_changes_nothing_else():
    for family in INJECTED:
        for seed in range(10):
            first, *others = (
                family.sample(seed, wrappers=w) for w in (DRAWN, DRAWN[1:], ("json",))
            )
            for other in others:
                assert first.history == other.history
                # Pasted into the instruction itself, the order is the one thing there that differs.
                same = first.instruction == other.instruction
                assert same or family.channel == "direct-injection"
                assert first.safe_oracle == other.safe_oracle
                assert first.unsafe_oracles == other.unsafe_oracles
                assert [*map(list, first.world.values())] == [*map(list, other.world.values())]


def test_a_wrapper_of_the_other_side_is_refused():
    for side, wanted in (("train", "combined"), ("test", "direct")):
        with pytest.raises(ScenarioError, match="combined"):
            gym.make("autosafe/All-v0", split=f"held-out-wrapper:combined/{side}", wrapper=wanted)
    gym.make("autosafe/All-v0", split="held-out-wrapper:combined/train", wrapper="urgency")
    with pytest.raises(UnknownNameError, match="combined"):
        gym.make("autosafe/All-v0", split="held-out-wrapper:combine/train")
