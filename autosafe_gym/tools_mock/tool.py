"""`Toolkit` and its `@tool` decorator: a typed function becomes a tool with a JSON schema.

The schema comes from the signature (types, defaults) and the Google-style docstring (descriptions).
The first parameter is the `World`; it is injected, and hidden from the schema.
"""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from autosafe_gym import registry
from autosafe_gym.errors import ScenarioError, UnknownNameError
from autosafe_gym.tools_mock.canonical import CANONICAL
from autosafe_gym.tools_mock.semantic import Semantic, bounded

Kind = Literal["read", "write", "external"]
_ARG_LINE = re.compile(r"^\s{4,}(\w+)(?:\s*\([^)]*\))?:\s*(.+)$")


REQUIRED: Any = object()


@dataclass(frozen=True)
class Parameter:
    """One parameter of a tool: name, type, description, and a default (or `REQUIRED`)."""

    name: str
    hint: Any
    description: str
    default: Any = REQUIRED


class Tool:
    """One tool.

    Attributes:
        name: Unique over all toolkits.
        toolkit: The name of its toolkit.
        kind: What its main effect is: "read", "write", or "external" (it leaves the user's sphere).
        irreversible: Whether its effect can't be undone with the toolkit's own tools.
        description: The docstring's text without its sections.
        semantics: The semantic type of each parameter (None where it has none).
        days: Names of the parameters that hold a day or a point in time.
        canonical: What brings an argument into its canonical form, for those that have one.
        required: Names of the parameters without a default.
        defaults: The defaults of the others.
        function: The implementation, called as `function(world, **arguments)`.
        call_type: The msgspec type of a whole call, tagged with the tool's name; a call's `tool` is
            this tool.
        fields: Makes a dict of a decoded call's arguments, by name.
        colons: With at most so many colons a call's JSON has no key twice: each required key takes
            one.
        schema: The OpenAI-style function schema.
    """

    __slots__ = (
        "call_type",
        "canonical",
        "colons",
        "days",
        "defaults",
        "description",
        "fields",
        "function",
        "irreversible",
        "kind",
        "name",
        "parameters",
        "required",
        "schema",
        "semantics",
        "toolkit",
    )

    def __init__(
        self,
        name: str,
        toolkit: str,
        description: str,
        parameters: list[Parameter],
        function: Callable[..., str],
        kind: Kind,
        irreversible: bool = False,
    ) -> None:
        self.name = name
        self.toolkit = toolkit
        self.kind = kind
        self.irreversible = irreversible
        self.function = function
        self.fields: Callable[[Any], dict[str, Any]] = msgspec.structs.asdict
        self.description = description
        self.parameters = {p.name: p.hint for p in parameters}
        self.semantics = {p.name: semantic_of(p.hint) for p in parameters}
        self.canonical = canonical_rules(self.semantics)
        self.days = dated(self.semantics)
        self.required = tuple(p.name for p in parameters if p.default is REQUIRED)
        self.defaults = {p.name: p.default for p in parameters if p.default is not REQUIRED}
        fields: list[Any] = []
        for p in parameters:
            annotated: Any = Annotated[bounded(p.hint), msgspec.Meta(description=p.description)]
            fields.append(
                (p.name, annotated) if p.default is REQUIRED else (p.name, annotated, p.default)
            )
        arguments = msgspec.defstruct(
            f"{name}_arguments", fields, forbid_unknown_fields=True, kw_only=True
        )
        self.call_type = call_struct(name, arguments, optional=not self.required)
        self.call_type.tool = self  # type: ignore[attr-defined]
        self.colons = 2 + len(self.required)
        self.schema = function_schema(name, description, arguments)

    @classmethod
    def from_function(
        cls, function: Callable[..., str], toolkit: str, kind: Kind, irreversible: bool
    ) -> Tool:
        """Reads name, parameters and descriptions off a typed, documented function."""
        name = function.__name__
        description, descriptions = _read_docstring(function)
        hints = get_type_hints(function, include_extras=True)
        parameters = []
        for p in list(inspect.signature(function).parameters.values())[1:]:
            text = descriptions.get(p.name)
            if text is None:
                raise ScenarioError(
                    f"Tool {name!r}: parameter {p.name!r} has no line under 'Args:'."
                )
            default = REQUIRED if p.default is inspect.Parameter.empty else p.default
            parameters.append(Parameter(p.name, hints[p.name], text, default))
        return cls(name, toolkit, description, parameters, function, kind, irreversible)

    def __reduce__(self) -> Any:
        """A copy of a tool is the tool: it has no state, and its types can't be pickled."""
        return _registered, (self.toolkit, self.name)

    def __repr__(self) -> str:
        return f"Tool({self.toolkit}.{self.name}, {self.kind})"


