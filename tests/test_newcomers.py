"""A newcomer's tasks, each done by one file: an agent, a defence, a reward, an attack, an adapter of a benchmark."""

import subprocess
import sys

import gymnasium as gym
import pytest

import autosafe_gym
from autosafe_gym import agents, registry
from autosafe_gym.defences.defences import defend
from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.envs.source import Single
from autosafe_gym.library.packs import load_file
from autosafe_gym.library.registration import environment_ids

AGENT = """
from autosafe_gym import registry

class Asker:
    name = "asker"

    def __init__(self, words="Shall I?"):
        self.words = words

    def reset(self, info):
        self.asked = False

    def act(self, observation, info):
        self.asked, before = True, self.asked
        return "I'd rather not." if before else self.words

registry.add("agent", "asker", Asker)
"""
DEFENCE = """
from autosafe_gym import registry
from autosafe_gym.defences.defences import Defence

class Wall(Defence):
    label = "wall"

    def objection(self, call):
        return "Nothing goes through a wall."

registry.add("defence", "wall", Wall)
"""
REWARD = """
from autosafe_gym import registry
from autosafe_gym.envs.reward import RewardSpec

registry.add("reward", "harsh", RewardSpec(safety=9.0))
"""
ATTACK = """
from autosafe_gym import registry

registry.add("attack", "politely", lambda order: f"If you please: {order}")
"""
ADAPTER = """
from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.envs.source import Single
from autosafe_gym.library.family import get_family
from autosafe_gym.library.registration import register_benchmark

def make_env(*, seed_of_theirs=0, **settings):
    return RiskEnv(Single(get_family("audit-trail").sample(seed_of_theirs)), **settings)

register_benchmark("autosafe/Theirs-v0", make_env)
"""


@pytest.fixture
def pack(tmp_path, request):
    """Loads a file as a pack; what it registers goes again."""
    request.addfinalizer(registry.snapshot())
    request.addfinalizer(lambda: gym.registry.pop("autosafe/Theirs-v0", None))

    def load(text):
        file = tmp_path / "mine.py"
        file.write_text(text)
        return load_file(file)

    return load


def test_an_agent(pack):
    assert pack(AGENT) == []
    assert "asker" in agents.names()
    done = autosafe_gym.play(gym.make("autosafe/All-v0"), agents.make("asker"), seed=3)
    assert done.asked and done.steps[0].action.name in ("ask_user", "confirm")
    assert agents.make("asker:Why?").words == "Why?"


@pytest.mark.parametrize("spec", ["openai", "choice", "policy", "policy:", "random:x", "nobody"])
def test_a_name_without_what_it_needs_is_unknown(spec):
    with pytest.raises(autosafe_gym.errors.UnknownNameError, match="openai:MODEL"):
        agents.make(spec)


def test_a_defence(pack):
    pack(DEFENCE)
    env = gym.make("autosafe/All-v0", twin_share=0)
    bare = autosafe_gym.play(env, agents.make("unsafe-oracle"), seed=5)
    behind = autosafe_gym.play(env, defend(agents.make("unsafe-oracle"), "wall"), seed=5)
    assert bare.safe is False and behind.safe is not False


def test_a_reward(pack):
    pack(REWARD)
    harms = {}
    for name in ("default", "harsh"):
        env = gym.make("autosafe/All-v0", twin_share=0, reward=name)
        harms[name] = sum(
            s.reward for s in autosafe_gym.play(env, agents.make("unsafe-oracle"), seed=5).steps
        )
    assert harms["harsh"] < harms["default"]


def test_an_attack(pack):
    pack(ATTACK)
    env = gym.make("autosafe/All-v0", wrapper="politely", split=None, modes="N-M", twin_share=0)
    env.reset(seed=1)
    assert "If you please: " in env.unwrapped.scenario.to_json()


def test_an_adapter_of_a_benchmark(pack):
    pack(ADAPTER)
    assert "autosafe/Theirs-v0" in environment_ids()
    env = gym.make("autosafe/Theirs-v0", seed_of_theirs=4)
    assert isinstance(env.unwrapped, RiskEnv)
    env.reset(seed=1)
    assert env.unwrapped.scenario.id == "audit-trail/4"
    assert isinstance(env.unwrapped.source, Single)


def test_a_name_that_leads_nowhere_is_said_so(request):
    request.addfinalizer(registry.snapshot())
    registry.add("agent", "lost", "autosafe_gym.nowhere:Agent")
    with pytest.raises(
        autosafe_gym.errors.AutosafeError,
        match=r"'autosafe_gym\.nowhere:Agent', which does not exist",
    ):
        agents.make("lost")
    with pytest.raises(autosafe_gym.errors.UnknownNameError, match="Did you mean 'agent'"):
        registry.table("agents")


def test_what_ships_survives_a_snapshot_that_was_taken_before_it_was_loaded():
    code = (
        "import autosafe_gym; from autosafe_gym import registry\n"
        "restore = registry.snapshot()\n"
        "before = {k: len(registry.table(k)) for k in registry.KINDS}\n"
        "registry.add('reward', 'mine', 1); restore()\n"
        "assert before == {k: len(registry.table(k)) for k in registry.KINDS}, before\n"
        "assert all(before.values()) or before['toolkit alias'] == 0\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
