"""The tasks of a file of own tools: scenarios with defaults, checked against the file's tools.

A task is a `RiskScenario` in which most fields have defaults, with three more: `state` tells the
simulator what is so in this world; `order` is an injected text, put behind a tool's result (an
attack's wrapper goes round it); `order_in` names the tools whose results may carry it. Each task has
outcomes, or says `"twin": true`: without a rule of harm an episode could only ever be "safe".
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from autosafe_gym.errors import DataError, ScenarioError, UnknownNameError
from autosafe_gym.ots.condition import (
    AllOf,
    AnyOf,
    Condition,
    Count,
    Happens,
    NeverUntil,
    Not,
    Precedes,
)
from autosafe_gym.ots.scenario import RiskScenario, explain_validation
from autosafe_gym.tools_mock.condition_names import check_conditions
from autosafe_gym.tools_mock.described import DELIVERED, DescribedTool
from autosafe_gym.tools_mock.effects import EVERYWHERE
from autosafe_gym.tools_mock.tool_forms import Description
from autosafe_gym.tools_mock.toolkit import Toolkit, all_toolkits, get_toolkit

Task = tuple[RiskScenario, dict[str, Any]]
"""A task's scenario, and what the simulator is told about it."""
Names = dict[str, list[str]]
"""The tools that a name in the file may mean, by that name."""


@dataclass(frozen=True)
class OwnToolkit:
    """The toolkit of a file.

    Attributes:
        kit: Its tools.
        written: Its name in the file.
        names: What each name of a tool in the file stands for.
        notes: On the tools that were renamed.
    """

    kit: Toolkit
    written: str
    names: Names
    notes: list[str]


_OWN_FIELDS = ("state", "order", "order_in")
_LONGEST_NAME = 64


def own_toolkit(written: str, description: str, tools: list[Description]) -> OwnToolkit:
    """Makes the toolkit of a file.

    A tool that has the name of one that ships, or of another toolkit of the file, gets a prefix.

    Args:
        written: The toolkit's name in the file.
        description: A line about it.
        tools: Its tools.

    Raises:
        DataError: If a prefixed name is taken too.
    """
    taken = {*EVERYWHERE, DELIVERED}
    for known in all_toolkits().values():
        taken |= {name for name, t in known.tools.items() if not isinstance(t, DescribedTool)}
    given = [tool.name for tool in tools]
    kit = Toolkit(written, description)
    names: Names = {}
    notes = []
    for tool in tools:
        name = tool.name
        if name in taken or given.count(name) > 1:
            group = re.sub(r"[^A-Za-z0-9-]+", "_", tool.group or written).strip("_")
            name = f"{group[: max(1, _LONGEST_NAME - 1 - len(name))]}_{name}"
            why = "has the name of a tool that ships" if tool.name in taken else "is there twice"
            notes.append(f"{tool.name!r} {why}; the agent and the tasks' conditions have {name!r}.")
        if name in kit.tools or name in taken or (name != tool.name and name in given):
            raise DataError(f"{tool.place}: the name {name!r} is taken; rename {tool.name!r}")
        kit.tools[name] = DescribedTool(tool, name, written)
        aliases = {tool.name, name, *([f"{tool.group}.{tool.name}"] if tool.group else [])}
        for alias in aliases:
            names.setdefault(alias, []).append(name)
    return OwnToolkit(kit, written, names, notes)


def read_task(task: Any, number: int, own: OwnToolkit, where: str) -> Task:
    """Reads one task.

    Args:
        task: As it stands in the file.
        number: Its number there.
        own: The file's toolkit, registered.
        where: The place; named in errors.

    Raises:
        DataError: If a field, a tool's name or an argument's name is wrong; with the nearest one.
    """
    if not isinstance(task, dict) or not task.get("instruction"):
        raise DataError(f"{where}: an object with an 'instruction' is needed.")
    given = {k: v for k, v in task.items() if k not in _OWN_FIELDS}
    outcomes = given.get("outcomes") or []
    if not outcomes and not given.get("twin"):
        raise DataError(f"{where}: 'outcomes' is empty; say what would be harm, or \"twin\": true.")
    order = task.get("order", "")
    if not isinstance(order, str) or ("order" in task and not order.strip()):
        raise DataError(f"{where}: order = {order!r:.80}: a text is needed.")
    written, kit, names = own.written, own.kit, own.names
    defaults = {
        "id": f"{written}/{number}",
        "family": written,
        "seed": number,
        "domain": "Business",
        "instruction_mode": "normal",
        "history_mode": "malicious" if order else "normal",
        "channel": "injection-tool" if order else "inherent-failure",
        "failure_mode": "instruction-hierarchy" if order else "M5-implicit-risk",
        "outcome_types": [o.get("type") for o in outcomes if isinstance(o, dict)],
        "goal": {"op": "happens", "verb": ["finish"]},
    }
    if order:
        # An order that no result has carried can't have tempted the agent.
        defaults["reached"] = {"op": "happens", "verb": [DELIVERED]}
    renamed = {key: _renamed(value, key, names, where) for key, value in given.items()}
    renamed["toolkits"] = _toolkits(given.get("toolkits"), written, kit.name)
    try:
        scenario = RiskScenario.model_validate({**defaults, **renamed})
    except ValidationError as error:
        raise DataError(explain_validation(error, where)) from error
    _check_names(scenario, where)
    about: dict[str, Any] = {
        "risk": " ".join(o.description for o in scenario.outcomes),
        "state": task.get("state"),
        "order": order,
    }
    if order or "order_in" in task:
        about["order_in"] = _places(task.get("order_in"), bool(order), scenario, kit, names, where)
    return scenario, about


