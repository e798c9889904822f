"""A cache of replies in every state of disrepair: a miss, and the run goes on; never another answer."""

import json
import os
import random
import sqlite3
import threading

import pytest
from helpers import RISKY, message

import autosafe_gym
from autosafe_gym import agents
from autosafe_gym.agents.endpoint import Endpoint, Settings, Usage
from autosafe_gym.agents.reply_cache import ReplyCache
from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.errors import DataError

CHAT = [{"role": "user", "content": "Go on."}]


class One:
    toolkits = ("mail",)

    def scenario(self, seed):
        return RISKY


def endpoint(server, cache):
    server.replies[:] = [message(content="Whole.")]
    return Endpoint(
        "m", base_url=server.url, api_key="k", settings=Settings(max_retries=0), cache=cache
    )


def filled(server, path):
    """A cache with one reply, and the row as it was kept."""
    cache = ReplyCache(path, wait=0.1)
    asker = endpoint(server, cache)
    asker.ask(CHAT, Usage(), seed=1)
    asker.ask(CHAT, Usage(), seed=1)
    assert len(server.requests) == 1
    (row,) = cache._db.execute("SELECT key, body FROM replies")
    return cache, asker, *row


def asked_again(server, asker):
    before = len(server.requests)
    usage = Usage()
    assert asker.ask(CHAT, usage, seed=1).text == "Whole."
    return len(server.requests) == before + 1 and usage.cached == 0


ROWS = {
    "nothing": b"",
    "null": None,
    "number": 7,
    "fraction": 1.5,
    "NULs": b"\0" * 40,
    "list": b"[]",
    "word": b'"Whole."',
    "object of another kind": b'{"id": "x", "choices": []}',
    "deep": b"[" * 100_000,
    "half of a letter": b'{"text": "\\ud83d", "finish": "stop"}',
    "text is a number": b'{"text": 7, "finish": "stop"}',
    "calls are text": b'{"text": "a", "calls": "b", "finish": "stop"}',
    "a call is null": b'{"text": "a", "calls": [null], "finish": "stop"}',
    "tokens below zero": b'{"text": "a", "prompt": -5, "finish": "stop"}',
    "tokens of 10**300": b'{"text": "a", "prompt": 1%b, "finish": "stop"}' % (b"0" * 300),
    "empty": b'{"text": "", "finish": "stop"}',
    "invisible": b'{"text": "\\u200b", "finish": "stop"}',
    "not UTF-8": b'{"text": "\xff", "finish": "stop"}',
}


def test_a_damaged_row_is_asked_for_again_and_mended(server, tmp_path):
    cache, asker, key, body = filled(server, tmp_path / "a.sqlite")
    random.seed(16)
    rows = {**ROWS, **{f"cut at {n}": body[:n] for n in range(1, len(body), 17)}}
    rows |= {f"noise {n}": random.randbytes(60) for n in range(9)}
    wrong = []
    for name, row in rows.items():
        with cache._db:
            cache._db.execute("INSERT OR REPLACE INTO replies VALUES (?, ?)", (key, row))
        if not asked_again(server, asker) or asked_again(server, asker):
            wrong.append(name)
    assert wrong == [] and cache.fault == ""
    with cache._db:  # As text, which some tools make of it, it is the same row.
        cache._db.execute("INSERT OR REPLACE INTO replies VALUES (?, ?)", (key, body.decode()))
    assert not asked_again(server, asker)


def test_a_file_of_another_form_is_a_miss_and_is_said(server, tmp_path):
    for name, table in (
        ("a", "replies (id INTEGER, text TEXT)"),
        ("b", "replies (key, body, more)"),
    ):
        with sqlite3.connect(tmp_path / name) as other:
            other.execute(f"CREATE TABLE {table}")
        asker = endpoint(server, ReplyCache(tmp_path / name))
        assert all(asked_again(server, asker) for _ in range(5))
        assert len(asker.notes) in (1, 2) and all(
            "cache of replies fails" in n for n in asker.notes
        )


