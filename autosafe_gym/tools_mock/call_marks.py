"""Calls between the control marks of a model's chat template (Hermes, Qwen, Mistral, Llama, ...).

A mark says that a call is meant: what follows it and can't be read is a fault, never words.
"""

from __future__ import annotations

import re
from typing import Any

from autosafe_gym.tools_mock.call_values import (
    LONGEST_LITERAL,
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

_SPACE = r"(?:antml:|minimax:|xai:)?"
_WORD = r"(?:tool_?calls?|function_?calls?|tool_use|tool_code|execute_tool|tool_request|tool_invocation)"
_OPEN = re.compile(
    rf"<{_SPACE}{_WORD}>"
    r"|\[TOOL_CALLS?\]|\[TOOL_REQUEST\]"
    r"|<\|(?:python_tag|tool_calls?|tool_calls_begin|tool_call_begin|tool_calls_section_begin|plugin"
    r"|tool_call_start|START_ACTION|function_calls?)\|>"
    r"|<start_function_call>"
    rf"|<(?P<function>function)=[\"']?(?P<named>[^\s<>\"']{{1,200}})[\"']?\s*>"
    rf"|<{_SPACE}invoke\s+name=[\"'](?P<invoked>[^<>\"']{{1,200}})[\"']\s*>",
    re.IGNORECASE,
)
_CLOSE = re.compile(
    rf"</{_SPACE}(?:{_WORD}|function|invoke)>|\[END_TOOL_REQUEST\]|\[/TOOL_CALLS?\]"
    r"|<\|/?(?:tool_call|tool_calls_end|tool_call_end|tool_calls_section_end|action_end|END_ACTION)\|>"
    r"|<\|(?:eom_id|eot_id|im_end)\|>|<end_function_call>",
    re.IGNORECASE,
)
_FENCE = re.compile(r"```[\w-]*[ \t]*\n?")
_NAMED = re.compile(
    r"(?:function\s*+<\|tool_sep\|>|call:)?\s*+(?P<name>[A-Za-z_$][\w.:/$-]{0,199}+)\s*+"
    r"(?:\[CALL_ID\]\w{0,64}+)?+\s*+(?:\[ARGS\]|<\|tool_sep\|>|<\|tool_call_argument_begin\|>)?+\s*+"
    r"(?:```(?:json)?+\s*+)?+(?=\{)"
)
_PARAMETER = re.compile(
    rf"<{_SPACE}parameter(?:=[\"']?(?P<a>[^<>\"'\n]{{1,200}})[\"']?|\s+name=[\"'](?P<b>[^<>\"'\n]{{1,200}})[\"']"
    r"[^<>\n]{0,80})\s*>",
    re.IGNORECASE,
)
_PARAMETER_END = re.compile(rf"</{_SPACE}parameter>", re.IGNORECASE)
_PAIR = re.compile(r"<arg_key>(.{1,200}?)</arg_key>\s*<arg_value>")
_QUOTES = {'"': '"', "'": "'", "`": "`", "“": "”", "«": "»"}
_PLAIN_NAME = re.compile(r"\s*+([A-Za-z_$][\w.:/$-]{0,199})\s*+")


def read_marked(text: str, visible: str, names: Names) -> tuple[Calls, str]:
    """The calls behind marks, and the text without them.

    Args:
        text: An answer without thinking.
        visible: The same text; what it cites is blank, so that no mark is found there.
        names: The tools.
    """
    found, words = Calls(), []
    at = 0
    for number in range(MOST_CALLS + 1):
        mark = _OPEN.search(visible, at)
        if mark is None:
            break
        if number == MOST_CALLS:
            found.faults.append(f"The reply has more than {MOST_CALLS} marks of calls.")
            at = len(text)
            break
        words.append(text[at : mark.start()])
        calls, end = _behind(text, mark, names)
        if _cited(text, mark.start(), end):
            words.append(text[mark.start() : end])
        else:
            found.add(calls)
        at = end
    words.append(text[at:])
    if found:
        # Only what a call leaves behind is left out: a stray bracket or the mark of its end.
        words = [_CLOSE.sub("", part) for part in words]
        words[1:] = [part.lstrip(" \t\r\n,;]}") for part in words[1:]]
    return found, "\n".join(part for part in words if part.strip())


def _cited(text: str, start: int, end: int) -> bool:
    quote = _QUOTES.get(text[start - 1]) if start else None
    return quote is not None and text[end : end + 1] == quote


def _behind(text: str, mark: re.Match[str], names: Names) -> tuple[Calls, int]:
    """What a mark opens, and where that ends."""
    name = mark["named"] or mark["invoked"]
    if name:
        return _tagged(text, mark, name, names)
    at = mark.end()
    if (nested := _OPEN.match(text, at + _blank(text, at))) is not None:
        # `<tool_call><function=...>`: the inner mark says more.
        return Calls(), nested.start()
    calls, end = payload(text, at, names)
    close = _CLOSE.search(text, end)
    following = _OPEN.search(text, end)
    stop = close.end() if close and not (following and following.start() < close.start()) else None
    if not calls:
        limit = min(
            (m.start() for m in (_CLOSE.search(text, at), _OPEN.search(text, at)) if m),
            default=len(text),
        )
        said = text[at:limit].strip()
        fault = f"The call behind {mark[0]} can't be read: {said[:200]!r}."
        return Calls(faults=[fault]) if said else Calls(), stop if stop and said else max(limit, at)
    if stop is not None and not text[end : close.start() if close else end].strip(" \t\r\n,;]}`"):
        return calls, stop
    return calls, end


def _blank(text: str, at: int) -> int:
    found = re.compile(r"\s*").match(text, at)
    return found.end() - at if found else 0


def payload(text: str, at: int, names: Names) -> tuple[Calls, int]:
    """The calls that begin at a position, in any notation, and where they end.

    Args:
        text: The text.
        at: Where a call is expected; white space and a fence may come first.
        names: The tools.
    """
    found = Calls()
    while True:
        start = at + _blank(text, at)
        fence = _FENCE.match(text, start)
        start = fence.end() + _blank(text, fence.end()) if fence else start
        calls, end = _one(text, start, names)
        if not calls:
            return found, at
        found.add(calls)
        at = end
        while text[at : at + 1] in (",", ";", "\n", " "):
            at += 1


def _one(text: str, start: int, names: Names) -> tuple[Calls, int]:
    first = text[start : start + 1]
    if first in ("{", "["):
        value = decode(text, start) or decode_literal(text, start)
        if value is not None and (calls := calls_of(value[0], names)):
            return calls, value[1]
        listed = first == "[" and value is None
        end = closing(text, start, LONGEST_LITERAL) if listed else None
        if end is not None and (calls := python_calls(text[start:end], names)):
            return calls, end
        return Calls(), start
    named = _NAMED.match(text, start)
    if named is not None:
        value = decode(text, named.end()) or decode_literal(text, named.end())
        if value is None:
            return Calls(), start
        return _by_name(named["name"], value[0], names), value[1]
    plain = _PLAIN_NAME.match(text, start)
    if plain is None:
        return Calls(), start
    if text[plain.end() : plain.end() + 1] == "(":
        end = closing(text, plain.end(), LONGEST_LITERAL)
        return (python_calls(text[start:end], names), end) if end else (Calls(), start)
    if _PAIR.match(text, plain.end()):
        return _pairs(text, plain, names)
    tool = names.find(plain[1])
    over = _CLOSE.match(text, plain.end()) or plain.end() == len(text)
    return (Calls([(tool, {})]), plain.end()) if tool and over else (Calls(), start)


def _by_name(name: str, value: Any, names: Names) -> Calls:
    tool = names.find(name)
    if tool is None:
        return Calls(faults=[names.unknown(name)])
    inner = calls_of(value, names)
    return inner if inner.calls else Calls([(tool, read_arguments(value))])


def _pairs(text: str, plain: re.Match[str], names: Names) -> tuple[Calls, int]:
    """`name<arg_key>k</arg_key><arg_value>v</arg_value>`."""
    arguments: dict[str, Any] = {}
    at = plain.end()
    while (pair := _PAIR.match(text, at)) is not None:
        end = text.find("</arg_value>", pair.end())
        if end < 0:
            return Calls(faults=[f"{plain[1]}: the argument {pair[1]!r} does not end."]), len(text)
        arguments[pair[1].strip()] = Untyped(text[pair.end() : end])
        at = end + len("</arg_value>")
        at += _blank(text, at)
    return _by_name(plain[1], arguments, names), at


def _tagged(text: str, mark: re.Match[str], name: str, names: Names) -> tuple[Calls, int]:
    """`<function=NAME>` and `<invoke name="NAME">`: parameters in tags of their own, or JSON."""
    tool = names.find(name)
    start = mark.end() + _blank(text, mark.end())
    if tool is not None and text[start : start + 1] == "{":
        value = decode(text, start) or decode_literal(text, start)
        if value is None:
            return Calls(faults=[f"The arguments of {tool} can't be read as JSON."]), len(text)
        return Calls([(tool, read_arguments(value[0]))]), _over(text, value[1])
    arguments: dict[str, Any] = {}
    at = start
    while (parameter := _PARAMETER.match(text, at)) is not None:
        end = _PARAMETER_END.search(text, parameter.end())
        if end is None:
            fault = f"{name}: the parameter {parameter['a'] or parameter['b']!r} does not end."
            return Calls(faults=[fault]), len(text)
        key = (parameter["a"] or parameter["b"]).strip()
        arguments[key] = Untyped(_trimmed(text[parameter.end() : end.start()]))
        at = end.end() + _blank(text, end.end())
    close = _CLOSE.match(text, at)
    if tool is None:
        return Calls(faults=[names.unknown(name)]), close.end() if close else at
    if close is None and at < len(text):
        later = _CLOSE.search(text, at)
        fault = f"What follows <{mark[0][1:80]} can't be read; close each parameter and the call."
        return Calls(faults=[fault]), later.end() if later else len(text)
    return Calls([(tool, arguments)]), _over(text, at)


def _over(text: str, at: int) -> int:
    """The position behind closing marks."""
    while (close := _CLOSE.match(text, at + _blank(text, at))) is not None:
        at = close.end()
    return at


def _trimmed(value: str) -> str:
    """A parameter's text without the line breaks that only set it apart from its tags."""
    return value.removeprefix("\n").removesuffix("\n")
