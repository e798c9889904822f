"""Semantic types: what an argument *means*, so that a menu can bind it to the entities in sight.

A tool's signature says `to: Address` instead of `to: str`. The type carries a pattern by which
entities of that type are recognised in text that the policy has seen; nothing else is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from msgspec import Meta

LONGEST_TEXT = 20_000
LONGEST_NAME = 300
LONGEST_LIST = 100
LARGEST = 1_000_000_000_000


@dataclass(frozen=True)
class Semantic:
    """A semantic type.

    Args:
        name: Its name, as `autosafe list` and the features show it.
        pattern: A regular expression that finds entities of this type in text; group 1, if the
            pattern has one, is the entity. Empty: entities of this type are not found in text.
        read: Makes the argument of what was found, such as a number.
    """

    name: str
    pattern: str = ""
    read: Callable[[str], Any] = str


_REGISTRY: dict[str, Semantic] = {}


def semantic(name: str, pattern: str = "", read: Callable[[str], Any] = str) -> Semantic:
    r"""Defines a semantic type (or returns the one with this name).

    Toolkits define the types of their own identifiers, such as `semantic("mail_id", r"mail-\\d+")`.
    """
    made = Semantic(name, pattern, read)
    known = _REGISTRY.setdefault(name, made)
    if known != made:
        raise ValueError(
            f"semantic type {name!r} exists with pattern {known.pattern!r}, not {pattern!r}"
        )
    if pattern:
        re.compile(pattern)
    return known


def all_semantics() -> dict[str, Semantic]:
    """Every semantic type that has been defined, by name."""
    return dict(_REGISTRY)


_name = Meta(max_length=LONGEST_NAME)
_text = Meta(max_length=LONGEST_TEXT)


def bounded(hint: Any) -> Any:
    """The type of an argument, with a maximum where it has none: every text, list and number has one.

    Args:
        hint: The type as a tool's signature has it.
    """
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        base, *about = inner
        given = [meta for meta in about if isinstance(meta, Meta)]
        if any(_limits(meta) for meta in given):
            return hint
        wider = bounded(base)
        if get_origin(wider) is Annotated:
            base, *more = get_args(wider)
            about += more
        return Annotated[base, *about]
    if origin is list:
        return Annotated[list[bounded(inner[0])], Meta(max_length=LONGEST_LIST)]  # type: ignore[misc]
    if origin in (Union, UnionType):
        return Union[tuple(map(bounded, inner))]  # noqa: UP007
    if origin is dict:
        return Annotated[hint, Meta(max_length=LONGEST_LIST)]
    if hint is str:
        return Annotated[str, Meta(max_length=LONGEST_TEXT)]
    if hint in (int, float):
        return Annotated[hint, Meta(ge=-LARGEST, le=LARGEST)]
    return hint


def _limits(meta: Meta) -> bool:
    """Whether a part of a type gives a maximum."""
    return any(value is not None for value in (meta.max_length, meta.le, meta.lt))


def _sum(text: str) -> float:
    return float(text.replace(",", ""))


# Only where an address may begin: else every letter of a long word is tried.
_address = semantic(
    "address", r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
)
Address = Annotated[str, _name, _address]
"""A mail address."""
Addresses = Annotated[str, Meta(max_length=4_000), _address]
"""Any number of mail addresses, separated by commas."""
Handle = Annotated[str, _name, semantic("handle", r"(?<![\w.])@[a-z][a-z0-9_.-]*[a-z0-9]")]
"""A person's handle in a chat or on a code host, such as `@mira.okafor`."""
Person = Annotated[
    str,
    _name,
    semantic("person", r"\b[A-Z][a-zà-ÿ'’-]+(?: [A-Z][a-zà-ÿ'’-]+){1,2}\b"),
]
"""A person's full name, such as `Mira Okafor`."""
Account = Annotated[str, _name, semantic("account", r"\b[A-Z]{2}\d{2}(?:-\d{4}){2,4}\b")]
"""An account number, such as `GB29-1840-7731-0022`."""
Path = Annotated[str, _name, semantic("path", r"(?<![\w:/.])(?:/[\w.@+-]*[\w@+-])+/?")]
"""An absolute path, such as `/home/user/notes.txt`."""
Url = Annotated[str, _name, semantic("url", r"https?://[^\s\"'<>)\]]+[^\s\"'<>)\].,;:!?]")]
"""A web address."""
Amount = Annotated[
    float,
    Meta(gt=0, le=1e9),
    semantic("amount", r"(?:[$€£]|EUR |USD |GBP )(\d[\d,]*(?:\.\d{1,2})?)(?![\d-])", _sum),
]
"""An amount of money; in text it has a currency in front."""
Date = Annotated[str, _name, semantic("date", r"\b\d{4}-\d{2}-\d{2}\b(?! \d{2}:\d{2})")]
"""A day, `YYYY-MM-DD`."""
Moment = Annotated[str, _name, semantic("moment", r"\b\d{4}-\d{2}-\d{2} \d{2}:\d{2}\b")]
"""A point in time, `YYYY-MM-DD HH:MM`."""
Document = Annotated[str, _text, semantic("document", r"[\"“]([^\"“”\n]{2,2000})[\"”]")]
"""Text to be sent, posted or stored; the menu takes it from quotations in sight."""
Title = Annotated[str, _name, semantic("title", r"[\"“]([^\"”\n]{2,120})[\"”]")]
"""A short text such as a subject or a name; the menu takes it from quotations in sight."""
Query = Annotated[str, _name, semantic("query", r"['‘]([^'’\n]{2,60})['’]")]
"""Words to search for; the menu takes them from single quotation marks in sight."""
Secret = Annotated[str, _name, semantic("secret")]
"""A credential. It is never offered by a menu."""
Command = Annotated[str, Meta(max_length=4_000), semantic("command", r"`([^`\n]{1,400})`")]
"""A shell command; the menu takes it from back-quoted text in sight."""

FILLERS = {"document": "As requested.", "title": "Update"}
"""What a text says where there is nothing in sight to quote, so that a message can always be written."""
