"""Search, reflection, data sets, and training on them."""

import json

import pytest
from helpers import RISKY

from autosafe_gym import agents
from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.envs.source import Single
from autosafe_gym.errors import AgentError, DataError
from autosafe_gym.library.family import DONE, all_families
from autosafe_gym.library.registration import risk_env
from autosafe_gym.ots import RiskScenario, ToolCall
from autosafe_gym.ots.trajectory import Verdict
from autosafe_gym.pipeline.datasets import (
    FILES,
    collect,
    read_rows,
    read_trajectories,
    write_dataset,
)
from autosafe_gym.pipeline.reflection import MAX_TRIES, reflect
from autosafe_gym.pipeline.roles import OracleReflector
from autosafe_gym.pipeline.search import RiskPoint, search

CONFIG = {"env": "autosafe/All-v0", "seed": 0}


@pytest.fixture(scope="module")
def env():
    return risk_env("autosafe/All-v0")


@pytest.fixture(scope="module")
def collected(env):
    return collect(env, agents.make("comply-all"), episodes=60, seed=0)


def test_unsafe_actions_are_judged_and_never_executed(env, monkeypatch):
    executed = []
    step = RiskEnv.step
    monkeypatch.setattr(RiskEnv, "step", lambda self, a: executed.append(a) or step(self, a))
    for seed in range(20):
        executed.clear()
        found = search(env, agents.make("comply-all"), seed=seed)
        assert (found.point is None) == env.scenario.twin
        if found.point is not None:
            assert env.safe
            assert found.point.action not in executed
            assert found.point.verdict.reasons


def test_reflections_hold_and_explain(collected):
    assert collected.counts.keys() == {"unsafe, reflected", "safe and useful"}
    for point, reflection in collected.points:
        assert 1 <= reflection.tries <= MAX_TRIES
        assert reflection.trajectory.safe and reflection.trajectory.useful
        assert point.action.name in reflection.explanation
        assert point.verdict.reasons[0] in reflection.explanation
        assert "op=" not in reflection.explanation


def test_a_reflector_that_lies_is_found_out(env, collected):
    point = collected.points[0][0]

    class Liar:
        tried = 0

        def explain(self, frozen, action, verdict):
            return "It is fine."

        def proposals(self, frozen, verdict):
            while True:
                self.tried += 1
                yield [ToolCall(name="finish", arguments={"message": "Safe, believe me."})]

    liar = Liar()
    assert reflect(env, point, reflector=liar) is None
    assert liar.tried == MAX_TRIES + 1


@pytest.mark.parametrize("on_trigger", ["end", "continue", "block"])
def test_a_proposal_that_does_harm_on_its_way_to_the_goal_is_refused(on_trigger):
    archive, leak = RISKY.safe_oracle[0], RISKY.unsafe_oracles[0].actions[0]
    env = RiskEnv(Single(RISKY), on_trigger=on_trigger)
    env.reset(options={"scenario": RISKY})
    verdict = env.judge(leak)
    harmful = {"end": [archive, leak], "block": [leak, archive, DONE]}
    way = harmful.get(on_trigger, [archive, leak, DONE])

    class Harmful(OracleReflector):
        def proposals(self, frozen, verdict):
            yield way

    other = RISKY.unsafe_oracles[1].actions[0]
    point = RiskPoint(env.freeze(), RISKY, (), other, verdict)
    assert reflect(env, point, reflector=Harmful()) is None
    # The goal is reached all the same: nothing but the harm speaks against it.
    env.reset(options={"scenario": RISKY})
    ended = [env.step(action)[2] for action in way]
    assert ended[-1] and env.useful and not env.safe
    assert reflect(env, point).trajectory.safe


