"""One registry: what a lower room must find in a higher one, by kind and name.

A value is named as `module:Name` and imported when it is first asked for, so that a room knows what there is
without importing it. The package's own names are filled in by its facade (`autosafe_gym/__init__.py`); packs add
theirs when they are imported.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from autosafe_gym.errors import UnknownNameError

KINDS = ("agent", "benchmark", "catalogue", "check")
"""What can be registered: `agent` (`name:REST` gives `loader(REST, **settings)`), `benchmark` (an environment's
entry point), `catalogue` (loads all `toolkits`, or all `families`), `check` (of a scenario that was
read from outside)."""

_FOUND: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}


def add(kind: str, name: str, value: Any) -> None:
    """Registers a value; the same name again replaces the value.

    Args:
        kind: One of `KINDS`.
        name: Its name among its kind.
        value: `module:Name` (or `module` alone for a module), or the object itself.

    Raises:
        UnknownNameError: If the kind is unknown.
    """
    _of(kind)[name] = value


def find(kind: str, name: str) -> Any:
    """The object behind a name.

    Args:
        kind: One of `KINDS`.
        name: Its name among its kind.

    Returns:
        The object; a `module:Name` is imported now.

    Raises:
        UnknownNameError: If the kind or the name is unknown.

    Example:
        >>> from autosafe_gym import registry
        >>> registry.find("benchmark", "autosafe/InjecAgent-v0").__name__
        'make_env'
    """
    known = _of(kind)
    if name not in known:
        raise UnknownNameError(kind, name, known)
    value = known[name]
    if isinstance(value, str):
        module, _, attribute = value.partition(":")
        value = import_module(module)
        value = getattr(value, attribute) if attribute else value
    return value


def where(kind: str, name: str) -> Any:
    """What was registered under a name, not imported.

    Raises:
        UnknownNameError: If the kind or the name is unknown.
    """
    known = _of(kind)
    if name not in known:
        raise UnknownNameError(kind, name, known)
    return known[name]


def names(kind: str) -> tuple[str, ...]:
    """The names of a kind, in the order in which they were added.

    Raises:
        UnknownNameError: If the kind is unknown.
    """
    return tuple(_of(kind))


def _of(kind: str) -> dict[str, Any]:
    if kind not in _FOUND:
        raise UnknownNameError("kind of thing", kind, KINDS)
    return _FOUND[kind]
