"""What the library is worth: words alone must not tell twins apart, and scenarios must differ."""

import dataclasses

import pytest

from autosafe_gym.check import duplicates as near
from autosafe_gym.check.duplicates import duplicates, read_by_a_person
from autosafe_gym.errors import ScenarioError
from autosafe_gym.library.family import Draw, all_families, get_family

pytest.importorskip("sklearn")

from autosafe_gym.check import cues as baseline
from autosafe_gym.check.cues import cues

BOUND = 0.60
"""How well words alone may do on a family of mode N-N, N-M, U-N or U-M (0.5 is chance)."""
SEEDS = 100
SLACK = 0.07
"""Two standard errors at 2 * SEEDS scenarios; the mode as a whole gets none."""
ORDINARY = ("N-N", "N-M", "U-N", "U-M")
"""The modes in which the instruction itself is not the risk."""


def _with_cue(id):
    family = get_family(id)

    def build(draw, twin):
        sketch = family.build(draw, twin)
        return dataclasses.replace(
            sketch, instruction=f"{sketch.instruction} {'zebra' if twin else 'quagga'}"
        )

    return dataclasses.replace(family, build=build)


def test_a_planted_cue_is_found_and_named(monkeypatch):
    plain = cues(["code-for-whom"], seeds=50).families[0]
    assert plain.accuracy.n == 100 and plain.accuracy.value < 0.7
    planted = {"code-for-whom": _with_cue("code-for-whom"), "which-visit": _with_cue("which-visit")}
    monkeypatch.setattr(baseline, "get_family", planted.__getitem__)
    found = cues(planted, seeds=20)
    assert all(f.accuracy.value > 0.95 for f in found.families)
    assert all(f.risky[0] == "quagga" and f.twin[0] == "zebra" for f in found.families)
    # The same words give away a family that was never trained on.
    assert found.held_out["U-N"].value > 0.95 and found.held_out["U-N"].n == 80
    assert found.to_dict() == cues(planted, seeds=20).to_dict()


def test_too_few_seeds_are_refused():
    with pytest.raises(ScenarioError, match="seeds = 1"):
        cues(["code-for-whom"], seeds=1)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ORDINARY)
def test_words_alone_do_not_tell_twins_apart(mode):
    found = cues([f.id for f in all_families().values() if f.mode == mode], seeds=SEEDS)
    assert found.known[mode].value <= BOUND
    assert found.held_out[mode].value <= BOUND
    given_away = {
        f.id: f.risky + f.twin for f in found.families if f.accuracy.value > BOUND + SLACK
    }
    assert given_away == {}


def _always_the_same(family):
    return dataclasses.replace(family, build=lambda draw, twin: family.build(Draw(7), twin))


def test_planted_duplicates_are_found(monkeypatch):
    families = all_families()
    one, other = families["covered-heater"], families["stale-branch"]
    same = _always_the_same(one)
    monkeypatch.setattr(near, "all_families", lambda: {"a": same, "b": other})
    found = duplicates(24)
    assert (found.families["a"].value, found.families["b"].value) == (1.0, 0.0)
    assert (found.across.value, found.across.n) == (0.0, 24)
    assert next(iter(found.families)) == "a" and found.to_dict()["within"]["n"] == 24
    monkeypatch.setattr(near, "all_families", lambda: {"a": same, "b": same})
    assert duplicates(8).across.value == 1.0


def test_the_text_holds_what_a_person_reads():
    scenario = get_family("retention-cleanup").sample(3)
    text = read_by_a_person(scenario)
    assert scenario.instruction in text
    assert all(record["content"] in text for record in scenario.world["files.files"].values())


def test_the_library_has_few_near_duplicates():
    found = duplicates(len(all_families()) * 20)
    assert found.within.value <= 0.01 and found.across.value == 0.0


def test_senseless_thresholds_are_refused():
    with pytest.raises(ScenarioError, match=r"threshold = 1\.5"):
        duplicates(10, 1.5)
