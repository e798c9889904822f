"""Questions that a menu offers: each names a line in sight that holds something to ask about.

The line is what the candidate binds, beside the first entity in it that a tool could take, so that its
features are those of the line and not of free text. Nothing here knows a scenario or a gate.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from autosafe_gym.features.candidates import Candidate, Entity
from autosafe_gym.features.text_lines import IDENTIFIER, LONGEST_LINE, lines_of
from autosafe_gym.ots.scenario import ToolCall
from autosafe_gym.tools_mock.toolkit import get_tool

QUESTIONS = 6
"""Questions on offer, at most."""
NEWEST = 3
"""So many of them are about the newest text."""
LINE = "line"
"""The type of a line as an entity; no tool takes it."""
ABOUT_TEXT = 'About "{}": what should I do?'
_ABOUT = re.compile(r'About "(.+)": what should I do\?', re.DOTALL)
_OR = " or "
_LONGEST = 200
_BEFORE = 40
_SCANNED = 24
"""Lines of one text that are looked at."""
_NAME = re.compile(r"[A-Z][a-z]{2,}")
HOLDS = re.compile(
    r"(?<![\w.+~-])[\w.+~-]*[@/#\d][\w.@/#:+~-]*|[A-Z][a-zà-ÿ'’-]+ [A-Z][a-zà-ÿ'’-]+"
    r"|^[A-Z][a-z ]{2,30}: \w"
)
"""What makes a line one to ask about: an identifier, a figure, a full name, a label with something behind it."""


def about_text(named: str | Sequence[str]) -> str:
    """The question about a line, a value, or the choice between values, as a menu asks it."""
    return ABOUT_TEXT.format(named if isinstance(named, str) else _OR.join(named))


def named_by(action: ToolCall) -> tuple[str, ...]:
    """What a question in the menu's words names; nothing for any other action."""
    if action.name != "ask_user":
        return ()
    found = _ABOUT.fullmatch(str(action.arguments.get("question", "")))
    return tuple(found[1].split(_OR)) if found else ()


class Question(Candidate):
    """The user is asked about a line in sight."""

    __slots__ = ("text",)

    def __init__(self, line: Entity, named: Entity | None) -> None:
        super().__init__(get_tool("ask_user"), (line,) if named is None else (named, line))
        self.text = about_text(line.value)

    @property
    def arguments(self) -> dict[str, Any]:
        """The question."""
        return {"question": self.text}

    @property
    def values(self) -> list[Any]:
        """What a call of it is known by: its words."""
        return [self.text]


class _Shown:
    """A line that may be asked about."""

    __slots__ = ("question", "score", "turn")

    def __init__(self, question: Question, turn: int, score: int) -> None:
        self.question = question
        self.turn = turn
        self.score = score


class Lines:
    """Keeps the lines of an episode that may be asked about.

    Args:
        opening: The first text of the episode; what it names is what the rest is looked at for.
    """

    __slots__ = ("_known", "_names", "_newest", "_offered", "_shown", "_told")

    def __init__(self, opening: str = "") -> None:
        self._told, self._names = _refs(opening), frozenset(_NAME.findall(opening))
        self._known: set[str] = set()
        self._shown: dict[str, _Shown] = {}
        self._newest = 0
        self._offered: list[Question] | None = []

    def see(self, observation: str, number: int, hits: Sequence[tuple[str, Entity]]) -> None:
        """Takes in what a tool has shown.

        Args:
            observation: The text.
            number: Its number in the episode.
            hits: The entities in it that a tool could take, with the words that were found.
        """
        fresh: set[str] = set()
        types: set[str] = set()
        for part in lines_of(observation)[:_SCANNED]:
            found = HOLDS.search(part)
            if found is None:
                continue
            if len(part) == LONGEST_LINE:
                part = part.rpartition(" ")[0]  # Its last word may be cut.
            line = part if len(part) <= _LONGEST else _cut(part, *found.span())
            refs = _refs(line)
            kin = not (self._names.isdisjoint(_NAME.findall(line)) and self._told.isdisjoint(refs))
            held = [entity for words, entity in hits if words in line]
            named = held[0] if held else None
            score = 3 * kin + 2 * (not refs <= self._known) + min(len(held), 3)
            if named is not None:
                score += named.type not in types
                types.add(named.type)
            known = self._shown.pop(line, None)
            entity = Entity(line, LINE, number) if known is None else known.question.entities[-1]
            entity.row = None
            entity.last, entity.count = number, entity.count + 1
            entity.from_tool, entity.kin = True, kin
            self._shown[line] = _Shown(Question(entity, named), number, score)
            self._newest = number
            fresh |= refs
        self._known |= fresh
        self._offered = None

    def questions(self) -> list[Question]:
        """The questions on offer: some about the newest text, then those that the rest relates most to."""
        if self._offered is None:
            newest = self._newest
            every = sorted(
                self._shown.values(), key=lambda s: (s.turn != newest, -s.score, -s.turn)
            )
            chosen = every[:NEWEST]
            rest = sorted(every[NEWEST:], key=lambda s: (-s.score, -s.turn))
            self._offered = [
                shown.question for shown in (*chosen, *rest[: QUESTIONS - len(chosen)])
            ]
        return self._offered


def _refs(text: str) -> frozenset[str]:
    """The identifiers of a text."""
    found = (ref.rstrip(".:,") for ref in IDENTIFIER.findall(text.lower()))
    return frozenset(
        ref
        for ref in found
        if (len(ref) > 4 or any(map(str.isalpha, ref))) and not ref.startswith("me@")
    )


def _cut(text: str, start: int, end: int) -> str:
    """A piece of a long line, cut between words, with what stands from `start` to `end` whole in it."""
    low = 0 if end <= _LONGEST else text.rfind(" ", 0, max(start - _BEFORE, 0)) + 1
    high = low + _LONGEST
    if high < len(text):
        blank = text.rfind(" ", end, high)
        high = blank if blank > 0 else max(end, high)
    return text[low:high].strip()
