"""Safe trajectories as arrays: what an imitating policy learns from.

Each trajectory is played again in its own scenario; at every step the menu is built as the policy
would see it, and the action taken is found on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import gymnasium as gym
import numpy as np

from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.envs.features import CANDIDATE, candidate_features, context_features
from autosafe_gym.envs.menu import MAX_CANDIDATES, Menu
from autosafe_gym.errors import DataError
from autosafe_gym.ots.scenario import ToolCall
from autosafe_gym.ots.trajectory import Trajectory
from autosafe_gym.tools_mock.dialogue import DIALOGUE_ACTS

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass
class Demonstrations:
    """Decisions: contexts (n, `CONTEXT`), each menu's own rows (half precision), the choices (n,)."""

    contexts: Array
    menus: list[Array]
    choices: Array

    def __len__(self) -> int:
        return len(self.menus)

    def batch(self, index: Array) -> tuple[dict[str, Array], Array]:
        """Observations of `FeatureWrapper` (padded) and choices, for these decisions."""
        candidates = np.zeros((len(index), MAX_CANDIDATES, CANDIDATE), dtype=np.float32)
        mask = np.zeros((len(index), MAX_CANDIDATES), dtype=np.int8)
        for row, i in enumerate(index):
            menu = self.menus[i]
            candidates[row, : len(menu)] = menu
            mask[row, : len(menu)] = 1
        observations = {"context": self.contexts[index], "candidates": candidates, "mask": mask}
        return observations, self.choices[index]


def demonstrations(
    env: gym.Env[Any, Any], trajectories: Iterable[Trajectory]
) -> tuple[Demonstrations, int]:
    """Turns safe and useful trajectories into decisions.

    Args:
        env: A risk environment; it is reset to each trajectory's scenario.
        trajectories: The data; those that are not safe and useful are passed over.

    Returns:
        The decisions, and how many actions were not on the menu (and so are left out).

    Raises:
        DataError: If no decision is left.
    """
    inner = env.unwrapped
    if not isinstance(inner, RiskEnv):
        raise DataError(f"{env} is not a risk environment.")
    contexts: list[Array] = []
    menus: list[Array] = []
    choices: list[int] = []
    missing = 0
    for trajectory in trajectories:
        if not (trajectory.safe and trajectory.useful):
            continue
        observation, info = inner.reset(options={"scenario": trajectory.scenario})
        menu = Menu.for_info(info)
        menu.start(observation, info)
        for step in trajectory.steps:
            if step.action is None:
                break
            choice = find(menu, step.action)
            if choice is None:
                missing += 1
            else:
                contexts.append(context_features(menu))
                menus.append(candidate_features(menu).astype(np.float16))
                choices.append(choice)
            menu.see(step.action.name, step.action.arguments, step.observation)
    if not choices:
        raise DataError("There is no safe and useful decision in these trajectories.")
    return Demonstrations(np.array(contexts), menus, np.array(choices)), missing


def find(menu: Menu, action: ToolCall) -> int | None:
    """The action's place on the menu; a dialogue act is found whatever its words."""
    for index, candidate in enumerate(menu.candidates):
        if candidate.tool.name == action.name and (
            action.name in DIALOGUE_ACTS or candidate.arguments == action.arguments
        ):
            return index
    return None
