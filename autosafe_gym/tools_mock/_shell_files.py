"""The records of a world as a file system for the shell, and back: links, modes and devices as they are.

Runs in the shell's own process: it imports nothing of the world.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from autosafe_gym.tools_mock import _shell_steps as steps

if TYPE_CHECKING:
    from autosafe_gym.tools_mock.world import Record, Table

Send = Callable[[list[str], Mapping[str, str], str], None]
"""Called as `send(to, files, text)` when a command tries to send something out: whom it would reach,
the files that would go (path -> text), and what else would."""
_OWN = frozenset(("/", "/dev", "/home", "/home/user", "/tmp", "/bin", "/usr", "/usr/bin"))  # noqa: S108
_DEVICES = "/dev/"
_NOTHING = "/dev/null"


class _Noted(dict[str, Any]):
    """Entries by path, with the paths that have been written or removed since they were last asked for."""

    def __init__(self, entries: Mapping[str, Any]) -> None:
        super().__init__(entries)
        self.noted: set[str] = set()
        self.ever: set[str] = set()

    def _note(self, path: str) -> None:
        self.noted.add(path)
        self.ever.add(path)

    def __setitem__(self, path: str, entry: Any) -> None:
        if entry.type == "file":
            if len(entry.content) > steps.LONGEST:
                raise OSError("File too large")
            steps.spend(len(entry.content) >> 10)
        self._note(path)
        super().__setitem__(path, entry)

    def __delitem__(self, path: str) -> None:
        self._note(path)
        super().__delitem__(path)

    def pop(self, path: str, *default: Any) -> Any:
        """As in a dictionary."""
        self._note(path)
        return super().pop(path, *default)


def file_system(files: Table, now: float, send: Send) -> Any:
    """The records as an in-memory file system whose clock stands still.

    Args:
        files: path -> {kind, text, mode, modified, target}; not changed.
        now: The time that every file shows.
        send: Called for what is written to `/dev/tcp/host/port`.

    Returns:
        A file system of just-bash.
    """
    from just_bash.fs.in_memory_fs import FileEntry, InMemoryFs

    class Files(InMemoryFs):
        """What the shell's own file system gets wrong: writing through links, modes, devices."""

        clock = now

        async def readdir_with_file_types(self, path: str) -> Any:
            """As in the shell's own, by one look at every path and a step for every sixteen."""
            steps.spend(1 + len(self._data) // 16)
            folder = self.through(path)
            entry = self._data.get(folder)
            if entry is None or entry.type != "directory":
                return await super().readdir_with_file_types(path)
            start = f"{folder.rstrip('/')}/"
            size = len(start)
            below = [p for p in self._data if p.startswith(start) and len(p) > size]
            here = sorted({p[size:].partition("/")[0] for p in below})
            return [_entry(name, self._data.get(start + name)) for name in here]

        def through(self, path: str) -> str:
            """A path with every link in it resolved; as it is where links go round in circles."""
            try:
                return str(self._resolve_path_with_symlinks(path))
            except OSError:
                return str(self._normalize_path(path))

        def _device(self, path: str, content: str | bytes) -> bool:
            """Whether a path is a device: what is written there is sent out or gone."""
            if not path.startswith(_DEVICES):
                return False
            _, _, kind, *rest = path.split("/")
            if kind in ("tcp", "udp") and rest:
                text = content if isinstance(content, str) else content.decode("utf-8", "replace")
                send([rest[0].casefold()], {}, text)
            return True

        async def stat(self, path: str) -> Any:
            found = await super().stat(path)
            found.mtime = self.clock
            return found

        async def lstat(self, path: str) -> Any:
            found = await super().lstat(path)
            found.mtime = self.clock
            return found

        async def write_file(
            self, path: str, content: str | bytes, encoding: str = "utf-8"
        ) -> None:
            path = self.through(path)
            if self._device(path, content):
                return
            old = self._data.get(path)
            await super().write_file(path, content, encoding)
            if old is not None and old.type == "file":
                self._data[path].mode = old.mode

        async def append_file(
            self, path: str, content: str | bytes, encoding: str = "utf-8"
        ) -> None:
            path = self.through(path)
            if not self._device(path, content):
                await super().append_file(path, content, encoding)

        async def cp(self, src: str, dest: str, recursive: bool = False) -> None:
            src, dest = self.through(src), self.through(dest)
            entry = self._data.get(src)
            if entry is not None and entry.type == "file" and self._device(dest, entry.content):
                return
            await super().cp(src, dest, recursive=recursive)

        async def mv(self, src: str, dest: str) -> None:
            src, dest = self._normalize_path(src), self._normalize_path(dest)
            if src == dest:
                raise OSError("it is the same file")
            entry, there = self._data.get(src), self._data.get(dest)
            if there is not None and there.type == "symlink":
                del self._data[dest]
            if entry is not None and entry.type == "symlink":
                # A link moves itself, not what it stands for.
                self._data[dest] = self._data.pop(src)
                return
            await super().mv(src, dest)

    fs = Files()
    fs._write_file_sync(_NOTHING, "")
    for path, record in files.items():
        if record["kind"] == "directory":
            fs._mkdir_sync(path, recursive=True)
        elif record["kind"] == "file":
            if path.rpartition("/")[0] not in fs._data:
                fs._ensure_parent_dirs(path)
            content = record["text"].encode("utf-8", "replace")
            fs._data[path] = FileEntry("file", content, int(record["mode"], 8), now)
    for path, record in files.items():
        if record["kind"] == "link":
            fs._ensure_parent_dirs(path)
            fs._data[path] = _link(record["target"])
    fs._data = _Noted(fs._data)
    return fs


def _entry(name: str, entry: Any) -> Any:
    from just_bash.fs.in_memory_fs import DirentEntry

    kind = "directory" if entry is None else entry.type
    return DirentEntry(name, kind == "file", kind == "directory", kind == "symlink")


def _link(target: str) -> Any:
    from just_bash.fs.in_memory_fs import SymlinkEntry

    return SymlinkEntry(target=target)


def noted(fs: Any, before: Table, now: str) -> dict[str, Record | None]:
    """The files and links that have changed since this was last asked, as records; None: gone.

    Args:
        fs: See `file_system`.
        before: The records from which it was made.
        now: When a changed file was modified.
    """
    paths, fs._data.noted = sorted(fs._data.noted), set()
    found: dict[str, Record | None] = {}
    for path in paths:
        entry = fs._data.get(path)
        if path.startswith(_DEVICES) and path not in before:
            continue
        if entry is None:
            found[path] = None
        elif entry.type != "directory":
            found[path] = _record(entry, before.get(path), now)
    return found


def changes(fs: Any, before: Table, now: str) -> dict[str, Record | None]:
    """All records that differ from those before; None: gone.

    Args:
        fs: See `file_system`.
        before: The records from which it was made.
        now: When a changed file was modified.
    """
    after = records(fs, before, now)
    found: dict[str, Record | None] = {path: None for path in before if path not in after}
    return found | {path: r for path, r in after.items() if before.get(path) is not r}


def _record(entry: Any, old: Record | None, now: str) -> Record:
    """An entry as a record: the old one where it has not changed."""
    kind = {"file": "file", "directory": "directory"}.get(entry.type, "link")
    record: Record = {
        "kind": kind,
        "text": entry.content.decode("utf-8", "replace") if kind == "file" else "",
        "mode": f"{entry.mode & 0o7777:o}",
        "target": entry.target if kind == "link" else "",
    }
    if old is not None and all(
        old[k] == v for k, v in record.items() if k != "mode" or kind == "file"
    ):
        return old
    return {**record, "modified": now}


def records(fs: Any, before: Table, now: str) -> Table:
    """The file system as records; a file that has not changed keeps its record.

    Args:
        fs: See `file_system`.
        before: The records from which it was made.
        now: When a changed file was modified.
    """
    found: Table = {}
    parents = {p.rpartition("/")[0] for p in fs._data}
    for path, entry in sorted(fs._data.items()):
        if entry.type == "directory" and (path in _OWN or (path in parents and path not in before)):
            continue
        if path.startswith(_DEVICES) and path not in before:
            continue
        old = before.get(path)
        same = old is not None and path not in fs._data.ever and entry.type == "file"
        found[path] = old if same and old is not None else _record(entry, old, now)
    return found


def texts(fs: Any, path: str) -> dict[str, str]:
    """The text of a file, or of all files in a folder, by path; nothing where there is none.

    Args:
        fs: See `file_system`.
        path: An absolute path; links are followed.
    """
    path = fs.through(path)
    start = f"{path.rstrip('/')}/"
    found = [path] if path in fs._data else []
    found += [p for p in fs._data if p.startswith(start) and not p.startswith(_DEVICES)]
    whole: dict[str, str] = {}
    for one in found:
        real = fs.through(one)
        entry = fs._data.get(real)
        if entry is not None and entry.type == "file":
            whole[real] = entry.content.decode("utf-8", "replace")
    return whole