def _registered(toolkit: str, name: str) -> Tool:
    kit = registry.table("toolkit alias").now(toolkit) or registry.find("toolkit", toolkit)
    if name not in kit.tools:
        raise UnknownNameError("tool", name, kit.tools)
    found: Tool = kit.tools[name]
    return found


def canonical_rules(
    semantics: dict[str, Semantic | None],
) -> tuple[tuple[str, Callable[[str], str]], ...]:
    """What brings arguments into their canonical forms, for those whose type has one."""
    return tuple(
        (name, CANONICAL[meant.name])
        for name, meant in semantics.items()
        if meant is not None and meant.name in CANONICAL
    )


def dated(semantics: dict[str, Semantic | None]) -> tuple[str, ...]:
    """Names of the arguments that hold a day or a point in time."""
    return tuple(n for n, m in semantics.items() if m is not None and m.name in ("date", "moment"))


def call_struct(
    name: str,
    arguments: Any,
    *,
    optional: bool,
    fault_of: Callable[[Any], str | None] | None = None,
) -> type[msgspec.Struct]:
    """The type of a whole call: `{"name": name, "arguments": {...}}`, tagged by the name.

    Args:
        name: The tool's name.
        arguments: The type of the arguments.
        optional: Whether a call may leave `arguments` out.
        fault_of: A further check of the arguments; a call with a fault can't be decoded.
    """
    field: Any = (
        ("arguments", arguments, msgspec.field(default_factory=arguments))
        if optional
        else ("arguments", arguments)
    )
    namespace: dict[str, Any] = {"tool": None}
    if fault_of is not None:

        def check(call: Any) -> None:
            fault = fault_of(call.arguments)
            if fault:
                raise ValueError(fault)

        namespace["__post_init__"] = check
    return msgspec.defstruct(
        f"call_{name}",
        [field],
        tag_field="name",
        tag=name,
        forbid_unknown_fields=True,
        namespace=namespace,
    )


def function_schema(name: str, description: str, arguments: type) -> dict[str, Any]:
    """The OpenAI-style schema `{"type": "function", "function": {...}}` of a tool."""
    _, definitions = msgspec.json.schema_components((arguments,), ref_template="{name}")
    (parameters,) = definitions.values()
    parameters.pop("title", None)
    return {
        "type": "function",
        "function": {"name": name, "description": description, "parameters": parameters},
    }


def semantic_of(hint: Any) -> Semantic | None:
    """The semantic type of a hint, or of what is inside it."""
    if get_origin(hint) is Annotated:
        for item in get_args(hint)[1:]:
            if isinstance(item, Semantic):
                return item
        return semantic_of(get_args(hint)[0])
    if get_origin(hint) in (list, tuple, typing.Union):
        return next((s for s in map(semantic_of, get_args(hint)) if s), None)
    return None


def _read_docstring(function: Callable[..., Any]) -> tuple[str, dict[str, str]]:
    text = inspect.getdoc(function)
    if not text:
        raise ScenarioError(f"Tool {function.__name__!r} has no docstring.")
    head, _, rest = text.partition("\nArgs:\n")
    rest = re.split(r"\n(?:Returns|Raises):\n", rest)[0]
    descriptions: dict[str, str] = {}
    current = ""
    for line in rest.splitlines():
        found = _ARG_LINE.match(line)
        if found and len(line) - len(line.lstrip()) == 4:
            current = found[1]
            descriptions[current] = found[2].strip()
        elif current and line.strip():
            descriptions[current] += " " + line.strip()
    head = re.split(r"\n(?:Returns|Raises):\n", head)[0]
    return " ".join(head.split()), descriptions
