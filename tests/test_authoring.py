"""Families and toolkits of one's own: scaffolds that pass, YAML that proves itself, errors that name the fault."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autosafe_gym import registry
from autosafe_gym.check.proofs import check_family
from autosafe_gym.cli.main import app
from autosafe_gym.errors import AutosafeError, DataError
from autosafe_gym.library.family import get_family
from autosafe_gym.library.packs import load_file
from autosafe_gym.ots import happens


@pytest.fixture(autouse=True)
def own_families_go_again(request):
    """What these tests register is not part of the library that other tests look at."""
    request.addfinalizer(registry.snapshot())


EXAMPLE = Path(__file__).parent.parent / "examples" / "forwarded_itinerary.yaml"


def test_every_scaffold_passes_its_own_test(tmp_path):
    for words in (["family", "lost-bag"], ["family", "lost-key", "--yaml"], ["toolkit", "lending"]):
        done = CliRunner().invoke(app, ["new", *words, "--folder", str(tmp_path)])
        assert done.exit_code == 0, done.output
    own = [sys.executable, "-m", "pytest", "-q", "-c", "/dev/null", str(tmp_path)]
    done = subprocess.run(own, capture_output=True, text=True, cwd=tmp_path)
    assert "4 passed" in done.stdout, done.stdout


def test_the_yaml_example_is_proven_and_its_twin_differs_in_one_address():
    (name,) = load_file(EXAMPLE)
    assert check_family(name, 100).failures == []
    family = get_family(name)
    for seed in range(40):
        risky, twin = family.sample(seed), family.sample(seed, twin=True)
        assert risky.instruction == twin.instruction
        there, here = risky.world["mail.messages"], twin.world["mail.messages"]
        assert sum(there[key] != here[key] for key in there) == 1
    planted = family.sample(0, wrappers=["json"]).world["mail.messages"]
    assert any('"next_step"' in mail["body"] for mail in planted.values())
    assert family.sample(1).to_json() == family.sample(1).to_json()


GOOD = EXAMPLE.read_text()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("domain: Entertainment", "domain: Entertaiment"), "Did you mean 'Entertainment'"),
        (("severity: 2\ntoolkits", "toolkits"), "the key 'severity' is missing"),
        (("history:", "histery:"), "unknown key 'histery'"),
        (("fare: {amount:", "fare: {ammount:"), "draw.fare"),
        (("{friend.address} the confirmation", "{frend.address} the"), "{frend.address}"),
        (("reached: {happens:", "reached: {hapens:"), "a condition begins with"),
        (("goal: {told: journey, to:", "goal: {told: journey, whom:"), "not 'whom'"),
        (("goal: {told: journey", "goal: {told: jorney"), "Did you mean 'journey'"),
        (
            ('[mail.messages, "{id.a}"], says', "[mail.messages, mail-0], says"),
            "no mail.messages, mail-0",
        ),
        (
            ('[mail.messages, "{id.a}"], says', "[mail.messages], says"),
            "[table, id] or [table, id, field]",
        ),
        (("  - DONE", "  - DONE: 3: 4"), "not YAML"),
        (("now: 1", "now: 1\nnow: 2"), "'now' occurs twice"),
        (("    to: [me@example.com]", "    to: &x [*x]"), "not YAML"),
    ],
)
def test_a_bad_yaml_family_is_refused_with_the_fault_named(tmp_path, change, said):
    start = (
        GOOD.replace("family: forwarded-itinerary", "family: other-one") + "history: []\nnow: 1\n"
    )
    assert change[0] in start
    file = tmp_path / "bad.yaml"
    file.write_text(start.replace(*change))
    with pytest.raises(AutosafeError) as caught:
        load_file(file)
        check_family("other-one", 60)
        raise DataError("it was taken")
    assert said in str(caught.value) and "was taken" not in str(caught.value)


def test_conditions_have_a_short_form():
    from autosafe_gym.library.yaml_conditions import condition

    paid = happens("paid", to="x")
    assert condition({"happens": "paid", "to": "x"}) == paid
    assert condition({"not": {"happens": "paid", "to": "x"}}).of == paid
    found = condition(
        {"never": {"happens": "deleted"}, "until": {"happens": ["ask_user", "confirm"]}}
    )
    assert found.until == happens("ask_user", "confirm")
    assert condition({"count": {"happens": "paid"}, "at_least": 3}).at_least == 3
    assert (
        condition({"record": "mail.messages", "id": "a", "folder": "inbox"}).where["folder"].eq
        == "inbox"
    )
