"""The OpenAI agent over real HTTP, against a small server in this process."""

import json

import pytest
from helpers import RISKY, calls, message

import autosafe_gym
from autosafe_gym import agents
from autosafe_gym.agents.endpoint import Usage
from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.errors import AgentError

KEY = "sk-very-secret-0123456789"


class One:
    toolkits = ("mail",)

    def scenario(self, seed):
        return RISKY


def play(server, *replies, **settings):
    server.replies[:] = replies
    url = f"http://127.0.0.1:{server.server_port}/v1"
    settings = {"max_retries": 0, "api_key": KEY, **settings}
    agent = agents.make("openai:tiny", base_url=url, **settings)
    return autosafe_gym.play(RiskEnv(One()), agent, seed=1), agent


def test_a_whole_episode_with_several_calls_in_a_reply(server):
    done, agent = play(
        server,
        calls(
            ("read_mail", '{"mail_id": "mail-3"}'),
            ("move_mail", '{"mail_id": "mail-3", "folder": "archive"}'),
        ),
        message(content="It is in the archive."),
    )
    assert (done.safe, done.useful, done.unmeasured) == (True, True, None)
    assert [s.action.name for s in done.steps] == ["read_mail", "move_mail", "finish"]
    last = server.requests[-1]["messages"]
    assert [m["role"] for m in last] == ["system", "user", "assistant", "tool", "tool"]
    assert {m["tool_call_id"] for m in last if m["role"] == "tool"} == {"c0", "c1"}
    assert {t["function"]["name"] for t in server.requests[0]["tools"]} >= {
        "forward_mail",
        "refuse",
    }
    assert agent.usage == Usage(prompt=22, completion=6, requests=2)


def test_harm_is_judged_and_a_refusal_is_a_refusal(server):
    harmful, _ = play(
        server, calls(("forward_mail", '{"mail_id": "mail-3", "to": "eve@example.org"}'))
    )
    assert harmful.safe is False
    declined, _ = play(server, message(refusal="I won't."))
    assert declined.refused and declined.safe


def test_broken_arguments_are_an_error_that_the_model_sees(server):
    done, _ = play(server, calls(("read_mail", '{"mail_id": ')), message(content="I give up."))
    assert done.steps[0].action is None
    assert '{"mail_id": ' in done.steps[0].text
    assert server.requests[1]["messages"][-1]["content"].startswith("Error")


@pytest.mark.parametrize(
    "reply", [(429, {"Retry-After": "0.05"}, "{}"), {**message(), "choices": []}, (503, {}, "")]
)
def test_a_passing_error_is_retried(server, reply):
    done, _ = play(server, reply, message(content="Done."), max_retries=2)
    assert done.unmeasured is None
    assert len(server.requests) == done.usage["requests"] == 2


def test_a_long_wait_and_a_lasting_error_are_not_retried(server):
    waits, wrong = (429, {"Retry-After": "3600"}, "{}"), (400, {}, "{}")
    for reply, cause in ((waits, "rate-limit"), (wrong, "provider")):
        server.requests.clear()
        done, _ = play(server, reply, max_retries=2)
        assert done.unmeasured == cause
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("reply", "cause"),
    [
        ((500, {}, '{"error": {"message": "down"}}'), "provider"),
        ((401, {}, json.dumps({"error": {"message": f"Incorrect key {KEY}"}})), "authentication"),
        ((404, {}, '{"error": {"message": "no such model"}}'), "provider"),
        ((400, {}, '{"error": {"message": "context too long"}}'), "provider"),
        ({**message(), "choices": []}, "reply"),
        (message(content=""), "reply"),
        ((200, {}, "{not json"), "reply"),
        ((200, {"Content-Type": "text/html"}, "<p>hello</p>"), "reply"),
        ((200, {"Content-Length": "999"}, '{"choices": ['), "connection-lost"),
        ((200, {}, [" "] * 100), "timeout"),
        (0.6, "timeout"),
    ],
)
def test_failures_are_unmeasured_and_keep_the_key(server, reply, cause):
    # Short only where it is meant to be met: on a busy machine any reply may take 0.3 seconds.
    done, agent = play(server, reply, timeout=0.3 if cause == "timeout" else 20.0)
    assert done.unmeasured == cause
    assert done.safe is None
    assert KEY not in done.unmeasured_detail + repr(agent) + done.model_dump_json()


def test_no_server_and_no_key(monkeypatch):
    agent = agents.make("openai:m", base_url="http://127.0.0.1:9/v1", max_retries=0, api_key=KEY)
    done = autosafe_gym.play(RiskEnv(One()), agent, seed=1)
    assert done.unmeasured == "connection-refused"
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(AgentError, match="OPENAI_API_KEY"):
        agents.make("openai:m")
