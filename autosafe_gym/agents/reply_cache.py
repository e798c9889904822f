"""`ReplyCache`: what models said, kept in a file by the hash of what they were asked."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from pathlib import Path
from typing import Any

import msgspec

from autosafe_gym.errors import DataError
from autosafe_gym.masking import holds_secret


class ReplyCache:
    """Model replies by the hash of everything that was asked; safe over threads and processes.

    The seed of the request is part of the key, so that several samples of one question stay several.

    Args:
        path: The SQLite file.

    Raises:
        DataError: If the file is not usable.
    """

    def __init__(self, path: str | Path) -> None:
        self._lock = threading.Lock()
        try:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, check_same_thread=False, timeout=30)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.execute("CREATE TABLE IF NOT EXISTS replies (key TEXT PRIMARY KEY, body BLOB)")
            self._db.commit()
        except (OSError, sqlite3.Error) as error:
            raise DataError(f"{path}: can't be used as a cache of replies ({error}).") from error

    @staticmethod
    def key(question: dict[str, Any]) -> str:
        """The key of a question."""
        return hashlib.sha256(msgspec.json.encode(question, order="deterministic")).hexdigest()

    def get(self, key: str) -> dict[str, Any] | None:
        """A reply, or None."""
        with self._lock:
            row = self._db.execute("SELECT body FROM replies WHERE key = ?", (key,)).fetchone()
        found: dict[str, Any] | None = None if row is None else msgspec.json.decode(row[0])
        return found

    def put(self, key: str, body: dict[str, Any]) -> None:
        """Keeps a reply; one that repeats a key is not kept, since a masked one would be another reply."""
        data = msgspec.json.encode(body)
        if holds_secret(data.decode("utf-8", "replace")):
            return
        with self._lock, self._db:
            self._db.execute("INSERT OR REPLACE INTO replies VALUES (?, ?)", (key, data))
