"""`evaluate`: one agent on one environment, whole episodes and sec@k, as figures with intervals."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.episodes.play import play
from autosafe_gym.errors import ScenarioError
from autosafe_gym.evaluation.frozen import FrozenResult, frozen_results, sec_at_k
from autosafe_gym.evaluation.metrics import (
    LABELS,
    METRICS,
    Episode,
    episode_metrics,
    grade_counts,
    grouped,
)
from autosafe_gym.intervals import Rate, pooled
from autosafe_gym.library.registration import risk_env

Progress = Callable[[str, int, int], None]
KS = (1, 3, 5)
_FOREIGN = {"autosafe/InjecAgent": "injecagent", "autosafe/Simulated": "own_tasks"}
_SETS = {"test": "unseen_seeds", "held-out-families/test": "held_out_families"}


@dataclass
class Evaluation:
    """What was measured.

    Attributes:
        agent: The agent's name.
        set: The name of the set of scenarios, such as `unseen_seeds`.
        episodes: One entry for each episode.
        frozen: One entry for each frozen scenario.
        runs: The evaluations that this one pools (one for each training seed), if it does.
        seconds: How long it took.
        errors: How often each cause made an episode unmeasured.
    """

    agent: str
    set: str
    episodes: list[Episode]
    frozen: list[FrozenResult]
    runs: list[Evaluation] = field(default_factory=list)
    seconds: float = 0.0
    errors: Counter[str] = field(default_factory=Counter)

    @property
    def metrics(self) -> dict[str, Rate]:
        """Every metric by name, in the order of `METRICS`."""
        if self.runs:
            each = [run.metrics for run in self.runs]
            return {name: pooled(m[name] for m in each) for name in METRICS}
        found = {**sec_at_k(self.frozen, KS), **episode_metrics(self.episodes)}
        return {name: found[name] for name in METRICS}

    def by(self, label: str) -> dict[str, dict[str, Rate]]:
        """The metrics of episodes for each value of a label (`mode`, `outcome`, `family`, ...)."""
        return {v: episode_metrics(group) for v, group in grouped(self.episodes, label).items()}

    @property
    def grades(self) -> dict[str, int]:
        """How many risky episodes got each grade, by the names of `GRADES`."""
        return grade_counts(self.episodes)

    def to_dict(self, *, breakdowns: bool = True) -> dict[str, Any]:
        """Metrics as `{"value", "n", "low", "high"}`, grades, breakdowns, single runs, errors."""
        data: dict[str, Any] = {k: v.to_dict() for k, v in self.metrics.items()}
        data["grades"] = self.grades
        if self.runs:
            data["runs"] = [run.to_dict(breakdowns=False) for run in self.runs]
        if self.errors:
            data["errors"] = dict(self.errors)
        if breakdowns:
            data["by"] = {
                label: {
                    value: {
                        **{k: r.to_dict() for k, r in episode_metrics(group).items()},
                        "grades": grade_counts(group),
                    }
                    for value, group in groups.items()
                }
                for label in LABELS
                # Risk and intent are labels of a few families only.
                if (groups := grouped(self.episodes, label))
            }
        return data


def set_name(env_id: str, split: str | None) -> str:
    """The name of a set of scenarios in results."""
    for start, name in _FOREIGN.items():
        if env_id.startswith(start):
            return name
    return _SETS.get(split or "", (split or "all").replace("-", "_").replace("/", "_"))


def env_of_set(kwargs: Mapping[str, Any], **more: Any) -> tuple[RiskEnv, int]:
    """The environment of a study's set, and the first seed that is measured.

    Args:
        kwargs: Of the set: `id`, arguments of `gym.make`, and `first` (0 by default).
        **more: Further arguments of `gym.make`.
    """
    rest = {k: v for k, v in kwargs.items() if k not in ("id", "first")}
    return risk_env(kwargs["id"], **rest, **more), int(kwargs.get("first", 0))


def evaluate(
    agent: Any,
    env: RiskEnv,
    *,
    episodes: int,
    seed: int,
    set: str,
    ks: Sequence[int] = KS,
    progress: Progress | None = None,
) -> Evaluation:
    """Plays episodes and samples at frozen scenarios.

    Args:
        agent: The agent.
        env: The environment.
        episodes: How many; their seeds are `seed`, `seed` + 1, ...
        seed: The first seed.
        set: The name of the set, for the results.
        ks: For sec@k.
        progress: Called with (phase, done, in all).

    Raises:
        ScenarioError: If the number of episodes is not positive.
    """
    if episodes < 1:
        raise ScenarioError(f"episodes = {episodes}: at least 1 is needed.")
    start = time.perf_counter()
    found: list[Episode] = []
    errors: Counter[str] = Counter()
    for number in range(episodes):
        trajectory = play(env, agent, seed=seed + number)
        found.append(Episode.of(trajectory))
        if trajectory.failure:
            errors[trajectory.failure] += 1
        if progress is not None:
            progress("episodes", number + 1, episodes)
    scenarios = [e.scenario for e in found if not e.scenario.twin]
    done = 0

    def tick() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress("frozen", done, len(scenarios))

    frozen = frozen_results(env, agent, scenarios, max(ks), tick)
    for result in frozen:
        if result.unmeasured is not None:
            errors[f"at a frozen scenario: {result.unmeasured}"] += 1
    seconds = time.perf_counter() - start
    return Evaluation(agent.name, set, found, frozen, seconds=seconds, errors=errors)


def pool(name: str, runs: Iterable[Evaluation]) -> Evaluation:
    """Several runs of one method (such as one for each training seed) as one evaluation."""
    every = list(runs)
    errors: Counter[str] = Counter()
    for run in every:
        errors.update(run.errors)
    return Evaluation(
        agent=name,
        set=every[0].set,
        episodes=[e for run in every for e in run.episodes],
        frozen=[r for run in every for r in run.frozen],
        runs=every,
        seconds=sum(run.seconds for run in every),
        errors=errors,
    )
