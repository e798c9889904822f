"""The forms of an English word by a closed rule: plural, possessive, -ed, -ing, -ly; no irregular ones.

Some of the forms are no words ("payed"). That does no harm: nobody writes them, so nothing is found by them.
"""

from __future__ import annotations

import re
from functools import lru_cache

_HISSES = re.compile(r"(?:s|x|z|ch|sh)\Z")
_Y = re.compile(r"(?<=[^aeiou])y\Z")
_DOUBLES = re.compile(r"[^aeiou][aeiou][bdgklmnprt]\Z")
"""Stop, ban, plan, cancel: the last letter may be written twice."""
_SHORTEST = 3


@lru_cache(maxsize=4096)
def forms(word: str) -> tuple[str, ...]:
    """A word and its inflected forms, as tokens: small letters, without an apostrophe.

    Args:
        word: A word in its plain form; of fewer than three letters it has no other.

    Example:
        >>> forms("close")
        ('close', 'closes', 'closed', 'closing', 'closely')
    """
    word = word.casefold()
    if len(word) < _SHORTEST or not word.isalpha():
        return (word,)
    found = [word, f"{word}s"]
    if _HISSES.search(word):
        found.append(f"{word}es")
    stems = [word]
    if _Y.search(word):
        found += [f"{word[:-1]}ies", f"{word[:-1]}ied", f"{word[:-1]}ily"]
    elif word.endswith("e"):
        found.append(f"{word}d")
        stems = [word, word[:-1]] if word.endswith("ee") else [word[:-1]]
    elif _DOUBLES.search(word):
        stems.append(word + word[-1])
    if not word.endswith("e"):
        found += [f"{stem}ed" for stem in stems if not _Y.search(stem)]
    found += [f"{stem}ing" for stem in stems]
    if word.endswith("ie"):
        found.append(f"{word[:-2]}ying")
    if word.endswith("le"):
        found.append(f"{word[:-1]}y")
    found.append(f"{word}ally" if word.endswith("ic") else f"{word}ly")
    return tuple(dict.fromkeys(found))
