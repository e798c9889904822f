"""`ScenarioFamily`: one procedure gives thousands of scenarios, each with its benign twin.

A family is a function `(draw, twin) -> Sketch`, decorated with `@family(...)`. It draws everything
that varies *before* it looks at `twin`, so that the two siblings differ in the risk alone.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from autosafe_gym import registry
from autosafe_gym.errors import ScenarioError
from autosafe_gym.features.menu import ASK_TEXT, CONFIRM_TEXT, DONE_TEXT, REFUSE_TEXT
from autosafe_gym.library.attacks import DRAWN
from autosafe_gym.ots.condition import Condition
from autosafe_gym.ots.facts import Fact
from autosafe_gym.ots.guard import Guard
from autosafe_gym.ots.scenario import (
    Outcome,
    RiskScenario,
    ScriptedUser,
    Tamper,
    ToolCall,
    Turn,
    UnsafeOracle,
    World,
)
from autosafe_gym.ots.taxonomy import CHANNELS, DOMAINS, FAILURE_MODES, MODES, OUTCOMES
from autosafe_gym.ots.unchecked import unchecked
from autosafe_gym.tools_mock.toolset import toolset

T = TypeVar("T")
_INSTRUCTION: dict[str, Literal["normal", "underspecified", "malicious"]] = {
    "N": "normal",
    "U": "underspecified",
    "M": "malicious",
}


class Draw:
    """The only source of chance for a family: seeded, the same in every process.

    Args:
        seed: Any integer.
        wrappers: The injection wrappers to draw from.
    """

    __slots__ = ("_random", "wrappers")

    def __init__(self, seed: int, wrappers: Sequence[str] = DRAWN) -> None:
        self.wrappers = wrappers
        self._random = random.Random(seed).random  # noqa: S311

    def number(self, low: int, high: int) -> int:
        """An integer between `low` and `high`, both included."""
        return low + int(self._random() * (high - low + 1))

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self._random() < probability

    def pick(self, options: Sequence[T]) -> T:
        """One of the options."""
        return options[int(self._random() * len(options))]

    def some(self, options: Sequence[T], count: int) -> list[T]:
        """`count` different options, in random order."""
        pool = list(options)
        rand = self._random
        for i in range(min(count, len(pool))):
            j = i + int(rand() * (len(pool) - i))
            pool[i], pool[j] = pool[j], pool[i]
        return pool[:count]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """All the items in random order."""
        return self.some(items, len(items))


@dataclass(slots=True)
class Sketch:
    """What a family's function returns: the part of a scenario that varies.

    Args:
        instruction: The user's instruction.
        world: Initial records, table -> id -> record.
        goal: Condition of success, or None where refusing is right.
        outcomes: The harms. A twin may have some too; its bold action must not be among them.
        safe: The safe oracle: reaches the goal with no outcome (in a twin: the bold action).
        unsafe: For each outcome, one or more oracles; a twin has none.
        user: What the user answers.
        colleagues: Who answers messages, by handle or address in small letters.
        history: Actions that happened before the agent takes over; executed on loading.
        tampering: Changes of the adversarial simulator to observations.
        reached: When the risk has come into play (default: from the start).
        system_prompt: A policy or a role for the agent.
        now: In-world time at the start.
        tags: Further labels.
        facts: What must not get out, get lost or be falsified; conditions name them by id.
        guards: What must hold around events.
    """

    instruction: str
    world: World
    goal: Condition | None
    outcomes: list[Outcome]
    safe: list[ToolCall]
    unsafe: list[UnsafeOracle]
    user: ScriptedUser = field(default_factory=ScriptedUser)
    colleagues: dict[str, ScriptedUser] = field(default_factory=dict)
    history: list[ToolCall] = field(default_factory=list)
    tampering: list[Tamper] = field(default_factory=list)
    reached: Condition | None = None
    system_prompt: str | None = None
    now: str = "2026-03-02 09:00"
    tags: dict[str, str] = field(default_factory=dict)
    facts: Sequence[Fact] = ()
    guards: Sequence[Guard] = ()


@dataclass(frozen=True)
class ScenarioFamily:
    """A family: its labels and its procedure. Make one with the decorator `family`."""

    id: str
    domain: str
    mode: str
    channel: str
    failure_mode: str
    outcomes: tuple[str, ...]
    severity: int
    toolkits: tuple[str, ...]
    description: str
    build: Callable[[Draw, bool], Sketch]

    def __reduce_ex__(self, protocol: Any) -> Any:
        """A registered family is taken up by its id: its procedure can't be pickled."""
        if registry.table("family").get(self.id) is self:
            return get_family, (self.id,)
        return super().__reduce_ex__(protocol)

    @property
    def has_injection(self) -> bool:
        """Whether an intruder's order is planted in its scenarios."""
        return "wrapper" in self.sample(0).tags

    def sample(
        self, seed: int, *, twin: bool = False, wrappers: Sequence[str] = DRAWN
    ) -> RiskScenario:
        """The scenario of this seed, or its twin.

        Args:
            seed: A non-negative integer; the same one always gives the same scenario.
            twin: Whether to give the benign twin.
            wrappers: The injection wrappers (of `ATTACKS`) that one is drawn from; they change nothing
                else.
        """
        draw = Draw(seed * 2_654_435_761 + zlib.crc32(self.id.encode()), wrappers)
        try:
            sketch = self.build(draw, twin)
        except SystemExit as error:
            raise ScenarioError(
                f"The code of family {self.id!r} wants to end the process (exit {error.code!r}). Mend it."
            ) from error
        # Sampling is on the path of every fresh reset: `autosafe check` validates, this doesn't.
        return unchecked(
            RiskScenario,
            schema_version=1,
            id=f"{self.id}/{seed}/twin" if twin else f"{self.id}/{seed}",
            family=self.id,
            seed=seed,
            domain=self.domain,
            instruction_mode=_INSTRUCTION[self.mode[0]],
            history_mode="malicious" if self.mode[2] == "M" else "normal",
            channel=self.channel,
            failure_mode=self.failure_mode,
            outcome_types=self.outcomes,
            severity=self.severity,
            twin=twin,
            system_prompt=sketch.system_prompt,
            instruction=sketch.instruction,
            history=tuple([Turn(action=action) for action in sketch.history]),
            toolkits=self.toolkits,
            now=sketch.now,
            world=sketch.world,
            tampering=tuple(sketch.tampering),
            user=sketch.user,
            colleagues=sketch.colleagues,
            goal=sketch.goal,
            outcomes=tuple(sketch.outcomes),
            facts=tuple(sketch.facts),
            guards=tuple(sketch.guards),
            reached=sketch.reached,
            safe_oracle=tuple(sketch.safe),
            unsafe_oracles=tuple(sketch.unsafe),
            max_steps=15,
            tags=sketch.tags,
        )


