"""Text as tokens: what stays of it whatever its case, white space, quotation marks, punctuation, encoding.

Two texts that hold the same tokens in the same order say the same for a condition. Digits may be grouped
(`1,653.25`, `GB29 1840`), a date may be written out (`2 March 2026`), what stands in base64, hexadecimal or
URL encoding is read too, two levels deep. Not seen: paraphrase, translation, spelling letter by letter.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Callable, Sequence
from urllib.parse import unquote_plus

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()  # noqa: SIM905
_MONTH = {name: f"{number:02d}" for number, name in enumerate(_MONTHS, start=1)}
_NAME = rf"({'|'.join(_MONTHS)})[a-z]{{0,6}}\.?"
_DAY_FIRST = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th|\.)? (?:of )?{_NAME},? (\d{{4}})\b")
_MONTH_FIRST = re.compile(rf"\b{_NAME} (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})\b")
_IN_FIGURES = re.compile(r"\b(\d{1,2})[./](\d{1,2})[./](\d{4})\b")
_YEAR = re.compile(r"\d{4}")
"""In each of these dates; most texts have none."""
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_GROUPED = re.compile(r"(?<=\d)[ \-.](?=\d)|(?<=\b\d), (?=\d\b)")
"""What parts figures that belong together; a comma only where they are read out one by one."""
_LONG_NUMBER = re.compile(r"\d{6,}")
"""A code, an account or a phone number; shorter runs of digits are glued together by chance."""
_STRUCTURED = re.compile(r"[;=<>{}|\\]|,(?!\d{3}\b)\S")
"""Marks that mean something: a row of a table, a line of code."""
_WORD = re.compile(r"[^\W_]+")
_FIGURES = "zero one two three four five six seven eight nine".split()  # noqa: SIM905
_FIGURE = {name: str(number) for number, name in enumerate(_FIGURES)}
_SPOKEN = re.compile(rf"\b(?:{'|'.join(_FIGURES)})(?:[\s,\-]+(?:{'|'.join(_FIGURES)}))+\b")
_APOSTROPHE = re.compile(r"(?<=\w)['’ʼ](?=\w)")
_UNFOLDING = {0xFDFA: " ", 0xFDFB: " "}
"""Letters that stand for whole sentences, up to eighteen letters each."""
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_FIGURE_SIGN = re.compile(r"\d")
_WORDS_ALONE = {n: chr(n) if chr(n).isalnum() else " " for n in range(128)}
"""ASCII with a blank for all that parts words."""
_RUN = 16
_BASE64 = re.compile(rf"[A-Za-z0-9+/_-]{{{_RUN},}}={{0,2}}")
_WRAPPED = re.compile(r"(?:[A-Za-z0-9+/]{60,100}\r?\n)+[A-Za-z0-9+/]+={0,2}")
"""Base64 in lines, as `base64` prints it: what one line ends with, the next goes on with."""
_LAYOUT = str.maketrans("", "", "\n\r\t\0")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}[ :]?){8,}")
_HEX_BEGUN = re.compile(r"[0-9a-fA-F][0-9a-fA-F][ :]?[0-9a-fA-F][0-9a-fA-F][ :]?[0-9a-fA-F]{2}")
"""How it begins: many times faster to look for."""
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_LEVELS = 2


def tokens(text: str) -> str:
    r"""The tokens of a text, each between single blanks, so that one may be looked for in another.

    Args:
        text: Any text.

    Returns:
        Such as `" 3 bags of rice "`; a blank alone for no token.

    Example:
        >>> tokens("Everybody gets\\n the “money” back!") == tokens("everybody gets the money back")
        True
    """
    return _in_words(_all(text))


def both(text: str) -> tuple[str, str]:
    """`tokens` and `grouped` of a text at once."""
    flat = _all(text)
    piece, plain = _one_piece(flat), _in_words(flat)
    return plain, plain if piece == flat else _in_words(piece)


def grouped(text: str) -> str:
    """As `tokens`, with digits in one piece that a blank, hyphen or dot parts, or that are read out."""
    return _in_words(_one_piece(_all(text)))


def _all(text: str) -> str:
    """A text and what is encoded in it."""
    flat = flattened(text)
    hidden = decoded(text, _LEVELS) if _may_be_encoded(text) else ""
    return f"{flat} {flattened(hidden)}" if hidden else flat


def _one_piece(flat: str) -> str:
    if _names_figure(flat):
        flat = _SPOKEN.sub(_in_figures, flat)
    return flat if _FIGURE_SIGN.search(flat) is None else _GROUPED.sub("", flat)


def _names_figure(flat: str) -> bool:
    for name in _FIGURES:  # noqa: SIM110  (a generator costs more than the test)
        if name in flat:
            return True
    return False


def _in_words(flat: str) -> str:
    words = flat.translate(_WORDS_ALONE).split() if flat.isascii() else _WORD.findall(flat)
    return f" {' '.join(words)} "


def _in_figures(spoken: re.Match[str]) -> str:
    return "".join(_FIGURE[word] for word in _WORD.findall(spoken[0]))


def may_hold(text: str, low: str, words: Sequence[str], figures: Sequence[frozenset[str]]) -> bool:
    """Whether a text may hold a token, without reading it: never no where `tokens` or `grouped` has one.

    A word of ASCII letters alone stands in the text as it is, unless something is encoded or accented. A
    token with figures may be put together from parts, but from figures that are there, or from a date or a
    number in words.

    Args:
        text: The text.
        low: The same in small letters, without apostrophes.
        words: Tokens of ASCII letters.
        figures: For each token with figures, its figures.
    """
    for word in words:
        if word in low:
            return True
    if not text.isascii():
        return True
    has_digit = _FIGURE_SIGN.search(low) is not None
    # In hexadecimal each letter of ASCII has a digit.
    if _may_be_encoded(text, in_hex=has_digit) and decoded(text, 1):
        return True
    if not figures:
        return False
    if _names_figure(low) and _SPOKEN.search(low):
        return True
    if not has_digit:
        return False
    there = frozenset(low)
    return any(f <= there for f in figures) or any(month in low for month in _MONTHS)


def _may_be_encoded(text: str, *, in_hex: bool = True) -> bool:
    """Whether something may be encoded: never no where `decoded` finds something readable.

    Args:
        text: The text.
        in_hex: Whether to look for hexadecimal too.
    """
    return (
        ("%" in text and _PERCENT.search(text) is not None)
        or _BASE64.search(text) is not None
        or (in_hex and _HEX_BEGUN.search(text) is not None and _HEX.search(text) is not None)
    )


def finder(wanted: str) -> Callable[[str], bool]:
    """A test of whether a text holds the tokens of another, one after the other.

    Most texts hold nothing of the kind, so a word of `wanted` is looked for first: in plain ASCII without
    anything encoded, a text without the word's letters has no such token.

    Args:
        wanted: What is looked for: several words, or a long number. Of one word alone, and of what is
            built of separators (`"a;b"`, `"x = 8"`), the tokens say too little: only its letters,
            where the text is encoded, are looked for.
    """
    needle, piece = tokens(wanted), grouped(wanted)
    numbers = _LONG_NUMBER.search(piece) is not None
    words = len(needle.split()) > 1 and not _STRUCTURED.search(wanted)
    low = " ".join(wanted.casefold().split())
    if not (words or numbers):

        def spelled(text: str) -> bool:
            hidden = decoded(text, _LEVELS) if _may_be_encoded(text) else ""
            return bool(low) and low in " ".join(hidden.casefold().split())

        return spelled
    # What is a figure may stand in figures.
    plain = (w for w in needle.split() if w.isalpha() and w not in _FIGURE)
    rare = max(plain, key=len, default="")

    def found(text: str) -> bool:
        if (
            rare
            and text.isascii()
            and rare not in text.casefold().replace("'", "")
            and not _may_be_encoded(text)
        ):
            return False
        return (words and needle in tokens(text)) or (numbers and piece in grouped(text))

    return found


def holds(text: str, wanted: str) -> bool:
    """Whether a text holds the tokens of another, one after the other; see `finder`."""
    return finder(wanted)(text)


def flattened(text: str) -> str:
    """A text in small letters, in one line, with dates in one form and sums without grouping."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_UNFOLDING)).translate(_INVISIBLE)
        text = "".join(c for c in text if not unicodedata.combining(c))
    text = " ".join(text.casefold().split())
    if "'" in text or "’" in text or "ʼ" in text:
        text = _APOSTROPHE.sub("", text)
    if _FIGURE_SIGN.search(text) is None:
        return text
    text = _THOUSANDS.sub("", text)
    if _YEAR.search(text) is None:
        return text
    text = _DAY_FIRST.sub(lambda m: f"{m[3]}-{_MONTH[m[2]]}-{int(m[1]):02d}", text)
    text = _MONTH_FIRST.sub(lambda m: f"{m[3]}-{_MONTH[m[1]]}-{int(m[2]):02d}", text)
    return _IN_FIGURES.sub(lambda m: f"{m[3]}-{int(m[2]):02d}-{int(m[1]):02d}", text)


def decoded(text: str, levels: int = _LEVELS) -> str:
    """What is encoded in a text, as text; empty where nothing is.

    Args:
        text: Any text.
        levels: So often may it be encoded.
    """
    found = []
    if "%" in text and _PERCENT.search(text):
        found.append(unquote_plus(text))
    found += [_readable(_from_hex(hit)) for hit in _HEX.findall(text)]
    found += [_readable(_from_base64("".join(hit.split()))) for hit in _WRAPPED.findall(text)]
    found += [_readable(_from_base64(hit)) for hit in _BASE64.findall(text)]
    more = " ".join(filter(None, found))
    if more and levels > 1:
        more = f"{more} {decoded(more, levels - 1)}"
    return more


def _from_hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text.replace(" ", "").replace(":", ""))
    except ValueError:
        return b""


def _from_base64(text: str) -> bytes:
    body = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(body + "=" * (-len(body) % 4))
    except (binascii.Error, ValueError):
        return b""


def _readable(raw: bytes) -> str:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return ""
    return text if text.translate(_LAYOUT).isprintable() else ""
