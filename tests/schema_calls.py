"""Valid calls made from a JSON schema, written apart from the code that checks them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

SCALARS: dict[str, list[Any]] = {
    "string": ["text", ""],
    "integer": [3, -1, 0],
    "number": [2.5, 4],
    "boolean": [True, False],
    "null": [None],
}


def target(root: dict[str, Any], reference: str) -> Any:
    """What a local reference leads to."""
    found: Any = root
    for step in reference.lstrip("#").strip("/").split("/"):
        found = found if not step else found[int(step) if isinstance(found, list) else step]
    return found


def values(schema: Any, root: dict[str, Any], depth: int = 0) -> list[Any]:
    """Some values that a schema allows, the least and the fullest among them."""
    if schema is True or schema == {}:
        return ["anything", 7, {"a": [1]}]
    if "$ref" in schema:
        return values(target(root, schema["$ref"]), root, depth)
    if "const" in schema:
        return [schema["const"]]
    if "enum" in schema:
        return list(schema["enum"])
    for key in ("anyOf", "oneOf"):
        if key in schema and "properties" not in schema:
            beside = {k: v for k, v in schema.items() if k in ("type", "items")}
            return [v for b in schema[key] for v in values({**beside, **b}, root, depth)]
    kinds = schema.get("type", "object" if "properties" in schema else "string")
    found: list[Any] = []
    for kind in [kinds] if isinstance(kinds, str) else kinds:
        if kind == "array":
            found += _arrays(schema, root, depth)
        elif kind == "object":
            found += objects(schema, root, depth)
        else:
            found += [v for v in SCALARS[kind] if _in_range(v, schema)] or [schema["minimum"]]
    return found


def _in_range(value: Any, schema: dict[str, Any]) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return True
    low, high = schema.get("minimum", value), schema.get("maximum", value)
    above, below = (
        schema.get("exclusiveMinimum", value - 1),
        schema.get("exclusiveMaximum", value + 1),
    )
    return low <= value <= high and above < value < below


def _arrays(schema: dict[str, Any], root: dict[str, Any], depth: int) -> list[Any]:
    listed = schema.get("prefixItems") or schema.get("items", {})
    if isinstance(listed, list):  # A tuple.
        return [[values(about, root, depth + 1)[0] for about in listed]]
    items = values(listed, root, depth + 1) if depth < 5 else []
    least = schema.get("minItems", 0)
    return [items[: max(least, 1)], (items * 9)[: max(least, 2)], *([] if least else [[]])]


def objects(
    schema: dict[str, Any], root: dict[str, Any], depth: int = 0
) -> Iterator[dict[str, Any]]:
    """Calls: only what is required, everything, and each value of each property once."""
    properties = schema.get("properties") or {}
    required = schema.get("required") or []
    if depth > 5:
        properties = {n: p for n, p in properties.items() if n in required}
    made = {name: values(about, root, depth + 1) for name, about in properties.items()}
    full = {name: found[-1] for name, found in made.items() if found}
    least = {name: full[name] for name in required if name in full}
    yield least
    yield full
    for name, found in made.items():
        yield from ({**least, name: value} for value in found)
    if not properties and schema.get("additionalProperties") is not False:
        yield {"anything": 1}
