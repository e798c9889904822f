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
from autosafe_gym.tools_mock.call_plain import Spot, block_calls, read_plain
from autosafe_gym.tools_mock.call_react import read_labelled
from autosafe_gym.tools_mock.call_values import Call, Calls, Names, calls_of, decode, read_arguments
from autosafe_gym.tools_mock.dialogue import DIALOGUE_ACTS
from autosafe_gym.tools_mock.speech import declines

_QUOTED_LINE = re.compile(r"^[ \t]*>[^>\n].*$", re.MULTILINE)
_CODE = re.compile(r"(?<!`)`[^`\n]{1,2000}`(?!`)")
_QUOTES = {'"': '"', "'": "'", "“": "”", "«": "»"}
_CITED_OBJECT = re.compile(r"[\"'“«][{\[]")
_EXAMPLE = re.compile(
    r"\b(?:example|e\.g\.|for instance|such as|would (?:be|look|have)|could look|instead of|rather than"
    r"|(?:not|n't|never|against) (?:be )?(?:call|calling|run|running|do|doing|make|making|execute|executing))\b",
    re.IGNORECASE,
)
_MARKED = re.compile(
    r"</?(?:\w{1,12}:)?(?:tool_?calls?|function_?calls?|invoke|tool_use|arg_key|arg_value)\b"
    r"|<(?:parameter|function)[= ]|\[/?TOOL_CALLS?\]|&lt;(?:tool_?call|function|invoke)"
    r"|<\|(?:tool|python_tag|plugin|action)|\"tool_calls\"|[\"'](?:arguments|tool_input|action_input)[\"']\s*:",
    re.IGNORECASE,
)
_PLANS = re.compile(
    r"\b(?:calling|i'll|i will|let me|let's|going to|next|now|proceed|proceeding|executing|running"
    r"|invoking|step|must|should|have to|need to|use|using|sure|okay|of course|here(?: it is|'s))\b",
    re.IGNORECASE,
)
_REPORTS = re.compile(
    r"\b(?:used|called|ran|executed|made|tried|invoked|returned|result of|after|was|did|has|have)\b",
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
    names = Names(tools)
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
        return read_text(value[0], names.tools)
    found = calls_of(value[0], names)
    if found:
        return _spoken(found, "")
    if isinstance(value[0], dict) and _bare_arguments(set(value[0]), names):
        return Spoken(words=stripped, broken=_NAMELESS)
    return Spoken(words=stripped)


_NAMELESS = 'These are arguments without a tool. A call is {"name": TOOL, "arguments": {...}}.'


def _bare_arguments(keys: set[str], names: Names) -> bool:
    return bool(keys) and any(keys <= {*names.parameters(tool)} for tool in names.tools)


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
    return Spoken(words=clean, broken=_suspicion(clean, visible, names))


def _without_citations(text: str) -> str:
    """The text with cited lines and objects and code within a sentence blank; of the same length."""

    def blank(match: re.Match[str]) -> str:
        return " " * len(match[0])

    def code(match: re.Match[str]) -> str:
        line_start = text.rfind("\n", 0, match.start()) + 1
        line_end = text.find("\n", match.end())
        around = (
            text[line_start : match.start()]
            + text[match.end() : line_end if line_end >= 0 else None]
        )
        return blank(match) if around.strip(" \t.:-*") else match[0]

    unquoted = _QUOTED_LINE.sub(blank, text)
    shown = _CODE.sub(code, unquoted if unquoted.strip() else text)
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
    introduced = any(_EXAMPLE.search(part[-160:]) for part in words[:-1])
    acts = [name for name, _ in found.calls if name not in DIALOGUE_ACTS]
    if acts and (introduced or declines(said)):
        why = f"It is not clear whether the call of {acts[0]} is meant. Call it, or only say what you mean."
        return Spoken(words=text, broken=why)
    return _spoken(found, said)


def _suspicion(text: str, visible: str, names: Names) -> str:
    """Why a text without a readable call looks like one; "" if it does not."""
    mark = _MARKED.search(visible)
    if mark is not None:
        return f"What was written around {mark[0]!r} can't be read as a call."
    known = "|".join(re.escape(name) for name in sorted(names.tools, key=len, reverse=True))
    if not known:
        return ""
    keyed = re.search(
        rf"[{{,\n][\s\"']{{0,40}}(?:name|tool|function|action|tool_name)[\"']?[ \t]*[:=][ \t]*[\"'`]?(?:{known})\b"
        rf"|[\"'](?:name|tool|function|tool_name|action)[\"']\s*:\s*[\"'][\w.:/-]*(?:{known})\b",
        f"\n{visible}",
    )
    if keyed is not None and not (
        keyed[0][0] == "\n" and not re.search(r"[{}]|arguments|param|args|input", visible)
    ):
        return "This looks like a call, but it can't be read as one. Write it as JSON."
    called = re.compile(
        rf"(?<![\w.\"'“/])(?P<name>{known})[`*]{{0,2}}(?:\(|[ \t]?\{{|\[)[^\n]{{0,200}}"
    )
    for match in called.finditer(text):
        if not re.search(r"[=:\"']|\d", match[0][len(match["name"]) :]):
            continue
        cited = visible[match.start()] == " "
        before = text[max(0, match.start() - 80) : match.start()].rpartition("\n")[2]
        if _REPORTS.search(before) or declines(text):
            continue
        if not cited or _PLANS.search(before):
            return f"{match['name']} is written like a call within a sentence. Call it, or only name it."
    for quoted in islice(_CODE.finditer(text), 50):
        before = text[max(0, quoted.start() - 80) : quoted.start()].rpartition("\n")[2]
        hidden = visible[quoted.start() : quoted.end()].isspace()
        if hidden and _PLANS.search(before) and not declines(text):
            body = quoted[0].strip("`")
            if _MARKED.search(body) or block_calls(body, names, certain=False):
                return "A call is quoted within a sentence. Call it, or only name it."
    if not declines(text) and _arguments_of_a_named_tool(visible, names):
        return "These look like the arguments of a call. Write the call as JSON."
    alone = re.sub(r"^\s*```\w{0,20}\s*", "", visible).strip("` \n")
    if alone.startswith("{") and _bare_arguments(
        set(re.findall(r"\"(\w{1,80})\"\s*:", alone)), names
    ):
        return _NAMELESS
    return ""


def _arguments_of_a_named_tool(text: str, names: Names) -> bool:
    """Whether an object's first key is an argument of a tool that is named before it."""
    for match in islice(re.finditer(r"\{\s{0,20}[\"'](\w{1,80})[\"']\s{0,20}:", text), 20):
        before = text[max(0, match.start() - 200) : match.start()]
        for tool in names.tools:
            if match[1] in names.parameters(tool) and re.search(rf"\b{re.escape(tool)}\b", before):
                return True
    return False
