"""Training data, recipes, trainer adapters and measuring of language models; no weights needed."""

import json

import pytest

from autosafe_gym import agents
from autosafe_gym.agents.endpoint import Endpoint, Reply
from autosafe_gym.cli.options import changed
from autosafe_gym.errors import DataError, ScenarioError, ToolCodeError, UnknownNameError
from autosafe_gym.evaluation.evaluate import evaluate
from autosafe_gym.library.registration import risk_env
from autosafe_gym.pipeline.datasets import collect
from autosafe_gym.training.llm import environments as adapter
from autosafe_gym.training.llm import samples
from autosafe_gym.training.llm.measure import Line, Measured, Sampling, measure, read_lines
from autosafe_gym.training.llm.recipe import load_recipe, read_recipe, shipped_recipes
from autosafe_gym.training.llm.study import run_study
from autosafe_gym.training.recipe import load_recipe as load_policy_recipe
from autosafe_gym.training.run_folder import claim, library

SPLIT = "held-out-families/train"


@pytest.fixture(scope="module")
def collected():
    env = risk_env("autosafe/All-v0", split=SPLIT)
    return env, collect(env, agents.make("comply-all"), episodes=60, seed=0)


class Answers:
    """An endpoint that gives the next of some answers and keeps what it was asked."""

    model = "answers"

    def __init__(self, answers):
        self.answers, self.asked = list(answers), []

    def ask(self, messages, usage, *, seed, **more):
        self.asked.append([dict(m) for m in messages])
        return Reply(self.answers.pop(0))


def test_the_brief_form_names_tools_without_words():
    assert agents.llm_named("brief:m") == ("brief", "m")
    assert agents.llm_named("brief:local:tuned.gguf") == ("brief", "local:tuned.gguf")
    agent = agents.make("brief:m", base_url="http://localhost:1/v1")
    env = risk_env("autosafe/All-v0", split="test", families="document-review")
    _, info = env.reset(seed=1)
    agent.reset(info)
    system = agent._chat[0]["content"]
    assert "\nfinish(message)" in system and "Args" not in system and len(system) < 2000
    assert isinstance(agent.endpoint, Endpoint)


def test_a_sample_is_what_the_agent_would_have_sent(collected):
    env, found = collected
    made = samples.make(env, found)
    assert len(made.samples) == len(found.trajectories) and not made.left_out
    for sample, trajectory in list(zip(made.samples, found.trajectories, strict=True))[:20]:
        said = [m["content"] for m in sample.messages[sample.learned :] if m["role"] == "assistant"]
        endpoint = Answers(said)
        agent = agents.llm_agent("brief", endpoint)
        observation, info = env.reset(options={"scenario": trajectory.scenario})
        agent.reset(info)
        over = False
        while endpoint.answers:
            assert not over
            action = agent.act(observation, info)
            observation, _, over, _, info = env.step(action)
        assert over and env.safe and env.useful
        assert endpoint.asked[-1] == sample.messages[:-1]


def test_pairs_stand_at_the_same_prompt_and_only_the_rejected_one_does_harm(collected):
    env, found = collected
    made = samples.make(env, found)
    for pair, (point, _) in zip(made.pairs, found.points, strict=True):
        env.reset(options={"scenario": point.frozen})
        assert env.judge(pair.chosen).safe and not env.judge(pair.rejected).safe


def test_without_reflection_the_unsafe_action_is_learned(collected):
    env, found = collected
    made = samples.make(env, found, reflected=False)
    unsafe = {p.start.id for p, _ in found.points}
    for sample, trajectory in zip(made.samples, found.trajectories, strict=True):
        if trajectory.scenario.id in unsafe:
            point = next(p for p, _ in found.points if p.start.id == trajectory.scenario.id)
            env.reset(options={"scenario": point.frozen})
            assert not env.judge(sample.messages[-1]["content"]).safe


def test_a_draw_is_balanced_and_the_same_under_a_seed(collected):
    env, found = collected
    made = samples.make(env, found).samples
    drawn = samples.balanced(made, 24, 3)
    assert drawn == samples.balanced(made, 24, 3) != samples.balanced(made, 24, 4)
    counts = samples.counts(drawn)
    assert len(counts["mode"]) == 6 and max(counts["mode"].values()) <= 6
    assert counts["twin"]["twin"] >= 8


def test_forms_whose_chats_do_not_grow_are_refused(collected):
    env, found = collected
    with pytest.raises(DataError, match="form = 'choice': one of brief, json, react"):
        samples.make(env, found, form="choice")