def test_a_locked_file_costs_three_short_waits_and_no_reply(server, tmp_path):
    cache, asker, *_ = filled(server, tmp_path / "a.sqlite")
    cache._db.execute("PRAGMA journal_mode=DELETE")
    other = sqlite3.connect(tmp_path / "a.sqlite", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert all(asked_again(server, asker) for _ in range(9))
    # Each failure may cost a wait: after three in a row the file is left alone.
    assert cache._faults == {"get": 3, "put": 3} and "locked" in asker.notes[0]
    # One that is opened meanwhile is no reason to stop either.
    late = endpoint(server, ReplyCache(tmp_path / "a.sqlite", wait=0.1))
    assert asked_again(server, late)
    other.execute("COMMIT")


def test_a_full_disk_and_a_torn_file_end_no_episode(server, tmp_path):
    full, asker, *_ = filled(server, tmp_path / "a.sqlite")
    pages = full._db.execute("PRAGMA page_count").fetchone()[0]
    full._db.execute(f"PRAGMA max_page_count={pages}")
    server.replies[:] = [message(content="x" * 30_000)]
    for seed in range(2, 8):
        assert asker.ask(CHAT, Usage(), seed=seed).text.startswith("xxx")
    assert "full" in asker.notes[0]
    torn, asker, *_ = filled_again(server, tmp_path / "b.sqlite")
    torn._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with open(tmp_path / "b.sqlite", "r+b") as file:
        file.seek(100)
        file.write(b"\xff" * (os.path.getsize(tmp_path / "b.sqlite") - 100))
    torn._db.execute("PRAGMA cache_size=0")
    agent = agents.llm_agent("openai", asker)
    server.replies[:] = [message(content="Done.")]
    assert autosafe_gym.play(RiskEnv(One()), agent, seed=1).unmeasured is None


def filled_again(server, path):
    server.requests.clear()
    return filled(server, path)


def test_a_file_that_can_only_be_read_is_read(server, tmp_path, monkeypatch):
    filled(server, tmp_path / "a.sqlite")
    connect = sqlite3.connect

    def read_only(path, **more):
        # As for a user without the right to write, which root always has.
        return connect(f"file:{path}?mode=ro", uri=True, **more)

    monkeypatch.setattr(sqlite3, "connect", read_only)
    cache = ReplyCache(tmp_path / "a.sqlite")
    asker = endpoint(server, cache)
    assert not asked_again(server, asker)
    for seed in range(2, 9):
        asker.ask(CHAT, Usage(), seed=seed)
    assert not asked_again(server, asker) and "readonly" in asker.notes[0]


def test_what_is_no_database_is_refused_before_anything_runs(tmp_path):
    (tmp_path / "notes.txt").write_text("My notes. " * 200)
    with pytest.raises(DataError, match=r"notes\.txt"):
        ReplyCache(tmp_path / "notes.txt")
    assert (tmp_path / "notes.txt").read_text() == "My notes. " * 200
    with pytest.raises(DataError):
        ReplyCache(tmp_path)


def test_replies_that_the_file_cannot_hold_are_not_kept(server, tmp_path):
    cache = ReplyCache(tmp_path / "a.sqlite")
    asker = endpoint(server, cache)
    server.replies[:] = [message(content="Whole.", signature=10**200)]
    for _ in range(2):
        assert asker.ask(CHAT, Usage(), seed=1).extra == {"signature": 10**200}
    cache.put("k", {"text": "\ud83d"})
    assert cache.get("k") is None and cache.fault == ""
    assert ReplyCache.key({"a": 10**200}) != ReplyCache.key({"a": 10**201})
    assert ReplyCache.key({"a": "\ud83d"}) != ReplyCache.key({"a": "\ud83e"})


def test_many_threads_share_one_file(server, tmp_path):
    cache = ReplyCache(tmp_path / "a.sqlite")
    asker = endpoint(server, cache)
    server.answer = lambda asked: message(content=f"seed {asked['seed']}")
    wrong = []

    def ask(first):
        seeds = range(first, first + 5)
        wrong.extend(s for s in seeds if asker.ask(CHAT, Usage(), seed=s).text != f"seed {s}")

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == [] and cache.fault == ""
    assert json.loads(json.dumps(asker.notes)) == []
