"""Dicts and lists that many may read and nobody can change; copies of them are ordinary ones.

The schemas of the tools go out with every `reset`: a copy each time would cost ten times the reset.
"""

from __future__ import annotations

from typing import Any, NoReturn


def _refuse(*_: Any, **__: Any) -> NoReturn:
    raise TypeError(
        "Tools' schemas are shared and can't be changed; change a copy.deepcopy of them."
    )


class _FrozenDict(dict[str, Any]):
    __slots__ = ()
    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, Any]:
        return {key: thawed(value) for key, value in self.items()}

    def __reduce__(self) -> Any:
        return frozen, (thawed(self),)


class _FrozenList(list[Any]):
    __slots__ = ()
    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse
    append = clear = extend = insert = pop = remove = reverse = sort = _refuse

    def __deepcopy__(self, memo: dict[int, Any]) -> list[Any]:
        return [thawed(value) for value in self]

    def __reduce__(self) -> Any:
        return frozen, (thawed(self),)


def frozen(value: Any) -> Any:
    """A value of JSON's types in which nothing can be changed."""
    if isinstance(value, dict):
        return _FrozenDict({key: frozen(inner) for key, inner in value.items()})
    if isinstance(value, (list, tuple)):
        return _FrozenList([frozen(inner) for inner in value])
    return value


def thawed(value: Any) -> Any:
    """An ordinary copy of a value of JSON's types."""
    if isinstance(value, dict):
        return {key: thawed(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [thawed(inner) for inner in value]
    return value