@pytest.mark.parametrize("name", shipped_recipes())
def test_shipped_recipes_are_whole_and_go_round(name):
    recipe = load_recipe(name)
    assert recipe.stages[0] == "sft"
    assert read_recipe(recipe.to_dict()) == recipe


@pytest.mark.parametrize(
    ("data", "error", "said"),
    [
        ({"stf": {}}, UnknownNameError, "Did you mean 'sft'"),
        ({"sft": {"minuets": 3}}, UnknownNameError, "Did you mean 'minutes'"),
        ({"sft": {"minutes": "three"}}, DataError, "minutes = 'three': float is needed"),
        ({"sft": {"minutes": 1.0, "batch": 0}}, DataError, "sft.batch = 0: at least 1"),
        ({}, DataError, "nothing to learn"),
    ],
)
def test_a_recipe_is_read_strictly(data, error, said):
    with pytest.raises(error, match=said):
        read_recipe(data)


def test_a_key_of_either_kind_of_recipe_is_changed_as_strictly_as_in_a_file():
    for recipe, change in (
        (load_recipe("safer"), "sft.steps=7"),
        (load_policy_recipe("small"), "algorithm.envs=7"),
    ):
        part, key = change.split("=")[0].split(".")
        assert changed(recipe, [change]).to_dict()[part][key] == 7
        for wrong, said in (("sft", "PART.KEY=VALUE"), (f"{part}.kye=1", "kye"), ("x.y=1", "'x'")):
            with pytest.raises((DataError, UnknownNameError), match=said):
                changed(recipe, [wrong])


def test_a_study_keeps_the_conditions_that_are_named(tmp_path):
    recipe = load_recipe("safer")
    kept = {"only": ["comply-all"], "on": ["held"], "episodes": 2}
    (row,) = run_study(recipe, tmp_path, **kept)["rows"]
    assert (row["condition"], row["set"]) == ("comply-all", "held out")
    with pytest.raises(DataError, match="no condition has that in its name; there are comply-all"):
        run_study(recipe, tmp_path, only=["nobody"])


def test_a_resumed_run_with_another_configuration_is_refused(tmp_path):
    recipe = load_recipe("sft")
    facts = {"library": library()}
    claim(tmp_path, recipe, facts, resume=False)
    claim(tmp_path, recipe.with_(run={"seeds": (7,)}), facts, resume=True)
    with pytest.raises(DataError, match="say --resume"):
        claim(tmp_path, recipe, facts, resume=False)
    other = recipe.with_(lora={"rank": 4})
    with pytest.raises(DataError, match=r"lora.rank: 16 there, 4 here"):
        claim(tmp_path, other, facts, resume=True)
    kept = json.loads((tmp_path / "recipe.json").read_text())
    (tmp_path / "recipe.json").write_text(json.dumps({**kept, "library": "2 families, 0123"}))
    with pytest.raises(DataError, match=r"library: '2 families, 0123' there, '\d+ families"):
        claim(tmp_path, recipe, facts, resume=True)


def test_measuring_agrees_with_evaluate_and_goes_on_where_it_was(tmp_path):
    kwargs = {"id": "autosafe/All-v0", "split": "held-out-families/test"}
    file = tmp_path / "cell.jsonl"
    found = measure(file, "comply-all", kwargs, 12, Sampling(max_steps=20))
    env = risk_env("autosafe/All-v0", split="held-out-families/test", max_steps=20)
    known = evaluate(agents.make("comply-all"), env, episodes=12, seed=0, set="x").metrics
    for name in ("sec@1", "sec@5", "safety", "utility", "over_refusal", "safe_and_useful"):
        assert found.metrics[name] == known[name]
    assert found.metrics["valid_calls"].value == 1.0
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(lines[:5]) + lines[5][:40])
    assert measure(file, "comply-all", kwargs, 12, Sampling(max_steps=20)).metrics == found.metrics
    assert len(list(read_lines(file))) == 12
    file.write_text('{"seed": 0}\n')
    with pytest.raises(DataError, match="line 1"):
        read_lines(file)


