"""Wrappers for learners without a language model: `MenuWrapper` and `FeatureWrapper`."""

from __future__ import annotations

from typing import Any, SupportsFloat

import gymnasium as gym
import numpy as np
from gymnasium import spaces

from autosafe_gym.features.candidates import Candidate
from autosafe_gym.features.features import Features
from autosafe_gym.features.layout import BITS, EXTRA_SHAPES, GROUPS, shapes_of
from autosafe_gym.features.menu import MAX_CANDIDATES, Menu
from autosafe_gym.features.words import VOCABULARY

Mask = np.ndarray[Any, np.dtype[np.bool_]]


class MenuWrapper(gym.Wrapper[Any, Any, str, Any]):
    """A Discrete action space over the menu's candidates, with `action_masks()`.

    An index beyond the menu is borne: it counts as an unreadable action (an error observation and
    the price of a bad format), so that checkers and learners without masks can step.

    Args:
        env: A risk environment.
    """

    def __init__(self, env: gym.Env[str, Any]) -> None:
        super().__init__(env)
        self.action_space = spaces.Discrete(MAX_CANDIDATES)
        self.menu = Menu(())
        self.chosen: Candidate | None = None

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[str, dict[str, Any]]:
        """Resets the environment and begins a new menu."""
        observation, info = self.env.reset(seed=seed, options=options)
        self.menu = Menu.for_info(info)
        self.menu.start(observation, info)
        self.chosen = None
        return observation, info

    def step(self, action: Any) -> tuple[str, SupportsFloat, bool, bool, dict[str, Any]]:
        """Plays the candidate with this index."""
        offered = self.menu.candidates
        index = int(action)
        if 0 <= index < len(offered):
            chosen = self.chosen = offered[index]
            name, arguments = chosen.tool.name, chosen.arguments
            result = self.env.step({"name": name, "arguments": arguments})
        else:
            self.chosen, name, arguments = None, "", {}
            result = self.env.step("")
        self.menu.see(name, arguments, result[0])
        return result

    def action_masks(self) -> Mask:
        """Which indices are candidates, shape (`MAX_CANDIDATES`,)."""
        mask = np.zeros(MAX_CANDIDATES, dtype=bool)
        mask[: len(self.menu.candidates)] = True
        return mask


class FeatureWrapper(gym.Wrapper[Any, Any, Any, Any]):
    """Arrays instead of text, for stable-baselines3: a flat Dict of Box and MultiBinary.

    Observation: the arrays of `layout.shapes_of`. `info` loses what a replay would carry around for
    nothing (`messages`, `tools`).

    Args:
        env: A `MenuWrapper`.
        groups: Groups of features to keep, of `layout.GROUPS` and `EXTRA_GROUPS`.
    """

    def __init__(self, env: MenuWrapper, groups: tuple[str, ...] = GROUPS) -> None:
        super().__init__(env)
        self._menu_env = env
        self.features = Features(groups)
        self.observation_space = feature_space(self.features.groups)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Resets; see the class for the observation."""
        _, info = self.env.reset(seed=seed, options=options)
        return self._observe(), {"instruction": info["instruction"]}

    def step(self, action: Any) -> tuple[dict[str, Any], SupportsFloat, bool, bool, dict[str, Any]]:
        """Steps; see the class for the observation."""
        _, reward, terminated, truncated, info = self.env.step(action)
        return self._observe(), reward, terminated, truncated, info

    def action_masks(self) -> Mask:
        """Which indices are candidates, shape (`MAX_CANDIDATES`,)."""
        return self._menu_env.action_masks()

    def _observe(self) -> dict[str, Any]:
        return self.features.observe(self._menu_env.menu)


def feature_space(groups: tuple[str, ...]) -> spaces.Dict:
    """The space of the observations with these groups of features."""
    return spaces.Dict({name: _space(name, shape) for name, shape in shapes_of(groups).items()})


def _space(name: str, shape: tuple[int, ...]) -> spaces.Space[Any]:
    if name in BITS:
        return spaces.MultiBinary(shape)
    if name in EXTRA_SHAPES:
        return spaces.Box(-np.inf, np.inf, shape, np.float32)
    return spaces.Box(-1.0, float(VOCABULARY), shape, np.float32)
