"""Worker processes that end when what waits for them does, however that ends.

A worker can't hear Ctrl-C, which a terminal sends to all processes at once: its parent ends it. It ends
by itself when its parent is gone, `kill -9` included.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing import active_children, parent_process, resource_tracker
from multiprocessing.context import SpawnContext, SpawnProcess
from pathlib import Path
from time import monotonic
from typing import Any

from autosafe_gym.errors import AutosafeError
from autosafe_gym.storage.writing import discard_temporaries

_ENDED = 128 + 15


class Worker(SpawnProcess):
    """A fresh process: a fork of one that has threads (a progress bar's) can hang."""

    def start(self) -> None:
        """Starts it deaf to Ctrl-C from its first moment: a signal mask is inherited."""
        if not hasattr(signal, "pthread_sigmask"):  # Windows.
            super().start()
            return
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            super().start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def run(self) -> None:
        """What the process does."""
        signal.signal(signal.SIGTERM, lambda *_: _leave())
        threading.Thread(target=_follow_parent, name="parent", daemon=True).start()
        super().run()


class _Context(SpawnContext):
    Process = Worker


def _follow_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        _leave()


def _leave() -> None:
    end_children()
    discard_temporaries()
    os._exit(_ENDED)


@contextmanager
def workers(
    count: int, initializer: Callable[..., None] | None = None, initargs: tuple[Any, ...] = ()
) -> Iterator[ProcessPoolExecutor]:
    """A pool of fresh processes; an error or an interrupt ends them at once, whatever they do.

    Args:
        count: Processes.
        initializer: Called first in each of them.
        initargs: Its arguments.

    Raises:
        AutosafeError: If one of them was ended from outside.
    """
    with ProcessPoolExecutor(
        count, mp_context=_Context(), initializer=initializer, initargs=initargs
    ) as pool:
        try:
            yield pool
        except BaseException as error:
            end_workers()
            pool.shutdown(wait=False, cancel_futures=True)
            if isinstance(error, BrokenProcessPool):
                raise AutosafeError(
                    "A worker process was ended from outside: the machine may be short of memory. "
                    "Fewer processes (--jobs) need less."
                ) from error
            raise


def end_workers(patience: float = 0.5) -> None:
    """Ends all workers of this process.

    Args:
        patience: Seconds until those that do not end are killed.
    """
    # Not those that a pool knows: one may just be starting.
    found = [process for process in active_children() if isinstance(process, Worker)]
    for process in found:
        with suppress(OSError):
            process.terminate()
    end = monotonic() + patience
    for process in found:
        process.join(max(0.0, end - monotonic()))
        with suppress(OSError):
            process.kill()


def end_children() -> None:
    """Kills what else this process has started and not waited for, where the system lists it (Linux)."""
    # It removes what the dead leave behind, and ends when the last of them has ended.
    tracker = getattr(resource_tracker._resource_tracker, "_pid", None)
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # The number of the parent comes second after the name, which may hold anything.
            parent = int(file.read_text(errors="replace").rpartition(")")[2].split()[1])
            child = int(file.parent.name)
            if parent == os.getpid() and child != tracker:
                os.kill(child, signal.SIGKILL)
