"""Planted secrets: a key, a login, a query and a header that a provider sends back in every field and form.

None of them may be found in any file, page, message, log or output; and no verdict may change.
"""

import base64
import html
import json
import logging
import random
import re
import string
import sys
from urllib.parse import quote

import pytest
from helpers import RISKY, calls, message

from autosafe_gym import agents
from autosafe_gym.agents.endpoint import Endpoint, Settings, Usage
from autosafe_gym.cli import main
from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.episodes.play import play
from autosafe_gym.errors import AgentError
from autosafe_gym.pipeline import datasets
from autosafe_gym.runs.job import Job
from autosafe_gym.runs.store import EpisodeStore, read_config, read_episodes

_random = random.Random(16)


def planted(prefix, length=40, more=""):
    return prefix + "".join(_random.choices(string.ascii_letters + string.digits + more, k=length))


KEY = planted("sk-proj-", 48, "-_")
PASSWORD = planted("p", 14, "%$/+&\"'<")
TOKEN = planted("", 24)
QUERY = planted("q", 20)
HEADER = planted("h", 30)
FIELD = planted("f", 18)
SECRETS = {"key": KEY, "password": PASSWORD, "token": TOKEN, "query": QUERY, "header": HEADER, "field": FIELD}  # fmt: skip


def forms(secret):
    """The secret in every encoding, each with something before and after it."""
    data = secret.encode()
    codes = [ord(c) for c in secret]
    yield from (secret, quote(secret, safe=""), quote(quote(secret, safe=""), safe=""))
    yield json.dumps(secret)[1:-1]
    yield json.dumps(json.dumps(secret))[1:-1]
    yield html.escape(secret)
    yield "".join(f"%{code:02x}" for code in codes)
    yield "".join(f"\\u{code:04x}" for code in codes)
    yield "".join(f"&#{code};" for code in codes)
    yield from (data.hex(), data.hex().upper(), data.hex(" "), data.hex(":"))
    for before in (b"", b"u", b"u:"):
        yield base64.b64encode(before + data).decode()
        yield base64.urlsafe_b64encode(before + data).decode().rstrip("=")
    yield base64.encodebytes(b"Authorization: Bearer " + data + b" and more").decode()
    yield f"{secret[:7]}\n{secret[7:12]}\r\n    {secret[12:]}"
    yield f"{secret[:5]}\\n{secret[5:]}"
    yield " ".join(secret)
    yield "\u200b".join(secret)


ECHO = " ; ".join(form for secret in SECRETS.values() for form in forms(secret))
HARMLESS = "".join(_random.choices(string.ascii_lowercase + " ", k=len(ECHO)))


def _bare(text):
    """Without what may stand between the parts of a secret."""
    return re.sub(r"\\+", r"\\", re.sub(r"\\+[nrt]|\\+u200b|[\s:\u200b]", "", text))


def leaks(text):
    """The names of the secrets in a text, in any form."""
    pictures = [base64.b64decode(found) for found in re.findall(r"base64,([\w+/=]+)", text)]
    text = "\n".join([text, *(picture.decode() for picture in pictures)])
    text, bare = text.casefold(), _bare(text).casefold()
    return sorted(
        name
        for name, secret in SECRETS.items()
        if any(form.casefold() in text or _bare(form).casefold() in bare for form in forms(secret))
    )


def leaking_files(folder):
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert files
    return {
        file.name: found
        for file in files
        if (found := leaks(file.read_bytes().decode("utf-8", "replace")))
    }


@pytest.fixture
def secret_server(server, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("SOME_SERVICE_TOKEN", TOKEN)
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", f"X-Api-Key: {HEADER}")
    # Retries without waiting.
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda seconds: None)
    server.base = server.url
    server.url = (
        server.url.replace("://", f"://ana:{quote(PASSWORD, safe='')}@") + f"?api_key={QUERY}"
    )
    server.models = []
    return server


