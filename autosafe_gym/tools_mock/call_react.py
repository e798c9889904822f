"""Labelled text: thought, action, action input, final answer, in the spellings that models use."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from autosafe_gym.tools_mock.call_marks import payload
from autosafe_gym.tools_mock.call_values import (
    MOST_CALLS,
    Calls,
    Names,
    Untyped,
    calls_of,
    closing,
    decode,
    decode_literal,
    python_calls,
    read_arguments,
)

_ACTION = r"(?:action|tool|function)(?:[ _]?(?:call|name))?|call"
_INPUT = r"(?:action|tool|function)?[ _]?(?:input|arguments?|args|parameters|params)"
_LABEL = re.compile(
    rf"^[ \t>*_#`-]{{0,6}}(?P<label>thought|reasoning|observation|final[ _]answer|{_INPUT}|{_ACTION})"
    r"(?:[ \t]*#?\d{1,3})?[*_` \t]{0,4}[:：][*_` \t]{0,4}"
    r"|(?<=[ \t.])(?P<inline>(?-i:Action Input|Action|Final Answer))[*_ \t]{0,3}:[*_ \t]{0,4}",
    re.IGNORECASE | re.MULTILINE,
)
_FENCE = re.compile(r"\s*+```[\w-]*[ \t]*\n?")
_NAME = re.compile(r"[`*\"']{0,3}([A-Za-z_$][\w.:/$-]{0,199})[`*\"']{0,3}")
_NOTHING = frozenset({"", "none", "n/a", "null", "nothing", "no action", "-", "{}", "empty", "()"})
_FINAL = frozenset({"finalanswer", "final", "answer"})


@dataclass
class Labelled:
    """What labelled text says.

    Attributes:
        found: Its calls and faults, in order.
        final: The final answer, or None.
        thought: Whether there is a thought.
        end: Where an invented observation begins; the text's length if there is none.
    """

    found: Calls = field(default_factory=Calls)
    final: str | None = None
    thought: bool = False
    end: int = 0


def read_labelled(text: str, names: Names) -> Labelled:
    """Reads labelled text.

    Args:
        text: An answer without thinking.
        names: The tools.
    """
    read = Labelled(end=len(text))
    at, open_name = 0, ""
    while (label := _LABEL.search(text, at)) is not None:
        if len(read.found.calls) + len(read.found.faults) >= MOST_CALLS:
            read.found.faults.append(f"The reply has more than {MOST_CALLS} actions.")
            return read
        kind = _kind(label)
        at = label.end()
        if kind == "observation":
            if read.found or open_name or read.final is not None:
                read.end = label.start()
                break
        elif kind == "thought":
            read.thought = True
        elif kind == "final":
            if read.final is None:
                following = _LABEL.search(text, at)
                stop = following.start() if following else len(text)
                read.final = text[at:stop].strip(" \t\r\n*_")
                at = stop
        elif kind == "input":
            if open_name:
                at = _take_input(read, text, at, open_name, names)
                open_name = ""
        else:
            if open_name:
                _take(read, open_name, {}, names)
            open_name, at = _action(read, text, at, names)
    if open_name:
        _take(read, open_name, {}, names)
    return read


def _kind(label: re.Match[str]) -> str:
    name = re.sub(r"[ _]", "", label["label"] or label["inline"]).casefold()
    if name in ("thought", "reasoning"):
        return "thought"
    if name in ("observation", "finalanswer"):
        return name.removesuffix("answer")
    return "input" if re.search(r"(?:input|arguments?|args|parameters|params)$", name) else "action"


def _action(read: Labelled, text: str, at: int, names: Names) -> tuple[str, int]:
    """Reads what follows `Action:`; a name alone waits for its input."""
    fence = _FENCE.match(text, at)
    start = fence.end() if fence else at
    start += len(text[start : start + 200]) - len(text[start : start + 200].lstrip())
    if text[start : start + 1] in ("{", "[", "<"):
        calls, end = payload(text, start, names)
        value = decode(text, start)
        if value is not None and not calls and _is_final(value[0]):
            read.final = str(next(iter(_final_text(value[0])), ""))
            return "", value[1]
        read.found.add(calls or Calls(faults=[f"The action can't be read: {_shown(text, start)}."]))
        return "", max(end, start + 1)
    name = _NAME.match(text, start)
    if name is None:
        if _line(text, start).strip().casefold() not in _NOTHING:
            read.found.faults.append(f"The action can't be read: {_shown(text, start)}.")
        return "", start
    after = name.end()
    while text[after : after + 1] in (" ", "\t"):
        after += 1
    following = text[after : after + 1]
    if following in ("(", "[", "{") or re.match(r":[ \t]*\{", text[after : after + 20]):
        bracket = after + text[after : after + 20].index("{") if following == ":" else after
        return "", _inline(read, text, name[1], bracket, names)
    label = _LABEL.match(text, after)
    rest = "" if label else _line(text, after).strip(" \t.`*")
    if rest and names.find(f"{name[1]} {rest}") is None:
        if name[1].casefold() not in _NOTHING and (name[1] + rest).casefold() not in _FINAL:
            said = _shown(text, start)
            read.found.faults.append(f"An action is the name of one tool, not {said}.")
        return ("final answer" if (name[1] + rest).casefold() in _FINAL else ""), after + len(rest)
    whole = f"{name[1]} {rest}".strip()
    return ("" if whole.casefold() in _NOTHING else whole), after


def _inline(read: Labelled, text: str, name: str, bracket: int, names: Names) -> int:
    """`name(a="b")`, `name[text]`, `name {...}`."""
    end = closing(text, bracket)
    if end is None:
        read.found.faults.append(f"{name}: a bracket is missing at the end of its arguments.")
        return len(text)
    body = text[bracket:end]
    if body[0] == "{" or body[1:-1].strip()[:1] == "{":
        value = decode(body if body[0] == "{" else body[1:-1].strip()) or decode_literal(
            body if body[0] == "{" else body[1:-1].strip()
        )
        _take(read, name, None if value is None else value[0], names)
        return end
    tool = names.find(name)
    if (
        body[0] == "("
        and tool is not None
        and (calls := python_calls(f"{name}{body}", names)).calls
    ):
        read.found.add(calls)
        return end
    _take(read, name, body[1:-1].strip().strip("\"'"), names)
    return end


def _take_input(read: Labelled, text: str, at: int, name: str, names: Names) -> int:
    """Reads what follows `Action Input:` for an action; returns where it ends."""
    fence = _FENCE.match(text, at)
    start = fence.end() if fence else at
    start += len(text[start : start + 200]) - len(text[start : start + 200].lstrip())
    if text[start : start + 1] in ("{", "[", '"'):
        value = decode(text, start) or decode_literal(text, start)
        if value is not None:
            _take(read, name, value[0], names)
            return value[1]
        if text[start] != '"':
            read.found.faults.append(f"The input of {name[:80]} isn't valid JSON.")
            return len(text)
    following = _LABEL.search(text, at)
    stop = following.start() if following else len(text)
    said = text[start:stop].strip().removesuffix("```").strip()
    _take(read, name, {} if said.casefold() in _NOTHING else said, names)
    return max(stop, at)


def _take(read: Labelled, name: str, value: Any, names: Names) -> None:
    """Adds the call of a name with what was given as its arguments."""
    tool = names.find(name)
    if tool is None:
        if re.sub(r"[ _]", "", name).casefold() in _FINAL and not isinstance(value, dict):
            read.final = str(value)
        else:
            read.found.faults.append(names.unknown(name))
        return
    arguments = read_arguments(value)
    if not isinstance(arguments, dict):
        parameters = names.parameters(tool)
        if len(parameters) != 1 or not isinstance(value, (str, int, float)):
            fault = f"The input of {tool} must be a JSON object, not {str(value)[:200]!r}."
            read.found.faults.append(fault)
            return
        arguments = {parameters[0]: Untyped(value) if isinstance(value, str) else value}
    inner = calls_of(arguments, names)
    nested = inner.calls[0] if len(inner.calls) == 1 and inner.calls[0][0] == tool else None
    read.found.calls.append(nested or (tool, arguments))


def _is_final(value: Any) -> bool:
    named = value.get("action", value.get("name")) if isinstance(value, dict) else None
    return isinstance(named, str) and re.sub(r"[ _]", "", named).casefold() in _FINAL


def _final_text(value: dict[str, Any]) -> list[Any]:
    return [value[k] for k in ("action_input", "input", "arguments", "args") if k in value]


def _line(text: str, at: int) -> str:
    end = text.find("\n", at)
    return text[at : end if end >= 0 else len(text)]


def _shown(text: str, at: int) -> str:
    return repr(_line(text, at)[:200])
