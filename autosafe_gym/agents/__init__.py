"""Agents: `make("comply-all")`, `make("openai:MODEL")`, `make("policy:model.safetensors")`, or your own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from autosafe_gym import registry
from autosafe_gym.agents.base import Agent, CallableAgent
from autosafe_gym.agents.controls import CONTROLS
from autosafe_gym.errors import UnknownNameError

__all__ = ["LLM_FORMS", "Agent", "CallableAgent", "llm_agent", "llm_named", "make", "names"]


def names() -> tuple[str, ...]:
    """The names that `make` knows without an argument behind a colon."""
    behind = (*LLM_FORMS, "policy")
    return tuple(name for name in registry.table("agent") if name not in behind)


_POLICIES = (".safetensors", ".zip")
"""Endings of saved policies; the second one is of autosafe 0.1, and refused with the way to go."""
LLM_FORMS = ("openai", "react", "json", "brief", "choice")
"""Native tool calls, ReAct text, JSON bound by a schema, the same with a prompt of few tokens for small
models, a choice from the menu: `openai:MODEL`, ..."""


def llm_named(spec: str) -> tuple[str, str] | None:
    """Form and model of the spec of a language model's agent, or None if it is no such spec.

    `local` alone stands for `json:local`, the form in which small models call tools best.
    """
    if spec.partition(":")[0] == "local":
        return "json", spec
    form, _, model = spec.partition(":")
    return (form, model) if form in LLM_FORMS and model else None


def llm_agent(form: str, model: Any, **settings: Any) -> Agent:
    """An agent of a language model.

    Args:
        form: One of `LLM_FORMS`.
        model: The model's name, or an `Endpoint` that several agents share.
        **settings: Of `ChatAgent`.
    """
    made: Agent = registry.find("agent", form)(model, **settings)
    return made


def make(spec: str, **settings: Any) -> Agent:
    """An agent by name.

    Args:
        spec: A control's name, `openai:MODEL` (or another of `LLM_FORMS`), `local`, `policy:FILE`,
            the path of a saved policy, or the folder of a training run (the ensemble of its seeds).
        **settings: For the agent's class (such as `base_url`, `temperature`, `deterministic`).

    Raises:
        UnknownNameError: With the nearest known name.
        DataError: If a policy's file can't be used.
        MissingExtraError: If an extra is missing.
    """
    named = llm_named(spec)
    if named is not None:
        return llm_agent(*named, **settings)
    kind, _, rest = spec.partition(":")
    made: Agent
    if spec in names():
        made = registry.find("agent", spec)(**settings)
        return made
    if rest and kind in registry.table("agent") and kind not in CONTROLS:
        made = registry.find("agent", kind)(rest, **settings)
        return made
    if spec.endswith(_POLICIES) or Path(spec).exists():
        made = registry.find("agent", "policy")(spec, **settings)
        return made
    raise UnknownNameError(
        "agent",
        spec,
        [*names(), *(f"{form}:MODEL" for form in LLM_FORMS), "local", "policy:FILE"],
        "A path must be that of a saved policy (.safetensors) or of the folder of a training run.",
    )


if __name__ == "agents":  # Found by the link at the top of a clone.
    from autosafe_gym.root_links import step_aside

    step_aside(__name__, __file__)
