"""The process that runs the shell: one command after the other, as they come in, until nobody listens.

It is started by `_shell_process` and knows nothing of worlds: files come in, what has changed goes out,
and what a command does goes out before the next one runs, so that no end of the process loses it.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import warnings
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from autosafe_gym.tools_mock import _shell_messages as messages
from autosafe_gym.tools_mock import _shell_steps as steps
from autosafe_gym.tools_mock._shell_rewriting import Rewriting, without_its_start
from autosafe_gym.tools_mock._shell_stand_ins import begin, drive, modules

_HERE = "autosafe_gym.tools_mock"
_STAND_INS = {
    "re": f"{_HERE}._shell_patterns",
    "fnmatch": f"{_HERE}._shell_patterns",
    "difflib": "just_bash_difflib",
    "textwrap": "just_bash_textwrap",
    "shlex": "just_bash_shlex",
}
_COPIES = {f"just_bash_{name}": name for name in ("difflib", "textwrap", "shlex")}
_MEMORY = 1 << 30
_SECONDS_OF_CPU = 30
_DEPTH = 4_000
_CALLS, _ENDLESS = 60, 1 << 40
# Left out: what waits, draws, measures time, or needs more than text; what is made anew stands in
# `_shell_commands`, `_shell_network` and `_shell_programs`.
_ABSENT = frozenset(
    [
        "shuf",
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


class _Named:
    """A command given by a function of (arguments, context)."""

    def __init__(self, name: str, function: Callable[[list[str], Any], Any]) -> None:
        self.name = name
        self._function = function

    async def execute(self, args: list[str], ctx: Any) -> Any:
        """Runs it."""
        from just_bash.types import ExecResult

        out, err, code = self._function(args, ctx)
        return ExecResult(stdout=out, stderr=err, exit_code=code)


class _Commands:
    """Runs commands, and tells what they do while they do it.

    Args:
        tell: Called with each message.
    """

    def __init__(self, tell: Callable[[Any], None]) -> None:
        from just_bash.commands.registry import create_command_registry

        from autosafe_gym.tools_mock import _shell_semantics as semantics

        self._tell = tell
        self._fs: Any = None
        self._before: Any = {}
        self._stamp = ""
        self._semantics = semantics
        self._shipped = create_command_registry(include_network=False)
        semantics.install(self._note)

    def _note(self) -> None:
        if self._fs._data.noted:
            from autosafe_gym.tools_mock._shell_files import noted

            found = noted(self._fs, self._before, self._stamp)
            if found:
                self._tell(messages.Changed(found))

    def _send(self, to: list[str], files: Mapping[str, str], text: str) -> None:
        self._note()
        self._tell(messages.Sent(to, dict(files), text))

    def run(self, request: messages.Request) -> messages.Answer:
        """Runs one command."""
        from autosafe_gym.tools_mock._shell_files import changes, file_system

        now = datetime.fromisoformat(request.now)
        begin(now.timestamp(), f"{request.now}\0{request.script}")
        self._semantics.begin()
        self._before, self._stamp = request.files, f"{now:%Y-%m-%d %H:%M}"
        self._fs = file_system(request.files, now.timestamp(), self._send)
        shell = self._interpreter(request, now)
        out: list[str] = []
        err: list[str] = []
        status = 0
        steps.start()
        try:
            status = drive(self._script(shell, request.script, out, err))
        except steps.Stopped as why:
            err.append(f"bash: stopped: {why}")
            status = 137
        except RecursionError:
            err.append("bash: stopped: nested too deeply")
            status = 137
        except Exception as error:
            # Whatever the shell can't do with a strange command is the command's failure.
            err.append(f"bash: {type(error).__name__}: {error}"[:300])
            status = 1
        finally:
            steps.finish()
        parts = ("".join(out), "".join(err))
        output = "\n".join(part.rstrip("\n") for part in parts if part)
        output = output.encode("utf-8", "replace").decode("utf-8")
        left = changes(self._fs, self._before, self._stamp)
        return messages.Answer(output, status, left, shell.state.cwd)

    def _interpreter(self, request: messages.Request, now: datetime) -> Any:
        types: Any = import_module("just_bash.interpreter.types")
        interpreter: Any = import_module("just_bash.interpreter.interpreter")
        from autosafe_gym.tools_mock._shell_commands import WRAPPED, Wrapped, own_commands
        from autosafe_gym.tools_mock._shell_network import NETWORK, network
        from autosafe_gym.tools_mock._shell_programs import programs

        fs, user = self._fs, request.user
        commands: dict[str, Any] = {n: c for n, c in self._shipped.items() if n not in _ABSENT}
        functions = own_commands(fs, now)
        functions |= {name: network(name, fs, self._send) for name in NETWORK}
        functions["hostname"] = lambda args, ctx: ("work\n", "", 0)
        functions["whoami"] = lambda args, ctx: (f"{user}\n", "", 0)
        commands |= {name: _Named(name, function) for name, function in functions.items()}
        commands |= {name: Wrapped(name, self._shipped) for name in WRAPPED}
        commands |= programs(self._shipped)
        variables = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": f"/home/{user}",
            "USER": user,
            "SHELL": "/bin/bash",
            "PWD": request.cwd,
            "SHLVL": "1",
            "BASH_VERSION": "5.0.0(1)-release",
        }
        env = types.VariableStore({**variables, "?": "0", "OPTIND": "1"})
        for name in variables:
            env.set_attribute(name, "x")
        state = types.InterpreterState(
            env=env,
            cwd=request.cwd,
            previous_dir="",
            options=types.ShellOptions(),
            start_time=now.timestamp(),
        )
        return interpreter.Interpreter(
            fs=fs,
            commands=commands,
            limits=import_module("just_bash.types").ExecutionLimits(
                max_call_depth=_CALLS,
                max_command_count=_ENDLESS,
                max_loop_iterations=_ENDLESS,
                max_awk_iterations=_ENDLESS,
                max_sed_iterations=_ENDLESS,
            ),
            state=state,
        )

    async def _script(self, shell: Any, script: str, out: list[str], err: list[str]) -> int:
        """Runs statement after statement, so that what one printed is there when the next is stopped."""
        try:
            return await self._statements(shell, script, out, err)
        except steps.Stopped as why:
            err.append(f"bash: stopped: {why}\n")
            return 137
        finally:
            with steps.last_steps(), contextlib.suppress(Exception, steps.Stopped):
                for result in await self._semantics.traps.at_end():
                    out.append(result.stdout)
                    err.append(result.stderr)

    async def _statements(self, shell: Any, script: str, out: list[str], err: list[str]) -> int:
        from just_bash.interpreter import errors
        from just_bash.parser import parse, unescape_html_entities

        status = 0
        for statement in parse(unescape_html_entities(script)).statements:
            ends = False
            try:
                result: Any = await shell.execute_statement(statement)
                status = result.exit_code
            except (errors.BreakError, errors.ContinueError) as error:
                result = error
            except errors.InterpreterError as error:
                result, status = error, getattr(error, "exit_code", 1)
                ends = not isinstance(error, errors.ReturnError)
            out.append(result.stdout)
            err.append(result.stderr)
            shell.state.last_exit_code = status
            shell.state.env["?"] = str(status)
            if ends:
                break
        return status


def prepare() -> None:
    """Sets the place of everything that the shell's code imports."""
    package = find_spec("just_bash")
    if package is None or not package.submodule_search_locations:
        raise ImportError("The terminal needs the package just-bash.")
    without_its_start("just_bash", Path(package.submodule_search_locations[0]))
    held = {f"just_bash_{name}": module for name, module in modules().items()}
    sys.modules.update(held)
    stand_ins = _STAND_INS | {name.removeprefix("just_bash_"): name for name in held}
    sys.meta_path.insert(0, Rewriting(["just_bash"], _COPIES, stand_ins))
    sys.setrecursionlimit(_DEPTH)
    warnings.simplefilter("ignore")


