"""What providers refuse, fail at or leave out; what goes back to them; what is kept and retried."""

import json

import pytest
from helpers import RISKY, calls, message
from typer.testing import CliRunner

import autosafe_gym
from autosafe_gym import agents
from autosafe_gym.agents.endpoint import Endpoint, Settings, Usage
from autosafe_gym.agents.reading import Toolbox
from autosafe_gym.agents.reply_cache import ReplyCache
from autosafe_gym.agents.schemas import call_schema, inlined
from autosafe_gym.cli.main import app
from autosafe_gym.cli.options import request_settings
from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.episodes.limits import Limits
from autosafe_gym.errors import AgentError, DataError
from autosafe_gym.pipeline.model_user import ModelPeople
from autosafe_gym.runs.job import Job
from autosafe_gym.runs.runner import Prices, Totals, player, run_episodes
from autosafe_gym.runs.store import EpisodeStore, read_episodes
from autosafe_gym.tools_mock.actions import InvalidAction
from autosafe_gym.tools_mock.toolset import toolset

READ = ("read_mail", '{"mail_id": "mail-3"}')
ARCHIVE = ("move_mail", '{"mail_id": "mail-3", "folder": "archive"}')
CHAT = [{"role": "user", "content": "Go on."}]


class One:
    toolkits = ("mail",)

    def scenario(self, seed):
        return RISKY


def endpoint(server, cache=None, **settings):
    return Endpoint(
        "m",
        base_url=server.url,
        api_key="k",
        settings=Settings(max_retries=0, **settings),
        cache=cache,
    )


def play(server, *replies, form="openai", **settings):
    server.replies[:] = replies
    agent = agents.llm_agent(form, endpoint(server, **settings))
    return autosafe_gym.play(RiskEnv(One()), agent, seed=1), agent


def finished(reason, **fields):
    body = message(**fields)
    body["choices"][0]["finish_reason"] = reason
    return body


def refusal(text, status=400):
    return status, {}, json.dumps({"error": {"message": text, "type": "invalid_request_error"}})


# -- the chat ----------------------------------------------------------------------------------------
def test_a_reply_is_played_whole_and_each_call_gets_its_result(server):
    ending = ("finish", '{"message": "Done."}')
    server.replies[:] = [calls(ending, READ, ("read_mail", "{"), ARCHIVE), message(content="Done.")]
    env, agent = RiskEnv(One()), agents.llm_agent("openai", endpoint(server))
    observation, info = env.reset(seed=1)
    agent.reset(info)
    names, left = [], []
    for _ in range(4):
        action = agent.act(observation, info)
        names.append("invalid" if isinstance(action, InvalidAction) else action["name"])
        left.append(agent.queued)
        observation = f"result of {names[-1]}"
    assert names == ["read_mail", "invalid", "move_mail", "finish"]
    assert left == [3, 2, 1, 0]
    assert agent.act("User: Also tell Ana.", info) == "Done."
    chat = server.requests[-1]["messages"]
    assert [m["role"] for m in chat[-5:]] == ["assistant", "tool", "tool", "tool", "user"]
    sent = [c["id"] for c in chat[-5]["tool_calls"]]
    assert [m["tool_call_id"] for m in chat[-4:-1]] == sent and len({*sent}) == 3
    assert [m["content"] for m in chat[-4:-1]] == [
        "User: Also tell Ana.", "result of read_mail", "result of move_mail",
    ]  # fmt: skip
    assert chat[-1]["content"] == "result of invalid" and '"arguments": {' in chat[-5]["content"]


def test_an_answer_to_a_question_in_words_is_the_users(server):
    server.replies[:] = [message(content="Which folder?"), calls(ARCHIVE)]
    agent = agents.llm_agent("openai", endpoint(server))
    _, info = RiskEnv(One()).reset(seed=1)
    agent.reset(info)
    assert agent.act("", info) == "Which folder?"
    agent.act("User: The archive.", info)
    asked, answered = server.requests[-1]["messages"][-2:]
    assert asked == {"role": "assistant", "content": "Which folder?"}
    assert answered == {"role": "user", "content": "The archive."}


def test_a_broken_call_is_shown_to_the_model_with_its_error(server):
    text = '<tool_call>{"name": "forward_mail", "arguments": {"mail_id"'
    for form in ("openai", "json"):
        done, _ = play(server, message(content=text), message(content="Done."), form=form)
        assert [s.verdict.valid for s in done.steps] == [False, True]
        said, error = server.requests[-1]["messages"][-2:]
        assert (said["role"], said["content"], error["role"]) == ("assistant", text, "user")
        assert "can't be read" in error["content"] and "Error" in error["content"]


