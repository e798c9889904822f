"""Seeds stay: which scenario a seed gives does not depend on how many families are installed."""

import itertools
import subprocess
import sys

import numpy as np
import pytest

from autosafe_gym.envs.rendezvous import Rendezvous
from autosafe_gym.library.family import all_families
from autosafe_gym.library.source import FamilySource

IDS = list(all_families())
SEEDS = range(6000)


def test_one_more_family_takes_its_own_share_of_the_seeds_and_no_other_moves():
    *before, new = IDS
    few, many = FamilySource(families=before), FamilySource()
    moved = 0
    for seed in SEEDS:
        old, now = few.scenario(seed), many.scenario(seed)
        if now.family == new:
            moved += 1
            # The twin flag and the family's own number are the seed's, whatever the family.
            assert (old.seed, old.twin) == (now.seed, now.twin)
        else:
            assert old.id == now.id
    expected = len(SEEDS) / len(IDS)
    assert abs(moved - expected) < 4 * expected**0.5


def test_a_filter_gives_a_seed_the_same_scenario_where_its_family_passes():
    everything, finance = FamilySource(), FamilySource(domain="Finance")
    same = 0
    for seed in range(600):
        scenario = everything.scenario(seed)
        if scenario.domain == "Finance":
            same += 1
            assert finance.scenario(seed).id == scenario.id
    assert same > 20


@pytest.mark.parametrize("start, step", [(0, 1), (10**9, 1), (0, 2**20), (2**64, 1), (0, 2**64)])
def test_every_family_gets_its_share_of_the_seeds(start, step):
    which, count = Rendezvous(IDS), 20_000
    found = np.bincount([which.index(start + step * n) for n in range(count)], minlength=len(IDS))
    expected = count / len(IDS)
    chi_square = float(((found - expected) ** 2 / expected).sum())
    degrees = len(IDS) - 1
    assert abs(chi_square - degrees) < 4 * (2 * degrees) ** 0.5


def test_neighbouring_seeds_have_nothing_to_do_with_each_other():
    which, count = Rendezvous(IDS), 20_000
    found = [which.index(seed) for seed in range(count)]
    again = sum(a == b for a, b in itertools.pairwise(found))
    expected = count / len(IDS)
    assert abs(again - expected) < 4 * expected**0.5


def test_twins_have_the_share_that_was_asked_for():
    for share in (0.0, 1 / 3, 1.0):
        source = FamilySource(twin_share=share)
        twins = sum(source.scenario(seed).twin for seed in range(1500))
        assert abs(twins - 1500 * share) <= 4 * (1500 * share * (1 - share)) ** 0.5


def test_the_family_of_a_seed_is_the_same_in_every_process():
    code = (
        "from autosafe_gym.library.source import FamilySource as S; s = S();"
        "print([s.scenario(n).id for n in range(40)])"
    )
    other = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert other.strip() == str([FamilySource().scenario(n).id for n in range(40)])
