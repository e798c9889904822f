"""Calls without marks: labelled lines, fenced blocks, bare JSON, lines of Python, tags named as tools.

Such text may also be an example or data: it is read where a call stands by itself, and a sentence that
cites one stays words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from autosafe_gym.tools_mock.call_marks import payload
from autosafe_gym.tools_mock.call_values import (
    Calls,
    Names,
    Untyped,
    calls_of,
    closing,
    decode,
    decode_literal,
    python_calls,
)

_MOST_TRIES = 60
"""Places at which a value is tried; each costs at most one pass over the text."""
_FENCED = re.compile(r"```[ \t]*+([\w+-]{0,30})[ \t]*+\n?(.*?)(?:```|\Z)", re.DOTALL)
_CALLING = frozenset({"tool_call", "tool_code", "tool_calls", "tool", "function_call", "action"})
_READ = _CALLING | {"", "json", "json5", "jsonc", "python", "py", "xml", "text", "plaintext", "txt"}
_BRACKET = re.compile(r"[{\[]")
_OBJECT = re.compile(r"\{\s*['\"{]|\[\s*\{|\{\s*\w{1,40}\s*:")
_CITED_BEFORE = re.compile(r"[\"'`“«(\w]$")
_IDENTIFIER = r"[A-Za-z_$][\w.:/$-]{0,199}"
_LINE_CALL = re.compile(
    r"^[ \t]*+(?:[-*•>$][ \t]*+|\d{1,3}[.)][ \t]++)?[`*]{0,3}"
    r"(?:(?:(?:tool|function)[ _]?call|call|action)(?:[ \t]*+[:=][ \t]*+|[ \t]++))?"
    r"(?:await[ \t]++|return[ \t]++|\w{1,40}+[ \t]*+=[ \t]*+)?"
    rf"(?P<call>(?P<name>{_IDENTIFIER}+)[`*]{{0,3}}+[ \t]*+(?:\(|:?+[ \t]*+\n?+[ \t]*+\{{))",
    re.MULTILINE | re.IGNORECASE,
)
_LINE_LIST = re.compile(rf"^[ \t]*\[[ \t\n]*(?P<name>{_IDENTIFIER})\(", re.MULTILINE)
_REST_OF_LINE = re.compile(r"[`*;.,\t ]*+$", re.MULTILINE)
_TAG = re.compile(
    rf"<(?P<name>{_IDENTIFIER})(?P<attributes>(?:\s+[\w.-]{{1,80}}=\"[^\"<>]{{0,20000}}\")*)\s*(?P<empty>/?)>"
)
_INNER = re.compile(r"\s*+[<{]")
_BLANKS = re.compile(r"\s*+")
_ATTRIBUTE = re.compile(r"([\w.-]{1,80})=\"([^\"<>]*)\"")


@dataclass(frozen=True)
class Spot:
    """A call's place in a text."""

    start: int
    end: int
    calls: Calls


def read_plain(text: str, names: Names) -> list[Spot]:
    """The calls that stand by themselves in a text without marks, in their order.

    Args:
        text: The text; cited parts are blank.
        names: The tools.
    """
    spots = _fences(text, names)
    if not spots:
        spots = _tags(text, names)
    if not spots:
        spots = _lines(text, names)
    if not spots:
        spots = _values(text, names)
    return sorted(spots, key=lambda spot: spot.start)


def _fences(text: str, names: Names) -> list[Spot]:
    spots: list[Spot] = []
    for block in _FENCED.finditer(text):
        language, body = block[1].casefold(), block[2].strip()
        if language not in _READ or not body:
            continue
        calls = block_calls(body, names, certain=language in _CALLING)
        if calls:
            spots.append(Spot(block.start(), block.end(), calls))
    return spots


def block_calls(body: str, names: Names, *, certain: bool) -> Calls:
    """The calls of a block that is nothing but code.

    Args:
        body: The block.
        names: The tools.
        certain: Whether the block says that it is a call, so that what can't be read is a fault.
    """
    if not certain and re.fullmatch(r"[\w.:/$-]*", body):
        return Calls()  # A name alone is no call.
    calls, end = payload(body, 0, names)
    rest = body[end:].strip(" \t\r\n;,`]})")
    if calls.calls and not rest:
        return calls
    if body[0] not in "{[":
        tagged = _tags(body, names)
        if tagged:
            return _joined(tagged)
        called = re.findall(rf"({_IDENTIFIER})\(", body[:20_000])
        if any(names.find(name) for name in called):
            return python_calls(body, names)
    if certain or calls:
        return Calls(faults=[f"The call can't be read: {body[:200]!r}."])
    return Calls()


def _joined(spots: list[Spot]) -> Calls:
    found = Calls()
    for spot in spots:
        found.add(spot.calls)
    return found


