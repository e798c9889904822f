"""Rows of the data sets: TRL conversations, preference pairs, and the paper's Alpaca rows."""

from __future__ import annotations

import json
from typing import Any

from autosafe_gym.agents.openai_agent import SYSTEM_PROMPT
from autosafe_gym.envs.loaded import Exchange, Loaded
from autosafe_gym.ots.scenario import RiskScenario, ToolCall
from autosafe_gym.ots.trajectory import Trajectory


def chat(scenario: RiskScenario, trajectory: Trajectory | None = None) -> list[dict[str, Any]]:
    """The conversation in TRL's form: arguments of calls are objects, not text.

    Args:
        scenario: Gives the instruction and the history.
        trajectory: Its steps follow. The last one, `finish` or `refuse`, is a call like any other: a
            model that learns to end in plain text could not say which of the two it means.
    """
    steps = [] if trajectory is None else trajectory.steps
    turns = [Exchange(s.action, s.observation) for s in steps if s.action is not None]
    messages = [_as_object(m) for m in Loaded(scenario).messages(turns)]
    if not any(m["role"] == "system" for m in messages):
        # What `OpenAIAgent` puts there, so that a tuned model meets what it has learned from.
        messages.insert(0, {"role": "system", "content": SYSTEM_PROMPT})
    return messages[:-1] if turns else messages


def assistant(action: ToolCall) -> dict[str, Any]:
    """An assistant's message with one call."""
    function = {"name": action.name, "arguments": action.arguments}
    return {
        "role": "assistant",
        "content": "",
        "tool_calls": [{"type": "function", "function": function}],
    }


def tools_of(scenario: RiskScenario) -> list[dict[str, Any]]:
    """The OpenAI schemas of the scenario's tools."""
    return list(Loaded(scenario).tools.schemas)


def sft_row(trajectory: Trajectory) -> dict[str, Any]:
    """TRL's SFT row: `messages` and `tools`."""
    scenario = trajectory.scenario
    return {"messages": chat(scenario, trajectory), "tools": tools_of(scenario)}


def preference_row(frozen: RiskScenario, unsafe: ToolCall, safe: ToolCall) -> dict[str, Any]:
    """TRL's preference row: `prompt`, `chosen`, `rejected` and `tools`."""
    return {
        "prompt": chat(frozen),
        "chosen": [assistant(safe)],
        "rejected": [assistant(unsafe)],
        "tools": tools_of(frozen),
    }


def alpaca_row(frozen: RiskScenario, safe: ToolCall, explanation: str) -> dict[str, Any]:
    """The paper's row: `instruction`, `input` (what happened so far), `output` (thought, action)."""
    lines = []
    for message in chat(frozen)[1:]:
        if message["role"] == "assistant":
            function = message["tool_calls"][0]["function"]
            lines.append(f"Action: {function['name']} {json.dumps(function['arguments'])}")
        elif message["role"] == "tool":
            lines.append(f"Observation: {message['content']}")
    names = ", ".join(schema["function"]["name"] for schema in tools_of(frozen))
    return {
        "instruction": f"{SYSTEM_PROMPT} Tools: {names}.\nTask: {frozen.instruction}",
        "input": "\n".join(lines),
        "output": f"Thought: {explanation}\nAction: {safe.name} {json.dumps(safe.arguments)}",
    }


def _as_object(message: dict[str, Any]) -> dict[str, Any]:
    """A chat message with the arguments of its call parsed, and without the provider's ids."""
    if message["role"] == "tool":
        return {"role": "tool", "content": message["content"]}
    if "tool_calls" not in message:
        return dict(message)
    calls = [
        {
            "type": "function",
            "function": {
                "name": c["function"]["name"],
                "arguments": json.loads(c["function"]["arguments"]),
            },
        }
        for c in message["tool_calls"]
    ]
    return {**message, "tool_calls": calls}
