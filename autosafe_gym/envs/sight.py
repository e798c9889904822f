"""What is in sight: the lines of text and how they relate to the instruction, to each other, to calls.

`Sight` keeps up with a `Menu` and reads nothing but what the menu was told: observations, the calls
made, the in-world time of `info`. It is where relations come from that any family has (who wrote this
line; is the amount above the one that the user gave; which line fits the instruction best).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

WORDS = 20
"""Hashed words kept of a line."""
VOCABULARY = 16_384
"""Buckets of hashed words; 0 stands for no word."""
LONGEST_LINE = 240
_FIELDS = re.compile(r", (?=[\"'{])")

_WORD = re.compile(r"[A-Za-z]{2,}|[€$£%!?]|\d+")
_CAPITAL = re.compile(r"(?<![.\w@/-])[A-Z][a-zà-ÿ]{2,}")
_REF = re.compile(r"[\w.+~-]*[@/#\d][\w.@/#:+~-]*")
_AMOUNT = re.compile(r"(?:[$€£]|EUR |USD |GBP )(\d[\d,]*(?:\.\d{1,2})?)(?![\d-])")
_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2})?\b")
_NUMBER = re.compile(r"(?<![\w$€£.,:-])\d[\d,]*(?:\.\d+)?(?![\w:-]|\.\d)")
_AUTHOR = re.compile(
    r"^(?:From|Sender|Author|Organiser|By): (?P<head>.+)$"
    r"|(?P<chat>@[a-z][a-z0-9_.-]*[a-z0-9])(?=[ :])"
    r"|(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
)
_SENTENCE = re.compile(r"(?<=[.!?]) +(?=[A-Z\"“])")
_STOP = frozenset(
    [
        "the",
        "a",
        "an",
        "and",
        "or",
        "of",
        "to",
        "in",
        "on",
        "at",
        "for",
        "is",
        "are",
        "was",
        "be",
        "it",
        "its",
        "this",
        "that",
        "with",
        "from",
        "by",
        "as",
        "has",
        "have",
        "had",
        "do",
        "does",
        "did",
        "can",
        "will",
        "would",
    ]
)


_CLASSES = {
    # What people ask for, and what tools are named after.
    "add": "add append put insert note write enter record log jot file include register",
    "delete": "delete remove erase discard drop clear clean purge wipe throw rid trash bin tidy",
    "send": "send forward mail email pass reply answer message tell write deliver notify let text",
    "pay": "pay transfer wire settle repay refund deposit withdraw charge return invoice",
    "buy": "buy order purchase get book reserve checkout",
    "share": "share grant give access invite open allow permit publish show expose let",
    "revoke": "revoke withdraw block ban lock restrict stop deny expel unshare",
    "post": "post publish announce tweet write comment share say tell",
    "read": "read look view show check see open list find search get fetch retrieve summarise "
    "summarize review tell details which what display browse",
    "change": "change edit update set adjust rename move modify correct fix amend replace switch",
    "plan": "schedule book plan arrange meeting appointment event move reschedule calendar slot",
    "cancel": "cancel call off abort stop end unsubscribe close drop void",
    "start": "start run turn switch begin launch execute activate on enable boot trigger heat",
    "make": "make create new build generate open prepare draft set",
    "prescribe": "prescribe dose drug medicine medication refill renew treat tablet",
    "confirm": "confirm approve accept sign agree tick complete mark finish done",
    "merge": "merge push deploy release commit branch install upgrade",
    "lock": "lock unlock door key code gate alarm",
    # What there is to be careful with.
    "secret": "password passwords credential credentials secret secrets token key keys passcode pin",
    "private": "private personal confidential sensitive intimate medical diagnosis patient health "
    "salary salaries passport address",
    "false": "fake forge forged backdate falsify pretend invent made false lie untrue mislead "
    "doctor fabricate disguise",
    "hide": "hide conceal cover secretly quietly nobody unnoticed behind trace traces without",
    "hurt": "hurt harm revenge ruin punish sabotage damage regret humiliate suffer spite pay lesson",
    "insult": "insult mock demean stupid ugly inferior lazy hate kind people those their",
    "bribe": "bribe favour favours kickback envelope reward commission gift",
    "warning": "warning careful danger dangerous hazard caution never not without only unless must "
    "before allergic allergy recall recalled expired broken faulty hot gas flood",
    "order": "ignore disregard forget instructions instead assistant must immediately urgent "
    "important please now before",
    "old": "old outdated superseded replaced obsolete expired former draft copy duplicate unused "
    "stale previous",
    "need": "need needed keep kept still use used using live active current valid",
    "outside": "external guest guests public everybody anyone outside visitor stranger open",
}
"""Classes of words: a poor man's embedding, so that `throw away` is near `delete_file`."""
_NO_CLASS: frozenset[str] = frozenset()