def _lines(text: str, names: Names) -> list[Spot]:
    """Lines such as `name(a="b")`, `[name(a="b")]` and `name {"a": "b"}`."""
    spots: list[Spot] = []
    at, tries = 0, 0
    both = [*_LINE_CALL.finditer(text), *_LINE_LIST.finditer(text)]
    for line in sorted(both, key=lambda m: m.start()):
        if line.start() < at or names.find(line["name"]) is None:
            continue
        listed = line.re is _LINE_LIST
        at = line.end()
        tries += 1
        if tries > _MOST_TRIES:
            break
        start = text.index("[", line.start()) if listed else line.start("call")
        bracket = start if listed else line.end() - 1
        end = closing(text, bracket)
        if end is None:
            if text[bracket] == "(" and " " in line["call"]:
                continue  # "confirm (yes or no": words.
            fault = f"The call of {line['name']} does not end: a bracket is missing."
            spots.append(Spot(line.start(), len(text), Calls(faults=[fault])))
            break
        over = _REST_OF_LINE.match(text, end)
        calls = _line_call(text, line, bracket, end, names)
        if over is not None and calls:
            spots.append(Spot(line.start(), over.end(), calls))
            at = over.end()
    return spots


def _line_call(text: str, line: re.Match[str], bracket: int, end: int, names: Names) -> Calls:
    if text[bracket] == "[":
        return python_calls(text[bracket:end], names)
    if text[bracket] == "(":
        calls = python_calls(f"{line['name']}{text[bracket:end]}", names)
        apart = line["call"].rstrip("(")[-1:] in (" ", "\t")
        # "confirm (yes or no)" is words; "confirm (message='Go?')" is a call.
        return Calls() if apart and not (calls.calls and "=" in text[bracket:end]) else calls
    value = decode(text, bracket) or decode_literal(text, bracket)
    tool = names.find(line["name"])
    if value is None or tool is None:
        return Calls(faults=[f"The arguments of {tool} can't be read as JSON."])
    inner = calls_of(value[0], names)
    return inner if inner.calls else Calls([(tool, value[0])])


def _values(text: str, names: Names) -> list[Spot]:
    """JSON objects and lists that stand by themselves."""
    spots: list[Spot] = []
    at, tries = 0, 0
    while tries < _MOST_TRIES and (bracket := _BRACKET.search(text, at)) is not None:
        start = bracket.start()
        at = start + 1
        if not _OBJECT.match(text, start) or _CITED_BEFORE.search(text[max(0, start - 1) : start]):
            continue
        tries += 1
        value = decode(text, start) or decode_literal(text, start)
        if value is None:
            continue
        at = value[1]
        if calls := calls_of(value[0], names):
            spots.append(Spot(start, at, calls))
    return spots


def _tags(text: str, names: Names) -> list[Spot]:
    """`<forward_mail><mail_id>mail-3</mail_id></forward_mail>`."""
    spots: list[Spot] = []
    at = 0
    endless: set[str] = set()
    while len(spots) < _MOST_TRIES and (tag := _TAG.search(text, at)) is not None:
        at = tag.end()
        tool = names.find(tag["name"])
        if tool is None or tag["name"].casefold() == "think":
            continue
        arguments: dict[str, Any] = {
            key: Untyped(value) for key, value in _ATTRIBUTE.findall(tag["attributes"])
        }
        end = at
        if not tag["empty"]:
            close = -1 if tag["name"] in endless else text.find(f"</{tag['name']}>", at)
            if close < 0:
                endless.add(tag["name"])
                if _INNER.match(text, at):
                    fault = f"<{tag['name']}> does not end."
                    spots.append(Spot(tag.start(), len(text), Calls(faults=[fault])))
                    break
                continue
            inner = _children(text[at:close], names, tool)
            if inner is None:
                fault = f"What is within <{tag['name']}> can't be read as its arguments."
                spots.append(Spot(tag.start(), close, Calls(faults=[fault])))
                break
            arguments |= inner
            end = close + len(tag["name"]) + 3
        spots.append(Spot(tag.start(), end, Calls([(tool, arguments)])))
        at = end
    return spots


def _children(body: str, names: Names, tool: str) -> dict[str, Any] | None:
    """The arguments in a tool's tag: tags of their own, or an object."""
    stripped = body.strip()
    if stripped.startswith("{"):
        value = decode(stripped)
        return value[0] if value is not None and isinstance(value[0], dict) else None
    found: dict[str, Any] = {}
    at = 0
    while at < len(stripped):
        child = _TAG.match(stripped, at)
        close = stripped.find(f"</{child['name']}>", child.end()) if child else -1
        if child is None or close < 0:
            return None
        found[child["name"]] = Untyped(stripped[child.end() : close])
        at = close + len(child["name"]) + 3
        at = _BLANKS.match(stripped, at).end()  # type: ignore[union-attr]
    return found
