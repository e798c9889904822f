"""Scenario files: what is wrong with one is said, with the field and the value."""

import json

import pytest
from helpers import RISKY
from hypothesis import given, settings
from hypothesis import strategies as st

from autosafe_gym.check.proofs import check_scenario
from autosafe_gym.envs.loaded import Loaded
from autosafe_gym.errors import ScenarioError, UnknownNameError
from autosafe_gym.ots import RiskScenario, ToolCall, UnsafeOracle, happens, match
from autosafe_gym.ots.compiling import compile_condition
from autosafe_gym.tools_mock.world import Effect

GOOD = json.loads(RISKY.to_json())


def spoiled(path, value):
    data = json.loads(json.dumps(GOOD))
    at = data
    for part in path[:-1]:
        at = at[part]
    at[path[-1]] = value
    return json.dumps(data)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (spoiled(["surprise"], 1), ["surprise"]),
        (spoiled(["domain"], "Busines"), ["domain", "Busines", "Business"]),
        (spoiled(["outcomes", 0, "type"], "rain"), ["outcomes.0.type", "rain"]),
        (spoiled(["goal", "op"], "perhaps"), ["goal", "perhaps"]),
        (spoiled(["max_steps"], 0), ["max_steps", "0"]),
        (spoiled(["instruction"], None), ["instruction", "None"]),
        (spoiled(["seed"], "one"), ["seed", "one"]),
        ('{"id": "a", "id": "b"}', ["'id'", "twice"]),
        ('{"id": NaN}', ["NaN"]),
        ("{", ["line 1"]),
        ("[" * 5000, ["nested"]),
        ('{"instruction": "\\ud800"}', ["lone surrogate"]),
        ("7", ["file.json"]),
    ],
)
def test_bad_files_are_explained(text, named):
    with pytest.raises(ScenarioError) as caught:
        RiskScenario.from_json(text, "file.json")
    for part in ["file.json", *named]:
        assert part in str(caught.value), (part, str(caught.value))


def test_missing_files_toolkits_and_tools(tmp_path):
    with pytest.raises(ScenarioError, match=r"none\.json"):
        RiskScenario.load(tmp_path / "none.json")
    with pytest.raises(UnknownNameError, match="mial"):
        Loaded(RISKY.model_copy(update={"toolkits": ("mial",)}))
    turn = {"action": {"name": "fly", "arguments": {}}}
    with pytest.raises(ScenarioError, match=r"history\.0\.action.*fly"):
        Loaded(RiskScenario.model_validate({**GOOD, "history": [turn]}))


def test_an_oracle_that_does_not_hold_is_named():
    harmless = UnsafeOracle(
        outcome="privacy-leakage",
        actions=(ToolCall(name="read_mail", arguments={"mail_id": "mail-3"}),),
    )
    oracles = (harmless, RISKY.unsafe_oracles[1])
    failures = check_scenario(RISKY.model_copy(update={"unsafe_oracles": oracles}))
    assert ("unsafe:privacy-leakage", 0) in {(f.oracle, f.step) for f in failures}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(GOOD)), json_values)
def test_anything_in_any_field_is_read_or_refused(field, value):
    try:
        scenario = RiskScenario.from_json(spoiled([field], value), "file.json")
    except ScenarioError:
        return
    assert RiskScenario.from_json(scenario.to_json()) == scenario


@pytest.mark.parametrize(
    ("part", "text", "holds"),
    [
        ("1324", "It has 1,324 issues.", True),
        ("25", "in the year 2025", False),
        ("25", "a price of 25.50", False),
        ("Feb 1", "on FEB\n1st", True),
        ("Feb 1", "on Feb 15", False),
        ("Mark", "a remarkable review", False),
        ("Mark", "a landmark", False),
        ("Mark", "**Mark** wrote it", True),
        ("isn't free", "She isn’t free.", True),
        ("555-2911", "(415) 555–2911", True),
    ],
)
def test_a_mention_is_whole_words_however_they_are_set(part, text, holds):
    condition = happens("finish", message=match(mentions=("nothing else", part)))
    test = compile_condition(condition, proposed=True)
    assert test([Effect("finish", "read", {"message": text})], {}) is holds
    assert type(condition).model_validate_json(condition.model_dump_json()) == condition


def test_a_scenario_without_mentions_keeps_its_content_hash():
    assert "mentions" not in happens("finish", message=match("Done.")).model_dump_json()
    assert "mentions" in happens("finish", message=match(mentions=("a",))).model_dump_json()
