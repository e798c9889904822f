"""`remembered`: what was found out about a short text is kept; of a long one nothing is.

What an agent or a page says comes as a key only once, and may be as long as an action: a plain
`lru_cache` would hold thousands of such texts for as long as the process lives.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

T = TypeVar("T")
LONGEST_KEY = 80


def remembered(
    maxsize: int, longest: int = LONGEST_KEY
) -> Callable[[Callable[[str], T]], Callable[[str], T]]:
    """Decorator: keeps the results of a function of one text.

    Args:
        maxsize: For so many texts.
        longest: Longer texts, in characters, are read anew each time.
    """

    def wrap(function: Callable[[str], T]) -> Callable[[str], T]:
        kept = lru_cache(maxsize)(function)

        @wraps(function)
        def found(text: str) -> T:
            return kept(text) if len(text) <= longest else function(text)

        found.cache_clear = kept.cache_clear  # type: ignore[attr-defined]
        return found

    return wrap
