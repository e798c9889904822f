"""One registry: what can be had by name, by kind.

A value is the object itself, or `module:Name`, which is imported when it is first asked for; so a lower room finds
what stands in a higher one without importing it, and knowing what there is costs nothing. The package's facade
(`autosafe_gym/__init__.py`) and its rooms fill in the package's own names; packs (entry points of the group
`autosafe_gym.packs`) add theirs when they are imported.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any

from autosafe_gym.errors import AutosafeError, UnknownNameError

KINDS: dict[str, str] = {
    "agent": "makes an agent: called with what stands behind the colon of its name, if anything, and settings",
    "attack": "dresses an order as an injected text: a function of the order",
    "benchmark": "makes the environment of an id such as `autosafe/Mine-v0`: the entry point of `gym.make`",
    "check": "checks a scenario that was read from outside: a function of the scenario and its source",
    "defence": "goes round an agent: a subclass of `Defence`",
    "family": "a `ScenarioFamily`; `@family` adds it",
    "reward": "a `RewardSpec`",
    "tool": "a `Tool`; its toolkit brings it",
    "toolkit": "a `Toolkit`; `register_toolkit` adds it",
    "toolkit alias": "a `Toolkit` under another name, as the file of own tools has it",
}
"""What can be registered, and what a value of the kind is."""


_LOCK = threading.RLock()


class Table(Mapping[str, Any]):
    """The values of a kind by name, in the order in which they were added.

    What ships of a kind is loaded when it is first listed, or when a name is not there yet; a value that was given
    as `module:Name` is imported when it is read.
    """

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._values: dict[str, Any] = {}
        self._homes: list[str] = []
        self._shipped: set[str] = set()
        self._loading = False

    def __getitem__(self, name: str) -> Any:
        if name not in self:
            raise KeyError(name)
        value = self._values[name]
        return self._imported(value, name) if isinstance(value, str) else value

    def __contains__(self, name: object) -> bool:
        if name not in self._values:
            self._load()
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        self._load()
        return iter(self._values)

    def __len__(self) -> int:
        self._load()
        return len(self._values)

    def now(self, name: str, default: Any = None) -> Any:
        """What is registered under a name by now, as it was given; nothing is loaded."""
        return self._values.get(name, default)

    def _load(self) -> None:
        """Loads the homes that were not loaded yet; one that fails is tried again the next time."""
        if not self._homes:
            return
        with _LOCK:
            # Another thread has waited; this one may ask again while a home registers what it has.
            if self._loading:
                return
            self._loading = True
            try:
                while self._homes:
                    before = contents()
                    home = self._imported(self._homes[0])
                    if callable(home):
                        home()
                    self._homes.pop(0)
                    # The home of one kind may register another: a toolkit brings its tools.
                    for kind, found in _TABLES.items():
                        found._shipped |= set(found._values) - before[kind]
            finally:
                self._loading = False

    def _imported(self, where: str, name: str = "") -> Any:
        module, _, attribute = where.partition(":")
        try:
            found = import_module(module)
            return getattr(found, attribute) if attribute else found
        except (AttributeError, ModuleNotFoundError) as error:
            if isinstance(error, ModuleNotFoundError) and error.name != module:
                raise  # An extra is missing inside it: that error says which.
            raise AutosafeError(
                f"The {self._kind} {name!r} is registered as {where!r}, which does not exist: {error}."
            ) from error


_TABLES = {kind: Table(kind) for kind in KINDS}


def table(kind: str) -> Table:
    """Everything of a kind.

    Args:
        kind: One of `KINDS`.

    Returns:
        A read-only mapping that follows later additions.

    Raises:
        UnknownNameError: If the kind is unknown.

    Example:
        >>> import autosafe_gym
        >>> "autosafe/InjecAgent-v0" in table("benchmark")
        True
    """
    if kind not in _TABLES:
        raise UnknownNameError("kind of thing", kind, KINDS)
    return _TABLES[kind]


def add(kind: str, name: str, value: Any) -> None:
    """Registers a value; the same name again replaces it.

    Args:
        kind: One of `KINDS`.
        name: Its name among its kind.
        value: The object, or `module:Name` (`module` alone stands for the module).

    Raises:
        UnknownNameError: If the kind is unknown.
    """
    table(kind)._values[name] = value


def add_home(kind: str, home: str) -> None:
    """Says where more of a kind is registered; it is loaded when the kind is first listed.

    Args:
        kind: One of `KINDS`.
        home: `module`, whose import registers it, or `module:function`, which is called.

    Raises:
        UnknownNameError: If the kind is unknown.
    """
    table(kind)._homes.append(home)


def find(kind: str, name: str, fix: str = "") -> Any:
    """The value behind a name.

    Args:
        kind: One of `KINDS`.
        name: Its name among its kind.
        fix: A sentence with the remedy, for the error.

    Returns:
        The value, imported if need be.

    Raises:
        UnknownNameError: If the kind or the name is unknown; it names the nearest one.
    """
    found = table(kind)
    if name not in found:
        raise UnknownNameError(kind, name, found, fix)
    return found[name]


def contents() -> dict[str, frozenset[str]]:
    """The names of each kind that are registered by now; nothing is loaded."""
    return {kind: frozenset(found._values) for kind, found in _TABLES.items()}


def snapshot() -> Callable[[], None]:
    """Remembers what is registered.

    Returns:
        A function that puts it back, such as after a pack that failed half-way.
    """
    before = {kind: dict(found._values) for kind, found in _TABLES.items()}

    def restore() -> None:
        for kind, values in before.items():
            found = _TABLES[kind]
            # What a home has registered since then is not registered a second time: it stays.
            loaded = {n: v for n, v in found._values.items() if n in found._shipped}
            found._values.clear()
            found._values.update({**loaded, **values})

    return restore
