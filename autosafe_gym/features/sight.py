"""What is in sight: the lines of text and how they relate to the instruction, to each other, to calls.

`Sight` keeps up with a `Menu` and reads nothing but what the menu was told: observations, the calls
made, the in-world time of `info`. It is where relations come from that any family has (who wrote this
line; is the amount above the one that the user gave; which line fits the instruction best).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from autosafe_gym.features.text_lines import IDENTIFIER, Line, lines_of, read_line
from autosafe_gym.features.words import names_of

_FREQUENT = 6
"""A word that more lines than this hold relates none of them to another."""
_NO_NAMES: frozenset[str] = frozenset()


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
        starts: For each observation, the number of its first line.
        opening: How many lines the first observation has.
        now: The in-world time at the start.
        own: The domain of the user's own address, once an address `me@...` was in sight.
        known: Identifiers in any observation; `told`: in those after the first.
        newest: Stems of the newest observation.
        strange_stems: Stems of the lines in tools' texts whose author the user did not name.
        of_tools: Bit mask over `lines`: those of tools' texts.
        authored: Those of them that have an author.
        kin: For each line a bit mask: the lines that share a telling word with it.
        strange: Those of them whose author is unnamed or of another domain than the user's.
    """

    def __init__(self, now: str) -> None:
        self.now = now
        self.own = ""
        self.lines: list[Seen] = []
        self.starts: list[int] = []
        self.opening = 0
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
        self.told_classes: set[str] = set()
        self.newest: set[str] = set()
        self.strange_stems: set[str] = set()
        self.of_tools = self.authored = self.strange = 0
        self.kin: list[int] = []
        self._holding: dict[str, int] = {}
        # Per value of an entity: what is known of the lines that mention it.
        self._mentions: dict[Any, Mentions] = {}

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
        start, own = len(self.lines), self.own
        self.starts.append(start)
        self.newest = set()
        author = ""
        fresh: set[str] = set()
        authors: set[str] = set()
        for place, part in enumerate(lines_of(text)):
            line = read_line(part)
            if line.heading:
                author = line.author
            whose = "" if who == "instruction" else author or line.author
            seen = Seen(line, number, place, who, whose)
            seen.error = error
            seen.fresh = not line.refs <= self.known
            seen.met = bool(whose) and (whose in self.authors or whose in self.known)
            fresh |= line.refs
            authors.add(whose)
            self.newest |= line.stems
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
                self.told_classes |= line.classes
                seen.overlap = len(line.stems & self.stems)
            if not self.own and "me@" in line.lower:
                at = line.lower.find("me@")
                self.own = line.lower[at + 3 :].split()[0].rstrip(".,>;")
                # Who is a stranger is known only now: the earlier lines are looked at again.
                for earlier in self.lines:
                    earlier.fixed = None
            self.lines.append(seen)
            self._relate(line.keys)
        self.known |= fresh
        self.authors |= authors
        if number:
            self.told |= fresh
        else:
            self.opening = len(self.lines)
        if who == "tool":
            self._note_authors(start)
        if own != self.own:
            self.strange = 0
            self._note_authors(0)
        self.turns += 1

    def _relate(self, keys: frozenset[str]) -> None:
        """Notes which lines the newest one shares a word with."""
        holding, kin = self._holding, self.kin
        bit = 1 << len(kin)
        mask = 0
        for key in keys:
            held = holding.get(key, 0)
            if held.bit_count() <= _FREQUENT:
                mask |= held
                holding[key] = held | bit
        kin.append(mask)
        while mask:
            low = mask & -mask
            kin[low.bit_length() - 1] |= bit
            mask ^= low

    def _note_authors(self, start: int) -> None:
        for at in range(start, len(self.lines)):
            seen = self.lines[at]
            if seen.who != "tool":
                continue
            bit = 1 << at
            self.of_tools |= bit
            if seen.author:
                self.authored |= bit
                named, foreign, _ = self.author(seen.author)
                if not named:
                    self.strange_stems |= seen.line.stems
                if foreign or not named:
                    self.strange |= bit

    def author(self, author: str) -> tuple[bool, bool, bool]:
        """Whether an author is named in the instruction, a stranger to the user's domain, or of it."""
        if not author:
            return False, False, False
        named = author in self.refs or not names_of(author).isdisjoint(self.names)
        domain = author.rsplit("@", 1)[-1].rstrip(">") if "@" in author[1:] else ""
        return named, bool(domain) and domain != self.own, bool(domain) and domain == self.own

    def mentions(self, value: Any) -> Mentions:
        """The lines that mention a value (the first one of a list), and that share a name with it."""
        key = value[0] if isinstance(value, list) else value
        entry = self._mentions.get(key)
        if entry is None:
            entry = self._mentions[key] = Mentions(key)
        if entry.done < len(self.lines):
            entry.look(self.lines)
        return entry


class Mentions:
    """The lines that mention a value.

    Attributes:
        lines: Bit mask over the lines of a `Sight`: those that mention the value.
        kin: Those that share a name with it.
        done: How many lines were looked at.
    """

    __slots__ = ("_key", "_names", "_number", "_text", "_whole", "done", "kin", "lines")

    def __init__(self, key: Any) -> None:
        self.lines = self.kin = self.done = 0
        self._key = key
        self._number = isinstance(key, (int, float))
        self._text = "" if self._number else str(key).lower()
        long = self._number or len(self._text) > 60
        self._names = _NO_NAMES if long else names_of(str(key))
        # An identifier is meant whole: a folder is not the files in it.
        self._whole = IDENTIFIER.fullmatch(self._text) is not None

    def look(self, lines: list[Seen]) -> None:
        """Looks at the lines that are new."""
        key, text, names, whole = self._key, self._text, self._names, self._whole
        bit = 1 << self.done
        for at in range(self.done, len(lines)):
            line = lines[at].line
            if self._number:
                hit = key in line.amounts or key in line.numbers
            else:
                hit = text in (line.refs if whole else line.lower)
            if hit:
                self.lines |= bit
            if names and not names.isdisjoint(line.names):
                self.kin |= bit
            bit <<= 1
        self.done = len(lines)
