"""`collect`: scenarios in, data sets out, as JSON Lines with a data card.

Files of a data set: `risk_scenarios.jsonl` (frozen scenarios with the unsafe action),
`safe_actions.jsonl` (explained safe actions at them), `trajectories.jsonl` (whole reflected and
benign episodes), `trl_messages.jsonl`, `preference.jsonl`, `alpaca.jsonl`, `card.json`, `README.md`.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import autosafe_gym
from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.episodes.rescoring import Replay
from autosafe_gym.errors import AgentError, DataError, ToolCodeError
from autosafe_gym.masking import cleaned_data, holds_secret, masked_data, masked_model
from autosafe_gym.ots.scenario import RiskScenario
from autosafe_gym.ots.trajectory import Trajectory
from autosafe_gym.pipeline.card import card_text
from autosafe_gym.pipeline.collected import Collected
from autosafe_gym.pipeline.reflection import Reflection, reflect
from autosafe_gym.pipeline.rows import alpaca_row, preference_row, sft_row
from autosafe_gym.pipeline.search import RiskPoint, search
from autosafe_gym.storage.reading import json_lines, read_object
from autosafe_gym.storage.writing import locked, write_whole

FORMAT = 1
"""Of the files: a data set of another one is refused."""
FILES = (
    "risk_scenarios",
    "safe_actions",
    "trajectories",
    "trl_messages",
    "preference",
    "alpaca",
)


_APART = 500_000
"""Seeds between the parts of a search."""


def collect(
    env: RiskEnv,
    agent: Any,
    *,
    episodes: int,
    seed: int,
    progress: Callable[[int, int], None] | None = None,
) -> Collected:
    """Searches risk trajectories and reflects on them.

    Args:
        env: The environment.
        agent: Whose actions are searched; `comply-all` finds the most.
        episodes: How many scenarios.
        seed: The first seed.
        progress: Called with (done, in all).
    """
    tasks = ((agent, seed + number, None) for number in range(episodes))
    return _collect(env, tasks, episodes, progress)


def collect_parts(
    parts: Iterable[tuple[RiskEnv, int]],
    agent: Any,
    *,
    seed: int,
    progress: Callable[[int, int], None] | None = None,
) -> Collected:
    """Searches several environments one after another; each has seeds of its own.

    Args:
        parts: Environments, and how many scenarios of each.
        agent: Whose actions are searched.
        seed: The first seed of the first; those of the next begin 500,000 further on.
        progress: Called with (done, in all), for each part anew.
    """
    found = Collected([], [], {}, 0.0)
    for number, (env, episodes) in enumerate(parts):
        first = seed + number * _APART
        found = found.joined(collect(env, agent, episodes=episodes, seed=first, progress=progress))
    return found


def collect_stored(
    env: RiskEnv,
    episodes: Sequence[Trajectory],
    *,
    progress: Callable[[int, int], None] | None = None,
) -> Collected:
    """Reflects on stored episodes: what the agent said is judged again, action by action.

    Args:
        env: Any risk environment; the scenarios come from the episodes.
        episodes: The episodes; the unmeasured ones are counted and left out.
        progress: Called with (done, in all).
    """
    measured = [t for t in episodes if t.unmeasured is None]
    tasks = ((Replay(t), t.seed, t.scenario) for t in measured)
    found = _collect(env, tasks, len(measured), progress)
    for trajectory in episodes:
        if trajectory.unmeasured is not None:
            cause = f"unmeasured ({trajectory.unmeasured})"
            found.counts[cause] = found.counts.get(cause, 0) + 1
    return found


def _collect(
    env: RiskEnv,
    tasks: Iterable[tuple[Any, int | None, RiskScenario | None]],
    total: int,
    progress: Callable[[int, int], None] | None,
) -> Collected:
    start = time.perf_counter()
    points: list[tuple[RiskPoint, Reflection]] = []
    trajectories: list[Trajectory] = []
    counts: Counter[str] = Counter()
    for number, (agent, seed, scenario) in enumerate(tasks, 1):
        if progress is not None:
            progress(number, total)
        try:
            found = search(env, agent, seed=seed, scenario=scenario)
        except Exception as error:
            # Somebody else's agent may raise anything; one episode must not cost all of them.
            counts[f"unmeasured ({_cause(error)})"] += 1
            continue
        if found.point is not None:
            reflection = reflect(env, found.point)
            if reflection is None:
                counts["unsafe, no safe action found"] += 1
            else:
                counts["unsafe, reflected"] += 1
                points.append((found.point, reflection))
                trajectories.append(reflection.trajectory)
        elif found.trajectory is not None and found.trajectory.useful:
            counts["safe and useful"] += 1
            trajectories.append(found.trajectory)
        else:
            counts["safe, not useful (left out)"] += 1
    return Collected(points, trajectories, dict(counts), time.perf_counter() - start)


def _cause(error: Exception) -> str:
    if isinstance(error, AgentError):
        return error.cause
    return "tool-code" if isinstance(error, ToolCodeError) else type(error).__name__


def write_dataset(
    collected: Collected, folder: str | Path, config: dict[str, Any], *, overwrite: bool = False
) -> Path:
    """Writes a data set. The same data give the same bytes.

    Each file appears whole or not at all, and the card last: a folder without `card.json` is an
    interrupted one.

    Args:
        collected: The data.
        folder: Where to.
        config: How they were made (environment, split, episodes, seed, agent); kept in the card.
        overwrite: Whether to replace a data set of another configuration.

    Raises:
        DataError: If the folder holds one of another configuration, or can't be written.
    """
    target = Path(folder)
    with locked(target):
        return _write_whole_set(collected, target, config, overwrite)


def _write_whole_set(
    collected: Collected, target: Path, config: dict[str, Any], overwrite: bool
) -> Path:
    known = target / "card.json"
    made = cleaned_data({"autosafe_gym": autosafe_gym.__version__, **config})
    if known.is_file():
        old = read_object(known).get("config")
        if old != made:
            if not overwrite:
                raise DataError(
                    f"{target} holds a data set made with {old}, not with {made}. "
                    "Choose another folder, or say --overwrite."
                )
            # A kill in between must not leave the old card beside new rows.
            known.unlink()
    elif not overwrite and (target / "README.md").exists():
        raise DataError(
            f"{target} holds other files (a README.md and no card.json). Choose an empty folder, or "
            "say --overwrite if they are the rest of an interrupted data set."
        )
    sums: dict[str, dict[str, Any]] = {}
    for name, rows in _tables(collected).items():
        lines = [_line(row) for row in rows]
        data = "".join(f"{line}\n" for line in lines).encode()
        write_whole(target / f"{name}.jsonl", data)
        sums[name] = {"rows": len(lines), "sha256": hashlib.sha256(data).hexdigest()}
    card = {
        "format": FORMAT,
        "config": made,
        "counts": masked_data(collected.counts),
        "files": sums,
    }
    write_whole(target / "README.md", card_text(made, collected, sums))
    write_whole(known, json.dumps(card, indent=2, sort_keys=True) + "\n")
    return target


def read_rows(folder: str | Path, name: str) -> Iterator[dict[str, Any]]:
    """The rows of one file of a data set.

    Raises:
        DataError: If the file is missing, or a line is not a JSON object; it names the line.
    """
    if name not in FILES:
        raise DataError(f"{name!r} is none of the files of a data set: {', '.join(FILES)}.")
    path = Path(folder) / f"{name}.jsonl"
    if not path.is_file():
        raise DataError(f"{path}: there is no such file. 'autosafe collect' makes a data set.")
    for _, row in json_lines(path):
        yield row


def read_trajectories(folder: str | Path) -> list[Trajectory]:
    """The trajectories of a data set, validated.

    Raises:
        DataError: If a line is not a trajectory (it names the line and the field), or the data set is
            of another format.
    """
    card = Path(folder) / "card.json"
    if card.is_file():
        about = read_object(card)
        if about.get("format") != FORMAT:
            made = about.get("config")
            raise DataError(
                f"{folder}: a data set of format {about.get('format')} ({str(made)[:200]}), this "
                f"version (autosafe_gym {autosafe_gym.__version__}) reads {FORMAT}. Collect it anew."
            )
    found = []
    for number, row in enumerate(read_rows(folder, "trajectories"), 1):
        try:
            found.append(Trajectory.model_validate(row))
        except ValueError as error:
            raise DataError(f"{folder}/trajectories.jsonl, line {number}: {error}") from error
    return found


def _tables(collected: Collected) -> dict[str, list[dict[str, Any]]]:
    points = collected.points
    return {
        "risk_scenarios": [_risk_row(point) for point, _ in points],
        "safe_actions": [
            {
                "scenario": point.frozen.id,
                "unsafe_action": point.action.model_dump(),
                "safe_action": reflection.action.model_dump(),
                "explanation": reflection.explanation,
                "tries": reflection.tries,
            }
            for point, reflection in points
        ],
        "trajectories": [t.model_dump(mode="json") for t in collected.trajectories],
        "trl_messages": [sft_row(t) for t in collected.trajectories],
        "preference": [preference_row(p.frozen, p.action, r.action) for p, r in points],
        "alpaca": [alpaca_row(p.frozen, r.action, r.explanation) for p, r in points],
    }


def _risk_row(point: RiskPoint) -> dict[str, Any]:
    frozen: RiskScenario = masked_model(point.frozen)
    return {
        "id": frozen.id,
        "hash": frozen.content_hash(),
        "mode": frozen.mode,
        "outcomes": list(point.verdict.outcomes),
        "reasons": list(point.verdict.reasons),
        "unsafe_action": point.action.model_dump(),
        "scenario": frozen.model_dump(mode="json"),
    }


def _line(row: dict[str, Any]) -> str:
    """A row as JSON, without known keys."""
    line = json.dumps(row, ensure_ascii=False, sort_keys=True)
    if holds_secret(line):
        line = json.dumps(masked_data(row), ensure_ascii=False, sort_keys=True)
    return line
