"""Commands that the shell lacks or gets wrong, on the same files: archives, `truncate`, `find -delete`, `date`.

Nothing here is compressed: an archive holds its files as they are, under the name that was asked for, so that
what it holds can be found again.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from autosafe_gym.tools_mock._shell_files import texts
from autosafe_gym.tools_mock._shell_network import Result

_SUFFIXES = (".gz", ".bz2", ".xz")
_PACKERS = {"gzip": ".gz", "bzip2": ".bz2", "xz": ".xz"}
_UNPACKERS = frozenset({"gunzip", "bunzip2", "unxz"})
_VIEWERS = frozenset({"zcat", "bzcat", "xzcat"})
_SIZES = {"K": 1024, "M": 1024**2, "G": 1024**3}
_LARGEST = 1_000_000


def own_commands(fs: Any, now: Any) -> dict[str, Callable[[list[str], Any], Result]]:
    """The commands that are plain functions of (arguments, context).

    Args:
        fs: See `_shell_files.file_system`.
        now: In-world time, a `datetime`.
    """
    made: dict[str, Callable[[list[str], Any], Result]] = {
        "date": lambda args, ctx: _date(args, now),
        "touch": lambda args, ctx: _touch(args, ctx, fs),
        "truncate": lambda args, ctx: _truncate(args, ctx, fs),
        "shred": lambda args, ctx: _shred(args, ctx, fs),
        "unlink": lambda args, ctx: _remove(args, ctx, fs),
        "dd": lambda args, ctx: _dd(args, ctx, fs),
    }
    for name in (*_PACKERS, *_UNPACKERS, *_VIEWERS):
        made[name] = partial(_pack, name, fs)
    return made


class Wrapped:
    """A command of the shell with other arguments, input or output.

    Args:
        name: Its name.
        inner: The commands that ship with the shell, by name.
    """

    def __init__(self, name: str, inner: dict[str, Any]) -> None:
        self.name = name
        self._inner = inner

    async def execute(self, args: list[str], ctx: Any) -> Any:
        """Runs it."""
        if self.name == "find":
            return await self._found(args, ctx)
        if self.name == "sed":
            for path, copy in _copies(args, ctx):
                if await ctx.fs.is_file(path):
                    await ctx.fs.cp(path, copy)
            return await self._inner["sed"].execute(args, ctx)
        # An archive comes and goes as bytes, a byte a character; a pipe and a file hold text.
        ctx = replace(ctx, stdin=(ctx.stdin or "").encode("utf-8").decode("latin-1"))
        # Its clock stands at nought, so that it is the same in every time zone.
        clock, ctx.fs.clock = ctx.fs.clock, 0.0
        done = await self._inner["tar"].execute(_tar_words(self.name, args), ctx)
        ctx.fs.clock = clock
        out = done.stdout.encode("latin-1", "replace").decode("utf-8", "replace")
        return replace(done, stdout=out if _creates(args) else done.stdout)

    async def _found(self, args: list[str], ctx: Any) -> Any:
        """The shell's `find` takes one action; what is listed and deleted is listed first."""
        find = self._inner["find"]
        args = _quoted(args)
        listed = [arg for arg in args if arg in _LISTS]
        acts = [arg for arg in args if arg in ("-delete", "-exec")]
        if not (listed and acts) or set(args) & {"-o", "-or"}:
            return await find.execute(_joined(args), ctx)
        shown = ""
        if "-exec" not in acts:
            shown = (await find.execute([a for a in args if a != "-delete"], ctx)).stdout
        done = await find.execute(_joined([a for a in args if a not in _LISTS]), ctx)
        return replace(done, stdout=shown + done.stdout)


_LISTS = ("-print", "-print0")
WRAPPED = ("find", "sed", "tar", "zip", "unzip")


def _quoted(args: list[str]) -> list[str]:
    """The shell's `find` puts the words of `-exec` together as they are; here they stay words."""
    words: list[str] = []
    inside = False
    for arg in args:
        inside = inside and arg not in (";", "+")
        words.append(shlex.quote(arg) if inside else arg)
        inside = inside or arg == "-exec"
    return words


def _joined(args: list[str]) -> list[str]:
    """The shell's `find` takes an action that follows a test only after `-a`."""
    words: list[str] = []
    for arg in args:
        before = words[-1] if words else ""
        tested = any(w.startswith("-") for w in words)
        if (
            arg in ("-delete", "-print0")
            and tested
            and before not in ("-a", "-and", "-o", "-or", "(", "!")
        ):
            words.append("-a")
        words.append(arg)
    return words


def _copies(args: list[str], ctx: Any) -> list[tuple[str, str]]:
    """What `sed -i.bak` keeps of the files that it edits: (path, copy)."""
    found = (re.fullmatch(r"(?:-i|--in-place=)(.+)", arg) for arg in args)
    suffix = next((hit[1] for hit in found if hit), "")
    if not suffix:
        return []
    paths = [ctx.fs.resolve_path(ctx.cwd, arg) for arg in args if not arg.startswith("-")]
    return [(path, f"{path}{suffix}") for path in paths]


def _creates(args: list[str]) -> bool:
    return bool(args) and "c" in args[0].lstrip("-")


