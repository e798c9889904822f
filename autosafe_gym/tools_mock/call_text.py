"""`read_text`: the calls that a model wrote as text, and the words that it meant for the user.

Servers without the right parser pass on what a chat template made of a call. It is read where it is
unambiguous. What looks like a call and can't be read is said to be broken; it is never taken for words.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from itertools import islice

from autosafe_gym.tools_mock.call_control import parts_of, without_control
from autosafe_gym.tools_mock.call_marks import read_marked
from autosafe_gym.tools_mock.call_plain import Spot, read_plain
from autosafe_gym.tools_mock.call_react import read_labelled
from autosafe_gym.tools_mock.call_suspicion import (
    CODE,
    NAMELESS,
    REPORTS,
    bare_arguments,
    suspicion,
)
from autosafe_gym.tools_mock.call_values import Call, Calls, Names, calls_of, decode, read_arguments
from autosafe_gym.tools_mock.dialogue import DIALOGUE_ACTS
from autosafe_gym.tools_mock.speech import declines

_QUOTED_LINE = re.compile(r"^[ \t]*>[^>\n].*$", re.MULTILINE)
_QUOTES = {'"': '"', "'": "'", "“": "”", "«": "»"}
_CITED_OBJECT = re.compile(r"[\"'“«][{\[]")
_LABEL = re.compile(
    r"[\W\d]{0,12}(?:(?:tool|function|action)?[ _]?(?:name|call|input|arguments|args|parameters)?)\W{0,8}",
    re.IGNORECASE,
)
_NEAR = 200
"""Characters that are looked at on either side of code within a line."""
LONGEST_READ = 200_000
"""Characters of a reply that are read; an action has half as many at most."""
_EXAMPLE = re.compile(
    r"\b(?:example|e\.g\.|for instance|such as|would (?:be|look|have)|could look|instead of|rather than"
    r"|(?:not|n't|never|against) (?:be )?(?:call|calling|run|running|do|doing|make|making|execute|executing))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Spoken:
    """What a model's text holds.

    Attributes:
        calls: Name and arguments of each call; the arguments are text where they can't be read.
        words: What is left for the user.
        broken: Why the text looks like a call but can't be read as one; "" if it does not.
    """

    calls: tuple[Call, ...] = ()
    words: str = ""
    broken: str = ""


def read_text(text: str, tools: Collection[str]) -> Spoken:
    """Reads a model's text.

    Args:
        text: The text, as it came.
        tools: The tools' names. A mapping from names to parameters also lets arguments without
            names be read.

    Returns:
        The calls and the words. A call in thinking counts only where nothing is said outside of it.

    Example:
        >>> read_text('<tool_call>{"name": "read_mail", "arguments": {"id": 3}}</tool_call>', ["read_mail"])
        Spoken(calls=(('read_mail', {'id': 3}),), words='', broken='')
    """
    if len(text) > LONGEST_READ:
        why = f"The reply has {len(text)} characters; at most {LONGEST_READ} are read."
        return Spoken(words=text[:LONGEST_READ], broken=why)
    names = Names(tools)
    inner = _unquoted(text)
    if inner is not None:
        spoken = read_text(inner, tools)
        why = "The whole reply is in quotation marks; give the call without them."
        return Spoken(words=text.strip(), broken=why if spoken.calls or spoken.broken else "")
    whole = _whole(text, names)
    if whole is not None:
        return whole
    parts = parts_of(text)
    found = Calls()
    for recipient, body in parts.addressed:
        found.add(_addressed(recipient, body, names))
    if found:
        return _spoken(found, without_control(parts.answer))
    spoken = _read(parts.answer, names)
    if spoken.calls or spoken.broken or spoken.words:
        return spoken
    thought = _read(parts.thinking, names)
    return Spoken(thought.calls, "", thought.broken)


def outside_thinking(text: str) -> str:
    """A model's text without thinking and without leaked control tokens."""
    parts = parts_of(text)
    return without_control(parts.answer) or " ".join(body for _, body in parts.addressed).strip()