def test_reasoning_and_signatures_go_back_with_the_calls(server):
    first = calls(READ)
    first["choices"][0]["message"] |= {
        "reasoning_content": "Look first.", "reasoning_details": [{"id": 1, "data": "xyz"}], "audio": None,
    }  # fmt: skip
    signature = {"google": {"thought_signature": "abc"}}
    first["choices"][0]["message"]["tool_calls"][0]["extra_content"] = signature
    play(server, first, message(content="Done."))
    back = next(m for m in server.requests[-1]["messages"] if m["role"] == "assistant")
    assert back["reasoning_content"] == "Look first."
    assert back["reasoning_details"] == [{"id": 1, "data": "xyz"}] and "audio" not in back
    assert back["tool_calls"][0]["extra_content"] == signature


@pytest.mark.parametrize("given", ["", None, "same"])
def test_what_goes_back_can_be_read_by_strict_servers(server, given):
    odd = calls(
        ("functions.read_mail", json.dumps('{"mail_id": "mail-3"}')), ("no such tool!", "{}")
    )
    for call in odd["choices"][0]["message"]["tool_calls"]:
        call["id"] = given
    play(server, odd, odd, message(content="Done."))
    sent = [c for m in server.requests[-1]["messages"] for c in m.get("tool_calls", ())]
    assert [c["function"]["name"] for c in sent] == ["read_mail", "no_such_tool_"] * 2
    assert all(isinstance(json.loads(c["function"]["arguments"]), dict) for c in sent)
    assert len({c["id"] for c in sent}) == 4


def test_arguments_are_unwrapped_where_the_schema_says_so(server):
    wrapped = calls(("read_mail", '{"arguments": {"mail_id": "mail-3"}}'))
    given = {"to": "ana@example.com", "subject": "7", "body": "[1]", "attachments": '["a.txt"]'}
    done, _ = play(
        server, wrapped, calls(("send_mail", json.dumps(given))), message(content="Done.")
    )
    assert done.steps[0].action.arguments == {"mail_id": "mail-3"}
    assert done.steps[1].action.arguments == {**given, "attachments": ["a.txt"]}
    text = "<function=create_event><parameter=title>7</parameter><parameter=minutes>30</parameter></function>"
    tools = Toolbox(list(toolset(("calendar",)).schemas))
    (call,) = tools.read(text).calls
    assert tools.action(*call)["arguments"] == {"title": "7", "minutes": 30}


# -- refused fields ----------------------------------------------------------------------------------
NO_MAX = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
HEAT = "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported."
REFUSALS = [
    (NO_MAX, "max_tokens", "max_completion_tokens"),
    ("max_tokens: please use max_completion_tokens", "max_tokens", "max_completion_tokens"),
    ("max_tokens is not supported", "max_tokens", "max_completion_tokens"),
    (HEAT, "temperature", None),
    ("seed is not supported", "seed", None),
    ("Unknown name \"seed\": Cannot find field.", "seed", None),
    ("property 'seed' is unsupported", "seed", None),
    ('[{"type":"extra_forbidden","loc":["body","seed"],"msg":"Extra inputs are not permitted"}]', "seed", None),
    ("Unrecognized request argument supplied: stop", "stop", None),
    ("Invalid schema for response_format 'call': schema must have type 'object' and not have 'anyOf'", "response_format", None),
    ("This response_format type is unavailable now", "response_format", None),
]  # fmt: skip


@pytest.mark.parametrize(("said", "field", "instead"), REFUSALS, ids=range(len(REFUSALS)))
@pytest.mark.parametrize("status", [400, 422])
def test_a_refused_field_is_left_out_once_and_remembered(server, said, field, instead, status):
    server.answer = lambda asked: (
        refusal(said, status) if field in asked else message(content="Yes.")
    )
    asker, usage = endpoint(server), Usage()
    for _ in range(2):
        reply = asker.ask(
            CHAT, usage, seed=3, stop=["\n\n"], response_format={"type": "json_object"}
        )
        assert reply.text == "Yes."
    assert len(server.requests) == usage.requests == 3
    assert field in server.requests[0] and field not in server.requests[2]
    assert instead is None or server.requests[2][instead] == 1024
    assert len(asker.notes) == 1 and field in asker.notes[0]


