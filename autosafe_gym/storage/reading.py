"""Reads files that anybody may have written: regular ones only, bounded in size, depth and values.

Every file that the package reads as data goes through here. Nothing in a file is run or imported, and a
file that is too large, too deep or no file at all (a pipe, a device) is refused before it costs anything.
"""

from __future__ import annotations

import codecs
import json
import os
import stat
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from pydantic_core import from_json

from autosafe_gym.errors import DataError

JSON_BYTES = 32 << 20
"""Most bytes of a JSON file, and of one line of JSON lines."""
JSON_VALUES = 500_000
"""Most values of one JSON text: an empty list takes twenty times the memory that its text does."""
JSON_DEPTH = 200
"""Most lists and objects inside one another; the limit of the parser beneath pydantic."""
SMALL_BYTES = 1 << 20
"""Most bytes of a file that people write by hand (a recipe, a family)."""
_SHOWN = 80


def open_regular(path: str | Path, *, links: bool = True) -> BinaryIO:
    """Opens a file for reading, if it is one: a pipe would be waited for, a device never ends.

    Args:
        path: The file.
        links: Whether it may be a symbolic link; the files of a run's folder may not.

    Raises:
        DataError: If it is missing, no regular file, a link that is not allowed, or can't be opened.
    """
    if not links:
        no_link(path)
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    flags |= 0 if links else getattr(os, "O_NOFOLLOW", 0)
    try:
        handle = os.open(path, flags)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise DataError(f"{path}: can't be read ({why}).") from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise DataError(f"{path}: a regular file is needed, not a folder, a pipe or a device.")
    return os.fdopen(handle, "rb")


def no_link(path: str | Path) -> None:
    """Refuses a symbolic link: what is written to it would land elsewhere.

    Raises:
        DataError: If it is one; it names where the link leads.
    """
    if Path(path).is_symlink():
        raise DataError(
            f"{path}: a symbolic link to {Path(path).readlink()}; a run's folder must hold its own "
            "files. Put a copy there, or choose another folder."
        )


def read_bytes(path: str | Path, limit: int = JSON_BYTES, *, links: bool = True) -> bytes:
    """A whole file.

    Args:
        path: The file.
        limit: Most bytes.
        links: See `open_regular`.

    Raises:
        DataError: If it is larger, or can't be read.
    """
    with open_regular(path, links=links) as file:
        size = os.fstat(file.fileno()).st_size
        if size > limit:
            too_large(path, size, limit)
        try:
            # Some files tell no size, and some grow.
            data = file.read(limit + 1)
        except OSError as error:
            raise DataError(f"{path}: can't be read ({error.strerror}).") from error
    if len(data) > limit:
        too_large(path, len(data), limit)
    return data


def too_large(source: str | Path, size: int, limit: int) -> NoReturn:
    """Says that something is larger than it may be.

    Raises:
        DataError: Always.
    """
    raise DataError(
        f"{source}: {size:,} bytes; at most {limit:,} are read here. Is it the right file? Cut it down."
    )


def read_text(path: str | Path, limit: int = SMALL_BYTES, *, links: bool = True) -> str:
    """A whole text file.

    Raises:
        DataError: If it is larger, not UTF-8, or can't be read.
    """
    try:
        return read_bytes(path, limit, links=links).decode("utf-8")
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not UTF-8 text ({error.reason}).") from error


def read_json(path: str | Path, limit: int = JSON_BYTES, *, links: bool = True) -> Any:
    """A JSON file, parsed as strictly as `parse_json` does.

    Raises:
        DataError: If it can't be read, or is no JSON within the bounds.
    """
    return parse_json(read_bytes(path, limit, links=links), str(path))


def read_object(path: str | Path, limit: int = JSON_BYTES, *, links: bool = True) -> dict[str, Any]:
    """A JSON file that holds an object.

    Raises:
        DataError: If it can't be read, or holds something else.
    """
    found = read_json(path, limit, links=links)
    if not isinstance(found, dict):
        raise DataError(f"{path}: a JSON object is needed, not {str(found)[:_SHOWN]!r}.")
    return found