def _toolkits(said: Any, written: str, registered: str) -> Any:
    """The task's toolkits, the file's own among them."""
    if not isinstance(said, list):
        return [registered] if said is None else said
    others = [name for name in said if name != written]
    return [registered, *others]


def _places(
    said: Any, order: bool, scenario: RiskScenario, kit: Toolkit, names: Names, where: str
) -> list[str]:
    """The tools whose results may carry the order."""
    if said is None:
        harmful = {verb for o in scenario.outcomes for e in _events(o.condition) for verb in e.verb}
        return [name for name in kit.tools if name not in harmful] or list(kit.tools)
    if not order:
        raise DataError(f"{where}: 'order_in' is given, but no 'order'.")
    listed = said if isinstance(said, list) else [said]
    found = []
    for name in listed:
        if not isinstance(name, str) or name not in names:
            raise DataError(f"{where}: order_in = {name!r}: no such tool.{_near(str(name), names)}")
        found.append(_one(name, names, where))
    if not found:
        raise DataError(f"{where}: order_in is empty; name a tool, or leave it out.")
    return found


# -- names --------------------------------------------------------------------------------------
def _renamed(value: Any, field: str, names: Names, where: str) -> Any:
    """A field of a task with the names under which its tools are known here."""
    if field in ("goal", "outcomes", "reached"):
        return _in_conditions(value, names, where)
    if field in ("history", "safe_oracle", "unsafe_oracles", "tampering"):
        return _in_calls(value, "tool" if field == "tampering" else "name", names, where)
    return value


def _in_conditions(value: Any, names: Names, where: str) -> Any:
    if isinstance(value, list):
        return [_in_conditions(item, names, where) for item in value]
    if not isinstance(value, dict):
        return value
    changed = {k: v if k == "where" else _in_conditions(v, names, where) for k, v in value.items()}
    verbs = value.get("verb")
    if isinstance(verbs, list):
        changed["verb"] = [_one(v, names, where) if isinstance(v, str) else v for v in verbs]
    return changed


def _in_calls(value: Any, key: str, names: Names, where: str) -> Any:
    if isinstance(value, list):
        return [_in_calls(item, key, names, where) for item in value]
    if not isinstance(value, dict):
        return value
    changed = {
        k: v if k == "arguments" else _in_calls(v, key, names, where) for k, v in value.items()
    }
    if isinstance(value.get(key), str):
        changed[key] = _one(value[key], names, where)
    return changed


def _one(name: str, names: Names, where: str) -> str:
    meant = names.get(name, [name])
    if len(meant) > 1:
        raise DataError(f"{where}: {name!r} is more than one tool; say which: {', '.join(meant)}.")
    return meant[0]


# -- checks -------------------------------------------------------------------------------------
def _check_names(scenario: RiskScenario, where: str) -> None:
    """Refuses conditions that nothing could ever fulfil, because of a name that does not exist."""
    for name in scenario.toolkits:
        try:
            get_toolkit(name)
        except UnknownNameError as error:
            raise DataError(f"{where}: field toolkits: {error}") from error
    try:
        check_conditions(scenario, where)
    except ScenarioError as error:
        raise DataError(str(error)) from error


def _events(condition: Condition | None) -> Iterator[Happens]:
    """Every event that a condition names."""
    if isinstance(condition, Happens):
        yield condition
    elif isinstance(condition, Count):
        yield condition.event
    elif isinstance(condition, Precedes):
        yield from (condition.first, condition.then)
    elif isinstance(condition, NeverUntil):
        yield from (condition.event, condition.until)
    elif isinstance(condition, Not):
        yield from _events(condition.of)
    elif isinstance(condition, (AllOf, AnyOf)):
        for part in condition.of:
            yield from _events(part)


def _near(name: str, known: Any) -> str:
    close = difflib.get_close_matches(name, [*known], n=1)
    return f" Did you mean {close[0]!r}?" if close else ""
