"""`EpisodeStore`: episodes on disk, one JSON line each, written before they are counted.

A run can be killed at any moment: a line that was cut off is dropped when the store is opened again,
and its episode is played again. Resuming needs the identical configuration. Of several lines of one
seed the last one counts; earlier ones are attempts that failed (`--retry unmeasured`) and stay.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from autosafe_gym.errors import DataError
from autosafe_gym.masking import cleaned_data, masked_model
from autosafe_gym.ots.trajectory import Trajectory

FORMAT = 1


class EpisodeStore:
    """The folder of a run: `run.json` (its configuration) and `episodes.jsonl`.

    Args:
        folder: Made if it is missing.
        config: Everything on which the episodes depend; JSON. Credentials in it are masked.

    Raises:
        DataError: If the folder holds a run of another configuration, another process writes to it,
            or it can't be written.

    Attributes:
        episodes: What the folder holds, by seed; the newest of each.
        replaced: Earlier attempts at the same seeds, which were paid for too.
    """

    def __init__(self, folder: str | Path, config: dict[str, Any]) -> None:
        self.folder = Path(folder)
        self._lock = threading.Lock()
        wanted = cleaned_data(json.loads(json.dumps({"format": FORMAT, **config})))
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._guard = _only_writer(self.folder)
            known = self.folder / "run.json"
            if known.is_file():
                _compare(known, wanted)
            else:
                temporary = known.with_name(f".run.{os.getpid()}")
                temporary.write_text(json.dumps(wanted, indent=2) + "\n", encoding="utf-8")
                temporary.replace(known)
            self._file = _open_whole(self.folder / "episodes.jsonl")
        except OSError as error:
            raise DataError(f"{self.folder}: can't be written ({error.strerror}).") from error
        self.episodes: dict[int | None, Trajectory] = {}
        self.replaced: list[Trajectory] = []
        for trajectory in _read_lines(self.folder):
            self._keep(trajectory)

    def add(self, trajectory: Trajectory) -> None:
        """Writes an episode to the disk; when this returns, a power cut does not lose it.

        Raises:
            DataError: If the disk does not take it.
        """
        trajectory = masked_model(trajectory)
        line = trajectory.model_dump_json().encode() + b"\n"
        try:
            with self._lock:
                self._file.write(line)
                self._file.flush()
                os.fsync(self._file.fileno())
                self._keep(trajectory)
        except OSError as error:
            raise DataError(f"{self.folder}: can't be written ({error.strerror}).") from error

    def _keep(self, trajectory: Trajectory) -> None:
        earlier = self.episodes.pop(trajectory.seed, None)
        if earlier is not None:
            self.replaced.append(earlier)
        self.episodes[trajectory.seed] = trajectory

    def close(self) -> None:
        """Lets another process have the folder."""
        self._file.close()
        self._guard.close()


def read_config(folder: str | Path) -> dict[str, Any]:
    """The configuration of a run.

    Raises:
        DataError: If the folder holds no run.
    """
    file = Path(folder) / "run.json"
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{folder} holds no run ({error}); 'autosafe rollout' makes one.") from None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise DataError(f"{file}: format {FORMAT} is needed; another version wrote this run.")
    return found


def read_episodes(folder: str | Path) -> Iterator[Trajectory]:
    """The episodes of a run, in the order in which they ended; the newest of each seed.

    Raises:
        DataError: If a whole line is not an episode; it names the line and the field.
    """
    newest: dict[int | None, int] = {}
    number = -1
    for number, trajectory in enumerate(_read_lines(folder)):
        newest[trajectory.seed] = number
    if len(newest) == number + 1:
        yield from _read_lines(folder)
        return
    for number, trajectory in enumerate(_read_lines(folder)):
        if newest.get(trajectory.seed) == number:
            yield trajectory


def _read_lines(folder: str | Path) -> Iterator[Trajectory]:
    """Every whole line, earlier attempts included."""
    file = Path(folder) / "episodes.jsonl"
    if not file.is_file():
        raise DataError(f"{file}: there is no such file; 'autosafe rollout' makes one.")
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.endswith(b"\n"):
                return  # Being written, or cut off: not an episode yet.
            try:
                yield Trajectory.model_validate_json(line)
            except ValueError as error:
                raise DataError(f"{file}, line {number}: {error}") from error


def _compare(file: Path, wanted: dict[str, Any]) -> None:
    found = cleaned_data(read_config(file.parent))  # Earlier versions masked nothing.
    different = [k for k in sorted({*found, *wanted}) if found.get(k) != wanted.get(k)]
    if different:
        shown = "; ".join(f"{k}: {found.get(k)!r} there, {wanted.get(k)!r} here" for k in different)
        raise DataError(
            f"{file.parent} holds a run of another configuration ({shown}). "
            "Give the same one to go on with it, or another folder."
        )


def _open_whole(path: Path) -> BinaryIO:
    """Opens for appending, after dropping a last line that a kill cut off."""
    file = path.open("a+b")
    end = file.seek(0, os.SEEK_END)
    keep, chunk = end, 1 << 16
    while keep:
        start = max(0, keep - chunk)
        file.seek(start)
        found = file.read(keep - start).rfind(b"\n")
        if found >= 0:
            keep = start + found + 1
            break
        keep = start
    if keep != end:
        file.truncate(keep)
    file.seek(0, os.SEEK_END)
    return file


def _only_writer(folder: Path) -> BinaryIO:
    guard = (folder / ".lock").open("ab")
    with contextlib.suppress(ImportError):  # Not on Windows.
        import fcntl

        try:
            fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            guard.close()
            raise DataError(f"{folder}: another process is writing to this run.") from None
    return guard
