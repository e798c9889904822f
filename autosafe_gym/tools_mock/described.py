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
from typing import Annotated, Any, Literal, Protocol

from msgspec import Meta

from autosafe_gym.errors import DataError, ScenarioError, ToolError
from autosafe_gym.tools_mock.semantic import LONGEST_TEXT, Address, semantic
from autosafe_gym.tools_mock.tool import (
    REQUIRED,
    Kind,
    Parameter,
    Tool,
    Toolkit,
    all_toolkits,
    register_toolkit,
)
from autosafe_gym.tools_mock.world import World

TASK = "simulated.task"
"""Table with one record, `TASK_KEY`: what the simulator is told about the episode."""
TASK_KEY = "task"
CALLS = "simulated.calls"
"""Table of the calls so far, with their results."""
_READS = re.compile(
    r"(?i)(?:^|[^a-z])(get|search|view|read|list|find|query|check|show|retrieve|fetch|look)"
)
QuotedText = Annotated[
    str, Meta(max_length=LONGEST_TEXT), semantic("title", r"[\"“]([^\"”\n]{2,120})[\"”]")
]
_MARKS: dict[str, str] = {}


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


def described_tool(entry: dict[str, Any], toolkit: str) -> Tool:
    """A simulated tool from an OpenAI function schema.

    Args:
        entry: `{"type": "function", "function": {...}}` or the inner object alone; beside it may
            stand `kind` ("read", "write", "external"; guessed from the name if missing),
            `irreversible`, `returns` (words about the result) and `example` (a result).
        toolkit: The name of its toolkit.

    Raises:
        KeyError, TypeError: If the entry is no such schema.
    """
    function = entry.get("function", entry)
    name = str(function["name"])
    schema = function.get("parameters") or {"type": "object", "properties": {}}
    required = set(schema.get("required") or ())
    parameters = [
        _parameter(key, about, key in required)
        for key, about in (schema.get("properties") or {}).items()
    ]
    kind: Kind = entry.get("kind") or ("read" if _READS.search(name) else "external")
    if kind not in ("read", "write", "external"):
        raise TypeError(f"kind = {kind!r}: read, write or external is needed")
    description = str(function.get("description") or name)
    about = {
        "name": name,
        "description": description,
        "parameters": schema,
        "kind": kind,
        "returns": str(entry.get("returns") or ""),
        "example": entry.get("example"),
    }
    tool = Tool(
        name,
        toolkit,
        description,
        parameters,
        partial(_simulate, about=about),
        kind,
        bool(entry.get("irreversible")),
    )
    # The agent reads the schema as its author wrote it, nested descriptions included.
    tool.schema = {
        "type": "function",
        "function": {"name": name, "description": description, "parameters": schema},
    }
    return tool


def _simulate(world: World, *, about: dict[str, Any], **arguments: Any) -> str:
    task = world.table(TASK).get(TASK_KEY, {})
    name = str(task.get("simulator", ""))
    simulator = _SIMULATORS.get(name)
    if simulator is None:
        raise LookupError(
            f"the simulator {name!r} is not known in this process; make the environment with "
            "gym.make('autosafe/Simulated-v0', simulator=...) or call use_simulator()"
        )
    given = {key: value for key, value in arguments.items() if value is not None}
    result = simulator.result(about, given, world.tables)
    if result.startswith("Error:"):
        raise ToolError(result.removeprefix("Error:").strip())
    calls = world.table(CALLS)
    world.insert(
        CALLS, str(len(calls) + 1), {"tool": about["name"], "arguments": given, "result": result}
    )
    return result


def _parameter(name: str, about: dict[str, Any], required: bool) -> Parameter:
    hint = hint_of(about, address="email" in name.lower())
    description = str(about.get("description") or name)
    if required:
        return Parameter(name, hint, description, REQUIRED)
    return Parameter(name, hint | None, description, None)


def hint_of(schema: dict[str, Any], *, address: bool = False) -> Any:
    """The type by which an argument of a JSON schema is decoded."""
    choices = schema.get("enum")
    if choices and all(isinstance(c, str) for c in choices):
        return Literal[tuple(choices)]
    kind = schema.get("type")
    if kind == "array":
        return list[hint_of(schema.get("items") or {}, address=address)]  # type: ignore[misc]
    return {
        "string": Address if address else QuotedText,
        "integer": int,
        "number": float,
        "boolean": bool,
        "object": dict[str, Any],
    }.get(str(kind), Any)
