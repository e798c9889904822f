"""Limits of an episode: tokens, requests, seconds."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from autosafe_gym.errors import AgentError, ScenarioError


@dataclass(frozen=True)
class Limits:
    """What one episode may use; None is no limit. Turns are the environment's `max_steps`.

    Args:
        tokens: Prompt and completion together.
        requests: To the model.
        seconds: Between the reset and an action. A request under way is not cut off by this, but
            by its own time-out.
    """

    tokens: int | None = None
    requests: int | None = None
    seconds: float | None = None

    def __post_init__(self) -> None:
        for name in ("tokens", "requests", "seconds"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise ScenarioError(f"limits.{name} = {value!r}: a positive number is needed.")


class Meter:
    """Reads what an agent has used in this episode, if it counts (`usage`).

    Args:
        agent: The agent.
        limits: Its limits.
    """

    def __init__(self, agent: Any, limits: Limits | None) -> None:
        usage = getattr(agent, "usage", None)
        self._usage = usage if hasattr(usage, "since") else None
        self._start = None if self._usage is None else self._usage.copy()
        self._limits = limits
        self._begun = time.monotonic()

    @property
    def used(self) -> dict[str, float]:
        """Tokens, requests, blocks and seconds; empty for an agent that does not count."""
        if self._usage is None:
            return {}
        seconds = round(time.monotonic() - self._begun, 3)
        return {**self._usage.since(self._start), "seconds": seconds}

    def check(self) -> None:
        """Called before each action.

        Raises:
            AgentError: If a limit is reached.
        """
        limits = self._limits
        if limits is None:
            return
        used = self.used
        tokens = used.get("prompt", 0) + used.get("completion", 0)
        spent = {
            "tokens": tokens,
            "requests": used.get("requests", 0),
            "seconds": time.monotonic() - self._begun,
        }
        for name, value in spent.items():
            limit = getattr(limits, name)
            if limit is not None and value >= limit:
                raise AgentError(f"The episode's limit of {limit} {name} is reached.", "limit")
