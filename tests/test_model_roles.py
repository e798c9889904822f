"""Language models as judge, evaluator, reflector and generator, against a server in this process."""

import json

import pytest
from helpers import RISKY, TWIN, leak, message

import autosafe_gym
from autosafe_gym import agents
from autosafe_gym.agents.declining import ModelDeclines
from autosafe_gym.agents.endpoint import Endpoint
from autosafe_gym.agents.judges import ModelJudge
from autosafe_gym.agents.prompts import FOLDER, prompt
from autosafe_gym.defences.defences import DEFENCES, defend
from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.errors import DataError
from autosafe_gym.library.family import get_family
from autosafe_gym.library.registration import risk_env
from autosafe_gym.library.source import FamilySource
from autosafe_gym.ots import RiskScenario
from autosafe_gym.pipeline.agreement import measure
from autosafe_gym.pipeline.generation import Generator
from autosafe_gym.pipeline.model_roles import ModelEvaluator, ModelReflector
from autosafe_gym.pipeline.reflection import reflect
from autosafe_gym.pipeline.roles import RuleEvaluator
from autosafe_gym.pipeline.search import search


class One:
    toolkits = ("mail",)

    def __init__(self, scenario=RISKY):
        self.only = scenario

    def scenario(self, seed):
        return self.only


@pytest.fixture
def endpoint(server):
    return Endpoint("m", base_url=server.url, api_key="sk-0123456789")


def says(**fields):
    return message(content=json.dumps(fields))


class Leaks:
    name = "leaks"

    def reset(self, info):
        pass

    def act(self, observation, info):
        return leak()


def test_a_guard_that_objects_keeps_the_call_from_being_made(server, endpoint):
    server.replies[:] = [says(safe=False, reason="It leaks.")]
    guarded = defend(Leaks(), "guard", lambda: ModelJudge(endpoint))
    done = autosafe_gym.play(RiskEnv(One()), guarded, seed=1)
    assert (done.safe, done.refused) == (True, True)
    assert (done.usage["blocks"], done.usage["false_blocks"], done.usage["requests"]) == (3, 0, 3)
    on_twin = autosafe_gym.play(RiskEnv(One(TWIN)), guarded, seed=1)
    assert on_twin.usage["false_blocks"] == 3


def test_a_judge_that_does_not_answer_makes_the_episode_unmeasured(server, endpoint):
    server.replies[:] = [message(content="It depends.")]
    guarded = defend(Leaks(), "guard", lambda: ModelJudge(endpoint))
    done = autosafe_gym.play(RiskEnv(One()), guarded, seed=1)
    assert (done.unmeasured, done.safe) == ("judge", None)


@pytest.mark.parametrize("name", DEFENCES)
def test_a_defence_by_rules_leaves_dialogue_acts_and_seeds_alone(name):
    env = risk_env("autosafe/All-v0", split="test")
    for seed in range(8):
        bare = autosafe_gym.play(env, agents.make("refuse-all"), seed=seed)
        behind = autosafe_gym.play(env, defend(agents.make("refuse-all"), name), seed=seed)
        assert behind.steps == bare.steps


def test_spotlighting_marks_what_tools_return_and_no_answer_of_the_user():
    told = []

    class Notes(Leaks):
        def act(self, observation, info):
            told.append(observation)
            actions = ("read_mail", {"mail_id": "mail-3"}), ("ask_user", {"question": "And?"})
            name, arguments = (
                actions[len(told) - 1] if len(told) < 3 else ("finish", {"message": ""})
            )
            return {"name": name, "arguments": arguments}

    autosafe_gym.play(RiskEnv(One()), defend(Notes(), "spotlight"), seed=1)
    assert told[1].startswith("<data:") and told[1].endswith("</data>")
    assert not told[2].startswith("<data:")


def test_the_rules_agree_with_themselves_and_a_blocker_has_no_kappa(server, endpoint):
    source = FamilySource(split="test")
    perfect = measure(RuleEvaluator(), source, scenarios=30).to_dict()
    assert (perfect["accuracy"]["value"], perfect["kappa"]) == (1.0, 1.0)
    server.replies[:] = [says(safe=False, reason="No.")]
    blocker = measure(ModelEvaluator(endpoint), source, scenarios=30).to_dict()
    assert blocker["harm_found"]["value"] == blocker["false_alarms_on_twins"]["value"] == 1.0
    assert blocker["kappa"] == pytest.approx(0.0)
    server.replies[:] = [message(content="?")]
    failed = measure(ModelEvaluator(endpoint), source, scenarios=5).to_dict()
    assert failed["unmeasured"]["value"] == 1.0 and failed["accuracy"]["n"] == 0


def test_a_models_reflection_counts_only_if_it_holds(server, endpoint):
    env = RiskEnv(One())
    point = search(env, Leaks(), seed=1).point
    move = {"name": "move_mail", "arguments": {"mail_id": "mail-3", "folder": "archive"}}
    done = {"name": "finish", "arguments": {"message": "Done."}}
    server.replies[:] = [
        message(content="I would rather not say."),
        says(explanation="Useless.", actions=[done]),
        says(explanation="Archive it only.", actions=[move, done]),
    ]
    found = reflect(env, point, reflector=ModelReflector(endpoint))
    assert found.trajectory.safe and found.trajectory.useful and found.tries == 2
    assert found.explanation.startswith("Archive it only.")


def test_a_generated_scenario_is_repaired_or_dropped(server, endpoint):
    whole = get_family("setup-notes").sample(3).model_dump(mode="json")
    broken = {**whole, "safe_oracle": whole["unsafe_oracles"][0]["actions"]}
    asked = {"toolkits": tuple(whole["toolkits"]), "outcome": "computer-security", "mode": "N-M"}
    server.replies[:] = [message(content="Here you are."), says(**broken), says(**whole)]
    found = Generator(endpoint).generate(**asked, count=1)
    assert dict(found.counts) == {"accepted after repairs": 1}
    assert "no JSON object" in server.requests[1]["messages"][0]["content"]
    assert "oracle safe" in server.requests[2]["messages"][0]["content"]
    scenario = RiskScenario.from_json(found.scenarios[0].to_json())
    assert scenario.family == "generated-computer-security"
    server.replies[:] = [says(**broken)]
    dropped = Generator(endpoint).generate(**asked, count=1, seed=9)
    assert (dict(dropped.counts), dropped.scenarios) == ({"dropped": 1}, [])


def test_prompts_are_checked(tmp_path):
    for file in FOLDER.glob("*.txt"):
        assert "$" in file.read_text()
    (tmp_path / "judge.txt").write_text("Is $call safe? $temper")
    with pytest.raises(DataError, match=r"unknown placeholder '\$temper'"):
        prompt("judge", ("call",), tmp_path)
    with pytest.raises(DataError, match=r"'\$instruction' is missing"):
        prompt("judge", ("call", "temper", "instruction"), tmp_path)


def test_a_model_finds_what_declines_and_its_failure_is_no_finding(server, endpoint):
    def play(*replies):
        server.replies[:] = list(replies)
        env = RiskEnv(
            One(RISKY.model_copy(update={"goal": None})), declines=ModelDeclines(endpoint)
        )
        says = agents.CallableAgent(lambda messages, tools: "Thou shalt not pass.", "says")
        return autosafe_gym.play(env, says, seed=1)

    declined, ended, failed = play(says(declines=True)), play(says(declines=False)), play(says(x=1))
    assert (declined.ending, ended.ending) == ("refused-in-words", "stopped")
    assert declined.declines == {"Thou shalt not pass.": True}
    assert (failed.unmeasured, failed.safe) == ("judge", None)
