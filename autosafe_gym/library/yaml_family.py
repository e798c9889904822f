"""Scenario families as YAML: the same labels, draws, records, conditions and oracles, without Python.

A file holds one family. `draw` names what varies, in order, and is drawn before `risky` or `twin` is looked
at; `{name}` puts a drawn value into any text, and a text that is nothing but `{name}` becomes the value
itself. `risky` and `twin` may give values of their own (`set`) and replace any other section.
docs/authoring.md walks through one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from autosafe_gym.errors import AutosafeError, DataError, UnknownNameError
from autosafe_gym.library.attacks import ATTACKS
from autosafe_gym.library.families import _injection
from autosafe_gym.library.families import _vocab as v
from autosafe_gym.library.family import ASK, CONFIRM, DONE, REFUSE, Draw, ScenarioFamily, Sketch
from autosafe_gym.library.family import family as register
from autosafe_gym.library.yaml_conditions import condition, facts
from autosafe_gym.ots.condition import Condition, facts_named
from autosafe_gym.ots.facts import Fact
from autosafe_gym.ots.guard import Guard
from autosafe_gym.ots.scenario import (
    Outcome,
    ScriptedUser,
    ToolCall,
    UnsafeOracle,
    World,
    explain_validation,
)
from autosafe_gym.storage.yaml_text import read_yaml
from autosafe_gym.tools_mock.condition_names import faults

_LABELS = ("domain", "mode", "channel", "failure_mode", "outcomes", "severity", "toolkits")
_SECTIONS = (
    "instruction",
    "system_prompt",
    "now",
    "history",
    "world",
    "facts",
    "goal",
    "harms",
    "guards",
    "reached",
    "safe",
    "unsafe",
    "user",
    "colleagues",
    "tags",
)
_TOP = ("family", "description", *_LABELS, "draw", "risky", "twin", *_SECTIONS)
_HOLE = re.compile(r"\{([a-z_][a-z0-9_]*(?:\.[a-z]+)?)\}")
_WRAPPER = ".wrapper"
Drawn = dict[str, Any]
_ACTS = {"ASK": ASK, "CONFIRM": CONFIRM, "REFUSE": REFUSE, "DONE": DONE}
_MOST_PEOPLE_TRIED = 1_000
_MOST_WRITTEN, _EACH = 1_000_000, 20
"""Most characters that the holes of one scenario may write, and for how many a hole counts besides: values
that name one another double."""


class Values(dict[str, Any]):
    """What holes may name, and how much was written with it."""

    written = 0

    def write(self, value: Any) -> None:
        """Counts a value that is put into a hole.

        Raises:
            DataError: If all that was written is too much.
        """
        left = [value]
        while left:
            one = left.pop()
            self.written += _EACH + (len(one) if isinstance(one, str) else 0)
            if self.written > _MOST_WRITTEN:
                raise DataError(
                    f"the holes write more than {_MOST_WRITTEN:,} characters: what is drawn or set "
                    "names itself over and over. Name fewer values in one another."
                )
            if isinstance(one, Mapping):
                left += one.values()
            elif isinstance(one, list):
                left += one


# -- what can be drawn -----------------------------------------------------------------------------
def _person(draw: Draw, domain: Any, name: str, known: Values) -> Drawn:
    (one,) = v.people(draw, 1, str(domain or v.OWN_DOMAIN))
    tries = 1
    while one.first in known.values() or one.last in known.values():
        if (tries := tries + 1) > _MOST_PEOPLE_TRIED:
            raise DataError(
                f"draw.{name}: no person is left whose name differs; draw fewer people."
            )
        (one,) = v.people(draw, 1, str(domain or v.OWN_DOMAIN))
    parts = {"name": one.name, "first": one.first, "last": one.last}
    found = {f"{name}.{part}": text for part, text in parts.items()}
    return {**found, name: one.name, f"{name}.address": one.address, f"{name}.handle": one.handle}


def _amount(draw: Draw, limits: Any, name: str) -> Drawn:
    low, high = limits or (40, 2_400)
    value, text = v.amount(draw, int(low), int(high))
    return {name: text, f"{name}.value": value}


def _number(draw: Draw, limits: Any, name: str) -> Drawn:
    low, high = limits
    return {name: draw.number(int(low), int(high))}


def _ids(draw: Draw, about: Any, name: str) -> Drawn:
    """Several different ids, such as `{ids: [mail-, 3]}`: `{name.a}`, `{name.b}`, ..."""
    prefix, count = str(about[0]), int(about[1])
    found = draw.some(range(1, 100), count)
    return {f"{name}.{chr(97 + i)}": f"{prefix}{number}" for i, number in enumerate(found)}


_DRAWS: dict[str, Callable[[Draw, Any, str], Drawn]] = {
    "amount": _amount,
    "number": _number,
    "ids": _ids,
    "pick": lambda draw, options, name: {name: draw.pick(list(options))},
    "account": lambda draw, _, name: {name: v.account(draw)},
    "firm": lambda draw, _, name: {name: draw.pick(v.FIRMS)},
    "project": lambda draw, _, name: {name: draw.pick(v.PROJECTS)},
    "day": lambda draw, month, name: {name: v.day(draw, int(month or 3))},
    "moment": lambda draw, month, name: {name: v.moment(draw, int(month or 2))},
}


def _drawn(draw: Draw, name: str, spec: Any, known: Values) -> Drawn:
    if isinstance(spec, list):
        spec = {"pick": spec}
    elif isinstance(spec, str):
        spec = {spec: None}
    ((kind, about),) = spec.items()
    if kind == "wrapped":
        # Its text is filled and dressed later: it may use what only one sibling sets.
        wrapper, _ = _injection.wrapped(draw, "")
        return {name: about, f"{name}{_WRAPPER}": wrapper}
    if kind == "person":
        return _person(draw, _fill(about, known), name, known)
    # An option's own holes are filled where it is used: it may name what only one sibling sets.
    return _DRAWS[kind](draw, about if kind == "pick" else _fill(about, known), name)


def _fill(value: Any, known: Values) -> Any:
    """The value with every hole filled."""
    if isinstance(value, str):
        whole = _HOLE.fullmatch(value)
        if whole:
            return _known(whole, known)
        return _HOLE.sub(lambda hole: str(_known(hole, known)), value)
    if isinstance(value, Mapping):
        return {_fill(k, known): _fill(item, known) for k, item in value.items()}
    if isinstance(value, list):
        return [_fill(item, known) for item in value]
    return value


def _known(hole: re.Match[str], known: Values) -> Any:
    try:
        value = known[hole[1]]
        if isinstance(value, str):
            value = _fill(value, known)
        known.write(value)
        return value
    except KeyError:
        raise DataError(
            f"{{{hole[1]}}} is not drawn before it is used; drawn are: {', '.join(known)}."
        ) from None


# -- sections to the data model --------------------------------------------------------------------
def _calls(listed: Any) -> list[ToolCall]:
    """`[{read_mail: {mail_id: mail-3}}, list_mail, DONE]` as calls."""
    calls = []
    for one in listed or []:
        if isinstance(one, str):
            calls.append(_ACTS.get(one) or ToolCall(name=one))
        else:
            ((name, arguments),) = one.items()
            calls.append(ToolCall(name=name, arguments=arguments or {}))
    return calls


def _guard(about: dict[str, Any]) -> Guard:
    conditions: dict[str, Any] = {
        key: condition(about[key]) for key in ("event", "holds") if key in about
    }
    return Guard(**(about | conditions))


def _values(about: dict[str, Any], draw: Draw, twin: bool) -> Values:
    """Everything that holes may name."""
    known = Values()
    for name, spec in (about.get("draw") or {}).items():
        known |= _drawn(draw, name, spec, known)
    for name, text in ((about.get("twin" if twin else "risky") or {}).get("set") or {}).items():
        known[name] = _fill(text, known)
    for key in [key for key in known if key.endswith(_WRAPPER)]:
        name = key.removesuffix(_WRAPPER)
        known[name] = ATTACKS[known[key]](_fill(known[name], known))
    return known


def _sketch(about: dict[str, Any], draw: Draw, twin: bool) -> Sketch:
    known = _values(about, draw, twin)
    own = about.get("twin" if twin else "risky") or {}
    wrapper = next((value for key, value in known.items() if key.endswith(_WRAPPER)), None)
    found = {
        name: _fill(own.get(name, about.get(name)), known)
        for name in _SECTIONS
        if own.get(name, about.get(name)) is not None
    }
    goal, reached = found.get("goal"), found.get("reached")
    return Sketch(
        instruction=str(found["instruction"]),
        world=found.get("world") or {},
        goal=None if goal is None else condition(goal),
        outcomes=[
            Outcome(**{**harm, "condition": condition(harm["condition"])})
            for harm in found.get("harms") or []
        ],
        facts=facts(found.get("facts") or {}),
        safe=_calls(found.get("safe")),
        unsafe=[
            UnsafeOracle(outcome=outcome, actions=tuple(_calls(calls)))
            for outcome, calls in (found.get("unsafe") or {}).items()
        ],
        user=ScriptedUser.model_validate(found.get("user") or {}),
        colleagues={
            who: ScriptedUser.model_validate(script)
            for who, script in (found.get("colleagues") or {}).items()
        },
        history=_calls(found.get("history")),
        reached=None if reached is None else condition(reached),
        guards=[_guard(about) for about in found.get("guards") or []],
        system_prompt=found.get("system_prompt"),
        now=str(found.get("now", "2026-03-02 09:00")),
        tags={
            **(found.get("tags") or {}),
            **({"wrapper": wrapper} if wrapper and not twin else {}),
        },
    )


# -- files -----------------------------------------------------------------------------------------
def load_yaml(path: Path) -> ScenarioFamily:
    """Registers the family of a YAML file.

    Raises:
        MissingExtraError: Without the extra `yaml`.
        DataError: If the file is no family; it names the key or the value, and what would be right.
    """
    about = _read(path)
    unknown = [key for key in about if key not in _TOP]
    missing = [key for key in ("family", *_LABELS) if key not in about]
    if unknown or missing:
        wrong = f"unknown key {unknown[0]!r}" if unknown else f"the key {missing[0]!r} is missing"
        raise DataError(f"{path}: {wrong}. Keys: {', '.join(_TOP)}.")
    _check_draws(path, about)

    def build(draw: Draw, twin: bool) -> Sketch:
        try:
            return _sketch(about, draw, twin)
        except ValidationError as error:
            raise DataError(explain_validation(error, str(path))) from error
        except AutosafeError as error:
            raise DataError(f"{path}: {error}") from error
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
            raise DataError(f"{path}: {type(error).__name__}: {error}") from error

    build.__doc__ = str(about.get("description", ""))
    named = set(_HOLE.findall(str(about)))
    for twin in (False, True):
        _check_conditions(path, about, build(Draw(0), twin))
        named -= set(_values(about, Draw(0), twin))
    if named:
        raise DataError(f"{path}: {{{min(named)}}} is neither drawn nor set.")
    labels = {key: about[key] for key in _LABELS}
    for key in ("outcomes", "toolkits"):
        labels[key] = tuple(labels[key])
    return register(str(about["family"]), **labels)(build)


def _check_conditions(path: Path, about: dict[str, Any], sketch: Sketch) -> None:
    """Refuses conditions with a verb, a field or a table that the family's toolkits don't have."""
    conditions: dict[str, Condition | None] = {"goal": sketch.goal, "reached": sketch.reached}
    for number, outcome in enumerate(sketch.outcomes):
        conditions[f"harms.{number}.condition"] = outcome.condition
    for number, guard in enumerate(sketch.guards):
        conditions[f"guards.{number}.event"] = guard.event
        conditions[f"guards.{number}.holds"] = guard.holds
    found = faults(conditions, about["toolkits"], sketch.world, short=True)
    known = [fact.id for fact in sketch.facts]
    for place, given in conditions.items():
        for name in facts_named(given):
            if name not in known:
                found.append(str(UnknownNameError(f"fact in {place}", name, known)))
    found += [wrong for fact in sketch.facts if (wrong := _not_held(fact, sketch.world))]
    if found:
        raise DataError("\n".join(f"{path}: {fault}" for fault in found))


def _not_held(fact: Fact, world: World) -> str:
    """What is wrong with a fact's holders; "" for nothing."""
    for holder in fact.at:
        if not holder.stands_in(world):
            where = f"{holder.table}, {holder.id}" + (f", {holder.field}" if holder.field else "")
            return f"facts.{fact.id}: the world has no {where}."
    return ""


def _check_draws(path: Path, about: dict[str, Any]) -> None:
    known = (*_DRAWS, "person", "wrapped")
    for name, spec in (about.get("draw") or {}).items():
        kinds = ["pick"] if isinstance(spec, list) else [spec] if isinstance(spec, str) else [*spec]
        if len(kinds) != 1 or kinds[0] not in known:
            raise DataError(f"{path}: draw.{name} = {spec!r}: one of {', '.join(known)} is needed.")


def _read(path: Path) -> dict[str, Any]:
    about = read_yaml(path)
    if not isinstance(about, dict):
        raise DataError(f"{path}: a mapping with the key 'family' is needed.")
    return about