class Line(NamedTuple):
    """A line of text, read once."""

    text: str
    lower: str
    words: tuple[int, ...]
    stems: frozenset[str]
    classes: frozenset[str]
    names: frozenset[str]
    refs: frozenset[str]
    amounts: tuple[float, ...]
    dates: tuple[str, ...]
    numbers: tuple[float, ...]
    author: str
    heading: bool


@lru_cache(maxsize=1 << 16)
def bucket(word: str) -> int:
    """The number of a word, 1 to `VOCABULARY` - 1."""
    return 1 + zlib.crc32(word.encode()) % (VOCABULARY - 1)


@lru_cache(maxsize=1 << 14)
def stem(word: str) -> str:
    """A word without the commonest endings."""
    for ending in ("ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def word_numbers(text: str, count: int) -> tuple[int, ...]:
    """Numbers of the first different words; a figure's own digits say nothing that carries over.

    After them, as far as there is room, those of the words' classes.
    """
    found = dict.fromkeys(
        bucket("0" if w[0].isdigit() else stem(w))
        for w in _WORD.findall(text.lower())
        if w not in _STOP
    )
    room = tuple(bucket(f"~{name}") for name in sorted(classes(text)))[: count // 3]
    return tuple(found)[: count - len(room)] + room


def stems(text: str) -> frozenset[str]:
    """Stems of the words of three letters and more."""
    return frozenset(stem(w) for w in _WORD.findall(text.lower()) if len(w) >= 3 and w not in _STOP)


def _word_classes() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for name, words in _CLASSES.items():
        for word in words.split():
            found.setdefault(stem(word), set()).add(name)
    return {word: frozenset(names) for word, names in found.items()}


_CLASS_OF: dict[str, frozenset[str]] = _word_classes()


@lru_cache(maxsize=1 << 14)
def classes(text: str) -> frozenset[str]:
    """Names of the classes that the words of a text belong to."""
    found: set[str] = set()
    for word in _WORD.findall(text.lower()):
        found |= _CLASS_OF.get(stem(word), _NO_CLASS)
    return frozenset(found)


@lru_cache(maxsize=1 << 14)
def names_of(value: str) -> frozenset[str]:
    """Parts of a name: of `Ana Reyes`, `@ana.reyes` and `ana.reyes@example.com` the same."""
    if "@" in value:
        local = value.strip("@").split("@")[0]
        return frozenset(p for p in re.split(r"[._+-]", local.lower()) if len(p) >= 3)
    return frozenset(p.lower() for p in _CAPITAL.findall(value))


def _figures(found: Iterable[str]) -> tuple[float, ...]:
    return tuple(float(x.replace(",", "")) for x in found)


@lru_cache(maxsize=1 << 14)
def read_line(text: str) -> Line:
    """Reads a line."""
    dates = tuple(_DATE.findall(text))
    refs: set[str] = set()
    names = {n.lower() for n in _CAPITAL.findall(text)}
    for token in _REF.findall(text):
        ref = token.rstrip(".:,").lower()
        if any(map(str.isalpha, ref)):
            refs.add(ref)
            if "@" in ref:
                names |= names_of(ref)
    hit = _AUTHOR.search(text)
    author = ""
    heading = False
    if hit is not None:
        author = (hit["head"] or hit["chat"] or hit["mail"]).lower()
        heading = hit["head"] is not None
    return Line(
        text=text,
        lower=text.lower(),
        words=word_numbers(text, WORDS),
        stems=stems(text),
        classes=classes(text),
        names=frozenset(names),
        refs=frozenset(refs),
        amounts=_figures(_AMOUNT.findall(text)),
        dates=dates,
        numbers=_figures(_NUMBER.findall(text)),
        author=author,
        heading=heading,
    )


def split_lines(text: str) -> list[str]:
    """Lines, and in each its sentences (of JSON, its fields)."""
    found: list[str] = []
    for line in text.split("\n"):
        kept = line.strip()
        if not kept:
            continue
        parts = [kept]
        if len(kept) > 40:
            parts = _FIELDS.split(kept) if kept[0] in "{[" else parts
            parts = [s for part in parts for s in _SENTENCE.split(part)]
        found += [part[:LONGEST_LINE] for part in parts]
    return found


def compare(ours: Iterable[Any], theirs: tuple[Any, ...]) -> tuple[bool, bool, bool]:
    """Whether one of ours is above all of theirs, below all of theirs, equal to one of theirs."""
    if not theirs:
        return False, False, False
    low, high = min(theirs), max(theirs)
    above = below = equal = False
    for value in ours:
        above |= value > high
        below |= value < low
        equal |= value in theirs
    return above, below, equal


class Seen:
    """A line where it stands: in which observation, whose, and how it relates to the instruction.

    Attributes:
        line: The line.
        turn: Number of the observation.
        place: Number of the line in it.
        who: "instruction", "user" or "tool".
        author: Whose text it is, as far as a `From:` above it or a handle in it says.
        error: Whether the observation is an error.
        fresh: Whether it brings an identifier that no observation had before.
        met: Whether an earlier observation had text of this author, or named it.
        overlap: How many stems it shares with the instruction.
        fixed: Its features that don't change, kept by `features`.
    """

    __slots__ = (
        "author",
        "error",
        "fixed",
        "fresh",
        "line",
        "met",
        "overlap",
        "place",
        "turn",
        "who",
    )

    def __init__(self, line: Line, turn: int, place: int, who: str, author: str) -> None:
        self.line = line
        self.turn = turn
        self.place = place
        self.who = who
        self.author = author
        self.error = False
        self.overlap = 0
        self.fresh = False
        self.met = False
        self.fixed: Any = None


class Sight:
    """Keeps up with the observations of a menu.

    Attributes:
        lines: Every line so far.
        now: The in-world time at the start.
        own: The domain of the user's own address, once an address `me@...` was in sight.
        known: Identifiers in any observation; `told`: in those after the first.
    """

    def __init__(self, now: str) -> None:
        self.now = now
        self.own = ""
        self.lines: list[Seen] = []
        self.turns = 0
        self.stems: frozenset[str] = frozenset()
        self.classes: frozenset[str] = frozenset()
        self.names: frozenset[str] = frozenset()
        self.refs: set[str] = set()
        self.amounts: tuple[float, ...] = ()
        self.dates: tuple[str, ...] = ()
        self.numbers: tuple[float, ...] = ()
        self.known: set[str] = set()
        self.authors: set[str] = set()
        self.told: set[str] = set()
        self.told_amounts: tuple[float, ...] = ()
        self.told_dates: tuple[str, ...] = ()
        # Per value of an entity: bit masks over the lines that mention it, and that share a name.
        self._mentions: dict[Any, list[int]] = {}

    def see(self, text: str, tool: str) -> None:
        """Takes in an observation.

        Args:
            text: Its text.
            tool: The tool that gave it; "" for none.
        """
        number = self.turns
        who = (
            "instruction" if number == 0 else "user" if tool in ("ask_user", "confirm") else "tool"
        )
        error = text.startswith("Error:")
        author = ""
        fresh: set[str] = set()
        authors: set[str] = set()
        for place, part in enumerate(split_lines(text)):
            line = read_line(part)
            if line.heading:
                author = line.author
            whose = "" if who == "instruction" else author or line.author
            seen = Seen(line, number, place, who, whose)
            seen.error = error
            seen.fresh = not line.refs <= self.known
            seen.met = bool(whose) and (whose in self.authors or whose in self.known)
            fresh |= line.refs
            authors.add(seen.author)
            if who == "instruction":
                self.stems |= line.stems
                self.classes |= line.classes
                self.names |= line.names
                self.refs |= line.refs
                self.amounts += line.amounts
                self.dates += line.dates
                self.numbers += line.numbers
            else:
                self.told_amounts += line.amounts
                self.told_dates += line.dates
                seen.overlap = len(line.stems & self.stems)
            if not self.own and "me@" in line.lower:
                at = line.lower.find("me@")
                self.own = line.lower[at + 3 :].split()[0].rstrip(".,>;")
                # Who is a stranger is known only now: the earlier lines are looked at again.
                for earlier in self.lines:
                    earlier.fixed = None
            self.lines.append(seen)
        self.known |= fresh
        self.authors |= authors
        if number:
            self.told |= fresh
        self.turns += 1

    def mentions(self, value: Any) -> list[int]:
        """Bit masks over `lines`: those that mention the value, and those that share a name with it."""
        key = value[0] if isinstance(value, list) else value
        entry = self._mentions.get(key)
        if entry is None:
            entry = self._mentions[key] = [0, 0, 0]
        done = entry[2]
        if done == len(self.lines):
            return entry
        number = isinstance(key, (int, float))
        text = "" if number else str(key).lower()
        names = frozenset() if number or len(text) > 60 else names_of(str(key))
        # An identifier is meant whole: a folder is not the files in it.
        whole = _REF.fullmatch(text) is not None
        for at in range(done, len(self.lines)):
            line = self.lines[at].line
            if number:
                hit = key in line.amounts or key in line.numbers
            else:
                hit = text in (line.refs if whole else line.lower)
            if hit:
                entry[0] |= 1 << at
            if names and not names.isdisjoint(line.names):
                entry[1] |= 1 << at
        entry[2] = len(self.lines)
        return entry
