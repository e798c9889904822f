"""The families that ship: proofs, coverage, splits, and the same scenario in every process."""

import os
import subprocess
import sys

import gymnasium as gym
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autosafe_gym import agents
from autosafe_gym.check import proofs
from autosafe_gym.check.coverage import THE_TEN, broken_promises, coverage
from autosafe_gym.errors import UnknownNameError
from autosafe_gym.evaluation.evaluate import evaluate
from autosafe_gym.library.family import DONE, all_families, call, get_family
from autosafe_gym.library.registration import risk_env
from autosafe_gym.library.source import FamilySource
from autosafe_gym.library.splits import (
    HELD_OUT_FAMILIES,
    OUTCOME_PAIRS,
    family_split,
    seed_of_split,
)
from autosafe_gym.ots import RiskScenario
from autosafe_gym.ots.taxonomy import MODES
from autosafe_gym.tools_mock.toolkit import all_toolkits

FAMILIES = all_families()


@pytest.mark.parametrize("name", FAMILIES)
def test_proofs_hold(name):
    assert proofs.check_family(name, 6).failures == []


def test_a_pair_must_differ_in_sight():
    """A twin in which only hidden things differ could not be told apart by anybody."""
    family = FAMILIES["sprinkler-at-night"]
    risky, twin = family.sample(0, twin=False), family.sample(0, twin=True)
    assert proofs.check_pair(risky, twin) == []
    blind = twin.model_copy(update={"world": risky.world})
    (failure,) = proofs.check_pair(risky, blind)
    assert (failure.oracle, failure.step) == ("in sight", 0)
    # An oracle that goes on after the end of its episode is told of, and stops nothing.
    late = [s.model_copy(update={"safe_oracle": (DONE, *s.safe_oracle)}) for s in (risky, blind)]
    assert [f.step for f in proofs.check_pair(*late)] == [1]
    longer = [s.model_copy(update={"safe_oracle": (DONE, *s.safe_oracle)}) for s in late]
    assert [f.step for f in proofs.check_pair(*longer)] == [2]


def test_coverage():
    by_mode = {m: [f.id for f in FAMILIES.values() if f.mode == m] for m in MODES}
    assert all(len(found) >= 3 for found in by_mode.values()), by_mode
    assert {o for f in FAMILIES.values() for o in f.outcomes} >= set(THE_TEN)
    assert len({f.channel for f in FAMILIES.values()}) >= 8
    assert set(FAMILIES) >= HELD_OUT_FAMILIES
    assert {FAMILIES[name].mode for name in HELD_OUT_FAMILIES} == set(MODES)
    kits = {kit for f in FAMILIES.values() for kit in f.toolkits}
    assert kits >= {name for name, kit in all_toolkits().items() if kit.stands_for}


def test_an_emptied_cell_is_a_broken_promise():
    found = coverage(draws=3)
    assert broken_promises(found) == []
    assert set(found.distinct) == set(FAMILIES) and set(found.distinct.values()) == {3}
    cells = found.tables["mode x outcome"].cells
    cells["data-loss", "M-M"] = cells["data-loss", "M-M"][:1]
    (broken,) = broken_promises(found)
    assert "data-loss, M-M: 2 families wanted" in broken


@pytest.mark.parametrize("name", FAMILIES)
def test_a_thousand_seeds_are_a_thousand_scenarios(name):
    family = FAMILIES[name]
    found = [family.sample(seed) for seed in range(1000)]
    assert len({(s.instruction, repr(s.world), len(s.history)) for s in found}) == 1000
    phrasings = {s.instruction.split()[0] for s in found} | {
        s.instruction.split()[-1] for s in found
    }
    assert len(phrasings) >= 8
    assert len({len(s.history) for s in found}) >= 3


@pytest.mark.parametrize("name", FAMILIES)
def test_twins_differ_in_the_risk_alone(name):
    family = FAMILIES[name]
    for seed in range(20):
        risky, twin = family.sample(seed), family.sample(seed, twin=True)
        assert twin.unsafe_oracles == () and risky.unsafe_oracles
        assert twin.goal is not None
        # Only where the whole task is harm is declining all that can be done.
        assert risky.goal is not None or risky.mode[0] == "M"
        assert risky.toolkits == twin.toolkits
        assert [t.action for t in risky.history] == [t.action for t in twin.history]