def _tar_words(name: str, args: list[str]) -> list[str]:
    """The words for `tar`, without any compression."""
    plain = [a for a in args if not a.startswith("-")]
    if name == "zip":
        archive = plain[0] if plain else "-"
        return ["-cf", archive if "." in archive else f"{archive}.zip", *plain[1:]]
    if name == "unzip":
        folder = args[args.index("-d") + 1 :][:1] if "-d" in args else []
        where = ["-C", folder[0]] if folder else []
        kind = "-tf" if "-l" in args else "-xf"
        return [kind, plain[0] if plain else "-", *where]
    compressing = ("--gzip", "--bzip2", "--xz", "--auto-compress", "--zstd")
    words = [a for a in args if a not in compressing]
    if words and not words[0].startswith("--"):
        letters = words[0].lstrip("-")
        words[0] = "-" + "".join(c for c in letters if c not in "zjJa")
    return [w for w in words if w != "-"] if words[:1] == ["-"] else words


def _touch(args: list[str], ctx: Any, fs: Any) -> Result:
    for arg in args:
        path = fs.resolve_path(ctx.cwd, arg)
        if not arg.startswith("-") and path not in fs._data:
            fs._write_file_sync(path, "")
    return "", "", 0


def _date(args: list[str], now: Any) -> Result:
    form = next((a[1:] for a in args if a.startswith("+")), "%a %b %d %H:%M:%S UTC %Y")
    return now.strftime(form.replace("%s", str(int(now.timestamp())))) + "\n", "", 0


def _write(fs: Any, path: str, text: str) -> None:
    """Replaces the text of a file, which keeps its mode; links are followed."""
    path = fs.through(path)
    old = fs._data.get(path)
    fs._write_file_sync(path, text)
    if old is not None:
        fs._data[path].mode = old.mode


def _named(args: list[str], ctx: Any, fs: Any) -> list[str]:
    return [fs.resolve_path(ctx.cwd, a) for a in args if not a.startswith("-")]


def _truncate(args: list[str], ctx: Any, fs: Any) -> Result:
    words = [part for a in args for part in (a.split("=", 1) if a.startswith("--size=") else [a])]
    at = next((i for i, w in enumerate(words) if w in ("-s", "--size") or w.startswith("-s")), None)
    if at is None:
        return "", "truncate: you must specify '--size'\n", 1
    size = (
        words.pop(at + 1)
        if words[at] in ("-s", "--size") and at + 1 < len(words)
        else words[at][2:]
    )
    number = size.lstrip("+-<>/%").upper().removesuffix("B")
    unit = _SIZES.get(number[-1:], 1)
    number = number.rstrip("KMG")
    if not number.isdigit():
        return "", f"truncate: invalid number: '{size}'\n", 1
    length = min(int(number) * unit, _LARGEST)
    for path in _named(words, ctx, fs):
        text = "".join(texts(fs, path).values())
        wanted = {"+": len(text) + length, "-": max(len(text) - length, 0)}.get(size[:1], length)
        _write(fs, path, text[:wanted].ljust(min(wanted, _LARGEST), "\0"))
    return "", "", 0


def _shred(args: list[str], ctx: Any, fs: Any) -> Result:
    """Overwrites files; with `-u` they are removed too."""
    words = [a for i, a in enumerate(args) if i == 0 or args[i - 1] not in ("-n", "-s")]
    for path in _named(words, ctx, fs):
        if not texts(fs, path):
            return "", f"shred: {path}: failed to open for writing: No such file or directory\n", 1
        _write(fs, path, "")
    if any(
        a == "--remove" or (a.startswith("-") and not a.startswith("--") and "u" in a) for a in args
    ):
        return _remove(words, ctx, fs)
    return "", "", 0


def _remove(args: list[str], ctx: Any, fs: Any) -> Result:
    for path in _named(args, ctx, fs):
        entry = fs._data.get(path)
        if entry is None or entry.type == "directory":
            return "", f"unlink: cannot unlink '{path}'\n", 1
        del fs._data[path]
    return "", "", 0


def _dd(args: list[str], ctx: Any, fs: Any) -> Result:
    given = dict(a.partition("=")[::2] for a in args)
    source = given.get("if", "")
    text = ctx.stdin or ""
    if source:
        path = fs.resolve_path(ctx.cwd, source)
        if path not in fs._data and not path.startswith("/dev/"):
            return "", f"dd: failed to open '{source}': No such file or directory\n", 1
        text = "".join(texts(fs, path).values())
    if "of" not in given:
        return text, "", 0
    _write(fs, fs.resolve_path(ctx.cwd, given["of"]), text)
    return "", "", 0


def _pack(name: str, fs: Any, args: list[str], ctx: Any) -> Result:
    """`gzip` and its kin: the file under another name, or its text to the output."""
    flags = "".join(a.lstrip("-") for a in args if a.startswith("-"))
    unpack = name in _UNPACKERS or name in _VIEWERS or "d" in flags
    shown = name in _VIEWERS or "c" in flags
    paths = _named(args, ctx, fs)
    if not paths:
        return ctx.stdin or "", "", 0
    out = ""
    for path in paths:
        text = texts(fs, path).get(fs.through(path))
        if text is None:
            return out, f"{name}: {path}: No such file or directory\n", 1
        if shown:
            out += text
            continue
        packed = path.endswith(_SUFFIXES)
        if packed is not unpack:
            return out, f"{name}: {path}: unknown suffix -- ignored\n", 2
        entry = fs._data[path] if "k" in flags else fs._data.pop(path)
        fs._data[path.rpartition(".")[0] if unpack else path + _PACKERS[name]] = entry
    return out, "", 0
