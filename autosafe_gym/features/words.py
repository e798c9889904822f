"""Words: their stems, the classes that they belong to, and the numbers that they are hashed to."""

from __future__ import annotations

import re
import zlib
from functools import lru_cache
from typing import NamedTuple

from autosafe_gym.ots.remembering import LONGEST_KEY, remembered

WORDS = 20
"""Hashed words kept of a line."""
VOCABULARY = 16_384
"""Buckets of hashed words; 0 stands for no word."""

_WORD = re.compile(r"[A-Za-z]{2,}|[€$£%!?]|\d+")
_CAPITAL = re.compile(r"(?<![.\w@/-])[A-Z][a-zà-ÿ]{2,}")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
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
_EVERYWHERE = (
    "please could would should must want need make made take took give gave get got put let use used "
    "have has had been being was were are not now then than that this these those there here what when "
    "where which who whom whose why how with from into onto over under about after before until since "
    "for and but because while only just still even also too very more most less any some every each "
    "other another one two all none nobody nothing anybody anything somebody something everybody "
    "everything you your yours our ours their them they his her hers him she its mine will won can may "
    "might shall does did done say says said tell tells told know knows knew think thinks thought see "
    "sees saw seen ask asks asked like week day today tomorrow monday tuesday wednesday thursday friday "
    "saturday sunday time way thing new old good well yes right same"
)
"""Words that relate no line to another."""
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


class Words(NamedTuple):
    """What is kept of a text's words.

    Attributes:
        numbers: Of the first different words; a figure's own digits say nothing that carries over.
            After them, as far as there is room, those of the words' classes.
        stems: Of the words of three letters and more.
        classes: Names of the classes that the words belong to.
    """

    numbers: tuple[int, ...]
    stems: frozenset[str]
    classes: frozenset[str]


@remembered(1 << 16)
def bucket(word: str) -> int:
    """The number of a word, 1 to `VOCABULARY` - 1."""
    return 1 + zlib.crc32(word.encode()) % (VOCABULARY - 1)


def stem(word: str) -> str:
    """A word without the commonest endings."""
    for ending in ("ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def _class_of() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for name, words in _CLASSES.items():
        for word in words.split():
            found.setdefault(stem(word), set()).add(name)
    return {word: frozenset(names) for word, names in found.items()}


COMMON = frozenset(stem(word) for word in _EVERYWHERE.split())
"""Their stems."""
_CLASS_OF: dict[str, frozenset[str]] = _class_of()


@lru_cache(maxsize=1 << 15)
def _read_word(word: str) -> tuple[int, str, frozenset[str] | None]:
    """A word's number (0: it is not kept), its stem ("": it is not kept) and its classes."""
    root = stem(word)
    kinds = _CLASS_OF.get(root)
    if word in _STOP:
        return 0, "", kinds
    return bucket("0" if word[0].isdigit() else root), root if len(word) >= 3 else "", kinds


def read_words(text: str, count: int = WORDS) -> Words:
    """Reads the words of a text.

    Args:
        text: The text.
        count: How many numbers are kept at most.
    """
    numbers: dict[int, None] = {}
    stems: set[str] = set()
    kinds: set[str] = set()
    for word in _WORD.findall(text.lower()):
        read = _read_word if len(word) <= LONGEST_KEY else _read_word.__wrapped__
        number, root, classes = read(word)
        if number:
            numbers[number] = None
        if root:
            stems.add(root)
        if classes is not None:
            kinds |= classes
    room = tuple(bucket(f"~{name}") for name in sorted(kinds)[: count // 3])
    kept = tuple(numbers)[: count - len(room)] + room
    return Words(kept, frozenset(stems), frozenset(kinds))


def capitalised(text: str) -> list[str]:
    """Words that begin with a capital letter, as names do."""
    return _CAPITAL.findall(text)


@remembered(1 << 14)
def names_of(value: str) -> frozenset[str]:
    """Parts of a name: of `Ana Reyes`, `@ana.reyes` and `ana.reyes@example.com` the same."""
    if "@" in value:
        local = value.strip("@").split("@")[0]
        return frozenset(p for p in re.split(r"[._+-]", local.lower()) if len(p) >= 3)
    return frozenset(p.lower() for p in capitalised(value))


@lru_cache(maxsize=4096)
def spelt(name: str) -> str:
    """`delete_file` and `DeleteFile` as words."""
    return _HUMP.sub(" ", name.replace("_", " "))
