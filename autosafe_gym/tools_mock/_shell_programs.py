"""Shells inside the shell, commands that run another one, and signals: what just-bash leaves undone.

A script that comes through a pipe, from a here-document, a file or an argument is run by the same
interpreter within the same step budget.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from typing import Any

from autosafe_gym.tools_mock import _shell_steps as steps

STDIN = "__stdin__"
"""Where the input of a script that is run stands among its variables, until it begins."""
SHELLS = ("bash", "sh", "dash", "zsh", "ksh", "ash")
INPUT = ("-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0")
_WORDS = {"timeout": 1, "chroot": 1, "flock": 1}
"""Commands that run another one, with as many words of their own before it."""
_VALUED = {
    "sudo": "uUghpCrtD",
    "doas": "uC",
    "nice": "n",
    "ionice": "cnp",
    "timeout": "ks",
    "stdbuf": "ioe",
    "time": "fo",
    "flock": "wE",
}
"""Their options with a value."""
PREFIXES = (*_VALUED, "nohup", "setsid", "chroot", "busybox")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|/(?:[^/\\\n]|\\.)*/|#[^\n]*')
_NO_AWK = re.compile(r"\b(?:system|getline|function|func|fflush|close)\b")
_PRINT = re.compile(r"\bprintf?\b([^;}\n]*)")
_PIPE = 16_384
_LONGEST_SLEEP = 86_400.0
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_SIGNALS = {"HUP": 1, "INT": 2, "QUIT": 3, "KILL": 9, "USR1": 10, "USR2": 12, "TERM": 15}


def _result(out: str = "", err: str = "", code: int = 0) -> Any:
    from just_bash.types import ExecResult

    return ExecResult(stdout=out, stderr=err, exit_code=code)


class Shell:
    """`bash` and its like.

    Args:
        name: Its name.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    async def execute(self, args: list[str], ctx: Any) -> Any:
        """Runs the script that is given by `-c`, as a file, or as input."""
        options, script, words = "", None, list(args)
        reads = False
        while words and words[0][:1] in ("-", "+") and words[0] not in INPUT:
            word = words.pop(0)
            if word == "--":
                break
            if word in ("--version", "--help"):
                return _result(f"GNU {self.name}, version 5.0.0(1)-release\n")
            if word in ("--rcfile", "--init-file", "-O", "+O", "-o", "+o"):
                options += {"errexit": "e", "nounset": "u"}.get("".join(words[:1]), "")
                words = words[1:]
            elif not word.startswith("--"):
                letters = word[1:]
                options += "".join(c for c in letters if c in "euxf")
                reads = reads or "s" in letters
                if letters.endswith("o"):
                    words = words[1:]
                if "c" in letters:
                    if not words:
                        err = f"{self.name}: -c: option requires an argument\n"
                        return _result(err=err, code=2)
                    script = words.pop(0)
                    break
        stdin = ctx.stdin or ""
        name = self.name
        if script is None and (reads or not words or words[0] in INPUT):
            script, stdin = stdin, ""
            words = words if reads else words[1:]
        elif script is None:
            name = words.pop(0)
            try:
                script = await ctx.fs.read_file(ctx.fs.resolve_path(ctx.cwd, name))
            except OSError as error:
                is_folder = isinstance(error, IsADirectoryError)
                why = "Is a directory" if is_folder else "No such file or directory"
                return _result(err=f"{self.name}: {name}: {why}\n", code=126 if is_folder else 127)
        elif words:
            name = words.pop(0)
        if options:
            script = f"set -{options}; {script}"
        places = {str(i): word for i, word in enumerate(words, start=1)}
        joined = " ".join(words)
        env = {"0": name, "#": str(len(words)), "@": joined, "*": joined, **places, STDIN: stdin}
        return await ctx.exec(script, {"env": env, "cwd": ctx.cwd})


class Prefix:
    """A command that runs another one.

    Args:
        name: One of `PREFIXES`.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    async def execute(self, args: list[str], ctx: Any) -> Any:
        """Runs it."""
        words = list(args)
        valued = _VALUED.get(self.name, "")
        while words and words[0].startswith("-") and words[0] != "-":
            word = words.pop(0)
            if word == "--":
                break
            if not word.startswith("--") and word[1] in valued and len(word) == 2:
                words = words[1:]
        own = _WORDS.get(self.name, 0)
        words = words[own:]
        if self.name == "flock" and words[:1] == ["-c"]:
            words = ["bash", *words]
        while words and "=" in words[0] and words[0].partition("=")[0].isidentifier():
            words = ["env", *words]
            break
        if not words:
            return _result(err=f"{self.name}: no command is given\n", code=2)
        script = shlex.join(words)
        form = {"env": {STDIN: ctx.stdin or ""}, "cwd": ctx.cwd}
        if self.name != "timeout":
            return await ctx.exec(script, form)
        try:
            with steps.half():
                return await ctx.exec(script, form)
        except steps.Stopped:
            return _result(code=124)


class Sleep:
    """`sleep`: the world's clock stands still while a command runs, so that nobody waits."""

    name = "sleep"

    async def execute(self, args: list[str], ctx: Any) -> Any:
        """Goes on at once, unless it would sleep for ever."""
        for arg in args:
            number, unit = (arg[:-1], arg[-1]) if arg[-1:] in _UNITS else (arg, "s")
            try:
                seconds = float(number) * _UNITS[unit]
            except ValueError:
                return _result(err=f"sleep: invalid time interval '{arg}'\n", code=1)
            if seconds > _LONGEST_SLEEP:
                raise steps.Stopped("it sleeps for more than a day")
        return _result()


