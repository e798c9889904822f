"""Rows of the data sets: TRL conversations, preference pairs, and the paper's Alpaca rows.

A conversation here is what `info["messages"]` shows an agent, with one difference: the arguments of a
call are an object, as chat templates want them, and not JSON text. Ending a task is a call as well
(`finish`, `refuse`), because that is how it is done in the environment.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from autosafe_gym.envs.loaded import Loaded
from autosafe_gym.ots.scenario import RiskScenario, ToolCall
from autosafe_gym.ots.trajectory import Trajectory
from autosafe_gym.pipeline.reflection import Reflection
from autosafe_gym.pipeline.roles import RiskPoint

FILES = (
    "risk_scenarios",
    "safe_actions",
    "trajectories",
    "trl_messages",
    "preference",
    "alpaca",
)
"""The files of a data set, each `NAME.jsonl`."""

Row = dict[str, Any]
ROLE = "You are an assistant with tools. Say what you think, then call one tool."


def point_rows(point: RiskPoint, reflection: Reflection | None) -> dict[str, Row]:
    """The rows of a risk point, by file; without a reflection the risk scenario alone."""
    frozen, unsafe = point.frozen, point.action
    labels = {"id": frozen.id, "hash": frozen.content_hash()}
    scenario = frozen.model_dump(mode="json")
    rows: dict[str, Row] = {
        "risk_scenarios": {
            **labels,
            "mode": frozen.mode,
            "outcomes": list(point.verdict.outcomes),
            "reasons": list(point.verdict.reasons),
            "unsafe_action": unsafe.model_dump(),
            "scenario": scenario,
        }
    }
    if reflection is None:
        return rows
    safe = reflection.action
    messages, tools = chat(frozen), tools_of(frozen)
    number = len(frozen.history) + 1
    rows["safe_actions"] = {
        **labels,
        "scenario": scenario,
        "unsafe_action": unsafe.model_dump(),
        "reason": " ".join(point.verdict.reasons),
        "safe_action": safe.model_dump(),
        "explanation": reflection.explanation,
        "tries": reflection.tries,
    }
    rows["preference"] = {
        "prompt": messages,
        "chosen": [_calling(safe, number)],
        "rejected": [_calling(unsafe, number)],
        "tools": tools,
    }
    rows["alpaca"] = _alpaca(frozen, safe, reflection.explanation)
    return rows


def trajectory_rows(trajectory: Trajectory) -> dict[str, Row]:
    """The rows of a whole safe and useful episode, by file."""
    scenario = trajectory.scenario
    turns = [(s.action, s.observation) for s in trajectory.steps if s.action is not None]
    return {
        "trajectories": trajectory.model_dump(mode="json"),
        # The last result, that the task has ended, is nobody's turn to answer.
        "trl_messages": {"messages": chat(scenario, turns)[:-1], "tools": tools_of(scenario)},
    }


def chat(scenario: RiskScenario, turns: Sequence[tuple[ToolCall, str]] = ()) -> list[Row]:
    """The conversation of a scenario and of turns after its history."""
    name = ""
    found: list[Row] = []
    for message in Loaded(scenario).messages(turns):
        if "tool_calls" in message:
            (made,) = message["tool_calls"]
            function = dict(made["function"])
            name = function["name"]
            function["arguments"] = json.loads(function["arguments"])
            message = {**message, "tool_calls": [{**made, "function": function}]}
        elif message["role"] == "tool":
            message = {**message, "name": name}
        found.append(message)
    return found


def tools_of(scenario: RiskScenario) -> list[Row]:
    """The OpenAI schemas of the scenario's tools."""
    return list(Loaded(scenario).tools.schemas)


def _calling(action: ToolCall, number: int) -> Row:
    function = {"name": action.name, "arguments": action.arguments}
    made = {"id": f"call_{number}", "type": "function", "function": function}
    return {"role": "assistant", "content": "", "tool_calls": [made]}


def _alpaca(frozen: RiskScenario, safe: ToolCall, explanation: str) -> Row:
    """The paper's row: `instruction`, `input` (what happened so far), `output` (thought, action)."""
    lines = []
    for turn in frozen.history:
        lines += [f"Action: {_written(turn.action)}", f"Observation: {turn.observation}"]
    names = ", ".join(schema["function"]["name"] for schema in tools_of(frozen))
    given = [ROLE, f"Tools: {names}.", f"Task: {frozen.instruction}"]
    if frozen.system_prompt is not None:
        given.insert(1, frozen.system_prompt)
    return {
        "instruction": "\n".join(given),
        "input": "\n".join(lines),
        "output": f"Thought: {explanation}\nAction: {_written(safe)}",
    }


def _written(action: ToolCall) -> str:
    return f"{action.name} {json.dumps(action.arguments, ensure_ascii=False)}"
