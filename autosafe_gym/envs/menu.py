"""`Menu`: the calls that a policy without a language model may choose from.

Candidates come only from what the policy has seen: every tool, with its required arguments bound by
semantic type to the entities in sight, and the four dialogue acts. Optional arguments stay at their
defaults. Nothing here knows a scenario, an oracle or a label.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec

from autosafe_gym.ots.scenario import ToolCall
from autosafe_gym.tools_mock.semantic import all_semantics
from autosafe_gym.tools_mock.tool import Tool, get_tool

MAX_CANDIDATES = 128
PER_TOOL = 24
PER_TYPE = 8
WINDOW = 60
"""Characters on either side of an entity that are looked at for names, within its line."""

FILLERS = {"document": "As requested.", "title": "Update"}
"""Offered beside the quotations in sight, so that a message can always be written."""

ASK_TEXT = "Could you tell me what is missing, or which one you mean?"
CONFIRM_TEXT = "I am about to do this, and it may be hard to undo. Shall I go ahead?"
REFUSE_TEXT = "I can't help with this."
DONE_TEXT = "Done."
_ACTS = (
    ("ask_user", "question", ASK_TEXT),
    ("confirm", "message", CONFIRM_TEXT),
    ("refuse", "reason", REFUSE_TEXT),
    ("finish", "message", DONE_TEXT),
)
_TALK = frozenset(name for name, _, _ in _ACTS)
_NAME = re.compile(r"[A-Z][a-z]{2,}")
# Text of these types is quoted; the same quotation serves both.
_SHARED = {"title": "document"}


class Entity:
    """Something in sight that can be an argument.

    Attributes:
        value: The text (or number) to bind.
        type: The name of its semantic type; "" for a choice that the schema itself offers.
        in_instruction: Whether the first observation held it.
        from_user: Whether an answer of the user held it.
        from_tool: Whether a tool's result held it.
        first: Number of the observation that held it first (0: the first of the episode).
        last: Number of the newest observation that held it.
        count: How many observations held it.
        kin: Whether the text around its newest occurrence, within its line, holds a name that the
            instruction holds too.
        row: What of its features lasts, kept by `entity_rows` until it is seen again.
    """

    __slots__ = (
        "count",
        "first",
        "from_tool",
        "from_user",
        "in_instruction",
        "kin",
        "last",
        "row",
        "type",
        "value",
    )

    def __init__(self, value: Any, type: str, first: int = -1) -> None:
        self.value = value
        self.type = type
        self.in_instruction = self.from_user = self.from_tool = self.kin = False
        self.first = self.last = first
        self.count = 0
        self.row: Any = None


class Candidate:
    """One call on the menu: the tool and the entity bound to each required argument."""

    __slots__ = ("entities", "tool")

    def __init__(self, tool: Tool, entities: tuple[Entity, ...]) -> None:
        self.tool = tool
        self.entities = entities

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments of the call."""
        names = self.tool.required
        return {n: e.value for n, e in zip(names, self.entities, strict=True)}

    @property
    def call(self) -> ToolCall:
        """The candidate as an action."""
        return ToolCall.model_construct(name=self.tool.name, arguments=self.arguments)


@lru_cache(maxsize=4096)
def _plan(name: str) -> tuple[Tool, tuple[tuple[str, tuple[Entity, ...], bool], ...]]:
    """How to bind each required argument: (semantic type, fixed choices, as a list)."""
    tool = get_tool(name)
    slots = []
    for parameter in tool.required:
        hint = tool.parameters[parameter]
        base = get_args(hint)[0] if get_origin(hint) is Annotated else hint
        meant = tool.semantics[parameter]
        choices: tuple[Any, ...] = ()
        if get_origin(base) is Literal:
            choices = get_args(base)
        elif base is bool:
            choices = (True, False)
        elif base is int and meant is None:
            choices = (1,)
        kind = "" if choices else (meant.name if meant else "title")
        as_list = get_origin(base) is list
        slots.append((kind, tuple(Entity(c, "") for c in choices), as_list))
    return tool, tuple(slots)


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
    plans = [_plan(name) for name in names if name not in _TALK]
    kinds = [[_SHARED.get(kind, kind) for kind, _, _ in slots if kind] for _, slots in plans]
    copies = [any(as_list for _, _, as_list in slots) for _, slots in plans]
    found = frozenset(kind for each in kinds for kind in each)
    return plans, kinds, copies, _finder(found)


class Menu:
    """Keeps the entities in sight and lists the candidates.

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
            self.calls_made.append((name, arguments))
        number = self.seen
        if number == 0:
            self._named = frozenset(_NAME.findall(observation))
        self.seen += 1
        self.texts.append(observation)
        self.asked_for.append(name)
        self._cached = None
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
            if fresh:
                # Newest first; what was seen longest ago falls off the end of the menu.
                self._by_type[kind] = {**fresh, **known}
                self._fresh.add(kind)

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
        """The calls on offer, dialogue acts first; at most `MAX_CANDIDATES`."""
        if self._cached is None:
            self._cached = self._list()
        return self._cached

    @property
    def calls(self) -> list[ToolCall]:
        """The candidates as actions."""
        return [candidate.call for candidate in self.candidates]

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
                options = self._bound[number] = self._bind(tool, slots, offered)
            per_tool.append(options)
        found = list(self._acts)
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

    def _bind(
        self,
        tool: Tool,
        slots: tuple[tuple[str, tuple[Entity, ...], bool], ...],
        offered: dict[str, tuple[Entity, ...]],
    ) -> list[Candidate]:
        choices: list[tuple[Entity, ...]] = []
        for kind, fixed, as_list in slots:
            options = fixed or offered.get(_SHARED.get(kind, kind), ())
            if kind in self._fillers:
                if kind == "title":
                    options = tuple(e for e in options if len(e.value) <= 120)
                options = (*options, self._fillers[kind])
            if as_list:
                options = tuple(_listed(e) for e in options)
            if not options:
                return []
            choices.append(options)
        if not choices:
            return [Candidate(tool, ())]
        if len(choices) == 1:
            return [Candidate(tool, (e,)) for e in choices[0][:PER_TOOL]]
        return [Candidate(tool, bound) for bound in _by_rank(choices)]


def _from_elsewhere(entity: Entity) -> bool:
    return not (entity.in_instruction or entity.from_user)


def _listed(entity: Entity) -> Entity:
    copy = Entity([entity.value], entity.type, entity.first)
    copy.in_instruction, copy.kin = entity.in_instruction, entity.kin
    copy.from_user, copy.from_tool = entity.from_user, entity.from_tool
    copy.last, copy.count = entity.last, entity.count
    return copy


@lru_cache(maxsize=1024)
def _ranks(sizes: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """Index tuples in order of the sum of ranks: the newest entities together come first."""
    import itertools

    every = itertools.product(*(range(size) for size in sizes))
    return tuple(sorted(every, key=lambda index: (sum(index), index)))[:PER_TOOL]


def _by_rank(choices: list[tuple[Entity, ...]]) -> list[tuple[Entity, ...]]:
    ranks = _ranks(tuple(map(len, choices)))
    if len(choices) == 2:
        first, second = choices
        return [(first[i], second[j]) for i, j in ranks]
    return [
        tuple([options[i] for options, i in zip(choices, index, strict=True)]) for index in ranks
    ]
