"""Calls in decoded values: tool names as models spell them, JSON objects, Python calls."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

Call = tuple[str, Any]
"""Name and arguments: a mapping, or the model's own text where that is no JSON object."""


class Untyped(str):
    """An argument in a notation that has no types: a number or a list may be meant."""

    __slots__ = ()


LONGEST_LITERAL = 20_000
"""Characters of Python that are parsed; JSON may be longer."""
MOST_CALLS = 100
"""More in one reply are a model that went round in circles."""
_NAMES = (
    "name", "tool", "tool_name", "toolName", "function", "function_name", "action",
    "recipient_name", "tool_call", "call", "next_action", "operation", "command", "func",
)  # fmt: skip
_ARGUMENTS = (
    "arguments", "parameters", "args", "input", "tool_input", "toolInput", "action_input", "params",
    "kwargs", "tool_args", "tool_arguments", "tool_parameters", "function_args", "function_arguments", "action_args", "tool_params", "argument",
)  # fmt: skip
_LISTS = ("tool_calls", "toolCalls", "calls", "tool_uses", "function_calls", "actions")
_WRAPPERS = (
    "function", "function_call", "tool_call", "toolCall", "tool_use", "call", "tool", "command",
    "action", "next_action", "params",
)  # fmt: skip
_NAMING = frozenset(
    {"name", "tool", "tool_name", "toolName", "function", "function_name", "action"}
)
"""Keys whose value is a tool's name, known or not; other keys also name other things."""
_SIDE = frozenset({"id", "type", "call_id", "tool_call_id", "index", "thought", "reasoning"})
_DECODER = json.JSONDecoder(strict=False)
_CONSTANTS = {"true": True, "false": False, "null": None, "True": True, "False": False}
_ODD_ESCAPE = re.compile(r"\\(?![\\'\"abfnrtvxuUN0-7\r\n])")


@dataclass
class Calls:
    """Calls in the order in which they were written, and what was wrong with others."""

    calls: list[Call] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.calls or self.faults)

    def add(self, more: Calls) -> None:
        """Appends the calls and the faults of another value."""
        self.calls += more.calls
        self.faults += more.faults


class Names:
    """Finds a tool by the name that a model gave it.

    Args:
        tools: The tools' names; a mapping also gives their parameters in order.
    """

    def __init__(self, tools: Collection[str]) -> None:
        self.tools = tools
        self._alike: dict[str, list[str]] = {}
        for name in tools:
            self._alike.setdefault(_letters(name), []).append(name)

    def find(self, given: str) -> str | None:
        """The tool's own name, or None.

        Prefixes (`functions.`, `mcp__server__`), a number behind (`:0`) and other case or
        hyphens are undone, the latter only where one tool fits.
        """
        written = given.strip().strip("`\"'*<> ").removesuffix("()")
        if len(written) > 200:
            return None
        forms = _without_prefixes(written)
        for form in forms:
            if form in self.tools:
                return form
        for form in forms:
            alike = self._alike.get(_letters(form), ())
            if len(alike) == 1:
                return alike[0]
        return None

    def parameters(self, tool: str) -> tuple[str, ...]:
        """The tool's parameters, () where they are not known."""
        return tuple(self.tools[tool]) if isinstance(self.tools, Mapping) else ()

    def unknown(self, given: str) -> str:
        """A sentence about a name that no tool has."""
        from difflib import get_close_matches

        near = get_close_matches(given[:80], list(self.tools), 1, 0.5)
        hint = f" Did you mean {near[0]!r}?" if near else f" Tools: {', '.join(self.tools)}."
        return f"There is no tool {given[:80]!r}.{hint}"


def _letters(name: str) -> str:
    return re.sub(r"[\W_]", "", name).casefold() or name


def _without_prefixes(written: str) -> list[str]:
    whole = re.sub(r":\d{1,4}$", "", written)
    forms = [written, whole, whole.removesuffix(".call")]
    forms += [whole[match.end() :] for match in re.finditer(r"__|[.:/]", whole)]
    return [form for form in dict.fromkeys(forms) if form]


