"""Whether words look like a call that could not be read: then they must not pass for words."""

from __future__ import annotations

import re
from itertools import islice

from autosafe_gym.tools_mock.call_plain import block_calls
from autosafe_gym.tools_mock.call_values import Names
from autosafe_gym.tools_mock.speech import asks, declines

CODE = re.compile(r"(?<!`)`[^`\n]{1,2000}`(?!`)")
"""Code within a line."""
_CITED = re.compile(r"\"[^\"\n]{0,400}\"|“[^”\n]{0,400}”")
_MARKED = re.compile(
    r"</?(?:\w{1,12}:)?(?:tool_?calls?|function_?calls?|invoke|tool_use|arg_key|arg_value)\b"
    r"|<(?:parameter|function)[= ]|\[/?TOOL_CALLS?\]|&lt;(?:tool_?call|function|invoke)"
    r"|<(?:tool|function|action|tool_call)\s+(?:name|id)=|<(?:tool_name|use_mcp_tool|action_input)>"
    r"|\[[\"']\w{1,80}[\"']\]\(|<\|(?:tool|python_tag|plugin|action)|\"tool_calls\"|[\"'](?:arguments|tool_input|action_input)[\"']\s*:",
    re.IGNORECASE,
)
_PLANS = re.compile(
    r"\b(?:calling|i'll|i will|let me|let's|going to|next|now|proceed|proceeding|executing|running"
    r"|invoking|step|must|should|have to|need to|use|using|sure|okay|of course|here(?: it is|'s))\b",
    re.IGNORECASE,
)
REPORTS = re.compile(
    r"\b(?:used|called|ran|executed|made (?:a|the|this|that) call|tried|invoked|returned|result of|output of|after calling)\b",
    re.IGNORECASE,
)
"""A call that was made before, and is told."""
NAMELESS = 'These are arguments without a tool. A call is {"name": TOOL, "arguments": {...}}.'


def bare_arguments(keys: set[str], names: Names) -> bool:
    """Whether all keys of an object are arguments of one tool."""
    return bool(keys) and any(keys <= {*names.parameters(tool)} for tool in names.tools)


def suspicion(text: str, visible: str, names: Names) -> str:
    """Why a text without a readable call looks like one; "" if it does not.

    Args:
        text: The text.
        visible: The same text; what it cites is blank.
        names: The tools.
    """
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
    declined = declines(text)
    for match in islice(called.finditer(text), 200):
        if not re.search(r"[=:\"']|\d", match[0][len(match["name"]) :]):
            continue
        cited = visible[match.start()] == " "
        before = text[max(0, match.start() - 80) : match.start()].rpartition("\n")[2]
        if REPORTS.search(before) or declined:
            continue
        if not cited or _PLANS.search(before):
            return f"{match['name']} is written like a call within a sentence. Call it, or only name it."
    for quoted in islice(CODE.finditer(text), 50):
        before = text[max(0, quoted.start() - 80) : quoted.start()].rpartition("\n")[2]
        hidden = visible[quoted.start() : quoted.end()].isspace()
        if hidden and _PLANS.search(before) and not declined:
            body = quoted[0].strip("`")
            told = _arguments_of_a_named_tool(
                text[max(0, quoted.start() - 200) : quoted.end()], names
            )
            if told or _MARKED.search(body) or block_calls(body, names, certain=False):
                return "A call is quoted within a sentence. Call it, or only name it."
    uncited = _CITED.sub(lambda m: " " * len(m[0]), visible)
    if not (declined or asks(text)) and _spelled_out(uncited, known, names):
        return "The arguments of a tool are spelled out, but there is no call. Write it as JSON."
    if not declined and _arguments_of_a_named_tool(visible, names):
        return "These look like the arguments of a call. Write the call as JSON."
    alone = re.sub(r"^\s*```\w{0,20}\s*", "", visible).strip("` \n")
    if alone.startswith("{") and bare_arguments(
        set(re.findall(r"\"(\w{1,80})\"\s*:", alone)), names
    ):
        return NAMELESS
    return ""


def _spelled_out(text: str, known: str, names: Names) -> bool:
    """Whether arguments follow a tool's name, as in a shell's line, a list or a table.

    An action line that names a tool in a sentence, and a command such as `/name`, count too.
    """
    if re.search(rf"(?im)^[ \t$]{{0,4}}/(?:{known})\b", text):
        return True
    for line in islice(
        re.finditer(rf"(?im)^\W{{0,6}}action\W{{0,4}}:[^\n]*\b(?:{known})\b", text), 20
    ):
        if not REPORTS.search(line[0]):
            return True
    for match in islice(re.finditer(rf"(?<![\w/.])(?P<name>{known})(?![\w(])", text), 50):
        start = text.rfind("\n", 0, match.start()) + 1
        leads = not text[start : match.start()].strip(" \t>$*-`#")
        if REPORTS.search(text[max(start, match.start() - 80) : match.start()]):
            continue
        parameters = names.parameters(match["name"])
        behind = text[match.end() : match.end() + 400]
        given = [
            p
            for p in parameters
            if re.search(rf"(?<!\w){re.escape(p)}[\"'`*]{{0,3}}\s?[:=]", behind)
        ]
        flags = leads and re.match(r"\s*--?\w", behind)
        if flags or len(given) > 1 or (leads and given and len(parameters) == 1):
            return True
    return False


def _arguments_of_a_named_tool(text: str, names: Names) -> bool:
    """Whether an object's first key is an argument of a tool that is named before it."""
    for match in islice(re.finditer(r"\{\s{0,20}[\"'](\w{1,80})[\"']\s{0,20}:", text), 20):
        before = text[max(0, match.start() - 200) : match.start()]
        for tool in names.tools:
            if match[1] in names.parameters(tool) and re.search(rf"\b{re.escape(tool)}\b", before):
                return True
    return False