class Yes:
    """`yes`, as long as a pipe would take it."""

    name = "yes"

    async def execute(self, args: list[str], ctx: Any) -> Any:
        """Prints the same line again and again."""
        line = f"{' '.join(args) or 'y'}\n"[:_PIPE]
        return _result(line * (_PIPE // len(line)), code=141)


class Awk:
    """`awk`, which just-bash has without files, pipes, commands and functions: it says so.

    Args:
        inner: The shell's own.
    """

    name = "awk"

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    async def execute(self, args: list[str], ctx: Any) -> Any:
        """Runs it if it can."""
        for arg in args:
            bare = _QUOTED.sub("Q", arg)
            for word in _NO_AWK.findall(bare):
                return _result(err=f"awk: {word} is not supported here\n", code=2)
            for said in _PRINT.findall(bare):
                if {">", "|"} & set(_bare(said).replace("||", "")):
                    return _result(
                        err="awk: print to a file or a pipe is not supported here\n", code=2
                    )
        return await self._inner.execute(args, ctx)


def _bare(text: str) -> str:
    """A text without what stands in brackets."""
    depth, kept = 0, []
    for letter in text:
        depth += (letter in "([") - (letter in ")]")
        if depth <= 0:
            kept.append(letter)
    return "".join(kept)


class Unreadable:
    """Where a script can't be read, this stands in it, and says so."""

    name = "__unreadable__"

    async def execute(self, args: list[str], ctx: Any) -> Any:
        """Fails."""
        return _result(err=f"bash: {' '.join(args)}\n", code=2)


def programs(shipped: Mapping[str, Any]) -> Mapping[str, Any]:
    """All of them by name.

    Args:
        shipped: What comes with just-bash.
    """
    every: list[Any] = [*map(Shell, SHELLS), *map(Prefix, PREFIXES), Sleep(), Yes(), Unreadable()]
    return {program.name: program for program in [*every, Awk(shipped["awk"])]}


class Traps:
    """What is to be done at the end, at an error, or at a signal; for all shells of one command."""

    def __init__(self) -> None:
        self._set: dict[int, tuple[Any, dict[str, str]]] = {}

    async def handle(self, ctx: Any, args: list[str]) -> Any:
        """`trap`."""
        words = [a for a in args if a != "--"]
        _, own = self._set.setdefault(id(ctx.state), (ctx, {}))
        if not words or words[0] in ("-p", "-l"):
            lines = [f"trap -- {shlex.quote(do)} {name}\n" for name, do in sorted(own.items())]
            return _result("".join(lines))
        do, names = words[0], [_signal(w) for w in words[1:]]
        for name in names:
            if name not in (*_SIGNALS, "EXIT", "ERR"):
                return _result(err=f"bash: trap: {name}: signal is not supported here\n", code=1)
            own.pop(name, None)
            if do != "-":
                own[name] = do
        return _result()

    async def kill(self, ctx: Any, args: list[str]) -> Any:
        """`kill`: there is no process but the shell itself."""
        named = [_signal(a[1:]) for a in args if a.startswith("-") and a not in ("-s", "--")]
        if "-s" in args[:-1]:
            named = [_signal(args[args.index("-s") + 1])]
        name = named[0] if named else "TERM"
        whom = args[-1] if args else ""
        if whom not in (str(ctx.state.env.get("$", "")), "$$", "1", "0"):
            return _result(err=f"bash: kill: ({whom}) - No such process\n", code=1)
        done = await self.run(ctx, name)
        if done is not None or name not in _SIGNALS:
            return done or _result()
        from just_bash.interpreter.errors import ExitError

        raise ExitError(128 + _SIGNALS[name])

    async def run(self, ctx: Any, name: str) -> Any:
        """Does what is set for a name in one shell; None: nothing is."""
        _, own = self._set.get(id(ctx.state), (ctx, {}))
        do = own.pop(name, None)
        if do is None:
            return None
        result = await ctx.exec_fn(do, None, None)
        if name != "EXIT":
            own[name] = do
        return result

    async def at_end(self) -> list[Any]:
        """Does what every shell of the command has set for its end."""
        done = [await self.run(ctx, "EXIT") for ctx, _ in list(self._set.values())]
        return [result for result in done if result is not None]


def _signal(name: str) -> str:
    number = {str(n): s for s, n in _SIGNALS.items()} | {"0": "EXIT"}
    return number.get(name, name.upper().removeprefix("SIG"))
