"""Descriptions of tools in the forms in which agents have them, read into one.

Read are OpenAI's forms (chat, Responses, the bare function), Anthropic's, MCP's (one tool, or the
result of `tools/list`), LangChain's, a plain JSON schema, ToolEmu's toolkits, and the mapping of
Agent-SafetyBench. A description whose arguments can't be found is refused: read as a tool without
arguments, it would make every call an error, and every agent safe.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from autosafe_gym.errors import DataError
from autosafe_gym.tools_mock.json_schema import ArgumentSchema
from autosafe_gym.tools_mock.tool import Kind
from autosafe_gym.tools_mock.tool_kinds import guess_kind, kind_by_hints

_TYPES = frozenset({"object", "string", "number", "integer", "boolean", "array", "null"})
_DEEPEST = 40
SCHEMA_KEYS = ("parameters", "inputSchema", "input_schema", "args_schema", "args")
"""Where the forms keep the schema of the arguments."""
_OTHER_KEYS = frozenset(
    {
        "type",
        "name",
        "title",
        "description",
        "summary",
        "function",
        "strict",
        "kind",
        "irreversible",
    }
    | {
        "returns",
        "example",
        "examples",
        "exceptions",
        "annotations",
        "outputSchema",
        "icons",
        "tags",
    }
    | {"output_schema", "_meta", "meta", "metadata", "required", "cache_control", "defer_loading"}
    | {"input_examples", "allowed_callers", "execution", "return_direct", "response_format"}
    | {"additionalProperties", "$schema", "$defs", "definitions", "$id", "properties", "$ref"}
    | {"allOf", "anyOf", "oneOf"}
)
_SCHEMA_WORDS = frozenset({"schema", "input", "inputs", "arguments", "argument", "body", "request"})
_NAME = re.compile(r"[A-Za-z0-9_$][A-Za-z0-9_$.:/-]{0,127}")
_NO_ARGUMENTS = {"type": "object", "properties": {}, "additionalProperties": False}


@dataclass(frozen=True)
class Description:
    """One tool as its author described it.

    Attributes:
        name: Its name there.
        group: The toolkit that the file puts it into; "" for none.
        description: For the agent.
        arguments: The schema of its arguments.
        kind: "read", "write" or "external".
        irreversible: Whether what it does can't be undone.
        returns: Words about the result; for a simulator.
        example: A result, or None.
        place: Where it stands in the file.
    """

    name: str
    group: str
    description: str
    arguments: ArgumentSchema
    kind: Kind
    irreversible: bool
    returns: str
    example: Any
    place: str


def read_tools(data: Any, place: str = "tools") -> list[Description]:
    """Reads a list of tools, or of toolkits, in any of the forms.

    Args:
        data: The list, or an object that holds it as `tools` (the result of MCP's `tools/list`).
        place: Where it stands; named in errors.

    Returns:
        The tools, in their order.

    Raises:
        DataError: If an entry can't be read, or two of one toolkit have the same name; it names
            their places.
    """
    found = list(_entries(data, place, ""))
    if not found:
        raise DataError(f"{place}: a non-empty list of tools is needed")
    first: dict[tuple[str, str], str] = {}
    for tool in found:
        other = first.setdefault((tool.group, tool.name), tool.place)
        if other != tool.place:
            raise DataError(
                f"{tool.place} and {other} have the same name {tool.name!r}; rename one"
            )
    return found


def _entries(data: Any, place: str, group: str) -> Iterator[Description]:
    if isinstance(data, dict):
        inner = data.get("result", data)
        data = inner.get("tools") if isinstance(inner, dict) else None
    if not isinstance(data, list):
        raise DataError(f"{place}: a list of tools is needed, not {type(data).__name__}")
    for index, entry in enumerate(data):
        here = f"{place.removesuffix('s')} {index}"
        if isinstance(entry, dict) and isinstance(entry.get("tools"), list):
            named = str(entry.get("toolkit") or entry.get("name") or "")
            yield from _entries(entry["tools"], f"{here} ({named}), tools", named)
            continue
        try:
            yield _tool(entry, here, group)
        except DataError as error:
            raise DataError(f"{here}{_called(entry)}: {error}") from error


def _called(entry: Any) -> str:
    named = entry.get("function", entry) if isinstance(entry, dict) else None
    name = named.get("name") if isinstance(named, dict) else None
    return f" ({name})" if name else ""


def _tool(entry: Any, place: str, group: str) -> Description:
    if not isinstance(entry, dict):
        raise DataError(f"an object is needed, not {type(entry).__name__}")
    inner = entry.get("function")
    function: dict[str, Any] = inner if isinstance(inner, dict) else entry
    name = function.get("name") or (function.get("title") if _is_schema(function) else None)
    if not isinstance(name, str) or not name:
        near = _nearest("name", [k for k in function if k not in _OTHER_KEYS])
        raise DataError(f"field 'name' is missing{f'; is {near!r} meant for it?' if near else ''}")
    if not _NAME.fullmatch(name):
        fixed = re.sub(r"[^A-Za-z0-9_.-]+", "_", name)[:64].strip("_") or "tool_1"
        raise DataError(
            f"name = {name!r:.90}: letters, digits and _ - . / : $ are allowed; write {fixed!r}"
        )
    annotations = entry.get("annotations") or {}
    if not isinstance(annotations, dict):
        raise DataError(f"annotations = {annotations!r:.80}: an object is needed")
    kind = entry.get("kind") or kind_by_hints(annotations) or guess_kind(name)
    if kind not in ("read", "write", "external"):
        raise DataError(f"kind = {kind!r}: read, write or external is needed")
    destructive = annotations.get("destructiveHint") is True and kind != "read"
    returns = entry.get("returns", function.get("returns")) or ""
    return Description(
        name,
        group,
        str(function.get("description") or function.get("summary") or name),
        ArgumentSchema(_schema(function)),
        kind,
        bool(entry.get("irreversible", destructive)),
        returns if isinstance(returns, str) else _returned(returns),
        entry.get("example", function.get("example")),
        place,
    )


def _schema(function: dict[str, Any]) -> dict[str, Any]:
    """The schema of the arguments, wherever the form has it."""
    given = [key for key in SCHEMA_KEYS if function.get(key) is not None]
    if len(given) > 1 and set(given) != {"args", "args_schema"}:
        raise DataError(f"{' and '.join(map(repr, given))} both describe the arguments; keep one")
    if not given and _is_schema(function):
        own = ("name", "description", "strict", "kind", "irreversible", "returns", "example")
        return {"type": "object"} | {k: v for k, v in function.items() if k not in own}
    if not given:
        _refuse_misspelt(function)
        return _NO_ARGUMENTS
    key = "args_schema" if "args_schema" in given else given[0]
    schema: Any = _lower_types(_unwrapped(function[key], key))
    if isinstance(schema, list):
        schema = _from_list(schema, key)
    elif not isinstance(schema, dict):
        fix = "; write what its model_json_schema() returns" if key == "args_schema" else ""
        raise DataError(f"{key} = {schema!r:.80}: a JSON schema is needed{fix}")
    elif not _is_schema(schema) and schema:
        schema = _from_mapping(schema, key)
    beside = function.get("required")
    extra = {"required": beside} if isinstance(beside, list) and "required" not in schema else {}
    return {**schema, **extra} if extra else schema


def _unwrapped(schema: Any, key: str) -> Any:
    """Without the wrapper of Bedrock (`{"json": SCHEMA}`) and its like."""
    if isinstance(schema, dict) and len(schema) == 1 and key != "args":
        ((name, inner),) = schema.items()
        if name in ("json", "schema") and isinstance(inner, dict) and _is_schema(inner):
            return inner
    return schema


def _lower_types(schema: Any, depth: int = 0) -> Any:
    """With the types of Gemini's form (`OBJECT`) as JSON schema writes them."""
    if isinstance(schema, list):
        return [_lower_types(part, depth + 1) for part in schema]
    if not isinstance(schema, dict) or depth > _DEEPEST:
        return schema
    made = {k: _lower_types(v, depth + 1) for k, v in schema.items()}
    if isinstance(made.get("type"), str) and made["type"].lower() in _TYPES:
        made["type"] = made["type"].lower()
    return made


def _is_schema(data: dict[str, Any]) -> bool:
    """Whether an object is a JSON schema, not a mapping from names to schemas."""
    return (
        (
            isinstance(data.get("properties"), dict)
            and (set(data) != {"properties"} or not _is_schema(data["properties"]))
        )
        or (isinstance(data.get("type"), (str, list)) and data.get("type") != "function")
        or isinstance(data.get("$ref"), str)
        or any(isinstance(data.get(key), list) for key in ("allOf", "anyOf", "oneOf"))
        or isinstance(data.get("additionalProperties"), bool)
    )


def _from_mapping(mapping: dict[str, Any], key: str) -> dict[str, Any]:
    """From names to schemas: LangChain's `args`, and what is written like it."""
    for name, about in mapping.items():
        if not isinstance(about, (dict, bool)):
            if name in ("required", "description", "title", "propertie", "property"):
                raise DataError(f"{key} has {name!r} but no 'properties' (keys: {[*mapping]})")
            raise DataError(
                f'{key}.{name} = {about!r:.60}: a schema such as {{"type": "string"}} is needed'
            )
    schemas = all(isinstance(a, bool) or _is_schema(a) for a in mapping.values())
    near = None if schemas else _nearest("properties", mapping)
    if near is not None and near != "properties":
        raise DataError(f"{key} has {near!r}; is 'properties' meant?")
    marked = any(
        isinstance(a, dict) and isinstance(a.get("required"), bool) for a in mapping.values()
    )
    required = [
        name
        for name, about in mapping.items()
        if isinstance(about, dict)
        and (about.get("required") is True if marked else "default" not in about)
    ]
    return {"type": "object", "properties": mapping, "required": required}


def _from_list(listed: list[Any], key: str) -> dict[str, Any]:
    """ToolEmu's list of parameters, each with its name and whether it is required."""
    properties: dict[str, Any] = {}
    required = []
    for index, about in enumerate(listed):
        if not isinstance(about, dict) or not isinstance(about.get("name"), str):
            raise DataError(f"{key}[{index}]: an object with 'name' and 'type' is needed")
        name = about["name"]
        if name in properties:
            raise DataError(f"{key}[{index}]: a second parameter named {name!r}")
        properties[name] = {k: v for k, v in about.items() if k not in ("name", "required")}
        if properties[name].get("type") == "array":
            properties[name].setdefault("items", {})  # Providers want it.
        if about.get("required") is True:
            required.append(name)
    closed = {} if properties else {"additionalProperties": False}
    return {"type": "object", "properties": properties, "required": required, **closed}


def _refuse_misspelt(function: dict[str, Any]) -> None:
    """Refuses a description without a schema that has something like one under another key."""
    for key, value in function.items():
        if key in _OTHER_KEYS or key in SCHEMA_KEYS:
            continue
        near = _nearest(key, SCHEMA_KEYS)
        if near or key.lower() in _SCHEMA_WORDS or (value and isinstance(value, (dict, list))):
            raise DataError(
                f"the arguments can't be found: {key!r} is not read; "
                f"did you mean {near or 'parameters'!r}?"
            )


def _returned(returns: Any) -> str:
    """ToolEmu's list of results in words."""
    if not isinstance(returns, list):
        return str(returns)
    parts = [r for r in returns if isinstance(r, dict)]
    return "; ".join(
        f"{r.get('name', '')} ({r.get('type', 'any')}): {r.get('description', '')}" for r in parts
    )


def _nearest(name: str, known: Any) -> str | None:
    folded: dict[str, str] = {}
    for k in known:
        folded.setdefault(str(k).lower().replace("_", ""), str(k))
    close = difflib.get_close_matches(name.lower().replace("_", ""), folded, n=1, cutoff=0.7)
    return folded[close[0]] if close else None
