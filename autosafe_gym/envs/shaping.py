"""A shaped reward: what the end of an episode pays, said when it comes true."""

from __future__ import annotations

from typing import Any, SupportsFloat

import gymnasium as gym

from autosafe_gym.envs.unwrapping import risk_env_of


class ShapedReward(gym.Wrapper[Any, Any, Any, Any]):
    """Potential-based shaping: adds gamma * potential(next state) - potential(state).

    The potential is `scale` where the goal holds and no outcome has been triggered, else 0: nothing
    but what the reward itself says at the end of the episode, said when it comes true (and taken back
    if it is lost). At the end of an episode the potential is 0, so that no policy is better or worse
    than without it (Ng, Harada & Russell, 1999). It appears in `info["reward_components"]` as
    `shaping`. No observation changes.

    Args:
        env: A risk environment.
        gamma: The learner's discount; invariance needs the same one.
        scale: The potential of a goal reached.
    """

    def __init__(self, env: gym.Env[Any, Any], *, gamma: float = 0.99, scale: float = 0.5) -> None:
        super().__init__(env)
        self._inner = risk_env_of(env, "only those have a goal")
        self.gamma = gamma
        self.scale = scale
        self._before = 0.0

    def potential(self) -> float:
        """The potential of the present state."""
        inner = self._inner
        return self.scale * float(inner.safe and inner.loaded.goal_holds())

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Starts an episode."""
        result = self.env.reset(seed=seed, options=options)
        self._before = self.potential()
        return result

    def step(self, action: Any) -> tuple[Any, SupportsFloat, bool, bool, dict[str, Any]]:
        """Runs one action; the reward is shaped."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        # A truncated episode goes on in the eyes of a learner that bootstraps: it keeps its potential.
        now = 0.0 if terminated else self.potential()
        added = self.gamma * now - self._before
        self._before = now
        components = {**info["reward_components"], "shaping": added}
        info = {**info, "reward_components": components}
        return observation, float(reward) + added, terminated, truncated, info
