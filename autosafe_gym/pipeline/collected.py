"""What the search of many episodes found: risk points with their reflections, and whole episodes."""

from __future__ import annotations

from dataclasses import dataclass

from autosafe_gym.ots.trajectory import Trajectory
from autosafe_gym.pipeline.reflection import Reflection
from autosafe_gym.pipeline.search import RiskPoint


@dataclass
class Collected:
    """What `collect` found.

    Attributes:
        points: Risk points with their reflections.
        trajectories: Whole safe and useful episodes, reflected or benign.
        counts: Episodes by what became of them.
        seconds: How long it took, writing not included.
    """

    points: list[tuple[RiskPoint, Reflection]]
    trajectories: list[Trajectory]
    counts: dict[str, int]
    seconds: float

    def joined(self, other: Collected) -> Collected:
        """This and what another search found, in this order."""
        counts = {
            k: self.counts.get(k, 0) + other.counts.get(k, 0)
            for k in {**self.counts, **other.counts}
        }
        return Collected(
            [*self.points, *other.points],
            [*self.trajectories, *other.trajectories],
            counts,
            self.seconds + other.seconds,
        )

    @property
    def cost_per_data_point(self) -> dict[str, float]:
        """Seconds and tokens for one risk scenario with its reflected safe action."""
        count = len(self.points)
        return {"seconds": self.seconds / count if count else 0.0, "tokens": 0, "n": count}
