"""`ReplyCache`: what models said, kept in a file by the hash of what they were asked.

A cache saves requests and nothing else: a row that is damaged, and a file that is locked, full, read-only
or of another form, is a miss, and the run goes on. Only a file that is no cache at all is refused, before
anything runs.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from pathlib import Path
from typing import Any

import msgspec

from autosafe_gym.errors import DataError
from autosafe_gym.masking import holds_secret

_MOST_FAULTS = 3
"""Failures in a row after which the file is left alone: each may have cost a wait."""
_UNWRITTEN = (msgspec.MsgspecError, UnicodeError, OverflowError, RecursionError, TypeError)


class ReplyCache:
    """Model replies by the hash of everything that was asked; safe over threads and processes.

    The seed of the request is part of the key, so that several samples of one question stay several.

    Args:
        path: The SQLite file. One that can be read but not written is used as it is.
        wait: Seconds for which another process may hold the file.

    Raises:
        DataError: If the file is not usable.

    Attributes:
        fault: Why it last failed to read or to keep a reply; "" while it works.
    """

    def __init__(self, path: str | Path, *, wait: float = 10.0) -> None:
        self._lock = threading.Lock()
        self._faults = {"get": 0, "put": 0}
        self.fault = ""
        try:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, check_same_thread=False, timeout=wait)
            # Says whether it is a database, and whether it can be read.
            self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except (OSError, sqlite3.Error) as error:
            if not _passes(error):
                raise DataError(
                    f"{path}: can't be used as a cache of replies ({error})."
                ) from error
            self._failed("put", error)
            return
        try:
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.execute("CREATE TABLE IF NOT EXISTS replies (key TEXT PRIMARY KEY, body BLOB)")
            self._db.commit()
        except sqlite3.Error as error:
            self._failed("put", error)

    @staticmethod
    def key(question: dict[str, Any]) -> str:
        """The key of a question."""
        try:
            text = msgspec.json.encode(question, order="deterministic")
        except _UNWRITTEN:
            text = json.dumps(question, sort_keys=True, default=str).encode()
        return hashlib.sha256(text).hexdigest()

    def get(self, key: str) -> dict[str, Any] | None:
        """A reply, or None if there is none that can be read."""
        if self._faults["get"] >= _MOST_FAULTS:
            return None
        try:
            with self._lock:
                row = self._db.execute("SELECT body FROM replies WHERE key = ?", (key,)).fetchone()
        except sqlite3.Error as error:
            self._failed("get", error)
            return None
        self._faults["get"] = 0
        if row is None or not isinstance(row[0], (bytes, str)):
            return None
        try:
            found = msgspec.json.decode(row[0])
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            return None
        return found if isinstance(found, dict) else None

    def put(self, key: str, body: dict[str, Any]) -> None:
        """Keeps a reply, if the file takes it.

        One that repeats a key is not kept, since a masked one would be another reply.
        """
        if self._faults["put"] >= _MOST_FAULTS:
            return
        try:
            text = msgspec.json.encode(body)
        except _UNWRITTEN:
            return  # A number too large for the file's form: it is asked for again.
        if holds_secret(text.decode("utf-8", "replace")):
            return
        try:
            with self._lock, self._db:
                self._db.execute("INSERT OR REPLACE INTO replies VALUES (?, ?)", (key, text))
        except sqlite3.Error as error:
            self._failed("put", error)
        else:
            self._faults["put"] = 0

    def _failed(self, what: str, error: Exception) -> None:
        self._faults[what] += 1
        self.fault = str(error)


def _passes(error: Exception) -> bool:
    """Whether a database is only held by another process."""
    return isinstance(error, sqlite3.OperationalError) and "locked" in str(error)
