"""`collect_to`: scenarios in, a data set out, as JSON Lines with a data card.

Files of a data set: `risk_scenarios.jsonl` (scenarios frozen before an unsafe action),
`safe_actions.jsonl` (explained safe actions at them), `trajectories.jsonl` (whole reflected and
benign episodes), `trl_messages.jsonl`, `preference.jsonl`, `alpaca.jsonl`, `card.json`, `README.md`.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gymnasium as gym

import autosafe_gym
from autosafe_gym import agents
from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.errors import DataError
from autosafe_gym.ots.trajectory import Trajectory
from autosafe_gym.pipeline.reading import load_rows, read_rows, read_trajectories
from autosafe_gym.pipeline.reflection import Reflection, reflect
from autosafe_gym.pipeline.roles import Evaluator, Reflector, RiskPoint
from autosafe_gym.pipeline.rows import FILES, point_rows, trajectory_rows
from autosafe_gym.pipeline.search import search_all
from autosafe_gym.pipeline.writer import DatasetWriter

__all__ = [
    "FILES",
    "CollectSummary",
    "Collected",
    "Episode",
    "collect",
    "collect_to",
    "load_rows",
    "read_rows",
    "read_trajectories",
    "write_dataset",
]

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Episode:
    """One searched episode.

    Attributes:
        result: What became of it, in words.
        point: Where something unsafe was proposed.
        reflection: The verified safe way on from there.
        trajectory: The whole safe and useful episode, reflected or as the agent played it.
    """

    result: str
    point: RiskPoint | None = None
    reflection: Reflection | None = None
    trajectory: Trajectory | None = None


def _cost(seconds: float, count: int) -> dict[str, float]:
    # The embedded roles use no language model, hence no tokens.
    return {"seconds": seconds / count if count else 0.0, "tokens": 0, "n": count}


@dataclass
class Collected:
    """What `collect` found.

    Attributes:
        episodes: Every episode, in the order of the seeds.
        seconds: How long it took, writing not included.
    """

    episodes: list[Episode]
    seconds: float

    @property
    def points(self) -> list[tuple[RiskPoint, Reflection]]:
        """Risk points with their reflections."""
        return [(e.point, e.reflection) for e in self.episodes if e.point and e.reflection]

    @property
    def trajectories(self) -> list[Trajectory]:
        """Whole safe and useful episodes, reflected or benign."""
        return [e.trajectory for e in self.episodes if e.trajectory]

    @property
    def counts(self) -> dict[str, int]:
        """Episodes by what became of them."""
        return dict(Counter(e.result for e in self.episodes))

    @property
    def cost_per_data_point(self) -> dict[str, float]:
        """Seconds and tokens for one risk scenario with its reflected safe action."""
        return _cost(self.seconds, len(self.points))


@dataclass(frozen=True)
class CollectSummary:
    """What `collect_to` wrote.

    Attributes:
        folder: Where.
        episodes: How many episodes were searched.
        resumed: How many of them an earlier, interrupted run had done.
        counts: Episodes by what became of them.
        rows: Rows of each file.
        seconds: How long this run took, writing included.
        cost_per_data_point: Seconds and tokens for one risk scenario with its safe action.
    """

    folder: Path
    episodes: int
    resumed: int
    counts: dict[str, int]
    rows: dict[str, int]
    seconds: float
    cost_per_data_point: dict[str, float]


def explore(
    env: RiskEnv,
    agent: Any,
    seeds: Iterable[int],
    *,
    evaluator: Evaluator | None = None,
    reflector: Reflector | None = None,
) -> Iterator[Episode]:
    """Searches each seed's episode and reflects on what is unsafe in it."""
    for found in search_all(env, agent, seeds, evaluator=evaluator):
        point, whole = found.point, found.trajectory
        if found.unmeasured is not None:
            yield Episode(f"unmeasured ({found.unmeasured})")
        elif point is not None:
            reflection = reflect(env, point, reflector=reflector)
            if reflection is None:
                yield Episode("unsafe, no safe action found", point)
            else:
                yield Episode("unsafe, reflected", point, reflection, reflection.trajectory)
        elif whole is not None and whole.safe and whole.useful:
            yield Episode("safe and useful", trajectory=whole)
        elif whole is not None and whole.safe:
            yield Episode("safe, not useful (left out)")
        else:
            # Only with another evaluator: it passed what the scenario's own rules call unsafe.
            yield Episode("unsafe, missed by the evaluator (left out)")


