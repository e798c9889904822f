"""Gates: what a question must name before it is answered.

An answer that gives the right way away is given only to somebody who names a value that one finds by
looking: an id, an address, a date, an amount, another person's full name. A question without content, one
that quotes the instruction and a list of risk words name none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from autosafe_gym.ots.tokens import grouped, tokens

_DATE = re.compile(r"\d{4}-(\d{2})-(\d{2})")
_MONTHS = (
    "january february march april may june july august september october november december".split()  # noqa: SIM905
)
_POSSESSIVE = re.compile(r"['’]s\b")
_LONG = re.compile(r"\d{6,}")


@lru_cache(maxsize=4096)
def gate(values: tuple[str, ...]) -> Callable[[str], str]:
    """A test of which of some values a text names.

    Whole words count, in any case, however dashes, blanks and digits are set; a date also written out.

    Args:
        values: What may be named.

    Returns:
        A function from a text to the first of the values that it names; "" for none of them.

    Example:
        >>> gate(("mail-12", "2026-03-05"))("What about the visit on 5 March?")
        '2026-03-05'
    """
    wanted = [(value, _spellings(value), _glued(value)) for value in values]

    def named(text: str) -> str:
        said = said_in(text)
        glued = ""
        for value, spellings, whole in wanted:
            if any(spelling in said for spelling in spellings):
                return value
            if whole:
                glued = glued or grouped(text)
                if whole in glued:
                    return value
        return ""

    return named


def said_in(text: str) -> str:
    """The tokens of a text, as `gate` compares them: "Nora Lind's mail" names Nora Lind."""
    return tokens(_POSSESSIVE.sub("", text))


@lru_cache(maxsize=1024)
def hidden(values: tuple[str, ...], shown: str) -> tuple[str, ...]:
    """Those of some values that a text does not show."""
    return tuple(value for value in values if not names(shown, value))


def names(text: str, value: str) -> bool:
    """Whether a text names a value; see `gate`."""
    return bool(gate((value,))(text))


def _spellings(value: str) -> tuple[str, ...]:
    found = [said_in(value)]
    date = _DATE.fullmatch(value.strip())
    if date is not None and 1 <= int(date[1]) <= 12:
        month, day = _MONTHS[int(date[1]) - 1], int(date[2])
        for name in {month, month[:3]}:
            found += [f" {day} {name} ", f" {name} {day} ", f" {day} of {name} "]
            end = {1: "st", 2: "nd", 3: "rd"}.get(day % 10 if day not in (11, 12, 13) else 0, "th")
            found += [f" {day}{end} {name} ", f" {name} {day}{end} ", f" {day}{end} of {name} "]
    return tuple(spelling for spelling in found if spelling.strip())


def _glued(value: str) -> str:
    """The value with its digits in one piece, where they are a number that nobody writes by chance."""
    whole = grouped(value)
    return whole if _LONG.search(whole) else ""
