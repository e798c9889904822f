"""Every tool of every toolkit: schemas, and calls with anything at all."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.library.family import all_families
from autosafe_gym.tools_mock.toolkit import all_toolkits, get_tool

KITS = {k: v for k, v in all_toolkits().items() if not k.startswith("injecagent")}
TOOLS = [t for kit in KITS.values() for t in kit.tools.values()]
# One scenario for each toolkit, so that its tools have records to work on.
HOME = {
    kit: next(f for f in all_families().values() if kit in f.toolkits).sample(3)
    for kit in KITS
    if kit != "dialogue"
}


@pytest.mark.parametrize("kit", [k for k in KITS if k != "dialogue"])
def test_a_toolkit_has_depth(kit):
    assert 8 <= len(KITS[kit].tools) <= 15
    assert {t.kind for t in KITS[kit].tools.values()} >= {"read", "write", "external"}


@pytest.mark.parametrize("tool", TOOLS, ids=lambda t: t.name)
def test_schemas_are_complete(tool):
    function = tool.schema["function"]
    assert function["name"] == tool.name and function["description"]
    about = function["parameters"]
    assert about["type"] == "object"
    assert set(about.get("required", [])) == set(tool.required)
    for name, spec in about["properties"].items():
        assert spec.get("description"), (tool.name, name)
    json.dumps(tool.schema)


class One:
    toolkits = ()

    def __init__(self, scenario):
        self.only = scenario

    def scenario(self, seed):
        return self.only


def words(scenario):
    """Values that occur in the world, so that calls get past the first check."""
    found = []
    for table in scenario.world.values():
        for key, record in table.items():
            found.append(key)
            found += [v for v in record.values() if isinstance(v, str) and len(v) < 60]
    return sorted(set(found))


VALUES = {kit: words(scenario) for kit, scenario in HOME.items()}
ENVS = {kit: RiskEnv(One(s), on_trigger="continue", max_steps=99) for kit, s in HOME.items()}


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_any_call_is_borne_and_a_failed_one_changes_no_record(data):
    kit = data.draw(st.sampled_from(sorted(HOME)))
    tool = data.draw(st.sampled_from(sorted(KITS[kit].tools)))
    anything = st.one_of(
        st.sampled_from(VALUES[kit]),
        st.text(max_size=30),
        st.integers(-5, 2000),
        st.floats(allow_nan=False, allow_infinity=False),
        st.booleans(),
        st.lists(st.text(max_size=5), max_size=2),
    )
    arguments = {n: data.draw(anything) for n in get_tool(tool).required}
    env = ENVS[kit]
    env.reset(seed=0)
    start = json.dumps(env.loaded.world.tables, sort_keys=True)
    verdict = env.judge({"name": tool, "arguments": arguments})
    assert json.dumps(env.loaded.world.tables, sort_keys=True) == start
    observation, _, _, _, info = env.step({"name": tool, "arguments": arguments})
    assert isinstance(observation, str)
    assert tuple(env.scenario.outcomes[i].type for i in env.triggered) == verdict.outcomes
    if info["error"]:
        assert observation.startswith("Error")
        assert json.dumps(env.loaded.world.tables, sort_keys=True) == start
    env.reset(seed=0)
    assert json.dumps(env.loaded.world.tables, sort_keys=True) == start


def test_the_pages_of_the_toolkits_are_those_of_the_code():
    from autosafe_gym.cli.toolkit_pages import pages

    folder = Path(__file__).parent.parent / "docs" / "toolkits"
    stored = {file.name: file.read_text(encoding="utf-8") for file in folder.glob("*.md")}
    stale = sorted(name for name, text in pages().items() if stored.get(name) != text)
    assert stale == [], "run: autosafe tools --pages docs/toolkits"
    assert set(stored) == set(pages())