def test_sec_at_k_of_a_cell_wants_all_of_k_samples_safe():
    samples = [(True, True, True), (True, True, False), (False, True, True)]
    episode = {"seed": 0, "family": "x", "mode": "N-N", "twin": False, "safe": True, "useful": True}
    rest = {"refused": False, "asked": False, "reached": True, "calls": 1, "valid": 1}
    lines = [Line(**episode, **rest, frozen=tuple((x, True) for x in safe)) for safe in samples]
    metrics = Measured(lines).metrics
    assert [metrics[name].hits for name in ("sec@1", "sec@3")] == [2, 1]
    assert [metrics[name].n for name in ("sec@1", "sec@3", "sec@5")] == [3, 3, 0]


def test_an_episode_without_a_valid_call_ends_early(tmp_path):
    class Lost:
        name = "lost"
        asked = 0

        def reset(self, info):
            pass

        def act(self, observation, info):
            self.asked += 1
            return {"name": "nothing", "arguments": {}}

    from autosafe_gym.training.llm.measure import one

    env = risk_env("autosafe/All-v0", split="test")
    line = one(env, Lost(), Lost(), 3, Sampling(samples=2))
    assert (line.calls, line.valid, line.useful, line.unmeasured) == (3, 0, False, "")


def test_a_study_goes_on_where_it_was_and_refuses_another_configuration(tmp_path):
    pytest.importorskip("matplotlib")
    from autosafe_gym.training.llm.study import run_study

    recipe = load_recipe("sft-dpo")
    first = run_study(recipe, tmp_path, episodes=6, only=["comply-all"])
    assert {row["set"] for row in first["rows"]} == {"held out", "unseen seeds"}
    both = run_study(recipe, tmp_path, episodes=6, only=["-all"])
    assert both["rows"][:2] == first["rows"]
    gathered = run_study(recipe, tmp_path, episodes=6, train=False)
    assert gathered["rows"] == both["rows"]
    figures = {r["condition"]: r["metrics"] for r in gathered["rows"] if r["set"] == "held out"}
    assert figures["comply-all"]["sec@1"]["value"] == 0.0
    assert figures["refuse-all"]["over_refusal"]["value"] == 1.0
    assert "| comply-all | held out |" in (tmp_path / "table.md").read_text()
    assert all(file.endswith(".svg") for file in gathered["pictures"])
    with pytest.raises(DataError, match="another configuration"):
        run_study(recipe.with_(lora={"rank": 4}), tmp_path, episodes=6, only=["-all"])
    with pytest.raises(DataError, match="no condition"):
        run_study(recipe, tmp_path, only=["nothing"])


# -- TRL's environments ------------------------------------------------------------------------------


def _rows(count=12):
    env = risk_env("autosafe/All-v0", split=SPLIT)
    return env, adapter.rows(env, range(count), lambda info: info["messages"])


def test_each_group_of_toolkits_has_a_class_with_its_tools_and_no_other_method():
    env, data = _rows()
    for name, kind in adapter.factories(data, "autosafe/All-v0", {"split": SPLIT}).items():
        public = {n for n in dir(kind) if not n.startswith("_")}
        row = next(r for r in data if r["environment"] == name)
        env.reset(seed=row["seed"])
        assert public == {"reset", *env.loaded.tools.tools}
        assert all(getattr(kind, n).__doc__ for n in public)


def test_an_environment_plays_its_row_and_is_rewarded_by_it():
    env, data = _rows()
    kinds = adapter.factories(data, "autosafe/All-v0", {"split": SPLIT})
    for row in data:
        env.reset(seed=row["seed"])
        oracle, expected = env.scenario.safe_oracle, 0.0
        made = kinds[row["environment"]]()
        assert made.reset(**row) is None
        for action in oracle:
            said = getattr(made, action.name)(**action.arguments)
            observation, reward, *_ = env.step(action)
            assert said == observation
            expected += reward
        assert adapter.safe_and_useful([made]) == [pytest.approx(expected)]
        assert made.finish(message="Again.") == adapter.OVER


def test_a_row_of_another_library_is_refused_and_a_broken_tool_gives_no_reward(monkeypatch):
    _, data = _rows()
    row = data[0]
    kind = adapter.factories(data, "autosafe/All-v0", {"split": SPLIT})[row["environment"]]
    made = kind()
    with pytest.raises(ScenarioError, match="another library or split"):
        made.reset(**{**row, "scenario_id": "other/1"})
    made.reset(**row)

    def broken(action):
        raise ToolCodeError("It broke.")

    monkeypatch.setattr(made._env, "step", broken)
    assert made.finish(message="Done.") == "Error: It broke."
    assert adapter.safe_and_useful([made]) == [None]


def test_rows_are_plain_data():
    _, data = _rows(4)
    assert json.loads(json.dumps(data)) == data
