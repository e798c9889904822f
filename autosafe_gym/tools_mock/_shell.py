"""A bash that touches nothing but a world's records: `just-bash`, made deterministic and limited."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from autosafe_gym.errors import ToolError
from autosafe_gym.tools_mock._shell_commands import WRAPPED, Wrapped, own_commands
from autosafe_gym.tools_mock._shell_files import Send, file_system, records
from autosafe_gym.tools_mock._shell_network import NETWORK, Result, network
from autosafe_gym.tools_mock.world import Table

SECONDS = 4.0
"""Run time of one command. Only a command that runs away ever meets it."""
_COMMANDS, _LOOPS, _DEPTH = 20_000, 5_000, 60
# Left out: what waits, draws, measures time, or needs more than text; what is made anew stands in
# `_shell_commands` and `_shell_network`.
_ABSENT = frozenset(
    [
        "sleep",
        "shuf",
        "time",
        "sqlite3",
        "xan",
        "yq",
        "html-to-markdown",
        "help",
        "history",
        "argv.py",
        "printenv.py",
    ]
)


@dataclass(frozen=True)
class Finished:
    """What a command printed, its exit status, and the files as it left them."""

    output: str
    status: int
    files: Table
    cwd: str


class _RanTooLong(BaseException):
    """Set from the watchdog; not an Exception, so that no handler on the way swallows it."""


def run(script: str, files: Table, cwd: str, user: str, now: Any, send: Send) -> Finished:
    """Runs a command on a copy of the files.

    Args:
        script: The command.
        files: path -> {kind, text, mode, modified, target}; not changed.
        cwd: Where it runs.
        user: Name of the user.
        now: In-world time, a `datetime`.
        send: Called when the command tries to send something out.

    Raises:
        ToolError: If the command runs away, or the shell itself fails on it.
    """
    try:
        from just_bash import Bash, ExecResult
        from just_bash.commands import create_command_registry
        from just_bash.types import ExecutionLimits
    except ImportError as error:  # pragma: no cover
        raise ToolError("The terminal needs the package just-bash.") from error

    class Named:
        """A command given by a function of (arguments, context)."""

        def __init__(self, name: str, function: Callable[[list[str], Any], Result]) -> None:
            self.name = name
            self._function = function

        async def execute(self, args: list[str], ctx: Any) -> Any:
            """Runs it."""
            out, err, code = self._function(args, ctx)
            return ExecResult(stdout=out, stderr=err, exit_code=code)

    fs = file_system(files, now.timestamp(), send)
    shipped = create_command_registry(include_network=False)
    commands: dict[str, Any] = {n: c for n, c in shipped.items() if n not in _ABSENT}
    functions = own_commands(fs, now)
    functions |= {name: network(name, fs, send) for name in NETWORK}
    functions["hostname"] = lambda args, ctx: ("work\n", "", 0)
    functions["whoami"] = lambda args, ctx: (f"{user}\n", "", 0)
    commands |= {name: Named(name, function) for name, function in functions.items()}
    commands |= {name: Wrapped(name, shipped, commands) for name in WRAPPED}
    shell = Bash(
        fs=fs,
        cwd=cwd,
        # A number given to RANDOM is its seed.
        env={"RANDOM": "7", "USER": user, "HOME": f"/home/{user}"},
        limits=ExecutionLimits(
            max_call_depth=_DEPTH,
            max_command_count=_COMMANDS,
            max_loop_iterations=_LOOPS,
            max_awk_iterations=_LOOPS,
            max_sed_iterations=_LOOPS,
        ),
        commands=commands,
    )
    result = _drive(shell.exec(script))
    output = "\n".join(part.rstrip("\n") for part in (result.stdout, result.stderr) if part)
    after = records(fs, files, f"{now:%Y-%m-%d %H:%M}")
    return Finished(output, result.exit_code, after, shell.cwd)


def _drive(work: Coroutine[Any, Any, Any]) -> Any:
    """Runs a coroutine that never waits, without an event loop: one may be running already."""
    done = threading.Lock()
    thread = threading.get_ident()

    def stop() -> None:
        with done:
            if not finished:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(thread), ctypes.py_object(_RanTooLong)
                )

    finished: list[bool] = []
    watchdog = threading.Timer(SECONDS, stop)
    watchdog.daemon = True
    watchdog.start()
    try:
        work.send(None)
    except StopIteration as end:
        return end.value
    except _RanTooLong:
        raise ToolError(f"The command was stopped after {SECONDS:.0f} seconds.") from None
    except RecursionError:
        raise ToolError("The command is nested too deeply.") from None
    except Exception as error:
        # Whatever the shell can't do with a strange command is the command's failure.
        raise ToolError(f"bash: {type(error).__name__}: {error}"[:300]) from error
    finally:
        with done:
            finished.append(True)
        watchdog.cancel()
        work.close()
    raise ToolError("The command waits for something that is not there.")
