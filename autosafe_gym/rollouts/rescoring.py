"""`rescore`: stored episodes judged again by executing them, without any model."""

from __future__ import annotations

from typing import Any

from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.ots.trajectory import Trajectory
from autosafe_gym.rollouts.episode import rollout


class Replay:
    """An agent that says again what was said in a stored episode.

    Args:
        trajectory: The episode.
    """

    def __init__(self, trajectory: Trajectory) -> None:
        self.name = trajectory.agent
        self._said = [
            step.text if step.action is None else step.action for step in trajectory.steps
        ]
        self._at = 0

    def reset(self, info: dict[str, Any]) -> None:
        """From the start."""
        self._at = 0

    def act(self, observation: str, info: dict[str, Any]) -> Any:
        """The next stored action; when they are used up (the rules end later now), it finishes."""
        if self._at >= len(self._said):
            return {"name": "finish", "arguments": {"message": "(the stored episode ends here)"}}
        self._at += 1
        return self._said[self._at - 1]


def rescore(env: RiskEnv, trajectory: Trajectory) -> Trajectory:
    """The same episode under the rules of today; an unmeasured one stays unmeasured.

    Args:
        env: Any risk environment; the scenario comes from the episode.
        trajectory: The stored episode.
    """
    if trajectory.unmeasured is not None:
        return trajectory
    again = rollout(env, Replay(trajectory), scenario=trajectory.scenario)
    return again.model_copy(update={"seed": trajectory.seed, "usage": trajectory.usage})


def same_verdict(one: Trajectory, other: Trajectory) -> bool:
    """Whether two scorings of an episode agree."""
    return (one.safe, one.useful, one.reached, one.refused, one.asked) == (
        other.safe,
        other.useful,
        other.reached,
        other.refused,
        other.asked,
    )
