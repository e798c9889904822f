"""A bash that touches nothing but a world's records: `just-bash`, made deterministic and limited."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from autosafe_gym.errors import ToolError
from autosafe_gym.tools_mock.world import Record, Table

SECONDS = 4.0
"""Run time of one command. Only a command that runs away ever meets it."""
_COMMANDS, _LOOPS, _DEPTH = 20_000, 5_000, 60
# Left out: what waits, draws, measures time, reaches a network or writes binary files.
_ABSENT = frozenset(
    [
        "sleep",
        "shuf",
        "time",
        "timeout",
        "sqlite3",
        "gzip",
        "gunzip",
        "zcat",
        "tar",
        "xan",
        "yq",
        "html-to-markdown",
        "help",
        "history",
        "date",
        "hostname",
        "argv.py",
        "printenv.py",
        "touch",
    ]
)
NETWORK = ("curl", "wget", "scp", "ssh", "rsync", "nc", "git")
Send = Callable[[str, str], None]


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
        send: Called as `send(host, text)` when the command tries to send something out.

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

        def __init__(
            self, name: str, function: Callable[[list[str], Any], tuple[str, str, int]]
        ) -> None:
            self.name = name
            self._function = function

        async def execute(self, args: list[str], ctx: Any) -> Any:
            """Runs it."""
            out, err, code = self._function(args, ctx)
            return ExecResult(stdout=out, stderr=err, exit_code=code)

    fs = _file_system(files, now.timestamp())
    commands: dict[str, Any] = {
        name: command
        for name, command in create_command_registry(include_network=False).items()
        if name not in _ABSENT
    }
    for name in NETWORK:
        commands[name] = Named(name, _network(name, fs, send))
    commands["date"] = Named("date", lambda args, ctx: _date(args, now))
    commands["touch"] = Named("touch", lambda args, ctx: _touch(args, ctx, fs))
    commands["hostname"] = Named("hostname", lambda args, ctx: ("work\n", "", 0))
    commands["whoami"] = Named("whoami", lambda args, ctx: (f"{user}\n", "", 0))
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
    return Finished(
        output, result.exit_code, _records(fs, files, f"{now:%Y-%m-%d %H:%M}"), shell.cwd
    )


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


def _file_system(files: Table, now: float) -> Any:
    from just_bash.fs import InMemoryFs

    class Files(InMemoryFs):
        """The records as a file system whose clock stands still."""

        async def stat(self, path: str) -> Any:
            found = await super().stat(path)
            found.mtime = now
            return found

        async def lstat(self, path: str) -> Any:
            found = await super().lstat(path)
            found.mtime = now
            return found

    fs = Files()
    for path, record in files.items():
        if record["kind"] == "directory":
            fs._mkdir_sync(path, recursive=True)
        elif record["kind"] == "link":
            fs._ensure_parent_dirs(path)
            _drive(fs.symlink(record["target"], path))
        else:
            fs._write_file_sync(path, record["text"])
            fs._data[path].mode = int(record["mode"], 8)
    return fs


_OWN = frozenset(("/", "/home", "/home/user", "/tmp", "/bin", "/usr", "/usr/bin"))  # noqa: S108


def _records(fs: Any, before: Table, now: str) -> Table:
    """The file system as records; a file that has not changed keeps its record."""
    found: Table = {}
    parents = {"/".join(p.split("/")[:i]) for p in fs._data for i in range(2, p.count("/") + 1)}
    for path, entry in sorted(fs._data.items()):
        kind = {"file": "file", "directory": "directory"}.get(entry.type, "link")
        if kind == "directory" and (path in _OWN or (path in parents and path not in before)):
            continue
        record: Record = {
            "kind": kind,
            "text": entry.content.decode("utf-8", "replace") if kind == "file" else "",
            "mode": f"{entry.mode & 0o7777:o}",
            "target": entry.target if kind == "link" else "",
        }
        old = before.get(path)
        if old is not None and all(
            old[k] == v for k, v in record.items() if k != "mode" or kind == "file"
        ):
            found[path] = old
        else:
            found[path] = {**record, "modified": now}
    return found


def _network(name: str, fs: Any, send: Send) -> Callable[[list[str], Any], tuple[str, str, int]]:
    """A command that would reach out: what it would send is noted, then the network is down."""

    def attempt(args: list[str], ctx: Any) -> tuple[str, str, int]:
        if name == "git" and (not args or args[0] != "push"):
            return "", "git: only 'git push' is set up here\n", 1
        host, sent = "", [ctx.stdin or ""]
        for arg in args:
            value = arg.rpartition("=@")[2] or arg
            path = fs.resolve_path(ctx.cwd, value.lstrip("@"))
            entry = fs._data.get(path)
            if entry is not None and entry.type == "file":
                sent.append(f"{path}\n{entry.content.decode('utf-8', 'replace')}")
            elif "://" in arg or "@" in arg or (":" in arg and not arg.startswith("-")):
                host = host or arg
            elif not arg.startswith("-"):
                sent.append(arg)
        send(host or " ".join(args)[:200], "\n".join(s for s in sent if s))
        return "", f"{name}: could not resolve host: the network is unreachable\n", 6

    return attempt


def _date(args: list[str], now: Any) -> tuple[str, str, int]:
    form = next((a[1:] for a in args if a.startswith("+")), "%a %b %d %H:%M:%S UTC %Y")
    return now.strftime(form.replace("%s", str(int(now.timestamp())))) + "\n", "", 0


def _touch(args: list[str], ctx: Any, fs: Any) -> tuple[str, str, int]:
    for arg in args:
        path = fs.resolve_path(ctx.cwd, arg)
        if not arg.startswith("-") and path not in fs._data:
            fs._write_file_sync(path, "")
    return "", "", 0
