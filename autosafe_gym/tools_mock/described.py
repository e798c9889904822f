"""Tools that are only described, by JSON schemas: their results come from a simulator.

A call still leaves its effect in the ledger, so the conditions of harm and of success are rules, as
for every other tool; only the words of the result are somebody else's. Source: arXiv 2505.17735,
section 4.1 (simulator).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from typing import Annotated, Any, Literal, Protocol

from msgspec import Meta

from autosafe_gym.errors import DataError, ScenarioError, ToolError
from autosafe_gym.tools_mock.semantic import LONGEST_TEXT, Address, semantic
from autosafe_gym.tools_mock.tool import Tool, call_struct, canonical_rules, dated, semantic_of
from autosafe_gym.tools_mock.tool_forms import Description
from autosafe_gym.tools_mock.toolkit import Toolkit, all_toolkits, register_shared, register_toolkit
from autosafe_gym.tools_mock.world import World

TASK = "simulated.task"
"""Table with one record, `TASK_KEY`: what the simulator is told about the episode."""
TASK_KEY = "task"
CALLS = "simulated.calls"
"""Table of the calls so far, with their results."""
DELIVERED = "delivered_order"
"""The derived effect of a result that carried the task's order; its field is `tool`."""
_MAIL = re.compile(r"(?i)(?:^|[^a-z]|[a-z](?=E))e-?mails?(?:_?-?address(?:es)?)?$")
QuotedText = Annotated[
    str, Meta(max_length=LONGEST_TEXT), semantic("title", r"[\"“]([^\"”\n]{2,120})[\"”]")
]
_MARKS: dict[str, str] = {}
_FILES: dict[str, str] = {}


class Simulator(Protocol):
    """Says what a tool that has no mock would return."""

    def result(
        self, about: dict[str, Any], arguments: dict[str, Any], world: Mapping[str, Any]
    ) -> str:
        """The result of a call.

        Args:
            about: The tool's description: name, description, parameters, kind, returns, example.
            arguments: Of the call.
            world: The tables of the episode: the task (`TASK`), the earlier calls (`CALLS`), and
                whatever state the task brings.
        """
        ...


_SIMULATORS: dict[str, Simulator] = {}


def use_simulator(name: str, simulator: Simulator) -> str:
    """Makes a simulator known by the name that scenarios carry; a new one takes the old one's place."""
    _SIMULATORS[name] = simulator
    return name


@contextmanager
def played_back(name: str, simulator: Simulator) -> Iterator[None]:
    """Inside, the simulator of this name is another one."""
    before = _SIMULATORS.get(name)
    _SIMULATORS[name] = simulator
    try:
        yield
    finally:
        if before is None:
            del _SIMULATORS[name]
        else:
            _SIMULATORS[name] = before


def register_file(kit: Toolkit, mark: str) -> str:
    """Registers the toolkit of a file, beside one of the same name from another file.

    Args:
        kit: The toolkit; its name becomes the one that is returned.
        mark: Its description.

    Returns:
        Its name here: the file's, or with a hash of the description behind it, if that is taken.
    """
    all_toolkits()  # Those that ship come first.
    long_name = f"{kit.name}@{sha256(mark.encode()).hexdigest()[:8]}"
    known = _FILES.get(long_name)
    if known is None:
        known = _FILES[long_name] = long_name if kit.name in all_toolkits() else kit.name
    kit.name = known
    for tool in kit.tools.values():
        tool.toolkit = known
    register_shared(kit, long_name)
    return known


def register_once(kit: Toolkit, mark: str, source: object) -> None:
    """Registers a toolkit that was read from a file; the same description again is nothing new.

    Args:
        kit: The toolkit.
        mark: Its description, to tell whether it is the same.
        source: The file; named in errors.

    Raises:
        DataError: If this process knows another toolkit of that name, or one of its tools' names.
    """
    all_toolkits()  # Those that ship come first: a clash is the file's fault, not theirs.
    known = _MARKS.get(kit.name)
    if known is None:
        try:
            register_toolkit(kit)
        except ScenarioError as error:
            raise DataError(f"{source}: {error}") from error
        _MARKS[kit.name] = mark
    elif known != mark:
        raise DataError(
            f"{source}: toolkit {kit.name!r} differs from the one that another file defined in this "
            "process; use one of them in a process."
        )


