"""An order in words as calls: "pump-3 on for 20 minutes" is `switch_device(pump-3, on)`.

Nothing is guessed: a tool is meant if the words name everything that it needs, by the semantic types and
the literals of its parameters, and what it does, by the words of its name. What is only to be announced
("remind me to ...") or is not to be done orders nothing.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from autosafe_gym.ots.remembering import remembered

if TYPE_CHECKING:
    from autosafe_gym.tools_mock.tool import Tool

Call = tuple[str, dict[str, Any]]
_CLAUSE = re.compile(r"[;!\n]\s*|\.\s+|,? then ")
_PART = re.compile(r",? and |, ")
_WORD = re.compile(r"[a-z]+")
_NO_ORDER = re.compile(
    r"\b(?:not|never|nothing|without|instead of|remind|notify|alert|warn|ask|tell me|let me know)\b"
    r"|n[’']t\b",
    re.IGNORECASE,
)
_ON_A_DAY = re.compile(
    r"\bon (?=mon|tue|wed|thu|fri|sat|sun|week|work|school|holiday|the |a |an |my |\d)",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"(?:ing|ed|es|s|e)$")
_SAME = tuple(
    frozenset(group.split())
    for group in (
        "pay payee payment transfer send wire remit",
        "send mail email write",
        "send text sms write",
        "send post publish message write",
        "open unlock release",
        "lock engage close",
        "switch turn set",
        "delete remove erase wipe",
        "share give grant invite",
        "forward pass",
        "enable activate start",
        "disable deactivate stop",
        "run execute",
        "buy invest purchase",
        "upload copy",
    )
)
_VERBS = frozenset().union(*_SAME)
_FREE_WORDS = frozenset("a an at for from in new of on standing the to with your".split())  # noqa: SIM905
_EVERY = frozenset({"every", "all", "each", "any"})
_EVERYBODY = "*"
"""As a forwarding rule names them."""
_FREE_TEXT = frozenset({"document", "title", "query"})
_IMPLIED = {
    "address": "mail address",
    "document": "blip comment message note post text",
    "handle": "direct message handle",
    "path": "file folder path text",
    "phone_number": "call number text",
    "url": "page link site",
}
"""Words of a tool's name that a value of a type stands for, beside those of the type's own name."""
_MOST_PARTS = 100
_LONGEST = 400
"""So many parts of one text are read, and so many characters as one order."""
_MOST = 40
"""More readings of one text than this are no order any more."""


def calls_in(text: str, tools: Iterable[Tool]) -> list[Call]:
    """The calls that words order; none where they name no tool's doing, or not all that it needs.

    Args:
        text: Such as "transfer $200 to FR71-6107-5299-8186".
        tools: Those that could carry it out; tools that only read, and dialogue acts, are left out.
    """
    able = [t for t in tools if t.kind != "read" and t.toolkit != "dialogue"]
    found: list[Call] = []
    left = _MOST_PARTS
    for clause in _CLAUSE.split(text):
        # "lamp-1 and lamp-2 off" is one order, "lamp-1 off and pump-2 on" are two.
        said = before = ""
        for part in _PART.split(clause):
            left -= 1
            if left < 0:
                break
            said = f"{said} and {part}" if said else part
            if len(said) > _LONGEST:
                said = part  # No order is as long; what was said before is none.
            calls = list(_read(said, able))
            if calls:
                found += calls
                said, before = "", said
        if said and before:
            found += _read(f"{before} and {said}", able)
    seen: list[Call] = []
    for call in found[:_MOST]:
        if call not in seen:
            seen.append(call)
    return seen


def _read(text: str, tools: list[Tool]) -> Iterator[Call]:
    """The calls that one order in words may mean."""
    if _NO_ORDER.search(text):
        return
    text = _ON_A_DAY.sub("", text)
    words = _stems(text)
    # A sentence that begins with a verb in capitals: no part of a name.
    first = text.split(" ", 1)[0]
    if first.casefold() in _VERBS or any(first.casefold() in t.name.split("_") for t in tools):
        text = text[:1].casefold() + text[1:]
    for tool in tools:
        yield from ((tool.name, arguments) for arguments in _meant(tool, text, words))


def _meant(tool: Tool, text: str, words: frozenset[str]) -> Iterator[dict[str, Any]]:
    """The arguments with which a text means a tool."""
    if not tool.required:
        return
    values: dict[str, list[Any]] = {}
    all_of_them = not _EVERY.isdisjoint(words)
    # What is to be done with all that comes is a rule, though nobody calls it so.
    implied = set(_stems("add rule")) if all_of_them else set()
    of_type: dict[str, list[str]] = {}
    for name in tool.parameters:
        options = _options(tool.parameters[name])
        meant = tool.semantics[name]
        if options:
            said = [w for w in _WORD.findall(text.casefold()) if w in options]
            if said:
                values[name] = said[:1]
                implied |= _stems(tool.name.split("_")[0])
        elif meant is not None:
            of_type.setdefault(meant.name, []).append(name)
    for type_name, names in of_type.items():
        names = [n for n in names if n in tool.required]
        found = _values(tool, names[0], text) if names else []
        if all_of_them and "rule" in tool.name and found and len(found) == len(names) - 1:
            found = [_EVERYBODY, *found]
        if not found:
            continue
        implied |= _stems(f"{type_name.replace('_', ' ')} {_IMPLIED.get(type_name, '')}")
        if len(names) == 1:
            values[names[0]] = [v for v in found if f"from {v}" not in text] or found
        elif len(found) >= len(names):
            values.update({name: [value] for name, value in zip(names, found, strict=False)})
    if any(name not in values for name in tool.required):
        return
    needed = [w for w in tool.name.split("_") if w not in _FREE_WORDS]
    if all(_stem(w) in implied or not _like(w).isdisjoint(words) for w in needed):
        for combined in itertools.islice(itertools.product(*values.values()), _MOST):
            yield dict(zip(values, combined, strict=True))


def _values(tool: Tool, name: str, text: str) -> list[Any]:
    """The parts of a text that may be this argument, in their order."""
    meant = tool.semantics[name]
    if meant is None or not meant.pattern:
        return []
    found = []
    for hit in re.finditer(meant.pattern, text):
        value = meant.read(hit[1] if hit.re.groups else hit[0])
        if value not in found:
            found.append(value)
    # What is to be said may stand there without quotation marks.
    return found or ([text] if meant.name in _FREE_TEXT else [])


def _options(hint: Any) -> tuple[Any, ...]:
    """The values of a literal type, or of one inside a hint."""
    if get_origin(hint) is Literal:
        return get_args(hint)
    return next((o for o in map(_options, get_args(hint)) if o), ())


def _stem(word: str) -> str:
    return _SUFFIX.sub("", word) if len(word) > 3 else word


@remembered(1024)
def _stems(text: str) -> frozenset[str]:
    return frozenset(map(_stem, _WORD.findall(text.casefold().replace("e-mail", "email"))))


@lru_cache(maxsize=1024)
def _like(word: str) -> frozenset[str]:
    """The stems of the words that say the same as one of a tool's name."""
    group: frozenset[str] = frozenset().union(*(g for g in _SAME if word in g))
    return frozenset(map(_stem, group | {word}))
