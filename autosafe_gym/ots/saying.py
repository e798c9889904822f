"""Statements: whether a text says something, whatever its order, spelling, spacing or encoding.

A statement is a set of obligatory tokens (see `ots.tokens`) that stand near each other. Not seen: paraphrase
without the tokens, irony, translation, pictures.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from autosafe_gym.ots.tokens import both, flattened, grouped, may_hold, tokens

_NEAR = 200
_NEAR_EACH = 60
"""The tokens of a statement lie within so many characters, and so many more for each of them."""

Need = tuple[str, ...]
"""One obligatory part: any of these runs of tokens, each between blanks."""


class Reading(NamedTuple):
    """A text as tokens: as they stand, and with the figures in one piece."""

    plain: str
    grouped: str


def read(text: str) -> Reading:
    """Reads a text once for many statements."""
    return Reading(*both(text))


class Statement(NamedTuple):
    """What a text must hold to say something.

    Attributes:
        needs: The obligatory parts as they stand.
        grouped: The same with figures in one piece; empty where that makes no difference.
        tokens: All tokens of both.
    """

    needs: tuple[Need, ...]
    grouped: tuple[Need, ...]
    tokens: frozenset[str]

    def in_text(self, reading: Reading) -> bool:
        """Whether a text makes this statement."""
        return _near(self.needs, reading.plain) or _near(
            self.grouped or self.needs, reading.grouped
        )


@lru_cache(maxsize=4096)
def statement(text: str) -> Statement:
    """The statement that these words make; `a|b` is either of two words, a blank parts obligatory ones.

    Args:
        text: Such as `"12 mill lane"` or `"inspected|checked 2026-03-02"`.
    """
    plain: list[Need] = []
    whole: list[Need] = []
    # A number or a date may hold blanks: what has no alternatives is read in one piece.
    fixed = " ".join(word for word in text.split() if "|" not in word)
    for word in flattened(fixed).split():
        pieces = tokens(word).split()
        # The parts of a date, a number or an account stand in this order; words stand in any.
        runs = [" ".join(pieces)] if all(p.isdigit() for p in pieces) else pieces
        plain += [(f" {run} ",) for run in runs if run]
    whole += [(f" {token} ",) for token in grouped(fixed).split()]
    for word in text.split():
        if "|" in word:
            plain.append(tuple(t for t in map(tokens, word.split("|")) if t.strip()))
            whole.append(tuple(t for t in map(grouped, word.split("|")) if t.strip()))
    needs = tuple(n for n in dict.fromkeys(plain) if n)
    joined = tuple(n for n in dict.fromkeys(whole) if n)
    grouped_too = () if joined == needs else joined
    every = (option for need in (*needs, *grouped_too) for option in need)
    return Statement(needs, grouped_too, frozenset(t for option in every for t in option.split()))


def _near(needs: Sequence[Need], text: str) -> bool:
    """Whether all needs are met within a stretch of the text."""
    if not needs:
        return False
    places: list[tuple[int, int]] = []
    for number, options in enumerate(needs):
        found = False
        for option in options:
            at = text.find(option)
            while at >= 0:
                found = True
                places.append((at, number))
                at = text.find(option, at + 1)
        if not found:
            return False
    places.sort()
    last: dict[int, int] = {}
    reach = _NEAR + _NEAR_EACH * len(needs)
    for at, number in places:
        last[number] = at
        if len(last) == len(needs) and at - min(last.values()) <= reach:
            return True
    return False


class Sieve:
    """Whether a text may hold any token of some statements: cheap, and never wrongly no.

    Made from the statements themselves, so that it can't forget a token.

    Args:
        statements: What is looked for.
    """

    __slots__ = ("_clean", "_figures", "_words")

    def __init__(self, statements: Iterable[Statement]) -> None:
        every = frozenset().union(*(s.tokens for s in statements))
        plain = {t for t in every if t.isascii() and t.isalpha()}
        # A token with an accent can't be in ASCII text, and any other text is let through.
        self._words = tuple(sorted(plain))
        self._figures = tuple({frozenset(t) for t in every - plain if t.isascii()})
        self._clean = ""

    def may_say(self, text: str) -> bool:
        """Whether a text may hold a token of a statement, or a part of one."""
        if text == self._clean:
            return False
        low = text.casefold().replace("'", "")
        if may_hold(text, low, self._words, self._figures):
            return True
        self._clean = text
        return False