def _bound() -> None:
    """What this process may use of the host; a command within its steps comes near none of it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        import resource
    except ImportError:  # pragma: no cover
        return
    bounds = ((resource.RLIMIT_AS, _MEMORY), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0))
    for what, most in bounds:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(what, (most, most))


def _more_time() -> None:
    """Grants the next command its processor time; what goes beyond ends the process."""
    try:
        import resource
    except ImportError:  # pragma: no cover
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    soft = int(used.ru_utime + used.ru_stime) + _SECONDS_OF_CPU
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _read(size: int, parent: int) -> bytes:
    """So many bytes of the input; fewer: nobody is there any more."""
    found = b""
    while len(found) < size:
        if os.name == "posix" and not select.select([0], [], [], 1.0)[0]:
            if os.getppid() != parent:
                return b""
            continue
        part = os.read(0, size - len(found))
        if not part:
            return b""
        found += part
    return found


def main() -> None:
    """Answers requests until the input ends, or the process that started this one is gone."""
    parent = os.getppid()
    _bound()

    def tell(message: Any) -> None:
        body = memoryview(messages.packed(message))
        try:
            while body:
                body = body[os.write(1, body) :]
        except OSError:
            # Nobody listens any more.
            os._exit(0)

    try:
        prepare()
        commands = _Commands(tell)
    except Exception as error:
        tell(messages.Answer(f"{type(error).__name__}: {error}", 1, {}, ""))
        return
    tell(messages.Answer("", 0, {}, ""))
    while head := _read(messages.HEAD, parent):
        body = _read(int.from_bytes(head, "little"), parent)
        _more_time()
        tell(commands.run(messages.request(body)))
