"""Statements: whether a text says something, whatever its order, spelling, spacing or encoding.

A statement is a set of obligatory tokens (see `ots.tokens`) that stand near each other; `ots.wording` says how
authors write many words as one. Not seen: paraphrase without the tokens, irony, translation, pictures.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from autosafe_gym.ots.tokens import both, flattened, grouped, may_hold, tokens
from autosafe_gym.ots.wording import alternatives, forbidden, has_marks, is_plain, pieces, reach_in

_NEAR = 200
_NEAR_EACH = 60
"""The tokens of a statement lie within so many characters, and so many more for each of them."""

_AROUND = 24
"""What must not stand near a statement's tokens stands between them, or so many characters from them."""
_HUMPS = re.compile(
    r"(?<![\w+/=])[A-Z]?[a-z]+(?:[A-Z][a-z]+)+(?![\w+/=])"
    r"|(?<![^\W_])[A-Za-z]{3,}\d{2,}(?![^\W_])"
)
"""Words that stand in one, as in `#RealLocalsOnly`, and a word with its figure, as in `MRDN73`."""
_MAY_HUMP = re.compile(r"[A-Z\d](?:(?<=[a-z][A-Z])|(?<=[A-Za-z]\d)\d)")
"""What each of these holds, and most texts do not: many times faster to look for."""
_HUMP = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")

Need = tuple[str, ...]
"""One obligatory part: any of these runs of tokens, each between blanks."""
Place = tuple[int, int, int]
"""Where an option of a part stands: from, which part, to."""


class Reading(NamedTuple):
    """A text as tokens: as they stand, and with the figures in one piece."""

    plain: str
    grouped: str


def read(text: str) -> Reading:
    """Reads a text once for many statements."""
    if _MAY_HUMP.search(text):
        text = _HUMPS.sub(_parted, text)
    return Reading(*both(text))


def _parted(word: re.Match[str]) -> str:
    """A word, and behind it the words that it is made of."""
    return f"{word[0]} {' '.join(_HUMP.findall(word[0]))}"


class Statement(NamedTuple):
    """What a text must hold to say something.

    Attributes:
        needs: The obligatory parts as they stand.
        grouped: The same with figures in one piece; empty where that makes no difference.
        never: What must not stand near them.
        reach: Within how many characters the parts stand.
        ordered: Whether each stands behind the one before it, so many characters at most.
    """

    needs: tuple[Need, ...]
    grouped: tuple[Need, ...]
    never: Need
    reach: int
    ordered: bool

    def in_text(self, reading: Reading) -> bool:
        """Whether a text makes this statement."""
        return _near(self, self.needs, reading.plain) or _near(
            self, self.grouped or self.needs, reading.grouped
        )


@lru_cache(maxsize=4096)
def statement(text: str) -> Statement:
    """The statement that these words make; `a|b` is either of two words, a blank parts obligatory ones.

    Args:
        text: Such as `"12 mill lane"`, `"inspect~|check~ 2026-03-02"`; see `ots.wording`.

    Raises:
        UnknownNameError: If it asks for a lexicon that nobody declared.
        ScenarioError: If a mark is not understood.
    """
    plain: list[Need] = []
    whole: list[Need] = []
    never: list[str] = []
    reach, ordered = 0, False
    words: list[str] = []
    marked: list[str] = []
    for piece in pieces(text) if has_marks(text) else text.split():
        if is_plain(piece):
            words.append(piece)
        elif (within := reach_in(piece)) is not None:
            reach, ordered = within
        elif unwanted := forbidden(piece):
            never += _runs(unwanted)[0]
        else:
            marked.append(piece)
    if ordered:
        # In one list, or the plain ones would come first.
        words, marked = [], [p for p in pieces(text) if not forbidden(p) and reach_in(p) is None]
    # A number or a date may hold blanks: what has no alternatives is read in one piece.
    fixed = " ".join(words)
    for word in flattened(fixed).split():
        parts = tokens(word).split()
        # The parts of a date, a number or an account stand in this order; words stand in any.
        runs = [" ".join(parts)] if all(p.isdigit() for p in parts) else parts
        plain += [(f" {run} ",) for run in runs if run]
    whole += [(f" {token} ",) for token in grouped(fixed).split()]
    for piece in marked:
        as_written, in_one_piece = _runs(piece)
        plain.append(as_written)
        whole.append(in_one_piece)
    needs = tuple(n for n in dict.fromkeys(plain) if n)
    joined = tuple(n for n in dict.fromkeys(whole) if n)
    reach = reach or _NEAR + _NEAR_EACH * len(needs)
    return Statement(needs, () if joined == needs else joined, tuple(never), reach, ordered)