def family(
    id: str,
    *,
    domain: str,
    mode: str,
    channel: str,
    failure_mode: str,
    outcomes: tuple[str, ...],
    severity: int,
    toolkits: tuple[str, ...],
) -> Callable[[Callable[[Draw, bool], Sketch]], ScenarioFamily]:
    """Decorator: registers a scenario family.

    Args:
        id: A slug, unique over all families.
        domain: One of `DOMAINS`.
        mode: Instruction and history as the paper writes them, such as `N-M`.
        channel: Where the risk comes from, one of `CHANNELS`.
        failure_mode: How an agent fails here, one of `FAILURE_MODES`.
        outcomes: Types of harm, of `OUTCOMES`; every one has an unsafe oracle in each scenario.
        severity: 0 to 3.
        toolkits: The toolkits that the agent has.

    Raises:
        ScenarioError: If the id is taken or the mode unknown.
        UnknownNameError: If a label or a toolkit is unknown.
    """

    def register(build: Callable[[Draw, bool], Sketch]) -> ScenarioFamily:
        if mode not in MODES:
            raise ScenarioError(f"Family {id!r}: mode {mode!r} is none of {', '.join(MODES)}.")
        if id in registry.table("family"):
            raise ScenarioError(f"A family {id!r} exists already; choose another id.")
        DOMAINS.check(domain)
        CHANNELS.check(channel)
        FAILURE_MODES.check(failure_mode)
        for outcome in outcomes:
            OUTCOMES.check(outcome)
        toolset(toolkits)
        made = ScenarioFamily(
            id=id,
            domain=domain,
            mode=mode,
            channel=channel,
            failure_mode=failure_mode,
            outcomes=outcomes,
            severity=severity,
            toolkits=toolkits,
            description=(build.__doc__ or "").strip(),
            build=build,
        )
        registry.add("family", id, made)
        return made

    return register


def get_family(id: str) -> ScenarioFamily:
    """A registered family.

    Raises:
        UnknownNameError: With the nearest known id.
    """
    found: ScenarioFamily = registry.find("family", id, "'autosafe list' shows them.")
    return found


def all_families() -> dict[str, ScenarioFamily]:
    """Every registered family by id, in alphabetical order."""
    return dict(sorted(registry.table("family").items()))


def call(name: str, /, **arguments: Any) -> ToolCall:
    """Shorthand for `ToolCall`, for the oracles of a family."""
    return ToolCall(name=name, arguments=arguments)


ASK = call("ask_user", question=ASK_TEXT)
CONFIRM = call("confirm", message=CONFIRM_TEXT)
REFUSE = call("refuse", reason=REFUSE_TEXT)
DONE = call("finish", message=DONE_TEXT)
"""The dialogue acts in the words that every menu offers; oracles use these."""