def decode(text: str, at: int = 0) -> tuple[Any, int] | None:
    """The JSON value at a position and its end, or None."""
    try:
        return _DECODER.raw_decode(text, at)
    except (ValueError, RecursionError):
        return None


def decode_literal(text: str, at: int = 0) -> tuple[Any, int] | None:
    """The Python literal in brackets at a position and its end, or None."""
    end = closing(text, at, LONGEST_LITERAL)
    if end is None:
        return None
    try:
        return _literal(_parsed(text[at:end]).body), end
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def closing(text: str, at: int, most: int = 2**30) -> int | None:
    """The position behind the bracket that closes the one at `at`, strings heeded; None if none does.

    Args:
        text: The text.
        at: Where the bracket is.
        most: So many characters are looked at.
    """
    depth, quote = 0, ""
    for match in re.compile(r"\\.|['\"\[\](){}]", re.DOTALL).finditer(text, at, at + most):
        char = match[0]
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            # An apostrophe within a word opens no string.
            before = text[match.start() - 1] if match.start() else " "
            quote = "" if char == "'" and before.isalnum() else char
        elif char in "[({":
            depth += 1
        elif char in "])}":
            depth -= 1
            if depth <= 0:
                return match.end()
    return None


def calls_of(value: Any, names: Names, depth: int = 0) -> Calls:
    """The calls that a decoded value is; empty if it is data.

    Args:
        value: A list, an object such as `{"name": ..., "arguments": ...}`, or a text that holds one.
        names: The tools.
        depth: How many values are around it.
    """
    found = Calls()
    if depth > 4:
        return found
    if isinstance(value, str):
        inner = decode(value.strip()) if value.strip()[:1] in ("{", "[") else None
        return calls_of(inner[0], names, depth + 1) if inner else found
    if isinstance(value, list):
        for item in value:
            if len(found.calls) + len(found.faults) >= MOST_CALLS:
                return Calls(faults=[f"There are more than {MOST_CALLS} calls in one list."])
            part = calls_of(item, names, depth + 1)
            if not part:
                return Calls()  # A list with anything else in it is data.
            found.add(part)
        return found
    if not isinstance(value, dict) or not value:
        return found
    for key in _LISTS:
        if isinstance(value.get(key), list) and (more := calls_of(value[key], names, depth + 1)):
            return more
    for key in _WRAPPERS:
        if isinstance(value.get(key), dict) and (more := calls_of(value[key], names, depth + 1)):
            return more
    return _named(value, names) or _keyed(value, names) or _within(value, names, depth)


def _within(value: dict[str, Any], names: Names, depth: int) -> Calls:
    """A call somewhere in an object: whether it is meant can't be told."""
    for part in value.values():
        inner = calls_of(part, names, depth + 1) if isinstance(part, (dict, list)) else Calls()
        if inner.calls:
            name = inner.calls[0][0]
            return Calls(
                faults=[f"A call of {name} lies within another object; give it by itself."]
            )
    return Calls()


def _named(value: dict[str, Any], names: Names) -> Calls:
    """`{"name": ..., "arguments": ...}` in its spellings."""
    key = next((k for k in _NAMES if isinstance(value.get(k), str)), None)
    if key is None:
        return Calls()
    tool = names.find(value[key])
    given = next((k for k in _ARGUMENTS if k in value), "")
    if tool is None:
        clear = key in _NAMING and given
        if not clear or not (isinstance(value[given], dict) or given == "arguments"):
            return Calls()
        return Calls(faults=[names.unknown(value[key])])
    if not given or (given in names.parameters(tool) and not _holds_object(value[given])):
        flat = {k: v for k, v in value.items() if k != key and k not in _SIDE}
        return Calls([(tool, flat)])
    return Calls([(tool, read_arguments(value[given]))])


def _holds_object(value: Any) -> bool:
    return isinstance(read_arguments(value), dict) and value not in (None, "")


def _keyed(value: dict[str, Any], names: Names) -> Calls:
    """`{"forward_mail": {...}}`."""
    if not all(isinstance(v, dict) and k in names.tools for k, v in value.items()):
        return Calls()
    return Calls(list(value.items()))


