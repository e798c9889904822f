"""`EpisodeStore`: episodes on disk, one JSON line each, written before they are counted.

A run can be killed at any moment: a line that was cut off is dropped when the store is opened again,
and its episode is played again. Resuming needs the identical configuration. Each line is marked with a
hash of it, so that the episodes of one run are never taken for those of another. Of several lines of one
seed the last one counts; earlier ones are attempts that failed (`--retry unmeasured`) and stay.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import Any

from autosafe_gym.errors import DataError
from autosafe_gym.masking import cleaned_data, masked_model
from autosafe_gym.ots.trajectory import Trajectory
from autosafe_gym.storage.reading import JSON_BYTES, no_link, parse_json, read_object, whole_lines
from autosafe_gym.storage.writing import only_writer, refusal, write_whole

FORMAT = 1
MARK = "episodes_marked"
"""In `run.json`: the hash that each line begins with; runs of earlier versions have none."""


class EpisodeStore:
    """The folder of a run: `run.json` (its configuration) and `episodes.jsonl`.

    Args:
        folder: Made if it is missing.
        config: Everything on which the episodes depend; JSON. Credentials in it are masked.

    Raises:
        DataError: If the folder holds a run of another configuration, or episodes of which nothing
            says what they are of, another process writes to it, or it can't be written.

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
        except OSError as error:
            raise refusal(self.folder, error) from error
        no_link(self.folder / ".lock")
        self._guard = only_writer(self.folder)
        try:
            self._begin(self.folder / "run.json", wanted)
        except BaseException:
            self._guard.close()
            raise

    def _begin(self, known: Path, wanted: dict[str, Any]) -> None:
        path = self.folder / "episodes.jsonl"
        if known.is_file():
            _compare(known, wanted)
        elif path.is_file() and path.stat().st_size:
            raise DataError(
                f"{self.folder} holds episodes and no run.json that says what they are of. Put its "
                "run.json back, or give another folder."
            )
        else:
            made = {**wanted, MARK: _hash(wanted)}
            write_whole(known, json.dumps(made, indent=2) + "\n")
        self._mark = _mark(self.folder)
        self.episodes: dict[int | None, Trajectory] = {}
        self.replaced: list[Trajectory] = []
        try:
            # Without a buffer: what a full disk did not take must not come with the next line.
            no_link(path)
            self._file = path.open("a+b", buffering=0)
            try:
                self._end = _drop_torn(path, self._file)
                for trajectory in _read_lines(self.folder):
                    self._keep(trajectory)
            except BaseException:
                self._file.close()
                raise
        except OSError as error:
            raise refusal(path, error) from error

    def add(self, trajectory: Trajectory) -> None:
        """Writes an episode to the disk; when this returns, a power cut does not lose it.

        Raises:
            DataError: If the disk does not take it; then nothing of it is left.
        """
        trajectory = masked_model(trajectory)
        line = self._mark + trajectory.model_dump_json().encode()[bool(self._mark) :] + b"\n"
        with self._lock:
            if self._file.closed:
                raise DataError(f"{self.folder}: this run was closed.")
            try:
                self._write(line)
            except OSError as error:
                raise refusal(self.folder / "episodes.jsonl", error) from error
            self._end += len(line)
            self._keep(trajectory)

    def _write(self, line: bytes) -> None:
        left = memoryview(line)
        try:
            while left:
                left = left[self._file.write(left) :]
            os.fsync(self._file.fileno())
        except OSError:
            with suppress(OSError):
                # Where even this fails, a later line would stand in the middle of this one.
                self._file.truncate(self._end)
            if os.fstat(self._file.fileno()).st_size != self._end:
                self._file.close()
            raise

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
    found = _read_run(folder)
    found.pop(MARK, None)
    return found


def _read_run(folder: str | Path) -> dict[str, Any]:
    """What `run.json` holds, checked against its own hash."""
    file = Path(folder) / "run.json"
    if not file.is_file():
        raise DataError(f"{folder} holds no run ({file} is missing); 'autosafe rollout' makes one.")
    try:
        found = read_object(file, links=False)
    except DataError as error:
        raise DataError(f"{file} can't be read ({error}). {_REMEDY}") from None
    if found.get("format") != FORMAT:
        raise DataError(f"{file}: format {FORMAT} is needed; another version wrote this run.")
    if MARK in found and found[MARK] != _hash({k: v for k, v in found.items() if k != MARK}):
        raise DataError(f"{file} was changed after the run had begun. {_REMEDY}")
    return found


_REMEDY = "Put the file back as it was, or give another folder: nothing else says what its episodes are of."


def _hash(config: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(config, sort_keys=True).encode()).hexdigest()[:16]


def _mark(folder: str | Path) -> bytes:
    """What each line of a run begins with."""
    found = _read_run(folder).get(MARK)
    return b"" if found is None else f'{{"run":"{found}",'.encode()


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
    mark = _mark(folder)
    for number, line in whole_lines(file, links=False):
        if mark and not line.startswith(mark) and line.startswith((b'{"run":', b'{"schema_')):
            raise DataError(
                f"{file}, line {number} is an episode of another configuration than run.json "
                "says. Delete that line to have its episode played, or give another folder."
            )
        row = b"{" + line[len(mark) :] if mark else line
        try:
            yield Trajectory.model_validate(parse_json(row, f"{file}, line {number}"))
        except ValueError as error:
            raise DataError(
                f"{file}, line {number} is damaged ({error}). Delete that line: its episode is "
                "played again, all others stay."
            ) from error


def _compare(file: Path, wanted: dict[str, Any]) -> None:
    found = cleaned_data(read_config(file.parent))  # Earlier versions masked nothing.
    different = [k for k in sorted({*found, *wanted}) if found.get(k) != wanted.get(k)]
    if different:
        shown = "; ".join(f"{k}: {found.get(k)!r} there, {wanted.get(k)!r} here" for k in different)
        raise DataError(
            f"{file.parent} holds a run of another configuration ({shown}). "
            "Give the same one to go on with it, or another folder."
        )


def _drop_torn(path: Path, file: FileIO) -> int:
    """Drops a last line that a kill cut off; gives the length of what is left."""
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
        if end - keep > JSON_BYTES:
            raise DataError(
                f"{path}: its last line is longer than {JSON_BYTES:,} bytes and has no end. That is no episode "
                "that was cut off; remove the line, or give another folder."
            )
    if keep != end:
        file.truncate(keep)
    return keep
