"""Families and toolkits of third parties: from a file, or from packages that announce themselves.

A package announces a module by an entry point of the group `autosafe_gym.packs`; importing that module
registers its toolkits and families.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import entry_points
from pathlib import Path

from autosafe_gym import registry
from autosafe_gym.errors import DataError

GROUP = "autosafe_gym.packs"


def load_packs() -> None:
    """Imports every announced pack.

    Raises:
        DataError: If one can't be imported, or wants to end the process; it names the pack. Nothing of
            it stays registered.
    """
    for entry in entry_points(group=GROUP):
        with _whole(
            f"The pack {entry.name!r} ({entry.value}) can't be loaded", "Mend or uninstall it."
        ):
            entry.load()


@contextmanager
def _whole(what: str, fix: str) -> Iterator[None]:
    """Turns whatever somebody else's module raises into our error; it registers all or nothing."""
    restore = registry.snapshot()
    try:
        yield
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        restore()
        why = f"{type(error).__name__}: {error}"
        if isinstance(error, SystemExit):
            why = f"it wants to end the process (exit {error.code!r})"
        raise DataError(f"{what}: {why}. {fix}") from error


YAML = (".yaml", ".yml")
FILES = (".py", *YAML)
"""Endings of files that define families or toolkits."""


def load_file(path: str | Path) -> list[str]:
    """Registers what a file of one's own defines.

    Args:
        path: A Python file that registers something, or a YAML file with one family.

    Returns:
        The ids of the families that it registered.

    Raises:
        DataError: If there is no such file, it fails, or it registers nothing.
        MissingExtraError: If it is YAML and the extra `yaml` is not installed.
    """
    from autosafe_gym.library.family import all_families
    from autosafe_gym.tools_mock.toolkit import all_toolkits

    file = Path(path).resolve()
    if not file.is_file():
        raise DataError(f"{path}: there is no such file.")
    if file.suffix in YAML:
        from autosafe_gym.library.yaml_family import load_yaml

        return [load_yaml(file).id]
    all_families(), all_toolkits()  # So that a name which is taken is found out here.
    before = registry.contents()
    _run(path, file)
    after = registry.contents()
    if after == before:
        raise DataError(
            f"{path}: nothing is registered there; decorate a function with @family, or call "
            "registry.add(kind, name, value)."
        )
    return sorted(after["family"] - before["family"])


def _run(path: str | Path, file: Path) -> None:
    spec = importlib.util.spec_from_file_location(f"autosafe_pack_{file.stem}", file)
    if spec is None or spec.loader is None:
        raise DataError(f"{path}: a Python file is needed.")
    with _whole(str(path), "Mend the file."):
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