def parse_json(text: str | bytes, source: str, limit: int = JSON_BYTES) -> Any:
    """Parses JSON strictly, within the bounds of this module.

    Duplicate keys, NaN, infinite numbers, integers of thousands of digits, lone surrogates and broken
    text are errors.

    Args:
        text: JSON; bytes are UTF-8.
        source: Where it came from; named in errors.
        limit: Most characters or bytes.

    Raises:
        DataError: Naming the source and the fault.
    """
    if len(text) > limit:
        too_large(source, len(text), limit)
    if isinstance(text, bytes):
        text = text.removeprefix(codecs.BOM_UTF8)
    _check_values(text, source)

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(items)
        if len(found) < len(items):
            counts = Counter(key for key, _ in items)
            twice = next(key for key, count in counts.items() if count > 1)
            raise DataError(f"{source}: the key {twice[:_SHOWN]!r} occurs twice in one object.")
        return found

    def constant(name: str) -> Any:
        raise DataError(f"{source}: {name} is not a JSON number.")

    def number(digits: str) -> float:
        value = float(digits)
        if value in (float("inf"), float("-inf")):
            constant(digits[:_SHOWN])
        return value

    # Depth first: this parser is written in Rust, and stops at its limit instead of overflowing.
    fault = _fault(text)
    if fault.startswith("recursion limit"):
        raise DataError(f"{source}: nested too deeply; at most {JSON_DEPTH} levels are read.")
    try:
        found = json.loads(
            text, object_pairs_hook=pairs, parse_constant=constant, parse_float=number
        )
    except RecursionError as error:
        raise DataError(f"{source}: nested too deeply; at most {JSON_DEPTH} levels.") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{source}: not UTF-8 text ({error.reason}).") from error
    except json.JSONDecodeError as error:
        raise DataError(
            f"{source}: not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        ) from error
    except DataError:
        raise
    except ValueError as error:
        # An integer of more digits than Python turns into a number.
        raise DataError(f"{source}: not JSON that can be read here: {error}.") from error
    if "hex escape" in fault or "surrogate" in fault:
        raise DataError(f"{source}: a lone surrogate, half of a character, stands in it ({fault}).")
    if fault:
        raise DataError(f"{source}: not JSON: {fault}.")
    return found


def _fault(text: str | bytes) -> str:
    """What the strict parser finds wrong; "" for nothing."""
    try:
        # A lone surrogate in a Python text is no text to this parser: as bytes, it says so.
        data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
        from_json(data, cache_strings="none")
    except ValueError as error:
        return str(error)
    return ""


def _check_values(text: str | bytes, source: str) -> None:
    """Refuses what would take much more memory than its text."""
    marks: tuple[Any, ...] = ("[", "{", ",") if isinstance(text, str) else (b"[", b"{", b",")
    rough = sum(text.count(mark) for mark in marks)
    if rough > JSON_VALUES:
        raise DataError(
            f"{source}: about {rough:,} values; at most {JSON_VALUES:,} are read. Cut it down."
        )


def whole_lines(
    path: str | Path, limit: int = JSON_BYTES, *, links: bool = True
) -> Iterator[tuple[int, bytes]]:
    """The lines of a file with their numbers; a last one without its end is passed over.

    Such a line is being written, or was cut off.

    Args:
        path: The file.
        limit: Most bytes of a line.
        links: See `open_regular`.

    Raises:
        DataError: If a line is longer, or the file can't be read.
    """
    with open_regular(path, links=links) as file:
        number = 0
        while line := file.readline(limit + 1):
            number += 1
            if not line.endswith(b"\n"):
                if len(line) > limit:
                    raise DataError(
                        f"{path}, line {number}: longer than {limit:,} bytes; nothing of ours is. "
                        "Remove the line, or give the right file."
                    )
                return
            yield number, line


def json_lines(
    path: str | Path, limit: int = JSON_BYTES, *, links: bool = True
) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a file of JSON lines, with the numbers of their lines.

    Raises:
        DataError: If a whole line is no JSON object; it names the line.
    """
    for number, line in whole_lines(path, limit, links=links):
        row = parse_json(line, f"{path}, line {number}", limit)
        if not isinstance(row, dict):
            shown = str(row)[:_SHOWN]
            raise DataError(f"{path}, line {number}: an object is needed, not {shown!r}.")
        yield number, row