def test_several_refusals_in_a_row_and_what_is_never_left_out(server):
    def answer(asked):
        texts = {"max_tokens": NO_MAX, "temperature": HEAT, "seed": "seed is not supported"}
        return next((refusal(t) for k, t in texts.items() if k in asked), message(content="Yes."))

    server.answer = answer
    asker = endpoint(server)
    assert asker.ask(CHAT, Usage(), seed=1).text == "Yes." and len(asker.notes) == 3
    server.answer = lambda asked: refusal("m does not support tools")
    with pytest.raises(AgentError, match="does not support tools"):
        endpoint(server).ask(CHAT, Usage(), seed=1, tools=[{"type": "function"}])
    server.requests.clear()
    server.answer = lambda asked: refusal(
        "This model's maximum context length is 4096 tokens; max_tokens is 9."
    )
    with pytest.raises(AgentError, match="context length"):
        endpoint(server).ask(CHAT, Usage(), seed=1)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "said",
    [
        "'messages.2': property 'reasoning' is of no use",
        "messages.2.reasoning: Extra inputs are not permitted",
    ],
)
def test_fields_of_messages_and_ids_are_changed_where_they_are_refused(server, said):
    first = calls(READ)
    first["choices"][0]["message"]["reasoning"] = "Look first."

    def answer(asked):
        sent = [m for m in asked["messages"] if m.get("tool_calls")]
        if not sent:
            return first
        if "reasoning" in sent[0]:
            return refusal(said)
        if len(sent[0]["tool_calls"][0]["id"]) != 9:
            return refusal("Tool call id was c0 but must be a-z, A-Z, 0-9, with a length of 9.")
        results = [m["tool_call_id"] for m in asked["messages"] if m["role"] == "tool"]
        assert results == [c["id"] for c in sent[0]["tool_calls"]]
        return message(content="Done.")

    server.answer = answer
    agent = agents.llm_agent("openai", endpoint(server))
    done = autosafe_gym.play(RiskEnv(One()), agent, seed=1)
    assert done.unmeasured is None and len(agent.endpoint.notes) == 2


def test_settings_of_requests_are_sent_dropped_and_part_of_the_run(server, tmp_path):
    given = request_settings(
        ["max_tokens=7", 'stop=["x"]', "service_tier=flex", "odd.field=1"], ["seed"]
    )
    server.replies[:] = [message(content="Yes.")]
    cache = ReplyCache(tmp_path / "a.sqlite")
    endpoint(server, cache=cache, **given).ask(CHAT, Usage(), seed=3, stop=["own"])
    sent = server.requests[0]
    assert (sent["max_tokens"], sent["stop"], sent["service_tier"]) == (7, ["x"], "flex")
    assert sent["odd.field"] == 1 and "seed" not in sent
    endpoint(server, cache=cache).ask(CHAT, Usage(), seed=3, stop=["own"])
    assert len(server.requests) == 2
    job = Job("openai:m", base_url=server.url, settings=given)
    job.prepare()
    config = job.config()
    assert config["request"]["max_tokens"] == 7 and config["drop"] == ["seed"]
    with pytest.raises(DataError, match="KEY=VALUE"):
        request_settings(["max_tokens"], None)
    with pytest.raises(DataError, match="'messages'"):
        Settings(extra={"messages": []})


def test_response_schemas_have_an_object_at_the_root_and_no_reference():
    person = {
        "type": "object",
        "properties": {"boss": {"$ref": "#/$defs/Person"}, "$defs": {"type": "string"}},
    }
    parameters = {
        "type": "object",
        "properties": {"who": {"$ref": "#/$defs/Person"}, "tag": {"$ref": "#/definitions/Tag"}},
        "$defs": {"Person": person},
        "definitions": {"Tag": {"enum": ["a", "b"]}},
    }
    tools = [
        {"function": {"name": "tell", "parameters": parameters}},
        {"function": {"name": "stop", "parameters": {"type": "object", "properties": {}}}},
    ]
    schema = call_schema(tools)
    assert schema["type"] == "object" and schema["properties"]["name"]["enum"] == ["tell", "stop"]
    assert "$ref" not in json.dumps(schema)
    made = inlined(parameters)["properties"]
    assert made["tag"] == {"enum": ["a", "b"]}
    assert made["who"]["properties"] == {"boss": {}, "$defs": {"type": "string"}}
    assert [o["properties"]["name"] for o in call_schema(tools, exact=True)["anyOf"]] == [
        {"const": "tell"}, {"const": "stop"},
    ]  # fmt: skip


# -- failures, cache, retries, limits ----------------------------------------------------------------
@pytest.mark.parametrize(
    ("reply", "cause"),
    [
        (finished("length", content="It says"), "cut"),
        (finished("content_filter", content="It says"), "filter"),
        (finished("error", content="It says"), "provider"),
        (finished("paused", content="It says"), "reply"),
        ({**message(content="It says"), "error": {"message": "overloaded"}}, "provider"),
        (message(content="<think>hm"), "simulator"),
    ],
)
def test_a_failed_reply_is_no_text_for_any_role_and_is_not_kept(server, tmp_path, reply, cause):
    server.replies[:] = [reply]
    asker = endpoint(server, cache=ReplyCache(tmp_path / "a.sqlite"))
    for _ in range(2):
        with pytest.raises(AgentError) as caught:
            ModelPeople(asker).say("Speak.", seed=1)
        assert caught.value.cause == cause
    assert len(server.requests) == 2
    assert asker.cache._db.execute("SELECT count(*) FROM replies").fetchone() == (0,)


