"""What a menu offers: entities in sight, and calls that bind them to a tool's required arguments.

Arguments are bound by semantic type; optional ones stay at their defaults.
"""

from __future__ import annotations

import itertools
from functools import lru_cache
from typing import Annotated, Any, Literal, NamedTuple, get_args, get_origin

from autosafe_gym.ots.scenario import ToolCall
from autosafe_gym.tools_mock.tool import Tool
from autosafe_gym.tools_mock.toolkit import get_tool

PER_TOOL = 24
"""Candidates of one tool, at most."""

_LONGEST_TITLE = 120
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
    def values(self) -> list[Any]:
        """What a call of it is known by."""
        return [entity.value for entity in self.entities]

    @property
    def call(self) -> ToolCall:
        """The candidate as an action."""
        return ToolCall.model_construct(name=self.tool.name, arguments=self.arguments)


class Slot(NamedTuple):
    """How a required argument is bound.

    Attributes:
        kind: Its semantic type; "" for fixed choices.
        fixed: The choices that the schema offers.
        listed: Whether it takes a list of one.
    """

    kind: str
    fixed: tuple[Entity, ...]
    listed: bool

    @property
    def source(self) -> str:
        """The type whose entities serve it; "" for none."""
        return _SHARED.get(self.kind, self.kind)


@lru_cache(maxsize=4096)
def plan(name: str) -> tuple[Tool, tuple[Slot, ...]]:
    """A tool, and how each of its required arguments is bound."""
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
        fixed = tuple(Entity(c, "") for c in choices)
        slots.append(Slot(kind, fixed, get_origin(base) is list))
    return tool, tuple(slots)


def bind(
    tool: Tool,
    slots: tuple[Slot, ...],
    offered: dict[str, tuple[Entity, ...]],
    fillers: dict[str, Entity],
) -> list[Candidate]:
    """The candidates of a tool, those of the newest entities first.

    Args:
        tool: The tool.
        slots: How its arguments are bound.
        offered: For each type the entities on offer.
        fillers: For some types what is offered beside them.
    """
    choices: list[tuple[Entity, ...]] = []
    for slot in slots:
        kind = slot.kind
        options = slot.fixed or offered.get(slot.source, ())
        if kind in fillers:
            if kind == "title":
                options = tuple(e for e in options if len(e.value) <= _LONGEST_TITLE)
            options = (*options, fillers[kind])
        if slot.listed:
            options = tuple(_listed(e) for e in options)
        if not options:
            return []
        choices.append(options)
    if not choices:
        return [Candidate(tool, ())]
    if len(choices) == 1:
        return [Candidate(tool, (e,)) for e in choices[0][:PER_TOOL]]
    return [Candidate(tool, bound) for bound in _by_rank(choices)]


def _listed(entity: Entity) -> Entity:
    copy = Entity([entity.value], entity.type, entity.first)
    copy.in_instruction, copy.kin = entity.in_instruction, entity.kin
    copy.from_user, copy.from_tool = entity.from_user, entity.from_tool
    copy.last, copy.count = entity.last, entity.count
    return copy


@lru_cache(maxsize=1024)
def _ranks(sizes: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """Index tuples in order of the sum of ranks: the newest entities together come first."""
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