def test_only_played_turns_shorten_what_the_reflector_proposes(env):
    """Ordinary history may equal the safe oracle's first action, which still has to be done."""
    family, seeds = all_families()["this-weeks-report"], range(20)
    scenario = next(
        s for s in map(family.sample, seeds) if s.safe_oracle[0] in [t.action for t in s.history]
    )
    env.reset(options={"scenario": scenario})
    oracle, verdict = list(scenario.safe_oracle), Verdict(safe=False)
    assert next(OracleReflector().proposals(env.freeze(), verdict)) == oracle
    env.step(oracle[0])
    assert next(OracleReflector().proposals(env.freeze(), verdict)) == oracle[1:]


def test_the_same_seed_gives_the_same_bytes(tmp_path, env, collected):
    again = collect(env, agents.make("comply-all"), episodes=60, seed=0)
    one = write_dataset(collected, tmp_path / "one", CONFIG)
    two = write_dataset(again, tmp_path / "two", CONFIG)
    for name in [*(f"{n}.jsonl" for n in FILES), "README.md", "card.json"]:
        assert (one / name).read_bytes() == (two / name).read_bytes(), name


def test_rows_are_what_trainers_read(tmp_path, collected):
    folder = write_dataset(collected, tmp_path / "data", CONFIG)
    card = json.loads((folder / "card.json").read_text())
    assert card["files"]["preference"]["rows"] == len(collected.points)
    for row in read_rows(folder, "trl_messages"):
        assert row["messages"][0]["role"] == "system"
        last = row["messages"][-1]["tool_calls"][0]["function"]["name"]
        assert last in ("finish", "refuse")
        for message in row["messages"]:
            for tool_call in message.get("tool_calls", []):
                assert isinstance(tool_call["function"]["arguments"], dict)
        assert {"function"} < set(row["tools"][0])
    for row in read_rows(folder, "preference"):
        assert row["prompt"][-1]["role"] in ("user", "tool")
        assert row["chosen"] != row["rejected"]
    for row in read_rows(folder, "alpaca"):
        assert set(row) == {"instruction", "input", "output"}
        assert row["output"].startswith("Thought: ")
    for row in read_rows(folder, "risk_scenarios"):
        assert RiskScenario.model_validate(row["scenario"]).content_hash() == row["hash"]
    assert read_trajectories(folder) == collected.trajectories


def test_a_data_set_is_not_overwritten_by_another(tmp_path, collected):
    folder = write_dataset(collected, tmp_path / "data", CONFIG)
    with pytest.raises(DataError, match="--overwrite"):
        write_dataset(collected, folder, {**CONFIG, "seed": 1})
    write_dataset(collected, folder, {**CONFIG, "seed": 1}, overwrite=True)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "README.md").write_text("mine")
    with pytest.raises(DataError, match="other files"):
        write_dataset(collected, tmp_path / "other", CONFIG)
    file = folder / "alpaca.jsonl"
    file.write_text(file.read_text().split("\n")[0] + "\n[1]\n")
    with pytest.raises(DataError, match=r"alpaca\.jsonl, line 2"):
        list(read_rows(folder, "alpaca"))
    with pytest.raises(DataError, match="nothing"):
        list(read_rows(folder, "nothing"))
    card = json.loads((folder / "card.json").read_text())
    (folder / "card.json").write_text(json.dumps({**card, "format": 7}))
    with pytest.raises(DataError, match=r"format 7.*reads 1"):
        read_trajectories(folder)


def test_an_agent_that_fails_is_counted_apart(env):
    class Down:
        name = "down"

        def reset(self, info):
            pass

        def act(self, observation, info):
            raise AgentError("no answer", "provider")

    class Broken(Down):
        def act(self, observation, info):
            raise ZeroDivisionError

    assert collect(env, Broken(), episodes=2, seed=0).counts == {
        "unmeasured (ZeroDivisionError)": 2
    }
    found = collect(env, Down(), episodes=5, seed=0)
    assert found.counts == {"unmeasured (provider)": 5}
    assert found.points == [] and found.trajectories == []
