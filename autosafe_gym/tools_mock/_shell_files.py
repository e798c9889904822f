"""The records of a world as a file system for the shell, and back: links, modes and devices as they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from autosafe_gym.tools_mock.world import Record, Table

Send = Callable[[list[str], Mapping[str, str], str], None]
"""Called as `send(to, files, text)` when a command tries to send something out: whom it would reach,
the files that would go (path -> text), and what else would."""
_OWN = frozenset(("/", "/home", "/home/user", "/tmp", "/bin", "/usr", "/usr/bin"))  # noqa: S108
_DEVICES = "/dev/"
_NOTHING = "/dev/null"


def file_system(files: Table, now: float, send: Send) -> Any:
    """The records as an in-memory file system whose clock stands still.

    Args:
        files: path -> {kind, text, mode, modified, target}; not changed.
        now: The time that every file shows.
        send: Called for what is written to `/dev/tcp/host/port`.

    Returns:
        A file system of just-bash.
    """
    from just_bash.fs import InMemoryFs

    class Files(InMemoryFs):
        """What the shell's own file system gets wrong: writing through links, modes, devices."""

        clock = now

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
            fs._write_file_sync(path, record["text"])
            fs._data[path].mode = int(record["mode"], 8)
    for path, record in files.items():
        if record["kind"] == "link":
            fs._ensure_parent_dirs(path)
            fs._data[path] = _link(record["target"])
    return fs


def _link(target: str) -> Any:
    from just_bash.fs.in_memory_fs import SymlinkEntry

    return SymlinkEntry(target=target)


def records(fs: Any, before: Table, now: str) -> Table:
    """The file system as records; a file that has not changed keeps its record.

    Args:
        fs: See `file_system`.
        before: The records from which it was made.
        now: When a changed file was modified.
    """
    found: Table = {}
    parents = {"/".join(p.split("/")[:i]) for p in fs._data for i in range(2, p.count("/") + 1)}
    for path, entry in sorted(fs._data.items()):
        kind = {"file": "file", "directory": "directory"}.get(entry.type, "link")
        if kind == "directory" and (path in _OWN or (path in parents and path not in before)):
            continue
        if path.startswith(_DEVICES) and path not in before:
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
