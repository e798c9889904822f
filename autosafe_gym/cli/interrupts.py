"""Ctrl-C and `kill` end a command within two seconds, whatever it does, and leave no process.

There is no exception to be raised through code that may swallow it, hold a lock or be shutting down:
everything that is written can stand a `kill -9`, so the process simply ends. A thread of its own hears
the signal, because the main thread may be deep in a library.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from autosafe_gym.processes import end_children, end_workers
from autosafe_gym.storage.writing import discard_temporaries

INTERRUPTED = 130
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_leaving = threading.Event()
_once = threading.Lock()
_sentences: list[Callable[[], str]] = []


def listen() -> None:
    """From now on both signals end this process."""
    ours, pythons = socket.socketpair()
    pythons.setblocking(False)
    for number in _SIGNALS:
        signal.signal(number, _heard)
    signal.set_wakeup_fd(pythons.fileno(), warn_on_full_buffer=False)
    threading.Thread(target=_wait, args=(ours, pythons), name="interrupts", daemon=True).start()


def _heard(number: int, frame: object) -> None:
    # Where another library has taken the wake-up file, the thread hears nothing.
    leave()


def _wait(ours: socket.socket, pythons: socket.socket) -> None:
    while True:
        if any(number in _SIGNALS for number in ours.recv(16)):
            leave()


def leave() -> None:
    """Ends this process and its workers; of several calls the first does."""
    if not _once.acquire(blocking=False):
        return
    _leaving.set()
    end_workers()
    end_children()
    said = "What was written is complete."
    with suppress(Exception):
        said = _sentences[-1]() if _sentences else said
    _say(f"Interrupted. {said}")
    discard_temporaries()
    os._exit(INTERRUPTED)


def hold() -> None:
    """Waits for the end, if it has begun: what fails then fails because of it, and needs no message."""
    if _leaving.is_set():
        time.sleep(10)


@contextmanager
def sentence(say: Callable[[], str]) -> Iterator[None]:
    """Has an interrupt say more than that what was written is complete.

    Args:
        say: Gives the sentence.
    """
    _sentences.append(say)
    try:
        yield
    finally:
        _sentences.remove(say)


def _say(text: str) -> None:
    """Writes to the error stream without its locks; not at all where nobody reads it."""
    with suppress(Exception):
        if os.isatty(2):
            # The line of a progress bar goes, the cursor that it hid comes back.
            text = f"\r\x1b[2K\x1b[?25h\x1b[33m{text}\x1b[0m"
        if sys.platform == "win32" or select.select([], [2], [], 0.2)[1]:
            os.write(2, f"{text}\n".encode())
