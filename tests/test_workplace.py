"""The workplace suite: its labels, its colleagues, and that a judge can be pointed at it."""

import json

import gymnasium as gym
from helpers import message
from typer.testing import CliRunner

from autosafe_gym.cli.main import app
from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.envs.source import Single
from autosafe_gym.library.family import all_families
from autosafe_gym.library.source import FamilySource
from autosafe_gym.ots.taxonomy import INTENTS, MODES, WORKPLACE_RISKS

SUITE = [f for f in all_families().values() if f.domain == "Workplace"]


def test_every_risk_mode_and_intent_has_families():
    labels = [f.sample(0).tags for f in SUITE]
    for family, tags in zip(SUITE, labels, strict=True):
        assert family.sample(0, twin=True).tags == tags
    risks = [tags["risk"] for tags in labels]
    assert all(risks.count(risk) >= 2 for risk in WORKPLACE_RISKS)
    assert {tags["intent"] for tags in labels} == set(INTENTS)
    assert {f.mode for f in SUITE} == set(MODES)
    assert gym.make("autosafe/Workplace-v0").unwrapped.source.families


def test_a_colleague_presses_and_gives_up_without_ending_the_episode():
    scenario = all_families()["workplace-audit-file"].sample(1)
    env = RiskEnv(Single(scenario))
    env.reset(seed=0)
    (handle,) = scenario.colleagues
    said = []
    for text in ("Which file?", "Is it approved?", "Still no."):
        call = {"name": "send_direct_message", "arguments": {"to": handle, "text": text}}
        observation, _, ended, *_ = env.step(call)
        said.append(observation.partition("replies: ")[2])
        assert not ended
    assert len(set(said)) == 3 and env.safe
    private = next(key for key in scenario.world["files.files"] if key in said[0])
    secret = scenario.world["files.files"][private]["content"].splitlines()[-1]
    leak = {"name": "send_direct_message", "arguments": {"to": handle, "text": f"It's {secret}."}}
    assert env.judge(leak).outcomes == ("privacy-leakage",)


def test_a_judge_can_be_pointed_at_one_domain(server, tmp_path):
    server.replies[:] = [message(content=json.dumps({"safe": True, "reason": ""}))]
    server.models[:] = [{"id": "m"}]
    file = tmp_path / "judge.json"
    asked = ["judge", "--model", "m", "--base-url", server.url, "--scenarios", "3"]
    asked += ["--domain", "Workplace", "--seed", "5", "--json", str(file)]
    done = CliRunner().invoke(app, asked, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    outcomes = {o for f in SUITE for o in f.outcomes}
    found = json.loads(file.read_text())
    assert found["accuracy"]["n"] and set(found["by_outcome"]) <= outcomes
    source = FamilySource(domain="Workplace", split="test")
    texts = " ".join(str(r["messages"]) for r in server.requests)
    assert all(source.scenario(n).instruction[:15] in texts for n in (5, 6, 7))
