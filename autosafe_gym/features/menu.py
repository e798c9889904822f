"""`Menu`: the calls that a policy without a language model may choose from.

Candidates come only from what the policy has seen: every tool, with its required arguments bound by
semantic type to the entities in sight, the four dialogue acts, and questions about lines in sight.
Optional arguments stay at their defaults. Nothing here knows a scenario, an oracle or a label.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from autosafe_gym.features.candidates import PER_TOOL, Candidate, Entity, bind, plan
from autosafe_gym.features.questions import Lines, Question
from autosafe_gym.ots.gates import names
from autosafe_gym.ots.scenario import ToolCall
from autosafe_gym.tools_mock.semantic import FILLERS, all_semantics
from autosafe_gym.tools_mock.toolkit import get_tool

MAX_CANDIDATES = 134
PER_TYPE = 8
WINDOW = 60
"""Characters on either side of an entity that are looked at for names, within its line."""

ASK_TEXT = "Could you tell me what is missing, or which one you mean?"
CONFIRM_TEXT = "I am about to do this, and it may be hard to undo. Shall I go ahead?"
REFUSE_TEXT = "I can't help with this."
DONE_TEXT = "Done."
REPORT_CHARS = 2000
"""Length of the longest message with which a menu ends a task."""
_ACTS = (
    ("ask_user", "question", ASK_TEXT),
    ("confirm", "message", CONFIRM_TEXT),
    ("refuse", "reason", REFUSE_TEXT),
    ("finish", "message", DONE_TEXT),
)
_TALK = frozenset(name for name, _, _ in _ACTS)
_TEXTS = frozenset({"document", "title", "message"})
"""Types whose entities are quoted text: no line is about one of them."""
_NAME = re.compile(r"[A-Z][a-z]{2,}")
_DICTATED = re.compile(r"[\"“]((?=[^\"”\n]+? [^\"”\n])[^\"”\n]+)[\"”]")
"""Words that the user dictates: a quotation of more than one word."""


@lru_cache(maxsize=4096)
def _finder(
    names: frozenset[str],
) -> tuple[tuple[str, re.Pattern[str], Callable[[str], Any]], ...]:
    known = all_semantics()
    return tuple(
        (name, re.compile(known[name].pattern), known[name].read)
        for name in sorted(names)
        if name in known and known[name].pattern
    )


@lru_cache(maxsize=1024)
def _plans(names: tuple[str, ...]) -> tuple[list[Any], list[list[str]], list[bool], Any]:
    """For each tool how it is bound, of which types, whether as a list; and what finds the types."""
    plans = [plan(name) for name in names if name not in _TALK]
    kinds = [[slot.source for slot in slots if slot.kind] for _, slots in plans]
    copies = [any(slot.listed for slot in slots) for _, slots in plans]
    found = frozenset(kind for each in kinds for kind in each)
    return plans, kinds, copies, _finder(found)


class Report(Candidate):
    """The end of the task, with what was read last cited in its message.

    A citation, because the words of a result are not the agent's: a mail that declines does not make
    an agent decline that reports it. The entity stays `DONE_TEXT`: a policy chooses the act, and its
    features must not depend on the words that are reported.
    """

    __slots__ = ("message",)

    def __init__(self, act: Candidate, result: str) -> None:
        super().__init__(act.tool, act.entities)
        self.message = DONE_TEXT
        if result:
            start, end = f"{DONE_TEXT}\n```\n", "\n```"
            cited = result.replace("```", "...")[: REPORT_CHARS - len(start) - len(end)]
            self.message = f"{start}{cited}{end}"

    @property
    def arguments(self) -> dict[str, Any]:
        """The message."""
        return {"message": self.message}


class Menu:
    """Keeps the entities in sight and lists the candidates.

    The candidate `finish` reports the newest result of a reading tool (not of a dialogue act; where
    none has read, of any tool: what a write answers is rarely what was asked for), without the words
    that the user dictated: saying those is a decision of its own, which no report may take.

    Args:
        tools: Names of the tools that the agent has, as `info["tools"]` lists them.
    """

    def __init__(self, tools: Sequence[str]) -> None:
        self._plans, self._kinds, self._copies, self._find = _plans(tuple(tools))
        self.tools = [tool for tool, _ in self._plans]
        self.tool_names = tuple(tool.name for tool in self.tools)
        self._acts = [
            Candidate(get_tool(name), (Entity(text, "message"),)) for name, _, text in _ACTS
        ]
        self._fillers = {k: Entity(v, k) for k, v in FILLERS.items()}
        self._by_type: dict[str, dict[Any, Entity]] = {}
        self._cached: list[Candidate] | None = None
        # Per type: the entities on offer; and the types of which a newer text had some.
        self._offered: dict[str, tuple[Entity, ...]] = {}
        self._fresh: set[str] = set()
        # Per tool: its candidates, once they were bound.
        self._bound: list[list[Candidate] | None] = [None] * len(self._plans)
        self._named: frozenset[str] = frozenset()
        self.seen = 0
        self.texts: list[str] = []
        self.asked_for: list[str] = []
        self.calls_made: list[tuple[str, dict[str, Any]]] = []
        self.now = ""
        self._result, self._has_read = "", False
        self._dictated: list[str] = []
        self._lines = Lines()
        # What `features` keeps of this episode.
        self.notes: Any = None

    @classmethod
    def for_info(cls, info: dict[str, Any]) -> Menu:
        """A menu over the tools of `info["tools"]`."""
        return cls([schema["function"]["name"] for schema in info["tools"]])

    def start(self, observation: str, info: dict[str, Any]) -> None:
        """Begins an episode.

        Where the scenario has a history, its turns are taken in one by one from `info["messages"]`,
        so that a frozen scenario looks the same as one that was played up to this point.

        Args:
            observation: The first observation.
            info: The info of `reset`.
        """
        self._by_type = {}
        self._offered = {}
        self._fresh = set()
        self._bound = [None] * len(self._plans)
        self.seen = 0
        self.texts = []
        self.asked_for = []
        self.calls_made = []
        self.now = info.get("now", "")
        self._result, self._has_read = "", False
        self.notes = None
        for filler in self._fillers.values():
            filler.row = None
        messages = info["messages"]
        opening = [m["content"] for m in messages if m["role"] in ("system", "user")]
        self.see("", {}, "\n".join(opening))
        called: dict[str, Any] = {}
        for message in messages:
            if message["role"] == "assistant":
                called = message["tool_calls"][0]["function"]
            elif message["role"] == "tool":
                arguments = msgspec.json.decode(called["arguments"])
                self.see(called["name"], arguments, message["content"])

    def see(self, name: str, arguments: dict[str, Any], observation: str) -> None:
        """Takes in a turn.

        Args:
            name: The tool that was called ("": none, the first observation or an unreadable action).
            arguments: Its arguments.
            observation: Its result.
        """
        if name:
            if name == "finish" and arguments == self._report.arguments:
                # The words of a report are the menu's own: to a policy it is the same act again.
                arguments = {"message": DONE_TEXT}
            self.calls_made.append((name, arguments))
            if name not in _TALK:
                reads = get_tool(name).kind == "read"
                if reads or not self._has_read:
                    self._result, self._has_read = observation, reads
        number = self.seen
        if number == 0:
            self._named = frozenset(_NAME.findall(observation))
            self._dictated = _DICTATED.findall(observation)
            self._lines = Lines(observation)
        self.seen += 1
        self.texts.append(observation)
        self.asked_for.append(name)
        self._cached = None
        hits: list[tuple[str, Entity]] = []
        for kind, pattern, read in self._find:
            known = self._by_type.setdefault(kind, {})
            fresh: dict[Any, Entity] = {}
            for hit in pattern.finditer(observation):
                value = read(hit[hit.lastindex or 0])
                if value in fresh:
                    continue
                entity = known.pop(value, None) or Entity(value, kind, number)
                entity.row = None
                entity.last = number
                entity.count += 1
                if number == 0:
                    entity.in_instruction = True
                elif name in _TALK:
                    entity.from_user = True
                else:
                    entity.from_tool = True
                entity.kin = number > 0 and self._has_name(observation, *hit.span())
                fresh[value] = entity
                if kind not in _TEXTS:
                    hits.append((hit[0], entity))
            if fresh:
                # Newest first; what was seen longest ago falls off the end of the menu.
                self._by_type[kind] = {**fresh, **known}
                self._fresh.add(kind)
        if number and name not in _TALK:
            self._lines.see(observation, number, hits)

    def questions_on(self, named: Sequence[str]) -> list[Question]:
        """The questions on offer whose line names one of some values, in the order of the values.

        Args:
            named: Values, such as a question of an oracle names them.
        """
        offered = self._lines.questions()
        found = [q for value in named for q in offered if names(q.entities[-1].value, value)]
        return list(dict.fromkeys(found))

    def _has_name(self, text: str, start: int, end: int) -> bool:
        """Whether a name of the instruction stands next to a place, within its line."""
        named = self._named
        if not named:
            return False
        low = max(text.rfind("\n", 0, start) + 1, start - WINDOW)
        stop = text.find("\n", end)
        high = end + WINDOW if stop < 0 else min(stop, end + WINDOW)
        if not named.isdisjoint(_NAME.findall(text, low, high)):
            return True
        # What is found may begin within a word.
        return text[start - 1 : start].islower() and not named.isdisjoint(
            _NAME.findall(text, low, start)
        )

    @property
    def candidates(self) -> list[Candidate]:
        """The calls on offer, at most `MAX_CANDIDATES`: dialogue acts, questions about lines, tools."""
        if self._cached is None:
            self._cached = self._list()
        return self._cached

    @property
    def calls(self) -> list[ToolCall]:
        """The candidates as actions."""
        return [candidate.call for candidate in self.candidates]

    @property
    def _report(self) -> Report:
        result = self._result
        for words in self._dictated:
            result = result.replace(words, "...")
        return Report(self._acts[-1], result)

    def _list(self) -> list[Candidate]:
        offered = self._offered
        changed = set()
        for kind in self._fresh:
            # What the user named comes first, then the newest.
            entities = tuple(sorted(self._by_type[kind].values(), key=_from_elsewhere)[:PER_TYPE])
            if entities != offered.get(kind):
                offered[kind] = entities
                changed.add(kind)
        fresh = self._fresh
        self._fresh = set()
        per_tool = []
        for number, (tool, slots) in enumerate(self._plans):
            # A turn brings new entities of a few types; the other tools keep their candidates.
            # (A list's entity is a copy, which would not see what becomes of the original.)
            options = self._bound[number]
            moved = fresh if self._copies[number] else changed
            if options is None or not moved.isdisjoint(self._kinds[number]):
                options = self._bound[number] = bind(tool, slots, offered, self._fillers)
            per_tool.append(options)
        found = [*self._acts[:-1], self._report, *self._lines.questions()]
        room = MAX_CANDIDATES - len(found)
        if sum(map(len, per_tool)) <= room:
            for options in per_tool:
                found += options
            return found
        # Too many: every tool keeps its best ones, round by round.
        kept: list[list[Candidate]] = [[] for _ in per_tool]
        for rank in range(PER_TOOL):
            for options, chosen in zip(per_tool, kept, strict=True):
                if room and rank < len(options):
                    chosen.append(options[rank])
                    room -= 1
        return found + [candidate for chosen in kept for candidate in chosen]


def _from_elsewhere(entity: Entity) -> bool:
    return not (entity.in_instruction or entity.from_user)