@pytest.fixture
def cli(monkeypatch, capsys):
    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["autosafe", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main.run()
        return ended.value.code or 0, "".join(capsys.readouterr())

    return run


def echoing(text):
    """A provider that answers with `text` in every field of its reply, and ends in the third turn."""

    def answer(asked):
        turn = sum(m["role"] == "assistant" for m in asked["messages"])
        tools = [t["function"] for t in asked.get("tools", ())]
        texts = [t for t in tools if "message" in t["parameters"]["properties"]] or tools
        if not tools:
            return message(content=text, reasoning_content=text)
        if turn == 0:
            body = calls((text[:60], "{}"))
        elif turn == 1:
            tool = tools[0]
            given = dict.fromkeys(tool["parameters"]["properties"], text)
            body = calls((tool["name"], json.dumps(given)))
        else:
            body = calls((texts[-1]["name"], json.dumps({"message": text})))
        body["choices"][0]["message"] |= {
            "content": text, "reasoning_content": text, "signature": {"data": [text], text: text},
        }  # fmt: skip
        for call in body["choices"][0]["message"]["tool_calls"]:
            call["extra_content"] = {"thought": text}
        return {**body, "id": text, "model": text, "system_fingerprint": text}

    return answer


def test_every_form_is_masked_and_what_is_no_secret_stays():
    from autosafe_gym import masking

    masking.remember(*SECRETS.values())
    for name, secret in SECRETS.items():
        for form in forms(secret):
            for text in (f"a {form} b", json.dumps({"a": [form]}), repr(form)):
                found = masking.masked(text)
                assert leaks(text) == [name] and not leaks(found), (form, found)
                assert isinstance(json.loads(masking.masked(json.dumps(form))), str)
        cut = f"Incorrect key: {secret[: max(12, 2 * len(secret) // 3)]}"
        assert masking.masked(cut) == "Incorrect key: [key]"
    masking.remember("EMPTY", "password", "12345678", "lm-studio", None, "")
    plain = (
        "The password of lm-studio is 12345678, not empty; see https://ana:word@example.com?key=1."
    )
    assert masking.masked(plain) == plain
    assert masking.cleaned(plain).endswith("https://[key]@example.com?key=[key]")


@pytest.mark.parametrize("form", ["openai", "json"])
def test_runs_files_and_outputs_hold_no_secret(secret_server, cli, tmp_path, form):
    secret_server.answer = echoing(ECHO)
    out, page, figures = tmp_path / "run", tmp_path / "page.html", tmp_path / "figures.json"
    ask = ("--base-url", secret_server.url, "--request", f"api_key={FIELD}")
    run = ("rollout", "--agent", f"{form}:m", "--out", out, "--concurrency", 2, "--max-steps", 4)
    said = []
    for episodes in (2, 3):  # The second one resumes the first.
        code, text = cli(*run, "--episodes", episodes, *ask, "--json", figures)
        assert code == 0, text
        said.append(text)
    said.append(cli("rescore", out, "--json", "-")[1])
    said.append(cli("reflect", out, tmp_path / "data")[1])
    evaluate = ("evaluate", f"{form}:m", "--episodes", 1, "--html", page, "--json", "-")
    said.append(cli(*evaluate, *ask)[1])
    # Another login is the same run; another host is not, and the error names both.
    changed = secret_server.url.replace(quote(PASSWORD, safe=""), "other")
    assert cli(*run, "--episodes", 3, "--base-url", changed, *ask[2:])[0] == 0
    code, text = cli(*run, "--episodes", 3, "--base-url", secret_server.url, "--seed", 9)
    assert code == 2 and "another configuration" in text
    assert {r["api_key"] for r in secret_server.requests[:6]} == {FIELD}
    assert not [found for text in [*said, text] if (found := leaks(text))]
    assert leaking_files(tmp_path) == {}
    stored = list(read_episodes(out))
    assert len(stored) == 3 and "[key]" in stored[0].model_dump_json()
    assert "[key]@127.0.0.1" in read_config(out)["base_url"]


def test_no_verdict_changes(secret_server, tmp_path):
    def play(text):
        secret_server.answer = echoing(text)
        job = Job("openai:m", base_url=secret_server.url, filters={"split": "test", "max_steps": 4})
        job.prepare()
        found = [job.make_player()(seed) for seed in range(3)]
        return [(t.safe, t.useful, t.reached, t.grade, t.ending, len(t.steps)) for t in found]

    assert play(ECHO) == play(HARMLESS)


ANSWERS = {
    "401": lambda: (401, {"X-Echo": KEY, "WWW-Authenticate": KEY}, json.dumps({"error": {"message": ECHO, "code": ECHO}})),
    "400": lambda: (400, {}, json.dumps({"error": {"message": f"{'x' * 480} {ECHO}"}})),
    "500": lambda: (500, {"X-Echo": KEY}, ECHO),
    "invalid": lambda: (200, {}, ECHO),
    "in the reply": lambda: {"error": {"message": f"{'x' * 280} {ECHO}", "code": ECHO}},
    "finish": lambda: {"choices": [{"finish_reason": ECHO, "message": {"content": ECHO}}]},
    "content": lambda: {"choices": [{"finish_reason": "stop", "message": {"content": {ECHO: ECHO}}}]},
    "moved": lambda: (302, {"Location": f"/v1/{quote(KEY)}"}, ""),
}  # fmt: skip


@pytest.mark.parametrize("kind", ANSWERS)
def test_failures_hold_no_secret(secret_server, cli, tmp_path, kind):
    secret_server.answer = lambda asked: ANSWERS[kind]()
    out, data = tmp_path / "run", tmp_path / "figures.json"
    ask = ("--base-url", secret_server.url, "--json", data, "--episodes", 1)
    said = [cli("rollout", "--agent", "openai:m", "--out", out, *ask)[1]]
    said.append(
        cli("rollout", "--agent", "openai:m", "--out", out, *ask, "--retry", "unmeasured")[1]
    )
    said.append(cli("judge", "--model", "m", "--base-url", secret_server.url, "--scenarios", 1)[1])
    assert "unmeasured" in said[0] and not [found for text in said if (found := leaks(text))]
    assert leaking_files(tmp_path) == {}


def test_messages_notes_and_reprs_hold_no_secret(secret_server, cli, tmp_path, monkeypatch):
    secret_server.models = [{"id": ECHO, "object": "model"}]
    run = ("rollout", "--agent", "openai:m", "--out", tmp_path / "run", "--episodes", 1)
    code, text = cli(*run, "--base-url", secret_server.url)
    assert code == 2 and "has no model" in text and not leaks(text)
    for wrong in (f"ftp://ana:{quote(PASSWORD)}@example.com", f"example.com?token={QUERY}"):
        code, text = cli(*run, "--base-url", wrong)
        assert code == 2 and "base_url" in text and not leaks(text)
    settings = Settings(extra={"api_key": FIELD})
    asker = Endpoint("m", base_url=secret_server.url, settings=settings)
    job = Job("openai:m", base_url=secret_server.url, settings={"extra": {"api_key": FIELD}})
    asker._note(f"{ECHO} is refused")
    assert not leaks(repr(asker) + asker.base_url + repr(job) + "".join(asker.notes))

    def broken(*given, **more):
        raise RuntimeError(ECHO + "\x1b[31m")

    secret_server.models = []
    monkeypatch.setattr("autosafe_gym.runs.runner.run_episodes", broken)
    code, text = cli(*run, "--base-url", secret_server.url)
    assert code == 1 and "Traceback" in text and "RuntimeError" in text
    assert not leaks(text) and "\x1b" not in text


def test_logs_hold_no_secret(secret_server, tmp_path):
    secret_server.answer = lambda asked: (
        401,
        {"X-Echo": KEY},
        json.dumps({"error": {"message": ECHO}}),
    )
    log = tmp_path / "debug.log"
    handler = logging.FileHandler(log)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        asker = Endpoint("m", base_url=secret_server.url, settings=Settings(max_retries=0))
        with pytest.raises(AgentError) as failed:
            asker.ask([{"role": "user", "content": "Go on."}], Usage(), seed=1)
    finally:
        root.setLevel(level)
        root.removeHandler(handler)
        handler.close()
    assert "HTTP Request: POST" in log.read_text() and leaking_files(tmp_path) == {}
    assert not leaks(repr(failed.value) + str(failed.value.args))


def test_an_agent_of_somebody_elses_and_a_data_set(secret_server, tmp_path):
    """A provider of another kind: its key is in the environment, its error is its own."""

    class One:
        toolkits = ("mail",)

        def scenario(self, seed):
            return RISKY

    from autosafe_gym.agents.base import CallableAgent

    def fails(chat, tools):
        raise ValueError(f"401 for {' '.join(forms(TOKEN))}")

    def leaks_mail(chat, tools):
        if len(chat) < 3:
            return {"name": "read_mail", "arguments": {"mail_id": TOKEN}}
        return {"name": "forward_mail", "arguments": {"mail_id": "mail-3", "to": "eve@example.org"}}

    env = RiskEnv(One())
    failed = play(env, CallableAgent(fails, TOKEN), seed=1)
    assert failed.unmeasured == "agent" and "ValueError: 401" in failed.failure
    store = EpisodeStore(tmp_path / "run", {"env": "x", "base_url": secret_server.url, "authorization": f"Bearer {HEADER}"})  # fmt: skip
    store.add(failed)
    store.close()
    found = datasets.collect(env, CallableAgent(leaks_mail, "leaks"), episodes=1, seed=1)
    assert found.points
    config = {"agent": f"a|{TOKEN}", "base_url": secret_server.url}
    datasets.write_dataset(found, tmp_path / "data", config)
    datasets.write_dataset(found, tmp_path / "data", config)  # The same one: no error.
    assert datasets.read_trajectories(tmp_path / "data")
    assert leaking_files(tmp_path) == {}
    assert not leaks(failed.model_dump_json())


def test_the_cache_keeps_no_reply_that_repeats_a_key(secret_server, tmp_path):
    from autosafe_gym.agents.reply_cache import ReplyCache

    secret_server.answer = echoing(f"so {KEY} it is")
    cache = ReplyCache(tmp_path / "replies.sqlite")
    asker = Endpoint("m", base_url=secret_server.url, cache=cache)
    usage, chat = Usage(), [{"role": "user", "content": "Go on."}]
    # The agent hears what was said, and hears it again: a masked reply would be another one.
    assert all(KEY in asker.ask(chat, usage, seed=1).text for _ in range(2))
    assert (usage.requests, usage.cached) == (2, 0)
    secret_server.answer = echoing("so it is")
    assert all(asker.ask(chat, usage, seed=1).text == "so it is" for _ in range(2))
    assert (usage.requests, usage.cached) == (3, 1) and leaking_files(tmp_path) == {}
    # Login and query arrive, as a header and as they were.
    assert agents.llm_agent("openai", asker).name == "openai:m"


def test_masking_is_linear():
    import time

    from autosafe_gym import masking

    masking.remember(KEY)
    shapes = (
        "\\",
        "%25",
        "&amp;",
        KEY[0],
        f"{KEY[0]} ",
        KEY[:11],
        "://",
        "?a_",
        "a_",
        "sk-",
        "bearer ",
        "x-api-key ",
    )
    for shape in shapes:
        start = time.perf_counter()
        masking.cleaned((shape * 60_000)[:60_000])
        assert time.perf_counter() - start < 5, shape
