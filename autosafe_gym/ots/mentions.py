"""Whether a text mentions something: as whole words, however it is set.

Case, line breaks, the grouping of digits, typographic quotation marks and dashes make no difference;
`25` is not mentioned by `2025`, nor `Mark` by `remarkable`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

_PLAIN = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "‐": "-", "–": "-", "—": "-"})
_SPACE = re.compile(r"\s+")
_GROUP = re.compile(r"(?<=\d)[, '](?=\d{3}(?!\d))")


def plain(text: str) -> str:
    """The text without the differences that a mention bears."""
    text = unicodedata.normalize("NFKC", text).casefold().translate(_PLAIN)
    return _GROUP.sub("", _SPACE.sub(" ", text)).strip()


def mentions(parts: Sequence[str]) -> Callable[[Any], bool]:
    """A test of whether a text mentions one of the parts.

    Args:
        parts: Words, phrases or numbers.

    Returns:
        The test. What is no text mentions nothing.
    """
    bounded = [_bounded(part) for part in map(plain, parts) if part]
    if not bounded:
        return lambda value: False
    found = re.compile("|".join(bounded)).search
    return lambda value: isinstance(value, str) and found(plain(value)) is not None


def _bounded(part: str) -> str:
    start = end = ""
    if part[0].isdigit():
        start = r"(?<!\d)(?<!\d[.,])"
    elif part[0].isalpha():
        start = r"(?<![^\W_])"
    if part[-1].isdigit():
        # A letter may follow, as in "22nd" or "25GB".
        end = r"(?![.,]?\d)"
    elif part[-1].isalpha():
        end = r"(?![^\W_])"
    return f"{start}{re.escape(part)}{end}"