def read_arguments(raw: Any) -> Any:
    """Arguments as a mapping where they can be read as one, else as they are.

    None and "" are no arguments; JSON within a JSON text is undone.
    """
    value = raw
    for _ in range(3):
        if value is None or (isinstance(value, str) and not value.strip()):
            return {}
        if not isinstance(value, str):
            break
        try:
            value = json.loads(value, strict=False)
        except (ValueError, RecursionError):
            break
    if value is None:
        return {}
    return value if isinstance(value, dict) else raw


def python_calls(text: str, names: Names) -> Calls:
    """The calls that a piece of Python is: `name(a="b")`, a list of calls, `print(name())`.

    Args:
        text: The piece; nothing of it is executed, arguments must be literals.
        names: The tools.
    """
    if len(text) > LONGEST_LITERAL:
        return Calls(faults=["The call is too long to be read as Python; write it as JSON."])
    try:
        body = ast.parse(_ODD_ESCAPE.sub(r"\\\\", text.strip())).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Calls(faults=[f"The call can't be read: {error}."])
    try:
        return _statements(body, names)
    except RecursionError:
        return Calls(faults=["The call is nested too deeply."])


def _statements(body: list[ast.stmt], names: Names) -> Calls:
    found = Calls()
    for statement in body:
        value = getattr(statement, "value", None)
        if not isinstance(statement, (ast.Expr, ast.Assign, ast.AnnAssign, ast.Return)):
            value = None
        for node in value.elts if isinstance(value, (ast.List, ast.Tuple)) else [value]:
            found.add(_call(node, names))
    return found


def _call(node: Any, names: Names) -> Calls:
    if isinstance(node, ast.Await):
        node = node.value
    if not isinstance(node, ast.Call):
        return Calls()
    called = ast.unparse(node.func) if isinstance(node.func, (ast.Name, ast.Attribute)) else ""
    tool = names.find(called)
    if tool is None:
        inner = [_call(argument, names) for argument in node.args]
        if called == "print":
            return next((part for part in inner if part), Calls())
        return Calls(faults=[names.unknown(called)]) if called and "." not in called else Calls()
    arguments: dict[str, Any] = {}
    try:
        given = [_literal(argument) for argument in node.args]
        for keyword in node.keywords:
            value = _literal(keyword.value)
            if keyword.arg is not None:
                arguments[keyword.arg] = value
            elif isinstance(value, dict):
                arguments |= value
    except ValueError:
        return Calls(faults=[f"{tool}: its arguments must be written out, not computed."])
    if len(given) == 1 and isinstance(given[0], dict) and not arguments:
        return Calls([(tool, given[0])])
    parameters = names.parameters(tool)
    if len(given) > len(parameters):
        return Calls(faults=[f"{tool}: name its arguments, as in {tool}(name=value)."])
    return Calls([(tool, {**dict(zip(parameters, given, strict=False)), **arguments})])


def _parsed(text: str) -> ast.Expression:
    return ast.parse(_ODD_ESCAPE.sub(r"\\\\", text.strip()), mode="eval")


def _literal(node: ast.expr) -> Any:
    """The value of a literal; JSON's constants are allowed too.

    Raises:
        ValueError: If it is none.
    """
    if isinstance(node, ast.Constant) and isinstance(node.value, (str, int, float, type(None))):
        return node.value
    if isinstance(node, ast.Name) and node.id in _CONSTANTS:
        return _CONSTANTS[node.id]
    if isinstance(node, (ast.List, ast.Tuple)):
        return [_literal(item) for item in node.elts]
    if isinstance(node, ast.Dict) and all(isinstance(k, ast.Constant) for k in node.keys):
        pairs = zip(node.keys, node.values, strict=True)
        return {str(k.value): _literal(v) for k, v in pairs if isinstance(k, ast.Constant)}
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = _literal(node.operand)
        if isinstance(value, (int, float)):
            return -value
    raise ValueError(ast.dump(node)[:80])
