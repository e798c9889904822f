"""Every way in which a provider may fail: never safe, over in time, and with the right cause.

Run with `-s` to see the table of faults and causes.
"""

import json
import socket
import ssl
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fake_provider import (
    ANSWERS,
    BOMB,
    DONE,
    GOOD,
    HARM,
    ODD,
    READABLE,
    SEEDS,
    SLOW,
    FakeProvider,
    raw,
)  # fmt: skip
from helpers import RISKY

import autosafe_gym
from autosafe_gym import agents
from autosafe_gym.agents.bodies import decoded
from autosafe_gym.agents.endpoint import Endpoint, Settings, Usage
from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.errors import AgentError
from autosafe_gym.ots.trajectory import Trajectory

FORMS = ("openai", "react", "json", "brief", "choice")
KEY = "key-0123456789"
DEADLINE = 1.0
SLACK = 5.0
"""Seconds beyond a deadline, for a busy machine; a drip would take ten."""
PEM = Path(__file__).parents[1] / "data" / "self_signed.pem"


class One:
    toolkits = ("mail",)

    def scenario(self, seed):
        return RISKY


def endpoint(url, timeout=20.0):
    return Endpoint(
        "m", base_url=url, api_key=KEY, settings=Settings(max_retries=0, timeout=timeout)
    )


def play(form, asked, seed=1):
    """What became of an episode, and for how long the provider was waited for at most."""
    agent, longest = agents.llm_agent(form, asked), [0.0]
    act = agent.act

    def timed(*given):
        start = time.monotonic()
        try:
            return act(*given)
        finally:
            longest[0] = max(longest[0], time.monotonic() - start)

    agent.act = timed
    done = autosafe_gym.play(RiskEnv(One(), max_steps=3), agent, seed=seed)
    # Whatever was said, the episode can be stored and read again.
    assert Trajectory.model_validate_json(done.model_dump_json()).unmeasured == done.unmeasured
    assert KEY not in done.model_dump_json()
    if done.unmeasured:
        return done.unmeasured, longest[0]
    return {True: "SAFE", False: "unsafe", None: "invalid"}[done.safe], longest[0]


@pytest.fixture(scope="module")
def provider():
    served = FakeProvider()
    yield served
    served.close()


@pytest.fixture(scope="module")
def found(provider):
    """(fault, form) -> what became of the episode, and the longest wait."""
    quick, short = endpoint(provider.url), endpoint(provider.url, DEADLINE)
    tasks = [
        (fault, form, short if fault in SLOW or fault in ODD else quick)
        for fault in [*SLOW, *ODD, *ANSWERS, *READABLE]
        for form in FORMS
    ]
    with ThreadPoolExecutor(len(SLOW) * len(FORMS)) as pool:
        results = pool.map(lambda t: play(t[1], t[2], SEEDS.index(t[0])), tasks)
        return {task[:2]: result for task, result in zip(tasks, results, strict=True)}


def test_the_list_is_long_enough_and_its_answers_are_what_they_seem(provider):
    assert len(ANSWERS) + len(SLOW) + len(ODD) >= 100 and len(SEEDS) == len({*SEEDS})
    for body, outcome in ((DONE, "SAFE"), (HARM, "unsafe")):
        whole = FakeProvider(lambda c, _, body=body: c.sendall(raw(body)))
        asked = endpoint(whole.url)
        assert [play(form, asked)[0] for form in FORMS[:4]] == [outcome] * 4
        whole.close()


def test_no_fault_is_measured_as_safe(found):
    print(
        "\n" + ", ".join(f"{n} {what}" for what, n in Counter(w for w, _ in found.values()).items())
    )
    assert {key: what for key, (what, _) in found.items() if what == "SAFE"} == {}
    read = {fault: [found[fault, form][0] for form in FORMS[:4]] for fault in READABLE}
    assert {f: what for f, what in read.items() if what != ["unsafe"] * 4} == {}
    # Without log-probabilities there is nothing to choose by.
    assert {what for (_, form), (what, _) in found.items() if form == "choice"}.isdisjoint(
        {"unsafe", "invalid"}
    )


def test_each_fault_has_its_cause_in_every_form(found):
    wanted = {fault: cause for fault, (_, cause) in ANSWERS.items()}
    wanted |= {fault: cause for fault, (_, cause) in ODD.items()} | dict.fromkeys(SLOW, "timeout")
    shown, wrong = [], {}
    for fault, causes in wanted.items():
        got = {form: found[fault, form][0] for form in FORMS}
        shown.append(f"{fault:42s} {', '.join(sorted({*got.values()}))}")
        if not {*list(got.values())[:4]} <= {*causes.split("|")}:
            wrong[fault] = (got, causes)
    print("\n" + "\n".join(shown))
    assert wrong == {}


def test_slow_faults_end_within_their_deadline(found):
    waits = {key: wait for key, (_, wait) in found.items() if key[0] in SLOW or key[0] in ODD}
    print(f"\nlongest wait: {max(waits.values()):.2f} s with a deadline of {DEADLINE} s")
    assert {key: wait for key, wait in waits.items() if wait > DEADLINE + SLACK} == {}
    assert all(found[fault, form][1] >= DEADLINE * 0.9 for fault in SLOW for form in FORMS)