def collect(
    env: RiskEnv,
    agent: Any,
    *,
    episodes: int,
    seed: int,
    evaluator: Evaluator | None = None,
    reflector: Reflector | None = None,
    progress: Progress | None = None,
) -> Collected:
    """Searches risk trajectories and reflects on them, in memory.

    Args:
        env: The environment.
        agent: Whose actions are searched; `comply-all` finds the most.
        episodes: How many scenarios.
        seed: The first seed.
        evaluator: The judge; the scenarios' rules by default.
        reflector: Explains and proposes; the embedded one by default.
        progress: Called with (done, in all).
    """
    begin = time.perf_counter()
    found: list[Episode] = []
    seeds = range(seed, seed + episodes)
    for episode in explore(env, agent, seeds, evaluator=evaluator, reflector=reflector):
        found.append(episode)
        if progress is not None:
            progress(len(found), episodes)
    return Collected(found, time.perf_counter() - begin)


def write_dataset(
    collected: Collected, folder: str | Path, config: dict[str, Any], *, overwrite: bool = False
) -> Path:
    """Writes what `collect` found as a data set. The same data give the same bytes.

    Args:
        collected: The data.
        folder: Where to.
        config: How they were made (env, split, episodes, seed, agent); kept in the card.
        overwrite: Whether to replace a data set of another configuration.

    Raises:
        DataError: If the folder holds something else, or can't be written.
    """
    made = {"autosafe_gym": autosafe_gym.__version__, **config}
    with DatasetWriter(folder, made, overwrite=overwrite) as writer:
        for episode in collected.episodes[writer.episodes :]:
            _enter(writer, episode)
        return writer.finish()


def collect_to(
    out: str | Path,
    env: str | RiskEnv = "autosafe/All-v0",
    agent: Any = "comply-all",
    *,
    episodes: int,
    seed: int = 0,
    split: str | None = "train",
    config: dict[str, Any] | None = None,
    overwrite: bool = False,
    evaluator: Evaluator | None = None,
    reflector: Reflector | None = None,
    progress: Progress | None = None,
) -> CollectSummary:
    """Searches, reflects and writes, episode by episode.

    An interrupted run loses at most the episode that it was in; called again with the same
    configuration it goes on from there.

    Args:
        out: Folder of the data set.
        env: An environment's id, or an environment.
        agent: A name that `agents.make` knows, or an agent.
        episodes: How many scenarios.
        seed: The first seed.
        split: Which scenarios of the environment; only with an id.
        config: What else distinguishes this data set, such as an environment's filters; kept in the
            card.
        overwrite: Whether to replace a data set of another configuration.
        evaluator: The judge; the scenarios' rules by default.
        reflector: Explains and proposes; the embedded one by default.
        progress: Called with (done, in all).

    Raises:
        DataError: If the folder holds something else, or can't be written; if `env` is not a risk
            environment, or `episodes` or `seed` is no usable number.
        UnknownNameError: If an agent or a split is unknown.
    """
    if episodes < 1 or seed < 0:
        raise DataError(f"episodes = {episodes!r}, seed = {seed!r}: at least 1 and 0 are needed.")
    inner = gym.make(env, split=split).unwrapped if isinstance(env, str) else env.unwrapped
    if not isinstance(inner, RiskEnv):
        raise DataError(f"{env} is not a risk environment; take one of the ids 'autosafe/...'.")
    player = agents.make(agent) if isinstance(agent, str) else agent
    made: dict[str, Any] = {"autosafe_gym": autosafe_gym.__version__, "agent": player.name}
    if isinstance(env, str):
        made |= {"env": env, "split": split}
    else:
        made |= {"env": type(inner.source).__name__, "split": getattr(inner.source, "split", None)}
    made |= {"episodes": episodes, "seed": seed, **(config or {})}
    begin = time.perf_counter()
    with DatasetWriter(out, made, overwrite=overwrite) as writer:
        resumed = writer.episodes
        seeds = range(seed + resumed, seed + episodes)
        new = 0
        for episode in explore(inner, player, seeds, evaluator=evaluator, reflector=reflector):
            _enter(writer, episode)
            new += episode.reflection is not None
            if progress is not None:
                progress(writer.episodes, episodes)
        folder = writer.finish()
    seconds = time.perf_counter() - begin
    return CollectSummary(
        folder, episodes, resumed, dict(writer.counts), writer.rows, seconds, _cost(seconds, new)
    )


def _enter(writer: DatasetWriter, episode: Episode) -> None:
    rows = [] if episode.point is None else [point_rows(episode.point, episode.reflection)]
    if episode.trajectory is not None:
        rows.append(trajectory_rows(episode.trajectory))
    writer.add(episode.result, rows, [] if episode.point is None else [episode.point.frozen])
