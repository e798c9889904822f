"""The response schema of one call, in forms that servers of structured output take."""

from __future__ import annotations

from typing import Any

_DEEPEST = 12


def call_schema(tools: list[dict[str, Any]], *, exact: bool = False) -> dict[str, Any]:
    """The schema of a call of one of the tools.

    Args:
        tools: The tools in OpenAI's form.
        exact: Whether each tool's name is bound to its own arguments, which takes an `anyOf` at the
            root. Without, the root is an object, and name and arguments are bound each for itself.

    Returns:
        A schema without `$ref` and `$defs`.
    """
    functions = [tool["function"] for tool in tools]
    names = [function["name"] for function in functions]
    arguments = [
        inlined(function.get("parameters") or {"type": "object"}) for function in functions
    ]
    if exact:
        pairs = zip(names, arguments, strict=True)
        return {"anyOf": [_object({"const": name}, given) for name, given in pairs]}
    different = [given for n, given in enumerate(arguments) if given not in arguments[:n]]
    bound = different[0] if len(different) == 1 else {"anyOf": different}
    return _object({"type": "string", "enum": names}, bound)


def _object(name: dict[str, Any], arguments: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"name": name, "arguments": arguments},
        "required": ["name", "arguments"],
        "additionalProperties": False,
    }


def inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema with its own `$ref`s resolved; one that holds itself ends in any value.

    Args:
        schema: With or without `$defs`.
    """
    made: dict[str, Any] = _resolved(schema, schema, ())
    return made


def _resolved(value: Any, root: dict[str, Any], within: tuple[str, ...]) -> Any:
    """A part of a schema; `within` are the references that led to it."""
    if isinstance(value, list):
        return [_resolved(item, root, within) for item in value]
    if not isinstance(value, dict):
        return value
    reference = value.get("$ref")
    if isinstance(reference, str):
        target = _found(reference, root)
        if target is None or reference in within or len(within) >= _DEEPEST:
            return {}
        beside = {k: v for k, v in value.items() if k != "$ref"}
        return _resolved({**target, **beside}, root, (*within, reference))
    made = {}
    for key, item in value.items():
        if key == "properties" and isinstance(item, dict):
            # Keys are names of arguments here, whatever they look like.
            made[key] = {name: _resolved(part, root, within) for name, part in item.items()}
        elif key not in ("$defs", "definitions"):
            made[key] = _resolved(item, root, within)
    return made


def _found(reference: str, root: dict[str, Any]) -> dict[str, Any] | None:
    if not reference.startswith("#"):
        return None
    at: Any = root
    for part in reference[1:].split("/"):
        if part:
            at = (
                at.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(at, dict) else None
            )
    return at if isinstance(at, dict) else None