# -- connections --------------------------------------------------------------------------------------
def refused_url():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return f"http://127.0.0.1:{taken.getsockname()[1]}/v1"


def failure(url, timeout=5.0, asked=None):
    with pytest.raises(AgentError) as caught:
        asked = asked or endpoint(url, timeout)
        asked.ask([{"role": "user", "content": "Go."}], Usage(), seed=1)
    return caught.value


def test_no_connection_has_its_cause_in_the_error_and_in_the_episode():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(PEM)
    untrusted = FakeProvider(lambda c, _: c.sendall(raw(DONE)), tls=context)
    hasty = FakeProvider(lambda c, _: None)
    other = FakeProvider(greeting=b"220 mail.example.com\r\n")
    cases = {
        "http://nowhere.invalid/v1": {"name-resolution"},
        "http://" + "a" * 70 + ".invalid/v1": {"name-resolution", "provider"},
        refused_url(): {"connection-refused"},
        untrusted.url: {"tls"},
        other.url.replace("http:", "https:"): {"tls"},
        hasty.url: {"connection-lost"},
    }
    for url, causes in cases.items():
        asked = endpoint(url, 5.0)
        error = failure(url, asked=asked)
        assert error.cause in causes, (url, str(error))
        assert [play(form, asked)[0] for form in FORMS] == [error.cause] * len(FORMS)
    assert "certificate" in str(failure(untrusted.url)) and untrusted.requests == []
    untrusted.close()


def test_a_resolver_that_hangs_does_not_hold_the_run(monkeypatch):
    asked = threading.Event()

    def hang(*_, **__):
        asked.set()
        time.sleep(20)
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    start = time.monotonic()
    error = failure("http://slow.example.com/v1", 0.3)
    assert error.cause == "timeout" and asked.is_set()
    assert time.monotonic() - start < 0.3 + SLACK


def test_a_request_that_nobody_reads_ends_in_time():
    deaf = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{deaf.getsockname()[1]}/v1"
    start = time.monotonic()
    with pytest.raises(AgentError) as caught:
        chat = [{"role": "user", "content": "x" * 16 * 2**20}]
        endpoint(url, 0.5).ask(chat, Usage(), seed=1)
    assert caught.value.cause == "timeout" and time.monotonic() - start < 0.5 + SLACK
    deaf.close()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_takes_neither_the_key_nor_the_chat_along(status):
    other = FakeProvider(lambda c, _: c.sendall(raw(DONE)))
    first = FakeProvider(lambda c, _: c.sendall(raw(b"", f"{status} Gone", Location=other.url)))
    error = failure(first.url)
    assert error.cause == "redirect" and other.url in str(error)
    assert len(first.requests) == 1 and other.requests == []
    for served in (first, other):
        served.close()


def test_a_bomb_is_never_unpacked_beyond_the_bound():
    size, largest = 0, 0
    with pytest.raises(AgentError, match="longer than"):
        for piece in decoded(iter([BOMB]), "gzip"):
            size, largest = size + len(piece), max(largest, len(piece))
    assert largest <= 2**16 and 15 * 2**20 < size <= 16 * 2**20
    assert b"".join(decoded(iter([GOOD[:9], GOOD[9:]]), "")) == GOOD


def test_the_models_are_asked_for_within_the_same_bounds():
    for body in (b"[]", b'{"data": [1]}', b"no", b'{"data": ' + b"[" * 50_000):
        odd = FakeProvider(lambda c, _, body=body: c.sendall(raw(body)))
        endpoint(odd.url).check()
        odd.close()
    slow = FakeProvider(lambda c, _: SLOW["a header at a time"](c))
    start = time.monotonic()
    with pytest.raises(AgentError) as caught:
        endpoint(slow.url, 0.3).check()
    assert caught.value.cause == "timeout" and time.monotonic() - start < 0.3 + SLACK
    slow.close()


def test_half_letters_in_arguments_do_not_end_the_chat(provider):
    replies = [json.dumps(HARM).replace("forward_mail", "read_mail"), json.dumps(DONE)]
    replies[0] = replies[0].replace("mail-3", "mail-3\\\\ud83d")
    served = FakeProvider(lambda c, _: c.sendall(raw(replies.pop(0).encode())))
    agent = agents.llm_agent("openai", endpoint(served.url))
    done = autosafe_gym.play(RiskEnv(One()), agent, seed=1)
    assert done.unmeasured is None and [s.verdict.valid for s in done.steps] == [False, True]
    served.close()


@pytest.mark.parametrize(
    "url", ["http://[::1", "http://a b/v1", "http://x:99999/v1", "http://\ud83d/v1"]
)
def test_an_address_that_is_none_is_said_to_be_none(url):
    with pytest.raises(AgentError):
        endpoint(url, 1.0).ask([], Usage(), seed=1)
