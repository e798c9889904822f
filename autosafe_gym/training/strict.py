"""Recipes as dataclasses of parts, read strictly from TOML: of the small policies and of language models."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from operator import attrgetter
from pathlib import Path
from typing import Any, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

from autosafe_gym.errors import DataError, UnknownNameError
from autosafe_gym.storage.reading import read_text

R = TypeVar("R")
P = TypeVar("P", bound="Parts")
_TOML_BYTES = 16 << 10
"""Most bytes of a recipe."""


class Parts:
    """What is common to recipes: frozen dataclasses whose fields are parts, dataclasses too."""

    def to_dict(self: Any) -> dict[str, Any]:
        """Every part and key, as JSON would hold it."""
        found: dict[str, Any] = _plain(asdict(self))
        return found

    def with_(self: P, **parts: Mapping[str, Any]) -> P:
        """A copy with some keys of some parts changed: `recipe.with_(algorithm={"frames": 0})`."""
        changed = {name: replace(getattr(self, name), **keys) for name, keys in parts.items()}
        copy: P = replace(cast("Any", self), **changed)
        return copy

    def at_least(self, bounds: Mapping[str, int]) -> None:
        """Checks keys (`part.key`) against the least that they may be.

        Raises:
            DataError: If one is below.
        """
        for name, least in bounds.items():
            value = attrgetter(name)(self)
            if value < least:
                raise DataError(f"{name} = {value!r}: at least {least} is needed.")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    return list(value) if isinstance(value, tuple) else value


def shipped(folder: Path) -> dict[str, Path]:
    """The recipes of a folder, by name."""
    return {file.stem: file for file in sorted(folder.glob("*.toml"))}


def read_toml(name: str | Path, shipped: Mapping[str, Path]) -> tuple[dict[str, Any], str]:
    """The data of a shipped recipe by name, or of a file, and what to call it in errors.

    Raises:
        DataError: If the file is missing, can't be read, or is not TOML.
        UnknownNameError: If no recipe has this name; with the nearest known one.
    """
    file = Path(name)
    if file.suffix != ".toml":
        if str(name) not in shipped:
            raise UnknownNameError("recipe", str(name), shipped, "Or name a file, MINE.toml.")
        file = shipped[str(name)]
    if not file.is_file():
        raise DataError(f"{file}: there is no such recipe. Shipped: {', '.join(shipped)}.")
    try:
        return tomllib.loads(read_text(file, _TOML_BYTES)), str(file)
    except DataError:
        raise
    except (ValueError, RecursionError) as error:
        raise DataError(f"{file}: this is not TOML ({error}).") from error


def read_parts(recipe: type[R], data: Mapping[str, Any], what: str) -> R:
    """A recipe from plain data: each key of `data` is a part, each part a table of its dataclass's keys.

    Raises:
        DataError: If a value does not fit.
        UnknownNameError: If a part or a key is unknown; with the nearest known one.
    """
    parts = get_type_hints(recipe)
    made: dict[str, Any] = {}
    for part, keys in data.items():
        if part not in parts:
            raise UnknownNameError(f"part of {what}:", part, parts)
        if not isinstance(keys, Mapping):
            raise DataError(f"{what}: {part} = {keys!r}: a table [{part}] is needed.")
        made[part] = _read_part(parts[part], keys, f"{what}: [{part}]")
    try:
        return recipe(**made)
    except DataError as error:
        raise DataError(f"{what}: {error}") from error


def _read_part(part: Any, keys: Mapping[str, Any], what: str) -> Any:
    hints = get_type_hints(part)
    known = [f.name for f in fields(part)]
    values: dict[str, Any] = {}
    for key, value in keys.items():
        if key not in hints:
            raise UnknownNameError(f"key in {what}", key, known)
        values[key] = _read_value(hints[key], value, f"{what} {key}")
    return part(**values)


def _read_value(hint: Any, value: Any, what: str) -> Any:
    if get_origin(hint) is Literal:
        if value not in get_args(hint):
            raise UnknownNameError(f"value of {what}:", value, get_args(hint))
        return value
    if get_origin(hint) is tuple:
        (kind, _) = get_args(hint)
        if isinstance(value, list) and all(type(v) is kind for v in value):
            return tuple(value)
        raise DataError(f"{what} = {value!r}: a list of {kind.__name__} is needed.")
    if hint is float and type(value) is int:
        return float(value)
    if type(value) is not hint:
        raise DataError(f"{what} = {value!r}: {hint.__name__} is needed.")
    return value
