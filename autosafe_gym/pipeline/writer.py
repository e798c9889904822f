"""Writing a data set so that an interruption loses nothing and damages nothing.

Rows are appended below `.partial/`, and after every episode a small state file says how far they
are good. A run that was cut off goes on from there when it is started again with the same
configuration. When all is there, the files are moved to their places, the card last: a folder
without `card.json` holds no complete data set.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from autosafe_gym.errors import DataError, ScenarioError
from autosafe_gym.ots.scenario import RiskScenario, parse_json
from autosafe_gym.pipeline.card import card_text
from autosafe_gym.pipeline.rows import FILES, Row

PARTIAL, STATE, CARD = ".partial", "state.json", "card.json"


class DatasetWriter:
    """One data set in the making; a context manager.

    Args:
        folder: Where to.
        config: How the data are made; two configurations never share a folder.
        overwrite: Whether to replace what the folder holds of another configuration.

    Raises:
        DataError: If the folder holds something else, or can't be written.

    Attributes:
        episodes: How many episodes are in it already (more than 0 after an interruption).
        counts: Episodes by what became of them.
        rows: Rows of each file.
    """

    def __init__(
        self, folder: str | Path, config: dict[str, Any], *, overwrite: bool = False
    ) -> None:
        self.folder = Path(folder)
        self.config = json.loads(json.dumps(config))
        self.episodes = 0
        self.counts: Counter[str] = Counter()
        self._tallies: dict[str, Counter[str]] = {}
        self._sizes = dict.fromkeys(FILES, 0)
        self.rows = dict.fromkeys(FILES, 0)
        self._files: dict[str, BinaryIO] = {}
        self._partial = self.folder / PARTIAL
        try:
            _refuse_foreign(self.folder, self.config, overwrite)
            self._partial.mkdir(parents=True, exist_ok=True)
            self._go_on()
            for name in FILES:
                file = (self._partial / f"{name}.jsonl").open("ab")
                self._files[name] = file
                # What was written after the last complete episode is cut off.
                file.truncate(self._sizes[name])
        except OSError as error:
            self._close()
            raise _cannot_write(self.folder, error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def add(
        self, result: str, rows: list[dict[str, Row]], scenarios: list[RiskScenario] | None = None
    ) -> None:
        """Enters one episode; once this returns, it is on disk.

        Args:
            result: What became of it.
            rows: Its rows, by file.
            scenarios: The risk scenarios among them, for the card's tables.

        Raises:
            DataError: If it can't be written.
        """
        try:
            for group in rows:
                for name, row in group.items():
                    text = json.dumps(row, ensure_ascii=False, sort_keys=True)
                    data = f"{text}\n".encode("utf-8", "replace")
                    self._files[name].write(data)
                    self._sizes[name] += len(data)
                    self.rows[name] += 1
            self._tally(rows, scenarios or [])
            self.counts[result] += 1
            self.episodes += 1
            for file in self._files.values():
                file.flush()
            self._save_state()
        except OSError as error:
            raise _cannot_write(self.folder, error) from error

    def finish(self) -> Path:
        """Moves the files to their places and writes the card.

        Raises:
            DataError: If it can't be written.
        """
        self._close()
        try:
            files = {}
            for name in FILES:
                with (self._partial / f"{name}.jsonl").open("rb") as file:
                    total = hashlib.file_digest(file, "sha256").hexdigest()
                files[name] = {"rows": self.rows[name], "sha256": total}
            card = {
                "config": self.config,
                "counts": dict(self.counts),
                "files": files,
                "content": _digest([files[name]["sha256"] for name in FILES]),
                "tables": self._tallies,
            }
            # From here on the old data set, if there was one, is no longer whole.
            (self.folder / CARD).unlink(missing_ok=True)
            for name in FILES:
                (self._partial / f"{name}.jsonl").replace(self.folder / f"{name}.jsonl")
            write_whole(self.folder / "README.md", card_text(card).encode())
            text = json.dumps(card, indent=2, sort_keys=True)
            write_whole(self.folder / CARD, f"{text}\n".encode())
            (self._partial / STATE).unlink(missing_ok=True)
            self._partial.rmdir()
        except OSError as error:
            raise _cannot_write(self.folder, error) from error
        return self.folder

    def _tally(self, rows: list[dict[str, Row]], scenarios: list[RiskScenario]) -> None:
        def count(table: str, *names: str) -> None:
            self._tallies.setdefault(table, Counter()).update(names)

        for group in rows:
            if "risk_scenarios" in group:
                count("outcome", *group["risk_scenarios"]["outcomes"])
            if "trajectories" in group:
                twin = group["trajectories"]["scenario"]["twin"]
                count("trajectory", "benign twin" if twin else "risk scenario")
        for scenario in scenarios:
            count("mode", scenario.mode)
            count("channel", scenario.channel)
            count("family", scenario.family)

    def _save_state(self) -> None:
        state = {
            "config": self.config,
            "episodes": self.episodes,
            "counts": self.counts,
            "tables": self._tallies,
            "sizes": self._sizes,
            "rows": self.rows,
        }
        write_whole(self._partial / STATE, json.dumps(state).encode())

    def _go_on(self) -> None:
        """Takes up what an interrupted run of the same configuration has left."""
        state = _read(self._partial / STATE)
        if state is None or state.get("config") != self.config:
            return
        sizes = state["sizes"]
        for name in FILES:
            file, placed = self._partial / f"{name}.jsonl", self.folder / f"{name}.jsonl"
            if not file.is_file() and placed.is_file():
                # Cut off while the files were moved to their places.
                placed.replace(file)
            if not file.is_file() or file.stat().st_size < sizes[name]:
                return
        self.episodes = state["episodes"]
        self.counts.update(state["counts"])
        self._tallies = {table: Counter(names) for table, names in state["tables"].items()}
        self._sizes, self.rows = sizes, state["rows"]

    def _close(self) -> None:
        for file in self._files.values():
            file.close()


def write_whole(path: Path, data: bytes) -> None:
    """Writes a file under another name first, so that it appears whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _refuse_foreign(folder: Path, config: dict[str, Any], overwrite: bool) -> None:
    if overwrite or not folder.exists():
        return
    if not folder.is_dir():
        raise DataError(f"{folder} is a file; a data set needs a folder.")
    remedy = "Choose another folder, or say overwrite (on the command line --overwrite)."
    for path in (folder / CARD, folder / PARTIAL / STATE):
        found = _read(path)
        if found is not None and found.get("config") != config:
            state = "a data set" if path.name == CARD else "an unfinished data set"
            raise DataError(
                f"{folder} holds {state} made with {found.get('config')}, not with {config}. "
                + remedy
            )
    ours = {CARD, PARTIAL, "README.md", *(f"{name}.jsonl" for name in FILES)}
    names = {path.name for path in folder.iterdir()}
    if names and not {CARD, PARTIAL} & names:
        taken = ", ".join(sorted(names & ours) or sorted(names)[:3])
        raise DataError(f"{folder} holds something that is no data set ({taken}). {remedy}")


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = parse_json(path.read_bytes(), str(path))
    except FileNotFoundError:
        return None
    except ScenarioError:
        return {}
    return found if isinstance(found, dict) else {}


def _digest(parts: list[str]) -> str:
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:16]


def _cannot_write(folder: Path, error: OSError) -> DataError:
    return DataError(f"{folder}: can't be written ({error.strerror}).")
