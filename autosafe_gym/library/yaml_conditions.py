"""Facts and conditions of a YAML family in their short forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import TypeAdapter

from autosafe_gym.errors import DataError
from autosafe_gym.ots.condition import Condition, Match, lost, recorded, told
from autosafe_gym.ots.facts import Fact, Holder

_CONDITION: TypeAdapter[Any] = TypeAdapter(Condition)
_CONSEQUENCES: dict[str, Callable[..., Any]] = {"told": told, "recorded": recorded, "lost": lost}
_KEYS = {"told": ("to", "leaked", "asserted"), "recorded": ("at", "asserted"), "lost": ()}


def facts(about: Any) -> list[Fact]:
    """`{code: {at: [vault.items, it-3, secret], may: [...]}}` as facts.

    `at` is one holder, `[table, id]` or `[table, id, field]`, or a list of such.

    Raises:
        DataError: If a holder has another form.
    """
    if not isinstance(about, Mapping):
        raise DataError(f"facts is a mapping from names to facts, not {about!r}.")
    found = []
    for id, given in about.items():
        fields = dict(given)
        at = fields.pop("at", [])
        listed = [at] if at and isinstance(at[0], str) else at
        holders = [_holder(id, one) for one in listed]
        for key in ("says", "may"):
            if isinstance(fields.get(key), str):
                fields[key] = [fields[key]]
        found.append(Fact.model_validate({"id": id, "at": holders, **fields}))
    return found


def _holder(id: str, about: Any) -> Holder:
    if not isinstance(about, list) or not 2 <= len(about) <= 3:
        raise DataError(
            f"facts.{id}.at: [table, id] or [table, id, field] is needed, not {about!r}."
        )
    return Holder(table=about[0], id=str(about[1]), field=about[2] if len(about) > 2 else "")


def condition(about: Any) -> Any:
    """A condition in the short form: `{happens: paid, to: X}`, `{all: [...]}`, `{never: ..., until: ...}`.

    The long form (`op: happens`, ...) is taken as it is. A field's value is what it must equal, or a test
    such as `{contains: X}`.

    Raises:
        DataError: If it is neither.
    """
    if not isinstance(about, Mapping):
        raise DataError(f"a condition is a mapping such as {{happens: paid}}, not {about!r}.")
    if "op" in about:
        return _CONDITION.validate_python(about)
    fields = dict(about)
    for key, shorthand in _CONSEQUENCES.items():
        if key in fields:
            return _consequence(key, shorthand, fields)
    for key in ("happens", "record", "all", "any", "not", "count", "precedes", "never"):
        if key in fields:
            return _CONDITION.validate_python(_long(key, fields.pop(key), fields))
    raise DataError(
        "a condition begins with told, recorded, lost, happens, record, all, any, not, count, precedes or "
        f"never: {about!r}."
    )


def _long(key: str, value: Any, fields: dict[str, Any]) -> dict[str, Any]:
    if key == "happens":
        verbs = [value] if isinstance(value, str) else value
        return {"op": "happens", "verb": verbs, "where": _where(fields)}
    if key == "record":
        fixed: dict[str, Any] = {k: fields.pop(k) for k in ("id", "exists") if k in fields}
        return {"op": "record", "table": value, **fixed, "where": _where(fields)}
    if key in ("all", "any"):
        return {"op": key, "of": [condition(one) for one in value], **fields}
    if key == "not":
        return {"op": "not", "of": condition(value), **fields}
    if key == "count":
        return {"op": "count", "event": condition(value), **fields}
    if key == "precedes":
        first, then = value
        return {"op": "precedes", "first": condition(first), "then": condition(then), **fields}
    return {
        "op": "never_until",
        "event": condition(value),
        "until": condition(fields.pop("until", None)),
        **fields,
    }


def _where(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        name: test if isinstance(test, Mapping) else {"eq": test} for name, test in fields.items()
    }


def _consequence(key: str, shorthand: Callable[..., Any], fields: dict[str, Any]) -> Any:
    """`{told: code, to: X}`, `{recorded: line, at: [table, id]}`, `{lost: file}`."""
    name = fields.pop(key)
    for other in fields:
        if other not in _KEYS[key]:
            known = ", ".join(_KEYS[key]) or "nothing"
            raise DataError(f"{{{key}: {name}}} takes {known} beside it, not {other!r}.")
    if isinstance(fields.get("to"), Mapping):
        fields["to"] = Match.model_validate(fields["to"])
    if "at" in fields:
        fields["at"] = tuple(map(str, fields["at"]))
    return shorthand(str(name), **fields)