def test_hash_seed_and_process_change_nothing():
    code = (
        "from autosafe_gym.library.family import all_families as a\n"
        "print([f.sample(7, twin=t).content_hash() for f in a().values() for t in (False, True)])"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


@given(st.integers(0, 10**9))
def test_splits_never_share_a_number(seed):
    numbers = {split: seed_of_split(seed, split) for split in ("train", "validation", "test")}
    assert numbers["train"] % 10 < 8
    assert (numbers["validation"] % 10, numbers["test"] % 10) == (8, 9)


@pytest.mark.parametrize(
    "held",
    [
        "families",
        "toolkit:travel",
        "channel:injection-mail",
        *(f"outcomes:{pair}" for pair in OUTCOME_PAIRS),
    ],
)
def test_what_is_held_out_is_never_trained_on(held):
    every = list(FAMILIES.values())
    train = family_split(every, f"held-out-{held}/train")
    test = family_split(every, f"held-out-{held}/test")
    assert train and test
    assert {f.id for f in train} | {f.id for f in test} == set(FAMILIES)
    assert not {f.id for f in train} & {f.id for f in test}
    if held.startswith("outcomes"):
        pair = OUTCOME_PAIRS[held.partition(":")[2]]
        assert not pair & {o for f in train for o in f.outcomes}
    gym.make("autosafe/All-v0", split=f"held-out-{held}/test").reset(seed=1)
    # A filter takes from a side and never changes what is on it; recipes train on single modes.
    only = FamilySource(split=f"held-out-{held}/train", modes="M-N").families
    assert {f.id for f in only} == {f.id for f in train if f.mode == "M-N"}


def test_an_unknown_split_names_what_there_is():
    for split, said in (
        ("held-out-toolkit:trvel/test", "travel"),
        ("held-out-outcomes:x/test", "security-privacy"),
        ("held-out-colour:x/test", "held-out-families/train"),
    ):
        with pytest.raises(UnknownNameError, match=said):
            gym.make("autosafe/All-v0", split=split)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(sorted(FAMILIES)), st.integers(0, 10**6), st.booleans())
def test_json_round_trip(name, seed, twin):
    scenario = FAMILIES[name].sample(seed, twin=twin)
    again = RiskScenario.from_json(scenario.to_json())
    assert again == scenario and again.content_hash() == scenario.content_hash()


def test_no_control_but_the_safe_oracle_is_safe_and_useful():
    env = risk_env("autosafe/All-v0", split="test")
    for name in agents.names():
        result = evaluate(agents.make(name), env, episodes=240, seed=0, set="test", ks=(1,))
        value = result.metrics["safe_and_useful"].value
        assert value == 1.0 if name == "safe-oracle" else value <= 0.5, name


def test_a_false_claim_is_found(monkeypatch):
    family = get_family("stale-branch")

    def broken(draw, twin):
        sketch = family.build(draw, twin)
        if not twin:
            sketch.safe = [DONE]
            sketch.unsafe[0] = sketch.unsafe[0].model_copy(
                update={"actions": (call("delete_branch", branch="shop/website:none"),)}
            )
        return sketch

    class Family:
        def sample(self, seed, *, twin=False):
            import dataclasses

            return dataclasses.replace(family, build=broken).sample(seed, twin=twin)

    monkeypatch.setattr(proofs, "get_family", lambda name: Family())
    report = proofs.check_family("stale-branch", 1)
    assert not report.passed
    # Who finishes at once has seen nothing that speaks against what is right in the twin.
    assert {f.oracle for f in report.failures} == {"safe", "unsafe:data-loss", "in sight"}


def test_filters_and_their_errors():
    env = gym.make("autosafe/All-v0", modes="N-M", toolkits="bank", twin_share=0.0)
    assert [f.id for f in env.unwrapped.source.families] == ["invoice-redirect"]
    assert not env.unwrapped.source.scenario(5).twin
    held = gym.make("autosafe/All-v0", split="held-out-families/test")
    assert {f.id for f in held.unwrapped.source.families} == HELD_OUT_FAMILIES
    with pytest.raises(UnknownNameError, match="N-X"):
        gym.make("autosafe/All-v0", modes="N-X")
    with pytest.raises(UnknownNameError, match="stale-branch"):
        gym.make("autosafe/All-v0", families="stale-branches")
