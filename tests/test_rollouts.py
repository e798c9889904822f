"""Runs: stored before they are counted, resumed only as they were, the same for any concurrency."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest
from helpers import RISKY, calls, message

import autosafe_gym
from autosafe_gym import agents
from autosafe_gym.agents.endpoint import Endpoint
from autosafe_gym.agents.reply_cache import ReplyCache
from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.episodes.limits import Limits
from autosafe_gym.episodes.rescoring import rescore, same_verdict
from autosafe_gym.errors import AgentError, DataError
from autosafe_gym.library.registration import risk_env
from autosafe_gym.runs.runner import Prices, player, run_episodes
from autosafe_gym.runs.store import EpisodeStore, read_episodes

KEY = "sk-very-secret-0123456789"


class One:
    toolkits = ("mail",)

    def scenario(self, seed):
        return RISKY


def run(folder, agent="comply-all", seeds=range(12), concurrency=4, **settings):
    store = EpisodeStore(folder, {"agent": agent})
    try:
        return run_episodes(
            lambda: player(risk_env("autosafe/All-v0"), agents.make(agent)),
            store,
            seeds,
            concurrency=concurrency,
            **settings,
        )
    finally:
        store.close()


def by_seed(folder):
    return sorted(t.model_dump_json() for t in read_episodes(folder))


def test_the_same_episodes_for_any_concurrency_and_after_a_resume(tmp_path):
    run(tmp_path / "a", "random", concurrency=1)
    run(tmp_path / "b", "random", range(5))
    totals = run(tmp_path / "b", "random")
    assert by_seed(tmp_path / "a") == by_seed(tmp_path / "b")
    assert totals.episodes == totals.wanted == 12


def test_a_torn_line_is_dropped_and_played_again(tmp_path):
    run(tmp_path)
    whole = by_seed(tmp_path)
    file = tmp_path / "episodes.jsonl"
    file.write_bytes(file.read_bytes()[:-40])
    run(tmp_path)
    assert by_seed(tmp_path) == whole


def test_another_configuration_and_a_second_writer_are_refused(tmp_path):
    run(tmp_path)
    with pytest.raises(DataError, match="'comply-all' there, 'refuse-all' here"):
        EpisodeStore(tmp_path, {"agent": "refuse-all"})
    store = EpisodeStore(tmp_path, {"agent": "comply-all"})
    with pytest.raises(DataError, match="another process"):
        EpisodeStore(tmp_path, {"agent": "comply-all"})
    store.close()


KILLED = """
import sys, time
from autosafe_gym import agents
from autosafe_gym.library.registration import risk_env

from autosafe_gym.runs.runner import player, run_episodes
from autosafe_gym.runs.store import EpisodeStore

class Slow:
    name = "slow"
    def __init__(self): self.inner = agents.make("comply-all")
    def reset(self, info): self.inner.reset(info)
    def bind(self, env): self.inner.bind(env)
    def act(self, observation, info):
        time.sleep(0.002)
        return self.inner.act(observation, info)

store = EpisodeStore(sys.argv[1], {})
print("open", flush=True)
run_episodes(lambda: player(risk_env("autosafe/All-v0"), Slow()), store, range(int(sys.argv[2])), concurrency=4)
"""


def killed_runs(folder, kills, episodes):
    command = [sys.executable, "-c", KILLED, str(folder), str(episodes)]
    rng = random.Random(1)
    hits = 0
    while hits < kills:
        child = subprocess.Popen(command, stdout=subprocess.PIPE)
        child.stdout.readline()
        time.sleep(rng.uniform(0, 0.06))
        hits += child.poll() is None
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        kept = [t.seed for t in read_episodes(folder)]
        assert len(kept) == len(set(kept))
        if len(kept) == episodes:
            episodes *= 2
            command[-1] = str(episodes)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    assert sorted(t.seed for t in read_episodes(folder)) == list(range(episodes))


def test_kill_9_loses_nothing_and_doubles_nothing(tmp_path):
    killed_runs(tmp_path, kills=5, episodes=40)


@pytest.mark.slow
def test_200_kills_lose_nothing_and_double_nothing(tmp_path):
    killed_runs(tmp_path, kills=200, episodes=400)


def test_an_episode_is_on_the_disk_before_it_is_counted(tmp_path, monkeypatch):
    """Written, flushed and synced: after that, not even a power cut can lose what was counted."""
    episodes = [
        autosafe_gym.play(RiskEnv(One()), agents.make("comply-all"), seed=s) for s in (1, 2)
    ]
    store, file, events = EpisodeStore(tmp_path, {}), tmp_path / "episodes.jsonl", []
    fsync = os.fsync

    def synced(descriptor):
        assert os.path.sameopenfile(descriptor, store._file.fileno())
        events.append(("fsync", file.read_bytes().count(b"\n")))
        fsync(descriptor)

    class Counted(dict):
        def __setitem__(self, seed, episode):
            events.append(("count", seed))
            super().__setitem__(seed, episode)

    monkeypatch.setattr(os, "fsync", synced)
    store.episodes = Counted()
    for episode in episodes:
        store.add(episode)
    store.close()
    assert events == [("fsync", 1), ("count", 1), ("fsync", 2), ("count", 2)]


DIES = """
import os, sys
from autosafe_gym.ots.trajectory import Trajectory
from autosafe_gym.runs.store import EpisodeStore

