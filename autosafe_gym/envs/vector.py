"""The native vector environment: many risk environments in one process, with next to no overhead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.envs.stream import checked_options, checked_seed
from autosafe_gym.envs.unwrapping import risk_env_of
from autosafe_gym.errors import ScenarioError

_FIX = "use gymnasium.make_vec for it"
Arrays = np.ndarray[Any, np.dtype[Any]]


class RiskVectorEnv(VectorEnv[Any, Any, Any]):
    """Steps a list of environments in turn.

    Observations are a tuple of texts, actions a sequence of calls. The info dicts of the
    sub-environments come as a tuple under `infos["env"]`, untouched. After an episode's end the next
    step resets that sub-environment and ignores its action (Gymnasium's `AutoresetMode.NEXT_STEP`).

    Args:
        envs: The environments; each has its own world.
    """

    metadata = {"autoreset_mode": AutoresetMode.NEXT_STEP, "render_modes": ["ansi"]}  # noqa: RUF012

    def __init__(self, envs: Sequence[RiskEnv]) -> None:
        if not envs:
            raise ScenarioError("num_envs = 0: at least one environment is needed.")
        self.envs = list(envs)
        self.num_envs = len(envs)
        self.single_observation_space = envs[0].observation_space
        self.single_action_space = envs[0].action_space
        self.observation_space = batch_space(self.single_observation_space, self.num_envs)
        self.action_space = batch_space(self.single_action_space, self.num_envs)
        self.render_mode = envs[0].render_mode
        self._over: list[int] = []

    def reset(
        self,
        *,
        seed: int | Sequence[int | None] | None = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[tuple[str, ...], dict[str, Any]]:
        """Resets every environment.

        Args:
            seed: One seed (environment i gets seed + i), one for each, or None.
            options: Passed on to each environment.

        Raises:
            ScenarioError: If the number of seeds is not the number of environments.
        """
        seeds = self._seeds(seed)
        checked_options(options)
        results = [
            env.reset(seed=s, options=options) for env, s in zip(self.envs, seeds, strict=True)
        ]
        self._over = []
        return tuple(r[0] for r in results), {"env": tuple(r[1] for r in results)}

    def _seeds(self, seed: Any) -> list[int | None]:
        """A seed for each environment; all are looked at before any environment is reset."""
        n = self.num_envs
        if seed is None:
            return [None] * n
        if isinstance(seed, (list, tuple, range)) or (isinstance(seed, np.ndarray) and seed.ndim):
            if len(seed) != n:
                raise ScenarioError(f"{len(seed)} seeds for {n} environments: give one for each.")
            return [None if s is None else checked_seed(s) for s in seed]
        first = checked_seed(seed)
        return [checked_seed(first + i) for i in range(n)]

    def step(
        self, actions: Sequence[Any]
    ) -> tuple[tuple[str, ...], Arrays, Arrays, Arrays, dict[str, Any]]:
        """Steps every environment; those whose episode is over are reset instead.

        Args:
            actions: One action for each environment.
        """
        over = self._over
        if over:
            results: list[Any] = []
            for i, (env, action) in enumerate(zip(self.envs, actions, strict=True)):
                if i in over:
                    observation, info = env.reset()
                    results.append((observation, 0.0, False, False, info))
                else:
                    results.append(env.step(action))
        else:
            results = [env.step(a) for env, a in zip(self.envs, actions, strict=True)]
        observations, rewards, terminated, truncated, infos = zip(*results, strict=True)
        n = self.num_envs
        if True in terminated or True in truncated:
            self._over = [i for i in range(n) if terminated[i] or truncated[i]]
            ends, cuts = np.array(terminated), np.array(truncated)
        else:
            self._over = []
            ends, cuts = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
        return observations, np.array(rewards), ends, cuts, {"env": infos}

    def call(self, name: str, *args: Any, **kwargs: Any) -> tuple[Any, ...]:
        """Calls a method of every environment (or reads an attribute), results in a tuple."""
        found = [getattr(env, name) for env in self.envs]
        return tuple(f(*args, **kwargs) if callable(f) else f for f in found)

    def render(self) -> tuple[Any, ...] | None:
        """Each environment's episode as text."""
        return tuple(env.render() for env in self.envs)

    def close_extras(self, **kwargs: Any) -> None:
        """Closes the environments."""
        for env in self.envs:
            env.close()


def make_vec(id: str, num_envs: int = 1, **kwargs: Any) -> RiskVectorEnv:
    """A native vector environment for any id of this package, foreign benchmarks included.

    Args:
        id: Such as `autosafe/Finance-v0`.
        num_envs: How many environments.
        **kwargs: As for `gym.make`.

    Raises:
        ScenarioError: If the id is not one of this package's.
    """
    return RiskVectorEnv([risk_env_of(gym.make(id, **kwargs), _FIX) for _ in range(num_envs)])
