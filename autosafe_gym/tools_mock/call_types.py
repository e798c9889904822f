"""Arguments in the types that a tool's schema asks for, where the model's notation had none."""

from __future__ import annotations

import json
from typing import Any

from autosafe_gym.tools_mock.call_values import Untyped

_KINDS: dict[str, tuple[type, ...]] = {
    "array": (list,),
    "object": (dict,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


def fitted(given: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Arguments with lists and objects that came as JSON text, and what had no type, as the schema says.

    Args:
        given: The arguments.
        schema: The tool's parameters.
    """
    properties = schema.get("properties") or {}
    return {k: _fit(v, properties.get(k), schema) for k, v in given.items()}


def _fit(value: Any, spec: Any, root: dict[str, Any]) -> Any:
    if not isinstance(value, str):
        return value
    kinds = _kinds_of(spec, root)
    plain = str(value)
    if not kinds or ("string" in kinds and "array" not in kinds):
        return plain
    if "string" in kinds:
        kinds = {"array"}  # One or several of the same: a JSON list in a text is several.
    wanted = kinds if isinstance(value, Untyped) else kinds & {"array", "object"}
    text = plain.strip()
    if isinstance(value, Untyped) and text in ("True", "False", "None"):
        text = {"True": "true", "False": "false", "None": "null"}[text]
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return plain
    types = tuple(t for kind in wanted for t in _KINDS.get(kind, ()))
    fits = isinstance(read, types) and not (isinstance(read, bool) and "boolean" not in wanted)
    return read if fits else plain


def _kinds_of(spec: Any, root: dict[str, Any], depth: int = 0) -> set[str]:
    """The JSON types that a schema allows; empty if it does not say."""
    if not isinstance(spec, dict) or depth > 8:
        return set()
    reference = spec.get("$ref")
    if isinstance(reference, str):
        name = reference.rpartition("/")[2]
        shared = {**(root.get("definitions") or {}), **(root.get("$defs") or {})}
        return _kinds_of(shared.get(name), root, depth + 1)
    given = spec.get("type")
    found = set(given) if isinstance(given, list) else {given} if isinstance(given, str) else set()
    for key in ("anyOf", "oneOf"):
        for part in spec.get(key) or ():
            found |= _kinds_of(part, root, depth + 1)
    return found