def _unquoted(text: str) -> str | None:
    """What is between quotation marks around a whole text; None without them."""
    stripped = text.strip()
    for opening, end in (('"""', '"""'), ("'", "'"), ("“", "”"), ("«", "»")):
        inner = stripped[len(opening) : -len(end)]
        whole = stripped.startswith(opening) and stripped.endswith(end)
        if whole and inner and opening not in inner and end not in inner:
            return inner
    # A call between plain marks, which its own strings have too.
    marked = stripped[:2] in ('"{', '"[') and stripped[-2:] in ('}"', ']"')
    value = decode(stripped) if marked else None
    if marked and (value is None or value[1] < len(stripped)):
        return stripped[1:-1]
    return None


def _spoken(found: Calls, words: str) -> Spoken:
    return Spoken(tuple(found.calls), words, " ".join(found.faults[:2]))


def _whole(text: str, names: Names) -> Spoken | None:
    """A text that is one JSON value and nothing else: marks within its strings are data."""
    stripped = text.strip()
    if stripped[:1] not in ("{", "[", '"'):
        return None
    value = decode(stripped)
    if value is None or stripped[value[1] :].strip():
        return None
    if isinstance(value[0], str):
        if not value[0].lstrip().startswith(("{", "[")):
            return None  # Words in quotation marks, not JSON in JSON.
        return read_text(value[0], names.tools)
    found = calls_of(value[0], names)
    if found:
        return _spoken(found, "")
    if isinstance(value[0], dict) and bare_arguments(set(value[0]), names):
        return Spoken(words=stripped, broken=NAMELESS)
    return Spoken(words=stripped)


def _addressed(recipient: str, body: str, names: Names) -> Calls:
    tool = names.find(recipient)
    if tool is None:
        return Calls(faults=[names.unknown(recipient)])
    value = decode(body.strip())
    return Calls([(tool, read_arguments(value[0] if value else body.strip()))])


def _read(text: str, names: Names) -> Spoken:
    found, rest = read_marked(text, _without_citations(text), names)
    if found:
        return _spoken(found, without_control(rest))
    clean = without_control(text)
    if not clean:
        return Spoken()
    visible = _without_citations(clean)
    labelled = read_labelled(visible, names)
    if labelled.found.calls or (labelled.found.faults and "nput" in visible):
        words = labelled.final or ""
        return _spoken(labelled.found, words)
    spots = read_plain(visible, names)
    if spots:
        return _plain(clean, spots)
    if "\0" in clean:
        return Spoken(words=clean, broken="There are NUL characters in this text.")
    return Spoken(words=clean, broken=suspicion(clean, visible, names))


def _without_citations(text: str) -> str:
    """The text with cited lines and objects and code within a sentence blank; of the same length."""

    def blank(match: re.Match[str]) -> str:
        return " " * len(match[0])

    def code(match: re.Match[str]) -> str:
        start, end = match.span()
        before = text[max(0, start - _NEAR) : start].rpartition("\n")[2]
        around = before + text[end : end + _NEAR].partition("\n")[0]
        cited = around.strip(" \t.:-*") and not _LABEL.fullmatch(around)
        return blank(match) if cited else match[0]

    unquoted = _QUOTED_LINE.sub(blank, text)
    shown = CODE.sub(code, unquoted if unquoted.strip() else text)
    for match in islice(_CITED_OBJECT.finditer(shown), 20):
        value = decode(shown, match.end() - 1)
        if value is not None and shown[value[1] : value[1] + 1] == _QUOTES[match[0][0]]:
            start, end = match.start(), value[1] + 1
            shown = shown[:start] + " " * (end - start) + shown[end:]
    return shown


def _plain(text: str, spots: list[Spot]) -> Spoken:
    """Calls without marks, unless the words around them say that they are not meant."""
    found, words, at = Calls(), [], 0
    for spot in spots:
        found.add(spot.calls)
        words.append(text[at : spot.start])
        at = max(at, spot.end)
    words.append(text[at:])
    said = "\n".join(part.strip() for part in words if part.strip(" \t\r\n`*:,;]})"))
    before = [part[-160:] for part in words[:-1]]
    acts = [name for name, _ in found.calls if name not in DIALOGUE_ACTS]
    refuses = bool(acts) and declines(said)
    told = any(
        _EXAMPLE.search(part) or REPORTS.search(part.strip().rpartition("\n")[2]) for part in before
    )
    if acts and (told or refuses):
        why = f"It is not clear whether the call of {acts[0]} is meant. Call it, or only say what you mean."
        return Spoken(words=text, broken=why)
    return _spoken(found, said)
