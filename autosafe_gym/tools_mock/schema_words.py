"""The words of JSON schema: its types, and where a schema holds further ones."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

from autosafe_gym.errors import DataError

_PYTHON = {
    "str": "string",
    "int": "integer",
    "float": "number",
    "double": "number",
    "bool": "boolean",
    "dict": "object",
    "list": "array",
    "tuple": "array",
    "none": "null",
}
CHECKS: dict[str, Any] = {
    "string": lambda v: isinstance(v, str),
    "integer": lambda v: _is_number(v) and float(v).is_integer(),
    "number": lambda v: _is_number(v),
    "boolean": lambda v: isinstance(v, bool),
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
    "null": lambda v: v is None,
    "any": lambda v: True,
}
CHOICES = ("anyOf", "oneOf")
_LISTS = ("allOf", *CHOICES, "prefixItems")
ROOT_ONLY = ("$ref", "allOf", *CHOICES)
DEFINITIONS = ("$defs", "definitions")
KEYWORDS = frozenset(
    {"type", "properties", "required", "items", "enum", "const", "description", "title", "default"}
    | {"patternProperties", "additionalProperties", "minProperties", "maxProperties", "nullable"}
    | {"propertyNames", "unevaluatedProperties"}
)
_LOAD_BEARING = ("properties", "required", "items")


def misspelt(key: str, schema: dict[str, Any]) -> str | None:
    """The keyword that an unknown key of a schema seems to stand for, if that one is missing.

    Without it the schema would allow everything, or nothing.
    """
    if not isinstance(schema[key], (dict, list)):
        return None
    missing = [word for word in _LOAD_BEARING if word not in schema]
    if key in ("props", "property", "params", "fields") and "properties" in missing:
        return "properties"
    close = difflib.get_close_matches(key, missing, n=1, cutoff=0.8)
    return close[0] if close else None


def children(schema: dict[str, Any]) -> Iterator[Any]:
    """The schemas directly inside one."""
    for key in ("properties", "patternProperties", *DEFINITIONS):
        inner = schema.get(key)
        if isinstance(inner, dict):
            yield from inner.values()
    for key in _LISTS:
        inner = schema.get(key)
        if inner is not None and not isinstance(inner, list):
            raise DataError(f"{key} = {inner!r:.80}: a list of schemas is needed")
        yield from inner or ()
    for key in ("items", "additionalProperties", "then", "else"):
        inner = schema.get(key)
        if inner is not None:
            yield from inner if isinstance(inner, list) else [inner]


def types_of(schema: dict[str, Any]) -> list[str]:
    """The types that a schema names, in JSON schema's words; [] where it names none."""
    said = schema.get("type")
    if said is None:
        return []
    words = [str(word).lower() for word in (said if isinstance(said, list) else [said])]
    return [_PYTHON.get(word, word) for word in words]


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def same(value: Any, other: Any) -> bool:
    """Whether two JSON values are equal; true is not 1."""
    return bool(value == other) and isinstance(value, bool) == isinstance(other, bool)


def type_name(value: Any) -> str:
    """The narrowest JSON type of a value."""
    if value is None:
        return "null"
    return next(n for n in CHECKS if n == "any" or CHECKS[n](value))


def inside(where: str, name: str) -> str:
    """The path of a property."""
    return f"{where}.{name}" if where else name


def near(name: str, known: Any) -> str:
    """The question whether the nearest known name was meant; "" if none is near."""
    close = difflib.get_close_matches(name, [str(k) for k in known], n=1)
    return f" Did you mean {close[0]!r}?" if close else ""
