"""What a JSON schema of a tool's arguments allows: which arguments, and what is wrong with a call.

The parts of JSON schema that tool descriptions use are read: `$ref`, `allOf`, `anyOf`, `oneOf`, types,
`enum`, `const`, objects and arrays. Ranges, patterns and formats are not checked. One rule is
stricter than the standard, as real tools are: an object that lists its properties takes no others,
unless it says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from autosafe_gym.errors import DataError
from autosafe_gym.tools_mock.schema_words import (
    CHECKS,
    CHOICES,
    DEFINITIONS,
    KEYWORDS,
    ROOT_ONLY,
    children,
    inside,
    misspelt,
    near,
    same,
    type_name,
    types_of,
)


@dataclass
class Shape:
    """The properties of an object, merged over `$ref`, `allOf`, `anyOf` and `oneOf`.

    Attributes:
        properties: The schemas of each property; more than one if several parts describe it.
        required: Names that every call has.
        open: Whether other names are taken too.
        others: The schemas that the other names' values must fit.
        closed: Whether a part says that there are no other names.
    """

    properties: dict[str, list[Any]] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    open: bool = False
    others: list[Any] = field(default_factory=list)
    closed: bool = False


class ArgumentSchema:
    """The JSON schema of a tool's arguments.

    Args:
        root: The schema. It is not changed.

    Raises:
        DataError: If a part of it can't be read; the message names the part.
    """

    def __init__(self, root: dict[str, Any]) -> None:
        self.root = root
        self._shapes: dict[int, Shape] = {}
        self._audit()
        kinds = [kind for part in self._conjuncts(root) for kind in types_of(part)]
        if kinds and "object" not in kinds and "any" not in kinds:
            raise DataError(f"the arguments' type is {kinds[0]!r}; 'object' is needed")

    @cached_property
    def shape(self) -> Shape:
        """The arguments."""
        return self._shape(self.root)

    def takes(self, name: str) -> bool:
        """Whether a call can have this argument; `outer.inner` is one inside an object or a list."""
        return self._takes([self.root], name)

    def _takes(self, schemas: list[Any], name: str) -> bool:
        head, _, rest = name.partition(".")
        for schema in schemas:
            plain = self._plain([schema], 0)
            if "items" in plain:
                if self._takes([plain["items"]], name):
                    return True
            elif plain.get("type", "object") in ("object", "any"):
                shape = self._shape(schema)
                if name in shape.properties or shape.open:
                    return True
                if rest and self._takes(shape.properties.get(head, []), rest):
                    return True
        return False

    def plain(self, name: str) -> dict[str, Any]:
        """One argument's schema with `$ref` and `allOf` resolved and without null, for a type hint."""
        return self._plain(self.shape.properties[name], 0)

    def shown(self) -> dict[str, Any]:
        """The schema for a provider: as it was written, where its root is a plain object.

        Providers take no reference and no choice at the root; those roots are merged.
        """
        references = [s["$ref"] for s in self._everything() if isinstance(s.get("$ref"), str)]
        kept = all(r.startswith(("#/$defs/", "#/definitions/")) for r in references)
        if not kept or not any(key in self.root for key in ROOT_ONLY):
            return self.root if "type" in self.root or not kept else {"type": "object", **self.root}
        shape = self.shape
        merged: dict[str, Any] = {k: self.root[k] for k in DEFINITIONS if k in self.root}
        merged["type"] = "object"
        merged["properties"] = {
            name: schemas[0] if all(s == schemas[0] for s in schemas) else {"anyOf": schemas}
            for name, schemas in shape.properties.items()
        }
        merged["required"] = [name for name in shape.properties if name in shape.required]
        if shape.open:
            merged["additionalProperties"] = True
        return merged

    def fault(self, arguments: dict[str, Any]) -> str | None:
        """What is wrong with a call's arguments, in words for the agent; None if nothing is."""
        known, required = self.shape.properties, self.shape.required
        # Many models write null where they mean to leave an argument out.
        given = {
            name: value
            for name, value in arguments.items()
            if value is not None or name in required or name not in known
        }
        return self._fault(given, self.root, "")

    # -- reading -----------------------------------------------------------------------------------
    def _target(self, reference: str) -> Any:
        found: Any = self.root
        if not reference.startswith("#"):
            raise DataError(f"$ref {reference!r} is outside this schema; write what it stands for")
        for step in filter(None, reference[1:].split("/")):
            key = unquote(step).replace("~1", "/").replace("~0", "~")
            try:
                found = found[int(key)] if isinstance(found, list) else found[key]
            except (KeyError, IndexError, ValueError, TypeError) as error:
                known = list(found) if isinstance(found, dict) else []
                raise DataError(f"$ref {reference!r} leads nowhere.{near(key, known)}") from error
        return found

    def _conjuncts(self, schema: Any) -> Iterator[dict[str, Any]]:
        """The schema and all that must hold with it: what it refers to, and its `allOf`."""
        if not isinstance(schema, dict):
            return
        yield schema
        if "$ref" in schema:
            yield from self._conjuncts(self._target(schema["$ref"]))
        for part in schema.get("allOf") or ():
            yield from self._conjuncts(part)

    def _shape(self, schema: Any) -> Shape:
        key = id(schema)
        if key not in self._shapes:
            self._shapes[key] = self._merged(schema)
        return self._shapes[key]

    def _merged(self, schema: Any) -> Shape:
        shape = Shape()
        for part in self._conjuncts(schema):
            for name, about in (part.get("properties") or {}).items():
                shape.properties.setdefault(name, []).append(about)
            shape.required |= set(_required(part))
            others = part.get("additionalProperties", part.get("unevaluatedProperties"))
            shape.closed |= others is False
            shape.open |= others is True or isinstance(others, dict) or "patternProperties" in part
            if isinstance(others, dict) and "patternProperties" not in part:
                shape.others.append(others)
            for key in CHOICES:
                self._add_choices(shape, part.get(key) or ())
            for key in ("then", "else"):
                if isinstance(part.get(key), dict):
                    self._add_properties(shape, self._shape(part[key]))
        for name in shape.required:
            shape.properties.setdefault(name, [True])
        shape.open |= not shape.properties and not shape.closed
        return shape

    def _add_choices(self, shape: Shape, branches: Any) -> None:
        wanted: list[set[str]] = []
        for branch in branches:
            if not self._may_be_object(branch):
                continue
            found = self._shape(branch)
            wanted.append(found.required)
            self._add_properties(shape, found)
            shape.open |= found.open
        if wanted:
            shape.required |= set.intersection(*wanted)

    def _may_be_object(self, schema: Any) -> bool:
        for part in self._conjuncts(schema):
            kinds = types_of(part)
            fixed = [part["const"]] if "const" in part else part.get("enum") or [{}]
            if kinds and not {"object", "any"} & {*kinds}:
                return False
            if not any(isinstance(value, dict) for value in fixed):
                return False
            for key in CHOICES:
                if part.get(key) and not any(map(self._may_be_object, part[key])):
                    return False
        return schema is not False

    @staticmethod
    def _add_properties(shape: Shape, found: Shape) -> None:
        for name, schemas in found.properties.items():
            known = shape.properties.setdefault(name, [])
            known += [s for s in schemas if s is not True or not known]

    def _plain(self, schemas: list[Any], depth: int) -> dict[str, Any]:
        merged: dict[str, Any] = {}
        for schema in schemas:
            for part in self._conjuncts(schema):
                for key, value in part.items():
                    merged.setdefault(key, value)
                for key in CHOICES:
                    for branch in part.get(key) or ():
                        for key_, value in self._plain([branch], depth + 1).items():
                            if value != "null":
                                merged.setdefault(key_, value)
        kinds = [kind for kind in types_of(merged) if kind != "null"]
        if kinds:
            merged["type"] = kinds[0]
        if isinstance(merged.get("items"), dict) and depth < 4:
            merged["items"] = self._plain([merged["items"]], depth + 1)
        return merged

    # -- checking ----------------------------------------------------------------------------------
    def _fault(self, value: Any, schema: Any, where: str, part_of: bool = False) -> str | None:
        if schema is False:
            return f"{where or 'this'} is not allowed"
        for part in self._conjuncts(schema):
            found = self._own_fault(value, part, where)
            if found:
                return found
        if isinstance(value, dict) and isinstance(schema, dict) and not part_of:
            return self._unknown(value, self._shape(schema), where)
        return None

    def _own_fault(self, value: Any, part: dict[str, Any], where: str) -> str | None:
        """What a schema says itself, references and `allOf` left out."""
        kinds = types_of(part)
        if kinds and not any(CHECKS[kind](value) for kind in kinds):
            if value is None and part.get("nullable") is True:
                return None
            return f"{where}: {' or '.join(kinds)} is needed, not {type_name(value)}"
        choices = [part["const"]] if "const" in part else part.get("enum")
        nothing = value is None and "null" in kinds
        if choices is not None and not nothing and not any(same(value, c) for c in choices):
            shown = ", ".join(repr(c) for c in choices[:20])
            return f"{where} = {str(value)[:80]!r}: one of {shown} is needed"
        for key in CHOICES:
            faults = [self._fault(value, b, where, part_of=True) for b in part.get(key) or ()]
            if faults and None not in faults:
                # The fault of the branch that the value came closest to: not one of its type.
                wrong_type = f"{where}: "
                return next((f for f in faults if f and not f.startswith(wrong_type)), faults[0])
        if isinstance(value, dict):
            return self._object_fault(value, part, where)
        if isinstance(value, list):
            return self._list_fault(value, part, where)
        return None

    def _object_fault(self, value: dict[str, Any], part: dict[str, Any], where: str) -> str | None:
        for name in _required(part):
            if name not in value:
                return f"{inside(where, name)} is missing"
        for name, about in (part.get("properties") or {}).items():
            if name in value and (found := self._fault(value[name], about, inside(where, name))):
                return found
        return None

    def _list_fault(self, value: list[Any], part: dict[str, Any], where: str) -> str | None:
        items = part.get("items")
        first = items if isinstance(items, list) else part.get("prefixItems") or []
        rest = part.get("additionalItems") if isinstance(items, list) else items
        for number, item in enumerate(value):
            about = first[number] if number < len(first) else rest
            if about is not None and (found := self._fault(item, about, f"{where}[{number}]")):
                return found
        return None

    def _unknown(self, value: dict[str, Any], shape: Shape, where: str) -> str | None:
        for name, item in value.items():
            if name in shape.properties:
                continue
            if not shape.open:
                hint = near(name, shape.properties)
                return f"there is no argument {inside(where, name)!r}.{hint}".rstrip(".")
            for about in shape.others:
                if found := self._fault(item, about, inside(where, name)):
                    return found
        return None

    # -- at load -----------------------------------------------------------------------------------
    def _everything(self) -> Iterator[dict[str, Any]]:
        """Every schema inside, each once."""
        todo: list[Any] = [self.root]
        seen: set[int] = set()
        while todo:
            schema = todo.pop()
            if isinstance(schema, bool) or id(schema) in seen:
                continue
            if not isinstance(schema, dict):
                raise DataError(
                    f'{schema!r:.80} stands where a schema is needed, such as {{"type": "string"}}'
                )
            seen.add(id(schema))
            yield schema
            if isinstance(schema.get("$ref"), str):
                todo.append(self._target(schema["$ref"]))
            todo += children(schema)

    def _audit(self) -> None:
        for schema in self._everything():
            for kind in types_of(schema):
                if kind not in CHECKS:
                    hint = near(kind, CHECKS)
                    raise DataError(f"type {kind!r} is none of JSON schema's.{hint}")
            required = schema.get("required")
            listed = isinstance(required, list) and all(isinstance(n, str) for n in required)
            if required is not None and not listed and not isinstance(required, bool):
                raise DataError(f"required = {required!r:.80}: a list of names is needed")
            for key in schema:
                if key not in KEYWORDS and (meant := misspelt(key, schema)):
                    raise DataError(f"{key!r} is no word of JSON schema; is {meant!r} meant?")
            for key, wanted in (("$ref", str), ("enum", list), ("properties", dict)):
                if not isinstance(schema.get(key, wanted()), wanted) and schema[key] is not None:
                    raise DataError(f"{key} = {schema[key]!r:.80}: {wanted.__name__} is needed")
        for schema in self._everything():
            self._check_ends(schema, [])

    def _check_ends(self, schema: Any, above: list[int]) -> None:
        """Refuses a schema that is defined by itself: a value could be checked for ever."""
        if not isinstance(schema, dict):
            return
        if id(schema) in above:
            raise DataError(f"{str(schema)[:80]} is defined by itself")
        below = [part for key in ("allOf", *CHOICES) for part in schema.get(key) or ()]
        if "$ref" in schema:
            below.append(self._target(schema["$ref"]))
        for part in below:
            self._check_ends(part, [*above, id(schema)])


def _required(part: dict[str, Any]) -> list[str]:
    """The required names; a boolean, as drafts before 4 had it on the argument itself, names none."""
    given = part.get("required")
    return given if isinstance(given, list) else []
