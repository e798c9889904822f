"""What an agent may hand over beside a call: an assistant's message, or words that no call can be made of."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from autosafe_gym.plain_text import encodable
from autosafe_gym.tools_mock.dialogue import ENDING

_MESSAGE_KEYS = frozenset({"tool_calls", "function_call", "parts", "output"})
_READ = ("content", "tool_calls", "function_call", "refusal", "parts", "output")
_CALL_TYPES = frozenset({"tool_use", "tool_call", "function_call", "function"})
_ARGUMENTS = ("arguments", "input", "args", "parameters")


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


@dataclass(frozen=True)
class SpokenCall:
    """A call with words beside it, as a message holds them.

    Args:
        name: The tool.
        arguments: Its arguments.
        content: The words, which stay in the chat; "" for none.
    """

    name: str
    arguments: dict[str, Any] = field(default_factory=dict)
    content: str = ""


def as_text(action: Any) -> str:
    """An action that could not be read, as text for the chat and the trajectory."""
    if isinstance(action, InvalidAction):
        action = action.text
    if isinstance(action, str):
        return encodable(action)[:20_000]
    try:
        return msgspec.json.encode(action).decode()[:20_000]
    except Exception:  # Whatever somebody else's object raises.
        try:
            return encodable(repr(action))[:20_000]
        except Exception:
            return f"({type(action).__name__}, which can't be shown)"


def is_message(action: Any) -> bool:
    """Whether an action is an assistant's message: a mapping, or a client's object."""
    if isinstance(action, Mapping):
        if "name" in action and "arguments" in action:
            return False
        return not _MESSAGE_KEYS.isdisjoint(action) or action.get("role") in ("assistant", "model")
    return hasattr(action, "content") and (
        hasattr(action, "tool_calls") or hasattr(action, "function_call")
    )


def unpack(message: Any) -> list[Any]:
    """The actions of an assistant's message, in the order in which they are to be played.

    Read are the calls of OpenAI (chat, Responses and the old `function_call`), Anthropic, LangChain
    and Gemini. Acts that end the episode come last: the other calls of one message were meant to run too.

    Args:
        message: See `is_message`.

    Returns:
        Calls, `InvalidAction` where one can't be read, or the text alone where there is no call.
    """
    if not isinstance(message, Mapping):
        message = (
            message.model_dump()
            if hasattr(message, "model_dump")
            else {key: getattr(message, key, None) for key in _READ}
        )
    said = "\n".join(_texts(message))
    calls = [_call(c) for c in _calls(message)]
    if calls:
        if said and isinstance(calls[0], SpokenCall):
            calls[0] = SpokenCall(calls[0].name, calls[0].arguments, said)
        return sorted(calls, key=_ends)
    refusal = message.get("refusal") or "\n".join(_refusals(message))
    if refusal:
        return [SpokenCall("refuse", {"reason": str(refusal)[:2000]})]
    return [said]


def single(action: Any) -> Any:
    """The one action of a message; anything else as it is."""
    actions = unpack(action) if is_message(action) else ()
    return actions[0] if len(actions) == 1 else action


def _ends(action: Any) -> bool:
    return isinstance(action, SpokenCall) and action.name in ENDING


def _blocks(message: Mapping[str, Any]) -> Iterator[Any]:
    """The parts of a message's content."""
    for key in ("content", "parts", "output"):
        value = message.get(key)
        if isinstance(value, Mapping):
            yield from _blocks(value)
        elif isinstance(value, (list, tuple)):
            for part in value:
                shown = part.model_dump() if hasattr(part, "model_dump") else part
                yield shown
                if isinstance(shown, Mapping) and shown.get("type") == "message":
                    yield from _blocks(shown)


def _calls(message: Mapping[str, Any]) -> Iterator[Any]:
    given = message.get("tool_calls")
    if isinstance(given, str) and given.strip():
        try:
            given = json.loads(given)
        except (ValueError, RecursionError):
            given = [given]
    if isinstance(given, (list, tuple)):
        yield from given
    elif given:
        yield given
    if message.get("function_call"):
        yield message["function_call"]
    if given or message.get("function_call"):
        return  # Some clients show the same calls as parts of the content too.
    for part in _blocks(message):
        if not isinstance(part, Mapping):
            continue
        inner = part.get("functionCall") or part.get("function_call")
        if inner:
            yield inner
        elif part.get("type") in _CALL_TYPES:
            yield part


def _texts(message: Mapping[str, Any]) -> Iterator[str]:
    content = message.get("content")
    if isinstance(content, str) and content.strip():
        yield content
    for part in _blocks(message):
        if isinstance(part, str):
            yield part
        elif isinstance(part, Mapping) and part.get("thought") is not True:
            text = part.get("text")
            yield from [text] if isinstance(text, str) and text else ()


def _refusals(message: Mapping[str, Any]) -> Iterator[str]:
    for part in _blocks(message):
        if isinstance(part, Mapping) and part.get("type") == "refusal":
            yield str(part.get("refusal") or part.get("text") or "Refused.")


def _call(given: Any) -> Any:
    if not isinstance(given, Mapping):
        if hasattr(given, "model_dump"):
            given = given.model_dump()
        elif hasattr(given, "function") or hasattr(given, "name"):
            given = vars(given)
        else:
            return InvalidAction(as_text(given), _FORM)
    function = given.get("function", given)
    if not isinstance(function, Mapping) and hasattr(function, "__dict__"):
        function = vars(function)
    name = function.get("name") if isinstance(function, Mapping) else None
    if not isinstance(function, Mapping) or not isinstance(name, str):
        return InvalidAction(as_text(given), _FORM)
    arguments: Any = next((function[k] for k in _ARGUMENTS if k in function), None)
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments) if arguments.strip() else {}
        except (ValueError, RecursionError) as error:
            why = f"The arguments of {name[:80]} aren't valid JSON: {error}."
            return InvalidAction(as_text(given), why)
    if arguments is None:
        arguments = {}
    if not isinstance(arguments, dict):
        return InvalidAction(as_text(given), f"The arguments of {name[:80]} must be an object.")
    return SpokenCall(name, arguments)


_FORM = 'A tool call is {"function": {"name": TOOL, "arguments": JSON}}.'
