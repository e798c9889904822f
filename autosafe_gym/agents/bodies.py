"""The body of a provider's answer: decoded within a bound, and read as strict JSON.

A body that two readers could read differently is no answer: doubled keys with other values, NaN, text
that is not UTF-8, half of a character, nesting without end.
"""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from autosafe_gym.errors import AgentError

LONGEST_REPLY = 16 * 2**20
"""Bytes of a reply, compressed or not."""
_DEEPEST = 64
"""Levels of JSON; a chat completion has about ten."""
_LONGEST_NUMBER = 300
_PIECE = 2**16
_WINDOWS = {"gzip": 31, "x-gzip": 31, "deflate": 15}


class BodyError(ValueError):
    """A body that can't be read."""


def plain_headers(headers: Any) -> str:
    """Takes the encoding off a response, so that the client neither decodes the body nor guesses at it.

    Args:
        headers: The response's; changed. What is behind the media type goes too: JSON is UTF-8, and some
            of the codecs that a server may name take minutes or give no text.

    Returns:
        The encoding of the content, "" for none.
    """
    encoding = str(headers.get("content-encoding", "")).strip().casefold()
    if encoding:
        del headers["content-encoding"]
    headers["content-type"] = str(headers.get("content-type", "")).partition(";")[0]
    return "" if encoding == "identity" else encoding


def decoded(body: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """The body piece by piece, as it was before it was compressed; never more than `LONGEST_REPLY`.

    Args:
        body: As it comes in.
        encoding: See `plain_headers`. None is asked for; gzip and deflate are read all the same.

    Raises:
        AgentError: If it is too long.
        BodyError: If it can't be decoded.
    """
    size = 0
    for piece in _inflated(body, encoding) if encoding else body:
        size += len(piece)
        if size > LONGEST_REPLY:
            raise AgentError(f"The reply is longer than {LONGEST_REPLY} bytes.", "reply")
        yield piece


def _inflated(body: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    if encoding not in _WINDOWS:
        raise BodyError(f"it came in the encoding {encoding[:40]!r}, which was not asked for")
    reader, begun = zlib.decompressobj(_WINDOWS[encoding]), False
    for chunk in body:
        if not begun and chunk and encoding == "deflate" and chunk[0] & 15 != 8:
            reader = zlib.decompressobj(-15)  # Some servers leave the header of zlib out.
        begun = begun or bool(chunk)
        while chunk:
            try:
                yield reader.decompress(chunk, _PIECE)
            except zlib.error as error:
                raise BodyError(f"it is no {encoding} ({error})") from None
            if reader.unused_data:
                raise BodyError(f"something follows the end of its {encoding}")
            chunk = reader.unconsumed_tail
    if begun and not reader.eof:
        raise BodyError(f"its {encoding} was cut")


def read_body(data: bytes) -> dict[str, Any]:
    """A body as JSON.

    Args:
        data: The bytes, without any compression.

    Raises:
        BodyError: If it is no JSON object, or one that could be read in two ways.
    """
    try:
        value = json.loads(
            data.decode("utf-8-sig"),
            object_pairs_hook=_once,
            parse_int=_integer,
            parse_float=_number,
            parse_constant=_no_number,
        )
    except RecursionError:
        raise BodyError("its JSON is nested too deeply") from None
    except UnicodeDecodeError as error:
        raise BodyError(f"it is not UTF-8 ({error.reason} at {error.start})") from None
    except BodyError:
        raise
    except ValueError as error:
        raise BodyError(f"it is no JSON ({error}): {data[:80]!r}") from None
    if not isinstance(value, dict):
        raise BodyError(f"its JSON is {type(value).__name__}, not an object")
    level: list[Any] = [value]
    for _ in range(_DEEPEST):
        level = [part for outer in level for part in _parts(outer)]
        if not level:
            break
    else:
        raise BodyError(f"its JSON is nested in more than {_DEEPEST} levels")
    if b"\\ud" in data or b"\\uD" in data:
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise BodyError("it holds half of a character (a lone surrogate)") from None
    return value


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a key may come again with the same value only."""
    found = dict(pairs)
    if len(found) != len(pairs):
        for key, value in pairs:
            if found[key] != value:
                raise BodyError(f"the key {key[:40]!r} comes twice, with different values")
    return found


def _integer(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise BodyError(f"it holds a number of {len(text)} digits")
    return int(text)


def _number(text: str) -> float:
    value = float(text) if len(text) <= _LONGEST_NUMBER else math.inf
    if math.isinf(value):
        raise BodyError(f"it holds a number that is too large or too long: {text[:20]}")
    return value


def _no_number(text: str) -> float:
    raise BodyError(f"it holds {text}, which is no JSON")
