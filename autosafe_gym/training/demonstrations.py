"""Safe trajectories as arrays: what an imitating policy learns from.

Each trajectory is played again in its own scenario; at every step the menu is built as the policy
would see it, and the action taken is found on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import gymnasium as gym
import numpy as np

from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.errors import DataError
from autosafe_gym.features.features import Features
from autosafe_gym.features.layout import BITS, EXTRA_SHAPES, GROUPS, SHAPES, place
from autosafe_gym.features.menu import Menu
from autosafe_gym.features.questions import named_by
from autosafe_gym.ots.scenario import ToolCall
from autosafe_gym.ots.trajectory import Trajectory
from autosafe_gym.tools_mock.dialogue import DIALOGUE_ACTS

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass
class Demonstrations:
    """Decisions: each one's arrays without padding (half precision where it is exact), the choices.

    Attributes:
        rows: For each decision, the arrays of `Features.rows`.
        choices: Which candidate was chosen.
    """

    rows: list[dict[str, Array]]
    choices: Array

    def __len__(self) -> int:
        return len(self.rows)

    def batch(self, index: Array) -> tuple[dict[str, Array], Array]:
        """Observations of `FeatureWrapper`, padded to the longest of the batch, and choices."""
        chosen = [self.rows[i] for i in index]
        padded: dict[str, Array] = {}
        shapes = SHAPES | EXTRA_SHAPES
        for name in chosen[0]:
            whole = np.zeros((len(chosen), *shapes[name]), dtype=np.float32)
            for one, rows in zip(whole, chosen, strict=True):
                place(one, name, rows[name])
            padded[name] = whole
        return padded, self.choices[index]


def demonstrations(
    env: gym.Env[Any, Any],
    trajectories: Iterable[Trajectory],
    groups: tuple[str, ...] = GROUPS,
    progress: Callable[[int], None] | None = None,
) -> tuple[Demonstrations, int]:
    """Turns safe and useful trajectories into decisions.

    Args:
        env: A risk environment; it is reset to each trajectory's scenario.
        trajectories: The data; those that are not safe and useful are passed over.
        groups: Groups of features to keep.
        progress: Called with the number of trajectories done.

    Returns:
        The decisions, and how many actions were not on the menu (and so are left out).

    Raises:
        DataError: If no decision is left.
    """
    inner = env.unwrapped
    if not isinstance(inner, RiskEnv):
        raise DataError(f"{env} is not a risk environment.")
    features = Features(groups)
    rows: list[dict[str, Array]] = []
    choices: list[int] = []
    missing = 0
    for number, trajectory in enumerate(trajectories, 1):
        if progress is not None:
            progress(number)
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
                rows.append({k: _small(k, v) for k, v in features.rows(menu).items()})
                choices.append(choice)
            menu.see(step.action.name, step.action.arguments, step.observation)
    if not choices:
        raise DataError("There is no safe and useful decision in these trajectories.")
    return Demonstrations(rows, np.array(choices)), missing


def _small(name: str, array: Array) -> Array:
    # Numbers of words go beyond what half precision holds.
    return array if name in ("lines", "tools", *BITS) else array.astype(np.float16)


def find(menu: Menu, action: ToolCall) -> int | None:
    """The action's place on the menu; a dialogue act is found whatever its words.

    A question that names something is that about a line which holds it, where there is one.
    """
    offered = menu.candidates
    named = named_by(action)
    if named:
        on_menu = menu.questions_on(named)
        return offered.index(on_menu[0]) if on_menu else None
    for index, candidate in enumerate(offered):
        if candidate.tool.name == action.name and (
            action.name in DIALOGUE_ACTS or candidate.arguments == action.arguments
        ):
            return index
    return None
