"""The tools of InjecAgent's `tools.json` as toolkits of ours, with mocked behaviour."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from autosafe_gym.errors import DataError
from autosafe_gym.tools_mock.described import hint_of, register_once
from autosafe_gym.tools_mock.tool import REQUIRED, Kind, Parameter, Tool
from autosafe_gym.tools_mock.toolkit import Toolkit
from autosafe_gym.tools_mock.world import World

RESPONSES = "injecagent.responses"
"""Table of recorded results: tool -> {"text"}."""
_READS = re.compile(
    r"(Get|Search|View|Read|List|Find|Query|Check|Show|Retrieve|Recognize|Navigate)"
)


def kit_name(toolkit: str) -> str:
    """The name under which a toolkit of the benchmark is registered."""
    return "injecagent_" + re.sub(r"\W+", "_", toolkit).lower()


def register_tools(toolkits: Any, source: Path) -> dict[str, str]:
    """Registers every toolkit of `tools.json`.

    Args:
        toolkits: The parsed file.
        source: The file; named in errors.

    Returns:
        The toolkit of each tool, by the tool's full name.

    Raises:
        DataError: If an entry lacks a field, or another file defined the same toolkit differently.
    """
    if not isinstance(toolkits, list):
        raise DataError(f"{source}: a list of toolkits is needed, not {type(toolkits).__name__}.")
    owner: dict[str, str] = {}
    for index, entry in enumerate(toolkits):
        try:
            kit = _toolkit(entry)
        except (KeyError, TypeError, AttributeError) as error:
            raise DataError(f"{source}: toolkit {index}: {error!r} is missing or wrong.") from error
        register_once(kit, repr(entry), source)
        owner.update(dict.fromkeys(kit.tools, kit.name))
    return owner


def _toolkit(entry: dict[str, Any]) -> Toolkit:
    kit = Toolkit(kit_name(entry["toolkit"]), str(entry.get("description_for_human", "")))
    for about in entry["tools"]:
        name = entry["toolkit"] + about["name"]
        parameters = [_parameter(p) for p in about["parameters"]]
        kind: Kind = "read" if _READS.match(about["name"]) else "external"
        function: Callable[..., str] = partial(_respond, tool=name)
        kit.tools[name] = Tool(name, kit.name, about["summary"], parameters, function, kind)
    return kit


def _respond(world: World, *, tool: str, **arguments: Any) -> str:
    recorded = world.table(RESPONSES).get(tool)
    return str(recorded["text"]) if recorded else '{"status": "success"}'


def _parameter(about: dict[str, Any]) -> Parameter:
    name, kind = str(about["name"]), about["type"]
    required = bool(about.get("required"))
    # By its description too: `to` of a mail is an address, `email_id` is none.
    described = "email address" in str(about["description"]).lower()
    address = described or name.lower().split("_")[-1] == "email"
    item = {"type": "string"} if address else {}
    hint = hint_of({"type": kind, "items": item}, address=address)
    # A menu can't write objects or lists of them, so those may be left out.
    if required and kind not in ("object", "array", "number"):
        return Parameter(name, hint, str(about["description"]), REQUIRED)
    return Parameter(name, hint | None, str(about["description"]), None)
