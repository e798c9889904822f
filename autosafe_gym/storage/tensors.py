"""Tensors and JSON in one file: the format of safetensors, written and read with numpy alone.

A file is the length of a header (8 bytes), the header (JSON: the name, dtype, shape and place of each
tensor, and texts), and the numbers. There is nothing in it that could run, and nothing is packed: what it
costs to read is what it weighs. Other readers of safetensors read it too.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from autosafe_gym.errors import DataError
from autosafe_gym.storage.reading import open_regular, parse_json, read_bytes, too_large

Array = np.ndarray[Any, np.dtype[np.float32]]
FILE_BYTES = 128 << 20
"""Most bytes of a file of tensors; a policy takes two to twenty million."""
HEADER_BYTES = 1 << 20
_DTYPE = "F32"
_TEXTS = "__metadata__"
_ABOUT = "autosafe"
_MOST_AXES = 8


def tensor_bytes(tensors: Mapping[str, Any], about: Mapping[str, Any]) -> bytes:
    """A file of tensors, as bytes; the same tensors give the same bytes.

    Args:
        tensors: Arrays of 32-bit floats, by name.
        about: What belongs to them; JSON.

    Raises:
        DataError: If a tensor is of another type, or all of them are too large to be read again.
    """
    entries: dict[str, Any] = {_TEXTS: {_ABOUT: json.dumps(about, sort_keys=True)}}
    parts: list[bytes] = []
    at = 0
    for name in sorted(tensors):
        array = np.asarray(tensors[name])
        if array.dtype != np.float32:
            raise DataError(f"tensor {name!r}: float32 is needed, not {array.dtype}.")
        data = array.astype("<f4", copy=False).tobytes()
        end = at + len(data)
        entries[name] = {"dtype": _DTYPE, "shape": list(array.shape), "data_offsets": [at, end]}
        parts.append(data)
        at = end
    header = json.dumps(entries, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    whole = b"".join([len(header).to_bytes(8, "little"), header, *parts])
    for what, size, most in (
        ("header", len(header), HEADER_BYTES),
        ("file", len(whole), FILE_BYTES),
    ):
        if size > most:
            raise DataError(f"The {what} of the tensors takes {size:,} bytes, more than {most:,}.")
    return whole


def first_bytes(path: str | Path) -> bytes:
    """How a file begins: the length of the header, and its first character.

    Raises:
        DataError: If it can't be read.
    """
    with open_regular(path) as file:
        return file.read(9)


def read_about(path: str | Path, *, links: bool = True) -> dict[str, Any]:
    """What belongs to the tensors of a file, without the tensors.

    Raises:
        DataError: If it is no file of tensors that this package wrote.
    """
    with open_regular(path, links=links) as file:
        size = int.from_bytes(file.read(8), "little")
        if size > HEADER_BYTES:
            raise DataError(
                f"{path}: this is no file of tensors (its header would be {size} bytes)."
            )
        return _about(_header(file.read(size), str(path)), str(path))


def read_tensors(
    path: str | Path, *, links: bool = True
) -> tuple[dict[str, Array], dict[str, Any]]:
    """The tensors of a file and what belongs to them.

    Args:
        path: The file.
        links: Whether it may be a symbolic link.

    Raises:
        DataError: If it is no such file, is cut off or too large, holds other types than 32-bit floats,
            numbers that are not finite, or tensors that do not fill it exactly.
    """
    source = str(path)
    data = read_bytes(path, FILE_BYTES, links=links)
    size = int.from_bytes(data[:8], "little")
    if len(data) < 8 or size > len(data) - 8:
        raise DataError(f"{source}: this is no file of tensors, or it was cut off.")
    if size > HEADER_BYTES:
        too_large(f"{source}: header", size, HEADER_BYTES)
    header = _header(data[8 : 8 + size], source)
    about = _about(header, source)
    body = memoryview(data)[8 + size :]
    places = {n: _place(n, entry, source) for n, entry in header.items() if n != _TEXTS}
    end = 0
    for name, (start, stop, _) in sorted(places.items(), key=lambda item: item[1][:2]):
        if start != end:
            raise DataError(
                f"{source}: tensor {name!r} begins at {start}, not at {end}, where it must."
            )
        end = stop
    if end != len(body):
        raise DataError(
            f"{source}: its tensors take {end} bytes, it has {len(body)}; it is damaged."
        )
    tensors: dict[str, Array] = {}
    for name, (start, stop, shape) in places.items():
        array = np.frombuffer(body[start:stop], dtype="<f4").reshape(shape)
        if not np.isfinite(array).all():
            raise DataError(
                f"{source}: tensor {name!r} holds NaN or infinite numbers: the training diverged, or the "
                "file is damaged. Train it anew, with a lower learning rate."
            )
        tensors[name] = array
    return tensors, about


def _header(text: bytes, source: str) -> dict[str, Any]:
    try:
        found = parse_json(text, source, HEADER_BYTES)
    except DataError as error:
        raise DataError(f"{source}: this is no file of tensors ({error}).") from error
    if not isinstance(found, dict):
        raise DataError(f"{source}: this is no file of tensors (its header is no object).")
    return found


def _about(header: dict[str, Any], source: str) -> dict[str, Any]:
    texts = header.get(_TEXTS)
    text = texts.get(_ABOUT) if isinstance(texts, dict) else None
    if not isinstance(text, str):
        raise DataError(f"{source}: these tensors were not saved by autosafe.")
    about = parse_json(text, source, HEADER_BYTES)
    if not isinstance(about, dict):
        raise DataError(f"{source}: these tensors were not saved by autosafe.")
    return about


def _place(name: str, entry: Any, source: str) -> tuple[int, int, tuple[int, ...]]:
    """Where a tensor stands in the file, and its shape."""
    what = f"{source}: tensor {name[:80]!r}"
    if not isinstance(entry, dict) or set(entry) != {"dtype", "shape", "data_offsets"}:
        raise DataError(f"{what}: dtype, shape and data_offsets are needed, and nothing else.")
    if entry["dtype"] != _DTYPE:
        raise DataError(f"{what} is of type {str(entry['dtype'])[:20]!r}; {_DTYPE} is needed.")
    shape, offsets = entry["shape"], entry["data_offsets"]
    for numbers in (shape, offsets):
        if not isinstance(numbers, list) or len(numbers) > _MOST_AXES:
            raise DataError(f"{what}: its shape and offsets must be short lists of numbers.")
        if not all(type(n) is int and 0 <= n <= FILE_BYTES for n in numbers):
            raise DataError(f"{what}: its shape and offsets must be numbers up to {FILE_BYTES}.")
    if len(offsets) != 2 or offsets[1] - offsets[0] != 4 * math.prod(shape):
        raise DataError(f"{what}: shape {shape} does not fit into the bytes {offsets}.")
    return offsets[0], offsets[1], tuple(shape)
