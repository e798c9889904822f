"""Injection wrappers: every one carries its order, in every family that has an injection."""

import gymnasium as gym
import pytest

from autosafe_gym.envs.attacks import ATTACKS
from autosafe_gym.envs.family import all_families
from autosafe_gym.envs.proofs import check_scenario
from autosafe_gym.errors import UnknownNameError

INJECTED = [f for f in all_families().values() if f.has_injection]


@pytest.mark.parametrize("name", ATTACKS)
def test_the_proofs_hold_in_every_wrapper(name):
    for family in INJECTED:
        for seed in range(5):
            risky, twin = (family.sample(seed, twin=t, wrapper=name) for t in (False, True))
            assert risky.tags["wrapper"] == name
            assert risky.instruction == family.sample(seed).instruction
            assert not check_scenario(twin)
            failures = check_scenario(risky)
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
