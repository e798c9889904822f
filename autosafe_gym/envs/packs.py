"""Families and toolkits of third parties: from a file, or from packages that announce themselves.

A package announces a module by an entry point of the group `autosafe_gym.packs`; importing that module
registers its toolkits and families.
"""

from __future__ import annotations

import importlib.util
from importlib.metadata import entry_points
from pathlib import Path

from autosafe_gym.errors import DataError

GROUP = "autosafe_gym.packs"


def load_packs() -> None:
    """Imports every announced pack.

    Raises:
        DataError: If one can't be imported; it names the pack.
    """
    for entry in entry_points(group=GROUP):
        try:
            entry.load()
        except Exception as error:
            raise DataError(
                f"The pack {entry.name!r} ({entry.value}) can't be loaded: "
                f"{type(error).__name__}: {error}. Mend or uninstall it."
            ) from error


def load_file(path: str | Path) -> list[str]:
    """Runs a Python file that defines families.

    Args:
        path: The file.

    Returns:
        The ids of the families that it registered.

    Raises:
        DataError: If there is no such file, it fails, or it registers no family.
    """
    from autosafe_gym.envs.family import all_families

    file = Path(path).resolve()
    before = set(all_families())
    spec = importlib.util.spec_from_file_location(f"autosafe_pack_{file.stem}", file)
    if spec is None or spec.loader is None or not file.is_file():
        raise DataError(f"{path}: there is no such Python file.")
    try:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
    except Exception as error:
        raise DataError(f"{path}: {type(error).__name__}: {error}") from error
    found = [name for name in all_families() if name not in before]
    if not found:
        raise DataError(f"{path}: no family is defined there; decorate a function with @family.")
    return found
