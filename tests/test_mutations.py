"""Proof under mutation: the verdict follows what is done, not how it is written."""

import json
import random
import re

import pytest
from typer.testing import CliRunner

from autosafe_gym.check.mutation_table import MUTATIONS
from autosafe_gym.check.mutations import ALL, mutate, mutate_family, mutations
from autosafe_gym.check.proofs_of_facts import flaws_of_facts
from autosafe_gym.check.route_calls import halves, harms
from autosafe_gym.cli.main import app
from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.envs.source import Single
from autosafe_gym.errors import UnknownNameError
from autosafe_gym.features.menu import Menu
from autosafe_gym.library.family import all_families, get_family
from autosafe_gym.ots import happens, match
from autosafe_gym.ots.compiling import compile_condition
from autosafe_gym.ots.condition import AllOf, Not, recorded, told
from autosafe_gym.ots.facts import fact
from autosafe_gym.tools_mock.world import Effect

BY_NAME = {m.name: m for m in MUTATIONS}


def test_every_family_is_judged_rightly_under_every_mutation():
    played, wrong = set(), []
    for number, id in enumerate(all_families()):
        for name, tally in mutate_family(id, [number % 5]).tallies.items():
            if tally.right:
                played.add(name)
            if tally.wrong:
                wrong.append((name, tally.example))
    assert wrong == []
    assert played == {m.name for m in ALL}  # None of them is void everywhere.


def test_a_condition_that_looks_at_letters_is_found():
    s = get_family("invoice-redirect").sample(0)
    silent = s.outcomes[0].model_copy(update={"condition": happens("delivered")})
    for mutation in ("account-plain", "harm-fails"):
        assert mutate(s, BY_NAME[mutation]).wrong == 0
        assert mutate(s.model_copy(update={"outcomes": (silent,)}), BY_NAME[mutation]).wrong == 1
    loose = s.model_copy(update={"goal": happens("paid"), "outcomes": ()})
    for mutation in ("stranger", "pay-twice"):
        assert mutate(s, BY_NAME[mutation]).wrong == 0
        assert mutate(loose, BY_NAME[mutation]).wrong == 1


def test_a_route_leads_to_what_a_harm_waits_for_not_to_what_it_misses():
    # A call for help that is not made: to make it by another tool is no harm.
    s = get_family("poison-line").sample(0)
    assert not list(harms(s, "physical-health", "told"))
    # Guessed before it was asked: the same by another tool is one.
    s = get_family("mr-or-ms").sample(0)
    assert len(list(harms(s, "bias-offensiveness", "told"))) == 2


def test_words_that_must_follow_each_other_are_not_parted():
    assert halves("dear-mr-vance") == ("dear-mr-vance", "")
    assert halves("dear mr vance") == ("dear", "mr vance")
    assert halves("FR71-6107") == ("FR71", "-6107")


def test_few_words_will_do_for_what_one_person_must_not_hear():
    s = get_family("code-for-the-courier").sample(0)
    number = re.search(r"\d{2,}", get_family("bought-on-margin").sample(0).instruction)[0]
    short = fact("rest", says=number)
    for to, flawed in (("+1-555-0150", False), (None, True)):
        harm = s.outcomes[0].model_copy(update={"condition": told("rest", to=to)})
        changed = s.model_copy(update={"facts": (short,), "outcomes": (harm,)})
        assert any("is said in an instruction" in f for f in flaws_of_facts(changed)) is flawed


def test_a_refused_mutant_is_void_and_proves_nothing():
    s = get_family("invoice-redirect").sample(0)
    broken = BY_NAME["account-plain"]._replace(
        make=lambda actions: [
            a.model_copy(update={"arguments": {**a.arguments, "amount": -5}})
            if a.name == "transfer"
            else a
            for a in actions
        ],
        unsafe=False,
    )
    tally = mutate(s, broken)
    assert (tally.right, tally.wrong, tally.void) == (0, 0, 1)


def test_what_averts_a_harm_must_have_worked():
    harm = compile_condition(Not(of=happens("warned")), proposed=True)
    assert harm([Effect("warned", "external", {}, executed=False)], {})
    assert not harm([Effect("warned", "external", {})], {})


def test_the_command_prints_counts_and_names_what_it_does_not_know():
    run = CliRunner().invoke(
        app, ["check", "invoice-redirect", "--mutations", "all", "--seeds", "2", "--json", "-"]
    )
    data = json.loads(run.stdout)
    assert run.exit_code == 0 and data["passed"]
    assert data["mutations"]["account-plain"]["right"] == 6
    assert data["families"]["invoice-redirect"]["pay-twice"]["wrong"] == 0
    with pytest.raises(UnknownNameError, match="line-break"):
        mutations("line-brake")


@pytest.mark.parametrize("on_trigger", ["end", "continue", "block"])
def test_what_is_judged_is_what_a_step_triggers(on_trigger):
    """Along the unsafe oracles, their failing twins among the calls, and along random menus."""
    for number, id in enumerate(sorted(all_families())[::4]):
        scenario, draw = get_family(id).sample(number), random.Random(number)
        env = RiskEnv(Single(scenario), on_trigger=on_trigger)
        observation, info = env.reset()
        menu = Menu.for_info(info)
        menu.start(observation, info)
        planned = list(scenario.unsafe_oracles[0].actions) if number % 2 else []
        for _ in range(8):
            action = planned.pop(0) if planned else draw.choice(menu.candidates).call
            verdict, before = env.judge(action), len(env.triggered)
            observation, _, terminated, truncated, _ = env.step(action)
            menu.see(action.name, action.arguments, observation)
            hit = tuple(scenario.outcomes[i].type for i in env.triggered[before:])
            assert hit == verdict.outcomes, (id, action)
            if terminated or truncated:
                break


@pytest.mark.parametrize(
    ("family", "verb", "detour"),
    [
        ("invoice-redirect", "transfer", "paid-otherwise"),
        ("invoice-redirect", "transfer", "paid-in-parts"),
        ("shed-and-straw", "switch_device", "set-otherwise"),
        ("sprinkler-at-night", "enable_rule", "switched-otherwise"),
    ],
)
def test_an_outcome_that_looks_at_one_tool_is_found_by_a_detour(family, verb, detour):
    s = get_family(family).sample(0)
    (found,) = mutations(detour)
    tally = mutate(s, found)
    assert tally.right and not tally.wrong
    # The payment in two halves is one call each of less than the sum.
    whole = s.unsafe_oracles[0].actions[-1].arguments.get("amount")
    of_one_tool = happens(verb, **({"amount": match(eq=whole)} if "parts" in detour else {}))
    condition = AllOf(of=(of_one_tool, happens("paid"))) if "paid" in detour else of_one_tool
    narrow = s.outcomes[0].model_copy(update={"condition": condition})
    assert mutate(s.model_copy(update={"outcomes": (narrow,)}), found).wrong


def test_a_claim_on_record_is_found_in_every_record_and_its_denial_is_not():
    s = get_family("ticked-not-done").sample(0)
    entered, noted = mutations("entered")[0], mutations("noted")[0]
    assert mutate(s, entered).right and not mutate(s, entered).wrong
    assert mutate(s, noted).right and not mutate(s, noted).wrong
    events = [recorded("claim", asserted=True), recorded("claim")]
    at_one, even_quoted = (
        s.model_copy(update={"outcomes": (s.outcomes[0].model_copy(update={"condition": c}),)})
        for c in (AllOf(of=(events[0], happens("add_task"))), events[1])
    )
    assert mutate(at_one, entered).wrong  # A comment says it as well.
    assert mutate(even_quoted, noted).wrong
