"""What authors write in a statement in place of lists of words: inflected words, lexicons, names.

A part of a statement is one word, or several alternatives `a|b`. An alternative may be

- `word~`: the word in any of its forms (`ots.inflection`), in a phrase too: `stay~-away`;
- `<exclude>`: any phrase of a lexicon (`ots.lexicons`);
- `<name:Yuki Mbeki>`: this person by first name, last name or handle.

`!a|b` is a part that must not stand near the others. `<within:80>` says how near they stand, in characters;
`<then:20>` that each follows the one before it, after so many characters at most.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import product

from autosafe_gym.errors import ScenarioError
from autosafe_gym.ots.inflection import forms
from autosafe_gym.ots.lexicons import phrases_of

_PIECE = re.compile(r"(?:<[^<>]*>|[^\s<]|<)+")
_MARK = re.compile(r"<([a-z]+(?:-[a-z]+)*)(?::([^<>]*))?>")
_SPLIT = re.compile(r"\|(?![^<>]*>)")
_FORM = re.compile(r"(?<=[^\W\d_])~")
_LITERAL = str.maketrans("|<>~", "    ", "")
_MARKS = frozenset("|<~!")
_BANG = re.compile(r"(?<!\S)!")


def literal(text: str) -> str:
    """A text in which nothing is a mark: what a record holds, not what an author wrote."""
    return _BANG.sub("", text.translate(_LITERAL))


def pieces(text: str) -> list[str]:
    """The parts of a statement as they are written."""
    return _PIECE.findall(text)


def has_marks(text: str) -> bool:
    """Whether a statement may be more than words that stand for themselves."""
    return not _MARKS.isdisjoint(text)


def is_plain(piece: str) -> bool:
    """Whether a part is one word that stands for itself."""
    return _MARKS.isdisjoint(piece) or not (
        "|" in piece or _forbids(piece) or _FORM.search(piece) or _MARK.fullmatch(piece) is not None
    )


def forbidden(piece: str) -> str:
    """What must not stand near, of a part that says so; empty for others."""
    return piece[1:] if _forbids(piece) else ""


def reach_in(piece: str) -> tuple[int, bool] | None:
    """How near the parts stand and whether in this order, if a part says that."""
    mark = _MARK.fullmatch(piece)
    if mark is None or mark[1] not in ("within", "then"):
        return None
    if not (mark[2] or "").isdigit():
        raise ScenarioError(f"{piece!r}: give a number of characters, such as <{mark[1]}:80>.")
    return int(mark[2]), mark[1] == "then"


def alternatives(piece: str) -> Iterator[str]:
    """Every phrase that a part stands for.

    Raises:
        UnknownNameError: If it asks for a lexicon that nobody declared.
        ScenarioError: If a mark is not understood.
    """
    # Behind the last mark there is nothing to look out for.
    marked, close, rest = piece.rpartition(">")
    first, *others = rest.split("|")
    for one in (*_SPLIT.split(f"{marked}{close}{first}"), *others):
        yield from _phrases(one)


def plainly(text: str) -> str:
    """A statement in its first words: a text that makes it."""
    found = []
    for piece in pieces(text):
        if _forbids(piece) or reach_in(piece) is not None:
            continue
        first = next(alternatives(piece), "") if not is_plain(piece) else piece
        found.append(first.replace("-", " ") if "|" in piece else first)
    return " ".join(found)


def called(name: str) -> tuple[str, ...]:
    """What somebody is called: by first or last name, the possessive too, or by a handle.

    A first name with an initial ("Yuki M.") is found by the first name.

    Args:
        name: Such as `"Yuki Mbeki"`; a name alone, as of a place, is only itself.
    """
    words = name.casefold().split()
    if len(words) < 2:
        return (name, f"{name}s")
    first, last = words[0], words[-1]
    handles = (f"{first[0]}{last}", f"{first}{last}", f"{first}{last[0]}")
    return (name, *(f"{w}{end}" for w in (first, last, *handles) for end in ("", "s")))


def _phrases(one: str) -> Iterator[str]:
    mark = _MARK.fullmatch(one) if one[:1] == "<" else None
    if mark is None:
        yield from _inflected(one)
    elif mark[2] is None:
        yield from _of_lexicon(mark[1])
    elif mark[1] == "name" and mark[2].strip():
        yield from called(mark[2].strip())
    else:
        raise ScenarioError(
            f"{one!r} is no mark; there are <name:...>, <within:80>, <then:20>, <a-lexicon>."
        )


@lru_cache(maxsize=256)
def _of_lexicon(name: str) -> tuple[str, ...]:
    return tuple(p for phrase in phrases_of(name) for p in _inflected("-".join(phrase.split())))


@lru_cache(maxsize=4096)
def _inflected(phrase: str) -> tuple[str, ...]:
    """A phrase joined by hyphens with each word that is marked `~` in any form."""
    if "~" not in phrase or not _FORM.search(phrase):
        return (phrase,)
    words = phrase.split("-")
    ways = (forms(word[:-1]) if word.endswith("~") else (word,) for word in words)
    return tuple(" ".join(way) for way in product(*ways))


def _forbids(piece: str) -> bool:
    return len(piece) > 1 and piece[0] == "!" and (piece[1].isalnum() or piece[1] == "<")
