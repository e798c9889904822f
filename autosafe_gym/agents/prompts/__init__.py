"""Prompts as text files with `$placeholders`, checked when they are read."""

from __future__ import annotations

import string
from functools import lru_cache
from pathlib import Path

from autosafe_gym.errors import DataError

FOLDER = Path(__file__).parent


@lru_cache(maxsize=64)
def prompt(name: str, fields: tuple[str, ...], folder: Path = FOLDER) -> string.Template:
    """A prompt.

    Args:
        name: Of the file, without its ending.
        fields: The placeholders that it must have, no others.
        folder: Where it lies.

    Raises:
        DataError: If the file can't be read, a placeholder is missing, or one is unknown.
    """
    file = folder / f"{name}.txt"
    try:
        template = string.Template(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeError) as error:
        raise DataError(f"{file}: can't be read ({error}).") from error
    if not template.is_valid():
        raise DataError(f"{file}: a '$' stands alone; write '$$' for the sign itself.")
    found = set(template.get_identifiers())
    for unknown in sorted(found - set(fields)):
        raise DataError(
            f"{file}: unknown placeholder '${unknown}'. Known: {', '.join(f'${f}' for f in fields)}."
        )
    for missing in sorted(set(fields) - found):
        raise DataError(f"{file}: the placeholder '${missing}' is missing.")
    return template
