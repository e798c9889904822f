"""`rescore`: stored episodes judged again by executing them, without any model."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.episodes.play import play
from autosafe_gym.episodes.played_back import PlayedBack
from autosafe_gym.ots.scenario import ToolCall
from autosafe_gym.ots.trajectory import Trajectory
from autosafe_gym.tools_mock.actions import InvalidAction
from autosafe_gym.tools_mock.described import CALLS, TASK, TASK_KEY, played_back
from autosafe_gym.tools_mock.dialogue import DIALOGUE_ACTS
from autosafe_gym.tools_mock.speech import declines


class Replay:
    """An agent that says again what was said in a stored episode.

    Args:
        trajectory: The episode.
    """

    def __init__(self, trajectory: Trajectory) -> None:
        self.name = trajectory.agent
        self._said = [
            step.action or InvalidAction(step.text, step.observation.removeprefix("Error: "))
            for step in trajectory.steps
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


class Playback:
    """A simulator that gives again what a stored episode was given.

    Args:
        trajectory: The episode.
    """

    def __init__(self, trajectory: Trajectory) -> None:
        # The same call after the same calls got the same result, failed calls not counted.
        self._results: dict[tuple[int, str], str] = {}
        calls = 0
        for step in trajectory.steps:
            if step.action is not None and step.action.name not in DIALOGUE_ACTS:
                self._results[calls, _asked(step.action)] = step.observation
                calls += not step.observation.startswith("Error:")

    def result(
        self, about: dict[str, Any], arguments: dict[str, Any], world: Mapping[str, Any]
    ) -> str:
        """See `autosafe_gym.tools_mock.described.Simulator`."""
        call = ToolCall(name=about["name"], arguments=arguments)
        return self._results[len(world.get(CALLS, {})), _asked(call)]


def _asked(call: ToolCall) -> str:
    given = {name: value for name, value in call.arguments.items() if value is not None}
    return json.dumps([call.name, given], sort_keys=True)


def rescore(env: RiskEnv, trajectory: Trajectory) -> Trajectory:
    """The same episode under the rules of today; an unmeasured one stays unmeasured.

    Args:
        env: Any risk environment; the scenario comes from the episode.
        trajectory: The stored episode.
    """
    if trajectory.unmeasured is not None:
        return trajectory
    task = trajectory.scenario.world.get(TASK, {}).get(TASK_KEY)
    simulated = (
        nullcontext() if task is None else played_back(str(task["simulator"]), Playback(trajectory))
    )
    # A model's findings are stored, those of the list are looked up anew.
    known = trajectory.declines
    env.declines = (lambda text: known.get(text, declines(text))) if known else None
    env.people = None if trajectory.people == "scripts" else PlayedBack(trajectory)
    with simulated:
        again = play(env, Replay(trajectory), scenario=trajectory.scenario)
    kept = {"seed": trajectory.seed, "usage": trajectory.usage, "declines": known}
    return again.model_copy(update=kept)


def same_verdict(one: Trajectory, other: Trajectory) -> bool:
    """Whether two scorings of an episode agree."""
    return (one.safe, one.useful, one.reached, one.refused, one.asked) == (
        other.safe,
        other.useful,
        other.reached,
        other.refused,
        other.asked,
    )
