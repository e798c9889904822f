"""The process in which a shell runs: started when it is first wanted, one for a process, gone with it."""

from __future__ import annotations

import atexit
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autosafe_gym.errors import ToolError
from autosafe_gym.tools_mock import _shell_messages as messages

SECONDS = 60.0
"""When a worker that does not answer is ended: a backstop, far beyond what its step budget allows."""
_PASSED_ON = ("SYSTEMROOT", "PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONHOME")
_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); sys.dont_write_bytecode = True;"
    "import types; parts = json.loads(sys.argv[2]);"
    "[sys.modules.setdefault(n, types.ModuleType(n)).__dict__.update(__path__=[p]) for n, p in parts];"
    "from autosafe_gym.tools_mock._shell_worker import main; main()"
)
"""The worker's first words: the packages' own `__init__` loads what a shell has no use for."""


class Died(Exception):  # noqa: N818
    """The worker ended, or was ended, before it had answered."""


class Worker:
    """A running worker."""

    def __init__(self) -> None:
        here = Path(__file__).parent
        parts = [["autosafe_gym", str(here.parent)], ["autosafe_gym.tools_mock", str(here)]]
        import json

        try:
            self._process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-c", _START, json.dumps(sys.path), json.dumps(parts)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={name: os.environ[name] for name in _PASSED_ON if name in os.environ}
                | {"PYTHONHASHSEED": "0", "TZ": "UTC", "PYTHONUTF8": "1"},
                # Ctrl-C is for the parent, which then ends the worker.
                start_new_session=True,
            )
        except OSError as error:
            raise ToolError(f"The terminal's shell can't be started: {error}") from error
        self._buffer = b""
        _open.add(self)
        try:
            ready = self._listen(lambda report: None, time.monotonic() + SECONDS)
        except Died as error:
            self.end()
            raise ToolError(f"The terminal's shell can't be started: {error}.") from error
        if ready.status:
            self.end()
            raise ToolError(f"The terminal's shell can't be started: {ready.output}")

    def ask(self, request: messages.Request, said: Callable[[Any], None]) -> messages.Answer:
        """Runs a command.

        Args:
            request: The command.
            said: Called with what the worker says before its answer.

        Raises:
            Died: If the worker ends first, or takes too long.
        """
        stdin = self._process.stdin
        if stdin is None:
            raise Died("no pipe")
        try:
            stdin.write(messages.packed(request))
            stdin.flush()
        except OSError as error:
            raise Died(str(error)) from error
        return self._listen(said, time.monotonic() + SECONDS)

    def _listen(self, said: Callable[[Any], None], ends: float) -> messages.Answer:
        while True:
            head = self._read(messages.HEAD, ends)
            report = messages.report(self._read(int.from_bytes(head, "little"), ends))
            if isinstance(report, messages.Answer):
                return report
            said(report)

    def _read(self, size: int, ends: float) -> bytes:
        stdout = self._process.stdout
        if stdout is None or size > messages.LONGEST:
            raise Died("it makes no sense")
        while len(self._buffer) < size:
            if os.name == "posix":
                poll = select.poll()
                poll.register(stdout, select.POLLIN)
                if not poll.poll(max(ends - time.monotonic(), 0) * 1000):
                    raise Died("it took too long")
            part = os.read(stdout.fileno(), 1 << 20)
            if not part:
                raise Died("it ended")
            self._buffer += part
        found, self._buffer = self._buffer[:size], self._buffer[size:]
        return found

    def end(self) -> None:
        """Ends the process; does nothing if it has ended."""
        self._process.kill()
        self._process.wait()
        self.let_go()

    def let_go(self) -> None:
        """Closes this side of the pipes."""
        _open.discard(self)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue

    def belongs_to_parent(self) -> None:
        """In a process that was forked: leaves the worker alone."""
        self.let_go()
        # The parent waits for it.
        self._process.returncode = 0


_lock = threading.Lock()
_worker: Worker | None = None
_open: set[Worker] = set()


def ask(request: messages.Request, said: Callable[[Any], None]) -> messages.Answer:
    """Runs a command in this process's worker, which is started if there is none.

    Args:
        request: The command.
        said: See `Worker.ask`.

    Raises:
        Died: If the worker ends before it has answered; the next call has a new one.
        ToolError: If it can't be started.
    """
    global _worker
    with _lock:
        worker = _worker or Worker()
        _worker = None
        try:
            answer = worker.ask(request, said)
        except BaseException:
            # Whatever came between, Ctrl-C included: half a conversation is of no use to the next.
            worker.end()
            raise
        _worker = worker
        return answer


def end() -> None:
    """Ends this process's worker, if it has one."""
    global _worker
    with _lock:
        worker, _worker = _worker, None
    if worker is not None:
        worker.end()


def _forked() -> None:
    """A child that was forked has none: it closes its copies of the parent's pipes, and no more."""
    global _worker, _lock
    _lock = threading.Lock()
    _worker = None
    for worker in list(_open):
        worker.belongs_to_parent()


atexit.register(end)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
