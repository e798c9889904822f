"""Lines of text, and what each says by itself: its words, names, identifiers, figures, author.

Prose is read clause by clause, tables line by line, JSON field by field.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from autosafe_gym.features.words import COMMON, capitalised, names_of, read_words
from autosafe_gym.ots.remembering import remembered

LONGEST_LINE = 240
_LONGEST_PROSE = 4_000
"""A longer line is read in pieces of this length: no sentence is as long."""
_FIELDS = re.compile(r", (?=[\"'{])")

IDENTIFIER = re.compile(r"(?<![\w.+~-])[\w.+~-]*[@/#\d][\w.@/#:+~-]*")
_AMOUNT = re.compile(r"(?:[$€£]|EUR |USD |GBP )(\d[\d,]*(?:\.\d{1,2})?)(?![\d-])")
_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2})?\b")
_NUMBER = re.compile(r"(?<![\w$€£.,:-])\d[\d,]*(?:\.\d+)?(?![\w:-]|\.\d)")
_AUTHOR = re.compile(
    r"^(?:From|Sender|Author|Organiser|By): (?P<head>.+)$"
    r"|(?P<chat>@[a-z][a-z0-9_.-]*[a-z0-9])(?=[ :])"
    r"|(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
)
_SENTENCE = re.compile(r"(?<=[.!?]) +(?=[A-Z\"“])")
_QUOTED = re.compile(r'"[^"]*"')
_COMMA = re.compile(r"[,;] ")
_AND = re.compile(r" (?=(?:and|but|while|because|although|since|so) )")
_DIGIT = re.compile(r"\d")


class Line(NamedTuple):
    """A line of text, read once."""

    text: str
    lower: str
    words: tuple[int, ...]
    stems: frozenset[str]
    keys: frozenset[str]
    classes: frozenset[str]
    names: frozenset[str]
    refs: frozenset[str]
    amounts: tuple[float, ...]
    dates: tuple[str, ...]
    numbers: tuple[float, ...]
    author: str
    heading: bool


def _figures(found: Iterable[str]) -> tuple[float, ...]:
    return tuple(float(x.replace(",", "")) for x in found)


@lru_cache(maxsize=1 << 14)
def read_line(text: str) -> Line:
    """Reads a line."""
    figures = _DIGIT.search(text) is not None
    refs: set[str] = set()
    names = {n.lower() for n in capitalised(text)}
    handles = "@" in text
    if figures or handles or "/" in text or "#" in text:
        for token in IDENTIFIER.findall(text):
            ref = token.rstrip(".:,").lower()
            if any(map(str.isalpha, ref)):
                refs.add(ref)
                if "@" in ref:
                    names |= names_of(ref)
    author = ""
    heading = False
    hit = _AUTHOR.search(text) if handles or ": " in text else None
    if hit is not None:
        author = (hit["head"] or hit["chat"] or hit["mail"]).lower()
        heading = hit["head"] is not None
    words = read_words(text)
    return Line(
        text=text,
        lower=text.lower(),
        words=words.numbers,
        stems=words.stems,
        keys=(words.stems - COMMON) | refs,
        classes=words.classes,
        names=frozenset(names),
        refs=frozenset(refs),
        amounts=_figures(_AMOUNT.findall(text)) if figures else (),
        dates=tuple(_DATE.findall(text)) if figures else (),
        numbers=_figures(_NUMBER.findall(text)) if figures else (),
        author=author,
        heading=heading,
    )


def split_lines(text: str) -> list[str]:
    """Lines; of prose its sentences and their clauses, of JSON its fields.

    A clause is the smallest thing that says something of somebody: of two in a sentence, a bag of
    words can't say which is about whom.
    """
    found: list[str] = []
    for line in text.split("\n"):
        kept = line.strip()
        if not kept:
            continue
        if len(kept) <= 24 or " | " in kept:
            parts = [kept]
        elif kept[0] in "{[":
            parts = [s for part in _FIELDS.split(kept) for s in _SENTENCE.split(part)]
        else:
            pieces = range(0, len(kept), _LONGEST_PROSE)
            parts = [c for at in pieces for c in _clauses(kept[at : at + _LONGEST_PROSE])]
        found += [part[:LONGEST_LINE] for part in parts]
    return found


@remembered(256, 5_000)
def lines_of(text: str) -> tuple[str, ...]:
    """As `split_lines`, remembered: the menu and the features split the same texts."""
    return tuple(split_lines(text))


@remembered(1 << 13, 1_000)
def _clauses(text: str) -> list[str]:
    """The clauses of a line of prose; what is quoted stays whole, as an argument of a call would be."""
    quoted = [hit.span() for hit in _QUOTED.finditer(text)]
    ends = {hit.end() for hit in _SENTENCE.finditer(text)}
    points = sorted(
        [(at, 1) for at in ends]
        + [(hit.end(), 2) for hit in _COMMA.finditer(text)]
        + [(hit.end(), 3) for hit in _AND.finditer(text)]
    )
    found: list[str] = []
    start = 0
    for at, least in points:
        if any(low < at < high for low, high in quoted):
            continue
        # A word or two say nothing of anybody: they stay with what follows.
        if text.count(" ", start, at - 1) + 1 < least or text.count(" ", at) + 1 < least:
            continue
        found.append(text[start:at].rstrip())
        start = at
    found.append(text[start:])
    return found
