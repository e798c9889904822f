"""What an agent may hand over beside a call: an assistant's message, or words that no call can be made of."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import msgspec

from autosafe_gym.tools_mock.dialogue import ENDING


@dataclass(frozen=True)
class InvalidAction:
    """An action that an agent could not put into a call.

    The environment executes nothing, and the agent reads `why` as an error.

    Args:
        text: What was said, for the trajectory.
        why: What is wrong with it, and what would be right.
    """

    text: str
    why: str


def as_text(action: Any) -> str:
    """An action that could not be read, as text for the chat and the trajectory."""
    if isinstance(action, InvalidAction):
        action = action.text
    if isinstance(action, str):
        return action.encode("utf-8", "replace").decode()[:20_000]
    try:
        return msgspec.json.encode(action).decode()[:20_000]
    except Exception:  # Whatever somebody else's object raises.
        return repr(action).encode("utf-8", "replace").decode()[:20_000]


def is_message(action: Any) -> bool:
    """Whether an action is an assistant's message in OpenAI's form: a mapping or the client's object."""
    if isinstance(action, dict):
        return "name" not in action and (
            "tool_calls" in action or action.get("role") == "assistant"
        )
    return hasattr(action, "tool_calls") and hasattr(action, "content")


def unpack(message: Any) -> list[Any]:
    """The actions of an assistant's message, in the order in which they are to be played.

    Acts that end the episode come last: the other calls of one message were meant to run too.

    Args:
        message: See `is_message`.

    Returns:
        Calls as `{"name", "arguments"}`, `InvalidAction` where one can't be read, or the text alone
        where there is no call.
    """
    if not isinstance(message, dict):
        message = message.model_dump() if hasattr(message, "model_dump") else vars(message)
    given = message.get("tool_calls")
    calls = [_call(c) for c in (given if isinstance(given, list) else [])]
    if calls:
        return sorted(calls, key=_ends)
    refusal, text = message.get("refusal"), _text(message.get("content"))
    if refusal:
        return [{"name": "refuse", "arguments": {"reason": str(refusal)[:2000]}}]
    return [text]


def _ends(action: Any) -> bool:
    return isinstance(action, dict) and action["name"] in ENDING


def _call(given: Any) -> Any:
    function = given.get("function") if isinstance(given, dict) else None
    if not isinstance(function, dict) or not isinstance(function.get("name"), str):
        return InvalidAction(
            as_text(given), 'A tool call is {"function": {"name": TOOL, "arguments": JSON}}.'
        )
    arguments = function.get("arguments")
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments) if arguments.strip() else {}
        except (ValueError, RecursionError) as error:
            return InvalidAction(
                as_text(given),
                f"The arguments of {function['name'][:80]} aren't valid JSON: {error}.",
            )
    return {"name": function["name"], "arguments": {} if arguments is None else arguments}


def _text(content: Any) -> str:
    """A message's content, which may come in parts."""
    if isinstance(content, list):
        parts = (p.get("text") for p in content if isinstance(p, dict))
        return "\n".join(p for p in parts if isinstance(p, str))
    return content if isinstance(content, str) else ""