class Dies(dict):
    def __setitem__(self, seed, episode):
        super().__setitem__(seed, episode)
        if len(self) == 3:
            os._exit(9)

store = EpisodeStore(sys.argv[1], {})
store.episodes = Dies()
episode = Trajectory.model_validate_json(sys.stdin.read())
for seed in range(9):
    store.add(episode.model_copy(update={"seed": seed}))
"""


def test_a_process_that_dies_as_it_counts_has_written_all_that_it_counted(tmp_path):
    episode = autosafe_gym.play(RiskEnv(One()), agents.make("comply-all"), seed=1)
    code = [sys.executable, "-c", DIES, str(tmp_path)]
    assert subprocess.run(code, input=episode.model_dump_json(), text=True).returncode == 9
    assert [t.seed for t in read_episodes(tmp_path)] == [0, 1, 2]


def test_limits_make_an_episode_unmeasured(server):
    server.replies[:] = [calls(("list_mail", "{}"))]
    agent = agents.make("openai:m", base_url=server.url, api_key=KEY)
    for limits in (Limits(tokens=30), Limits(requests=2), Limits(seconds=0.001)):
        done = autosafe_gym.play(RiskEnv(One()), agent, seed=1, limits=limits)
        assert (done.unmeasured, done.safe) == ("limit", None)
    assert done.usage["requests"] <= 1


def test_a_cost_limit_stops_a_run_that_can_go_on(tmp_path, server):
    server.replies[:] = [message(content="Done.")]
    agent = agents.make("openai:m", base_url=server.url, api_key=KEY)
    store = EpisodeStore(tmp_path, {})
    half = {"prices": Prices(prompt=1e6), "concurrency": 1}
    make = lambda: player(risk_env("autosafe/All-v0"), agent)  # noqa: E731
    stopped = run_episodes(make, store, range(6), cost_limit=22.0, **half)
    assert (stopped.episodes, stopped.cost) == (2, 22.0) and "22" in stopped.stopped
    whole = run_episodes(make, store, range(6), **half)
    assert (whole.episodes, whole.stopped) == (6, "")
    store.close()


def test_the_cache_answers_a_question_once_and_a_seed_is_part_of_it(tmp_path, server):
    server.replies[:] = [message(content="Done.")]
    cache = ReplyCache(tmp_path / "replies.sqlite")
    make = lambda: agents.make("openai:m", base_url=server.url, api_key=KEY, cache=cache)  # noqa: E731
    env = RiskEnv(One())
    first = autosafe_gym.play(env, make(), seed=1)
    again = autosafe_gym.play(env, make(), seed=1)
    assert len(server.requests) == 1
    assert (again.usage["cached"], again.usage["requests"]) == (1, 0)
    assert again.steps == first.steps
    autosafe_gym.play(env, make(), seed=2)
    assert len(server.requests) == 2
    assert KEY.encode() not in (tmp_path / "replies.sqlite").read_bytes()


def test_react_text_is_read_and_nonsense_is_an_invalid_action(server):
    server.replies[:] = [
        message(content='Thought: look.\nAction: read_mail\nAction Input: {"mail_id": "mail-3"}\n'),
        message(content="Thought: I am not sure what to do."),
        message(content="Thought: done.\nFinal Answer: It is in the archive."),
    ]
    agent = agents.make("react:m", base_url=server.url, api_key=KEY)
    done = autosafe_gym.play(RiskEnv(One()), agent, seed=1)
    assert [s.action and s.action.name for s in done.steps] == ["read_mail", None, "finish"]
    assert "I am not sure" in done.steps[1].text
    last = server.requests[-1]["messages"]
    assert "read_mail(mail_id: string)" in last[0]["content"]
    assert last[3]["content"].startswith("Observation: mail-3 in inbox")


def test_json_is_bound_by_the_tools_schemas(server):
    server.replies[:] = [message(content='{"name": "refuse", "arguments": {"reason": "No."}}')]
    agent = agents.make("json:m", base_url=server.url, api_key=KEY)
    done = autosafe_gym.play(RiskEnv(One()), agent, seed=1)
    assert done.refused
    asked = server.requests[0]["response_format"]["json_schema"]["schema"]
    assert asked["type"] == "object" and "anyOf" not in asked
    assert {*asked["properties"]["name"]["enum"]} >= {"forward_mail", "refuse"}


def with_logprobs(**values):
    body = message(content="A")
    top = [{"token": t, "logprob": v, "bytes": None} for t, v in values.items()]
    first = {"token": "A", "logprob": -0.1, "bytes": None, "top_logprobs": top}
    body["choices"][0]["logprobs"] = {"content": [first], "refusal": None}
    return body


def test_a_choice_is_the_label_that_gains_most_by_the_context(server):
    server.answer = lambda asked: (
        with_logprobs(A=-0.1, B=-9.0, C=-9.0)
        if "(no task is given)" in asked["messages"][1]["content"]
        else with_logprobs(A=-0.2, B=-9.0, C=-2.0)
    )
    agent = agents.make("choice:m", base_url=server.url, api_key=KEY)
    done = autosafe_gym.play(RiskEnv(One()), agent, seed=1)
    assert "\nC. refuse: " in server.requests[0]["messages"][1]["content"]
    assert done.refused and len(server.requests) == 2
    server.answer, server.replies[:] = None, [message(content="A")]
    without = autosafe_gym.play(RiskEnv(One()), agent, seed=1)
    assert without.unmeasured == "reply" and "no log-probabilities" in without.unmeasured_detail


def test_an_endpoint_is_checked_before_any_episode(server):
    server.models = [{"id": "small", "object": "model", "created": 1, "owned_by": "me"}]
    Endpoint("small", base_url=server.url, api_key=KEY).check()
    with pytest.raises(AgentError, match="no model 'smal'"):
        Endpoint("smal", base_url=server.url, api_key=KEY).check()
    with pytest.raises(AgentError, match="http://localhost"):
        Endpoint("m", base_url="localhost:8000")


def test_rescoring_agrees_with_the_run(tmp_path):
    run(tmp_path, "random", range(60))
    env = risk_env("autosafe/All-v0")
    assert all(same_verdict(t, rescore(env, t)) for t in read_episodes(tmp_path))


def command(*words, **env):
    return subprocess.run(
        [sys.executable, "-m", "autosafe_gym.cli", *map(str, words)],
        capture_output=True,
        text=True,
        env={**os.environ, **env},
    )


def test_the_commands_end_to_end(tmp_path, server):
    server.answer = lambda asked: calls(("finish", '{"message": "Done."}'))
    folder, figures = tmp_path / "run", tmp_path / "figures.json"
    words = ["rollout", "--agent", "openai:m", "--base-url", server.url, "--out", folder]
    words += ["--episodes", 10, "--json", figures]
    done = command(*words, OPENAI_API_KEY=KEY)
    assert done.returncode == 0, done.stderr
    found = json.loads(figures.read_text())
    assert found["unseen_seeds"]["openai:m"]["unmeasured"]["value"] == 0
    # Some users have more to say when the agent ends the task: one request for each step.
    steps = sum(len(episode.steps) for episode in read_episodes(folder))
    assert found["usage"]["requests"] == len(server.requests) == steps >= 10
    command(*words, OPENAI_API_KEY=KEY)
    assert len(server.requests) == steps
    other = command(*words, "--temperature", 1, OPENAI_API_KEY=KEY)
    assert other.returncode == 2 and "temperature: 0.0 there, 1.0 here" in " ".join(
        other.stderr.split()
    )
    assert "0 of 10 verdicts changed" in command("rescore", folder).stdout
    made = command("reflect", folder, tmp_path / "data")
    assert made.returncode == 0 and (tmp_path / "data" / "README.md").is_file()
    for file in tmp_path.rglob("*"):
        assert not file.is_file() or KEY.encode() not in file.read_bytes()
    assert KEY not in done.stdout + done.stderr + other.stderr


def test_ray_gives_the_same_episodes(tmp_path, server):
    server.answer = lambda asked: calls(("finish", f'{{"message": "{asked["seed"]}"}}'))
    words = ["rollout", "--agent", "openai:m", "--base-url", server.url, "--episodes", 12]
    here = command(*words, "--out", tmp_path / "a", OPENAI_API_KEY=KEY)
    there = command(
        *words, "--out", tmp_path / "b", "--engine", "ray", "--workers", 2, OPENAI_API_KEY=KEY
    )
    assert (here.returncode, there.returncode) == (0, 0), there.stderr
    seen = [
        {t.seed: (t.steps, t.safe, t.useful) for t in read_episodes(tmp_path / name)}
        for name in "ab"
    ]
    assert seen[0] == seen[1] and len(seen[0]) == 12


@pytest.mark.skipif(
    not os.environ.get("AUTOSAFE_LOCAL_MODEL"),
    reason="set AUTOSAFE_LOCAL_MODEL=1 after 'autosafe model install'",
)
def test_the_embedded_model_plays():
    agent = agents.make("local", max_tokens=128)
    done = autosafe_gym.play(risk_env("autosafe/All-v0", max_steps=3), agent, seed=0)
    assert done.unmeasured is None and done.steps
