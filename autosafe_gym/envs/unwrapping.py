"""The risk environment inside Gymnasium's wrappers."""

from __future__ import annotations

from typing import Any

import gymnasium as gym

from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.errors import ScenarioError


def risk_env_of(
    env: gym.Env[Any, Any], fix: str = "make one with gym.make('autosafe/...')", name: str = ""
) -> RiskEnv:
    """The risk environment inside wrappers.

    Args:
        env: Any environment.
        fix: What to do if it is another one, for the error.
        name: How the error names it; by default as Gymnasium does.

    Returns:
        The innermost environment.

    Raises:
        ScenarioError: If it is not a risk environment.
    """
    inner = env.unwrapped
    if not isinstance(inner, RiskEnv):
        raise ScenarioError(f"{name or env} is not a risk environment; {fix}.")
    return inner
