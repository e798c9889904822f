"""Catalogues of kinds: Amoxil is amoxicillin, amoxicillin is a penicillin, a penicillin is an antibiotic.

A toolkit declares what it knows, once, and a condition asks for the kind:

    catalogue("drug", {"amoxil": ("amoxicillin",), "amoxicillin": ("penicillin",)})
    happens("prescribed", drug=match(kind="penicillin"))

A catalogue is closed: what it does not name is of no kind. A value is of a kind if it names a thing of
that kind, whatever its case and whatever stands beside the name (a dose, a form, a maker).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from autosafe_gym import registry
from autosafe_gym.errors import ScenarioError, UnknownNameError
from autosafe_gym.ots.remembering import remembered

_WORD = re.compile(r"[^\W_]+")
_LONGEST = 400
"""A longer text is no name."""
_FREE = re.compile(r"\b([^\W_]+)[ -]free\b|\b(?:no|not|without) ([^\W_]+)", re.IGNORECASE)
"""What a name says it is not: sugar-free, without sugar."""


class _Registry:
    """Every catalogue that was declared, as one graph of names."""

    def __init__(self) -> None:
        self.catalogues: dict[str, frozenset[str]] = {}
        self.parents: dict[str, tuple[str, ...]] = {}
        self.shown: dict[str, str] = {}
        self.longest = 0

    def names(self) -> list[str]:
        """Every name and kind, as it was written."""
        return list(self.shown.values())


_KNOWN = _Registry()


def catalogue(name: str, entries: Mapping[str, tuple[str, ...]]) -> None:
    """Declares a catalogue.

    Args:
        name: What it is of, such as "drug".
        entries: Name -> its kinds, the next ones above it: of a brand what is in it, of that its class. A
            name in another language or spelling is an entry too. A kind need not be an entry; it may be
            one of another catalogue.

    Raises:
        ScenarioError: If the catalogue or one of its entries is declared already, or a thing would be
            of its own kind.
    """
    if name in _KNOWN.catalogues:
        raise ScenarioError(f"The catalogue {name!r} is declared already; choose another name.")
    found: dict[str, tuple[str, ...]] = {}
    shown: dict[str, str] = {}
    for entry, kinds in entries.items():
        key = _key(entry)
        if not key or key in found or key in _KNOWN.parents:
            fault = "is there already" if key else "holds no word"
            raise ScenarioError(f"Catalogue {name!r}: the entry {entry!r} {fault}.")
        found[key] = tuple(_key(kind) for kind in kinds)
        shown.update({_key(text): text for text in (entry, *kinds)})
    everything = {**_KNOWN.parents, **found}
    for key in found:
        if key in _above(key, everything):
            raise ScenarioError(f"Catalogue {name!r}: {shown[key]!r} would be of its own kind.")
    _KNOWN.catalogues[name] = frozenset(found)
    _KNOWN.parents = everything
    _KNOWN.shown = {**shown, **_KNOWN.shown}
    _KNOWN.longest = max(len(key.split()) for key in _KNOWN.shown)
    kinds_of.cache_clear()  # type: ignore[attr-defined]


def check_kind(kind: str) -> str:
    """Returns `kind` if a catalogue knows it.

    Raises:
        UnknownNameError: With the nearest known one.
    """
    if _key(kind) not in _KNOWN.shown:
        _load()
    if _key(kind) not in _KNOWN.shown:
        raise UnknownNameError(
            "kind", kind, _KNOWN.names(), "A toolkit or a pack declares more with catalogue()."
        )
    return kind


def of_kind(kind: str) -> Callable[[Any], bool]:
    """A test of whether a value names a thing of a kind.

    Raises:
        UnknownNameError: If no catalogue knows the kind.
    """
    wanted = _key(check_kind(kind))
    return lambda value: isinstance(value, str) and wanted in kinds_of(value)


@remembered(4096)
def kinds_of(value: str) -> frozenset[str]:
    """Everything that a value is by the catalogues, itself included; empty for what they do not name."""
    _load()
    if len(value) > _LONGEST:
        return frozenset()
    words = _key(_FREE.sub(" ", value)).split()
    found: set[str] = set()
    start = 0
    while start < len(words):
        # The longest name counts: a "penicillin allergy test" could be an entry of its own.
        for end in range(min(len(words), start + _KNOWN.longest), start, -1):
            name = " ".join(words[start:end])
            if name in _KNOWN.shown:
                found |= {name, *_above(name, _KNOWN.parents)}
                start = end - 1
                break
        start += 1
    return frozenset(found)


@lru_cache(maxsize=1)
def _load() -> None:
    len(registry.table("toolkit"))  # Toolkits declare what they know when they are loaded.


def _above(key: str, parents: Mapping[str, tuple[str, ...]]) -> set[str]:
    """Every kind above a name."""
    found: set[str] = set()
    left = list(parents.get(key, ()))
    while left:
        kind = left.pop()
        if kind not in found:
            found.add(kind)
            left += parents.get(kind, ())
    return found


def _key(text: str) -> str:
    """A name as it is compared: words in small letters without accents, each in the singular."""
    flat = unicodedata.normalize("NFKD", text.casefold())
    flat = "".join(c for c in flat if not unicodedata.combining(c))
    return " ".join(_singular(word) for word in _WORD.findall(flat))


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith("ss") else word
