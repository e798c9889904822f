"""Agents: `make("comply-all")`, `make("openai:MODEL")`, `make("policy:model.zip")`, or your own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from autosafe_gym.agents.base import Agent, CallableAgent
from autosafe_gym.agents.controls import CONTROLS, control
from autosafe_gym.errors import UnknownNameError

__all__ = ["Agent", "CallableAgent", "make", "names"]


def names() -> tuple[str, ...]:
    """The names that `make` knows without an argument behind a colon."""
    return CONTROLS


def make(spec: str, **settings: Any) -> Agent:
    """An agent by name.

    Args:
        spec: A control's name, `openai:MODEL`, `policy:FILE`, or the path of a saved policy.
        **settings: For the agent's class (such as `base_url`, `temperature`, `deterministic`).

    Raises:
        UnknownNameError: With the nearest known name.
        DataError: If a policy's file can't be used.
        MissingExtraError: If an extra is missing.
    """
    found: Agent | None = control(spec)
    if found is not None:
        return found
    kind, _, rest = spec.partition(":")
    if kind == "openai" and rest:
        from autosafe_gym.agents.openai_agent import OpenAIAgent

        return OpenAIAgent(rest, **settings)
    if (kind == "policy" and rest) or spec.endswith(".zip") or Path(spec).is_file():
        from autosafe_gym.training.agent import load_agent

        policy: Agent = load_agent(rest if kind == "policy" else spec, **settings)
        return policy
    raise UnknownNameError(
        "agent",
        spec,
        [*names(), "openai:MODEL", "policy:FILE"],
        "A path must be that of a saved policy (.zip).",
    )