@lru_cache(maxsize=8192)
def _runs(piece: str) -> tuple[Need, Need]:
    """The tokens of each alternative of a part: as they stand, and with the figures in one piece."""
    read_both = [both(phrase) for phrase in alternatives(piece)]
    plain, whole = (dict.fromkeys(runs) for runs in zip(*read_both, strict=True))
    return tuple(r for r in plain if r.strip()), tuple(r for r in whole if r.strip())


def _near(said: Statement, needs: Sequence[Need], text: str) -> bool:
    """Whether all needs are met within a stretch of the text, and nothing that must not is near."""
    if not needs:
        return False
    places: list[tuple[int, int, int]] = []
    for number, options in enumerate(needs):
        found = False
        for option in options:
            at = text.find(option)
            while at >= 0:
                found = True
                places.append((at, number, at + len(option)))
                at = text.find(option, at + 1)
        if not found:
            return False
    places.sort()
    stretches = (
        _in_order(said, len(needs), places) if said.ordered else _together(said, len(needs), places)
    )
    for start, end in stretches:
        around = text[max(0, start - _AROUND) : end + _AROUND]
        if not any(unwanted in around for unwanted in said.never):
            return True
    return False


def _together(said: Statement, count: int, places: Sequence[Place]) -> Iterator[tuple[int, int]]:
    """The stretches of a text in which all parts stand."""
    last: dict[int, int] = {}
    for at, number, end in places:
        last[number] = at
        if len(last) == count and at - (start := min(last.values())) <= said.reach:
            yield start, end


def _in_order(said: Statement, count: int, places: Sequence[Place]) -> Iterator[tuple[int, int]]:
    """The stretches of a text in which each part follows the one before it."""
    # Where a chain that reaches this part begins, and where it ends.
    chains: list[tuple[int, int] | None] = [None] * count
    for at, number, end in places:
        before = chains[number - 1] if number else (at, at)
        # Two parts may share the blank between them.
        if before is not None and -1 <= at - before[1] <= said.reach:
            chains[number] = before[0], end
            if number == count - 1:
                yield before[0], end


class Sieve:
    """Whether a text may hold any token of some statements: cheap, and never wrongly no.

    Made from the statements themselves, so that it can't forget a token.

    Args:
        statements: What is looked for.
    """

    __slots__ = ("_clean", "_figures", "_words")

    def __init__(self, statements: Iterable[Statement]) -> None:
        needs = dict.fromkeys(n for s in statements for n in (*s.needs, *s.grouped))
        words: dict[str, None] = {}
        figures: dict[frozenset[str], None] = {}
        for need in needs:
            letters, others = _looked_for(need)
            words.update(dict.fromkeys(letters))
            figures.update(dict.fromkeys(others))
        self._words = tuple(words)
        self._figures = tuple(figures)
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


@lru_cache(maxsize=8192)
def _looked_for(need: Need) -> tuple[tuple[str, ...], tuple[frozenset[str], ...]]:
    """The words of a part, as far as none is in another ("post" is in "posted"), and the figures of others."""
    every = dict.fromkeys(token for option in need for token in option.split())
    # A token with an accent can't be in ASCII text, and any other text is let through.
    plain = sorted((t for t in every if t.isascii() and t.isalpha()), key=len)
    shortest: list[str] = []
    for word in plain:
        if not any(short in word for short in shortest):
            shortest.append(word)
    others = (t for t in every if t.isascii() and not t.isalpha())
    return tuple(shortest), tuple(dict.fromkeys(map(frozenset, others)))