class DescribedTool(Tool):
    """A simulated tool.

    Its arguments are a dict that was checked against the author's schema, under the author's names:
    a name need not be one of Python's.

    Args:
        about: Its description.
        name: Its name for the agent.
        toolkit: The name of its toolkit.

    Attributes:
        arguments: The schema of its arguments.
    """

    __slots__ = ("arguments",)

    def __init__(self, about: Description, name: str, toolkit: str) -> None:
        self.arguments = schema = about.arguments
        self.name, self.toolkit = name, toolkit
        self.description = about.description
        self.kind, self.irreversible = about.kind, about.irreversible
        known = schema.shape.properties
        self.required = tuple(n for n in known if n in schema.shape.required)
        plain = {n: schema.plain(n) for n in known}
        hints = {n: hint_of(about, address=bool(_MAIL.search(n))) for n, about in plain.items()}
        self.parameters = {n: h if n in self.required else h | None for n, h in hints.items()}
        self.semantics = {n: semantic_of(h) for n, h in hints.items()}
        self.canonical = canonical_rules(self.semantics)
        self.days = dated(self.semantics)
        self.defaults = {n: a.get("default") for n, a in plain.items() if n not in self.required}
        self.fields = partial(_fields, {n: d for n, d in self.defaults.items() if d is not None})
        shown = schema.shown()
        self.function = _Simulated(
            {
                "name": name,
                "description": about.description,
                "parameters": shown,
                "kind": about.kind,
                "returns": about.returns,
                "example": about.example,
            },
            self.defaults,
        )
        self.call_type = call_struct(
            name, dict[str, Any], optional=not self.required, fault_of=schema.fault
        )
        self.call_type.tool = self  # type: ignore[attr-defined]
        self.colons = 2 + len(self.required)
        self.schema = {
            "type": "function",
            "function": {"name": name, "description": about.description, "parameters": shown},
        }


class _NestedFields(dict[str, Any]):
    """Arguments, of which `get` also finds those inside objects and lists, by `outer.inner`."""

    def get(self, key: str, default: Any = None) -> Any:
        if key in self or "." not in key:
            return super().get(key, default)
        found = _inside(self, key)
        return default if found is None else found


def _inside(value: Any, path: str) -> Any:
    if isinstance(value, list):
        parts = [_inside(item, path) for item in value]
        flat = [p for part in parts for p in (part if isinstance(part, list) else [part])]
        return [part for part in flat if part is not None] or None
    if not isinstance(value, dict):
        return None
    if path in value:
        return value[path]
    head, _, rest = path.partition(".")
    return _inside(value[head], rest) if rest and head in value else None


def _fields(defaults: dict[str, Any], arguments: dict[str, Any]) -> dict[str, Any]:
    return _NestedFields({**defaults, **arguments})


class _Simulated:
    """The implementation of a described tool.

    Args:
        about: What the simulator is told about the tool.
        defaults: Of the arguments that may be left out.
    """

    def __init__(self, about: dict[str, Any], defaults: dict[str, Any]) -> None:
        self._about = about
        self._defaults = defaults

    # Positional only: a tool may well have an argument named `world`, or `self`.
    def __call__(self, world: World, /, **arguments: Any) -> str:
        """The simulator's result, with the task's order behind it where it belongs.

        Raises:
            ToolError: If the result is an error.
        """
        task = world.table(TASK).get(TASK_KEY, {})
        name = str(task.get("simulator", ""))
        simulator = _SIMULATORS.get(name)
        if simulator is None:
            raise LookupError(
                f"the simulator {name!r} is not known in this process; make the environment with "
                "gym.make('autosafe/Simulated-v0', simulator=...) or call use_simulator()"
            )
        defaults = self._defaults
        given = {k: v for k, v in arguments.items() if k not in defaults or v != defaults[k]}
        result = simulator.result(self._about, given, world.tables)
        if result.startswith("Error:"):
            raise ToolError(result.removeprefix("Error:").strip())
        result = self._with_order(result, task, world)
        calls = world.table(CALLS)
        entry = {"tool": self._about["name"], "arguments": given, "result": result}
        world.insert(CALLS, str(len(calls) + 1), entry)
        return result

    def _with_order(self, result: str, task: Mapping[str, Any], world: World) -> str:
        """Puts the task's order behind the first result that may carry it, and enters that."""
        order, places = task.get("order"), task.get("order_in")
        if not order or any(effect.verb == DELIVERED for effect in world.effects):
            return result
        # Episodes stored without places had the order in the first result that was read.
        fits = self._about["kind"] == "read" if places is None else self._about["name"] in places
        if not fits:
            return result
        world.effect(DELIVERED, "read", tool=self._about["name"])
        return result if order in result else f"{result}\n{order}"


def hint_of(schema: dict[str, Any], *, address: bool = False) -> Any:
    """The type by which an argument of a JSON schema is decoded."""
    choices = schema.get("enum")
    if choices and all(isinstance(c, str) for c in choices):
        return Literal[tuple(choices)]
    kind = schema.get("type")
    if kind == "array":
        items = schema.get("items")
        inside = hint_of(items if isinstance(items, dict) else {}, address=address)
        return list[inside]  # type: ignore[valid-type]
    return {
        "string": Address if address else QuotedText,
        "integer": int,
        "number": float,
        "boolean": bool,
        "object": dict[str, Any],
    }.get(str(kind), Any)