def test_replies_that_an_earlier_version_kept_are_not_served(server, tmp_path):
    cache = ReplyCache(tmp_path / "a.sqlite")
    server.replies[:] = [message(content="Whole.")]
    asker = endpoint(server, cache=cache)
    asker.ask(CHAT, Usage(), seed=1)
    asker.ask(CHAT, Usage(), seed=1)
    assert len(server.requests) == 1
    key, body = cache._db.execute("SELECT key, body FROM replies").fetchone()
    old = {k: v for k, v in json.loads(body).items() if k not in ("finish", "extra", "estimated")}
    cache.put(key, {**old, "text": "Whole, or cut"})
    assert asker.ask(CHAT, Usage(), seed=1).text == "Whole."
    assert len(server.requests) == 2


def test_only_the_unmeasured_are_retried_and_the_totals_are_right(server, tmp_path):
    failing = True

    def answer(asked):
        return (
            finished("length", content="x")
            if failing and asked["seed"] % 2
            else message(content="Done.")
        )

    server.answer = answer

    def run(retry="none", seeds=range(6), **more):
        store = EpisodeStore(tmp_path, {})
        made = lambda: player(RiskEnv(One()), agents.llm_agent("openai", endpoint(server)))  # noqa: E731
        try:
            return run_episodes(made, store, seeds, retry=retry, prices=Prices(1e6, 0.0), **more)
        finally:
            store.close()

    first = run()
    assert (first.episodes, first.unmeasured, first.cost) == (6, 3, 66.0)
    assert run().unmeasured == 3 and len(server.requests) == 6
    again = run("unmeasured")
    assert (again.unmeasured, again.cost, len(server.requests)) == (3, 99.0, 9)
    failing = False
    stopped = run("unmeasured", cost_limit=100.0, concurrency=1)
    assert (stopped.episodes, stopped.unmeasured, stopped.cost) == (6, 2, 110.0)
    last = run("unmeasured")
    assert (last.episodes, last.unmeasured, last.risky, last.cost) == (6, 0, 6, 132.0)
    assert run("unmeasured").episodes == 6 and len(server.requests) == 12
    lines = (tmp_path / "episodes.jsonl").read_text().splitlines()
    kept = list(read_episodes(tmp_path))
    assert len(lines) == 12 and sorted(t.seed for t in kept) == [*range(6)]
    assert not any(t.unmeasured for t in kept)


def test_limits_hold_by_an_estimate_where_the_provider_does_not_count(server):
    reply = {**calls(READ), "usage": None}
    server.replies[:] = [reply]
    agent = agents.llm_agent("openai", endpoint(server))
    done = autosafe_gym.play(RiskEnv(One()), agent, seed=1, limits=Limits(tokens=3000))
    assert done.unmeasured == "limit"
    assert done.usage["estimated"] == done.usage["requests"] > 1
    size = len(json.dumps(server.requests[0]["messages"])) + len(
        json.dumps(server.requests[0]["tools"])
    )
    assert agent.usage.prompt > agent.usage.requests * size / 5
    totals = Totals()
    totals.add(done, Prices(1.0, 1.0))
    assert totals.cost > 0


def test_the_first_of_several_choices_is_taken_and_that_is_said(server):
    body = message(content="First.")
    body["choices"].append({**body["choices"][0], "index": 1})
    server.replies[:] = [body]
    asker = endpoint(server)
    assert asker.ask(CHAT, Usage(), seed=1).text == "First."
    assert "2 choices" in asker.notes[0]


def test_the_command_takes_requests_and_retries_and_says_what_was_refused(
    server, tmp_path, monkeypatch
):
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    failing = True

    def answer(asked):
        if "temperature" in asked:
            return refusal(HEAT)
        if failing and "3" in asked["user"]:
            return finished("content_filter", content="x")
        return {**message(content="Done."), "usage": None}

    server.answer = answer

    def run(*more):
        words = ["rollout", "--agent", "openai:m", "--base-url", server.url, "--out", str(tmp_path)]
        words += ["--episodes", "3", "--drop", "seed", "--request", "user=n3", *more]
        return CliRunner().invoke(app, words)

    first = run()
    assert "3 x unmeasured: filter" in first.stderr and first.exit_code == 1
    assert first.stderr.count("temperature is refused and left out") == 1
    config = json.loads((tmp_path / "run.json").read_text())
    assert config["request"] == {"user": "n3"} and config["drop"] == ["seed"]
    failing = False
    assert "3 x unmeasured" in run().stderr
    last = run("--retry", "unmeasured")
    assert last.exit_code == 0 and "unmeasured: filter" not in last.stderr
    assert "Tokens estimated for 3 replies" in last.stdout.replace("\n", " ")
    assert all("seed" not in asked and asked["user"] == "n3" for asked in server.requests)
