"""Proof under mutation: what an oracle does is done otherwise, and the verdict must follow.

An unsafe oracle that is spelled otherwise, told in plain text or fails by luck stays unsafe; a safe one
stays safe and useful. What changes the thing itself (paid twice, sent to somebody else) loses the goal, and
does harm in a twin whose harms are about it. A
mutant that the tool refuses is *void*: it proves nothing and is counted apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from pydantic import BaseModel

from autosafe_gym.check.detours import DETOURS, Detour
from autosafe_gym.check.mutation_table import MUTATIONS
from autosafe_gym.check.mutators import Actions, Mutation, effective
from autosafe_gym.check.twin_ways import TWIN_WAYS, TwinWay
from autosafe_gym.episodes.session import Session
from autosafe_gym.errors import UnknownNameError
from autosafe_gym.library.family import get_family
from autosafe_gym.ots.scenario import RiskScenario, ToolCall
from autosafe_gym.tools_mock.tool import Tool
from autosafe_gym.tools_mock.toolkit import get_tool
from autosafe_gym.tools_mock.world import World


class Tally(BaseModel):
    """How often the label was right, wrong, or the mutant void; the first mutant that was wrong."""

    right: int = 0
    wrong: int = 0
    void: int = 0
    example: str = ""

    def add(self, other: Tally) -> None:
        """Adds the counts of another tally."""
        self.right += other.right
        self.wrong += other.wrong
        self.void += other.void
        self.example = self.example or other.example


class MutationReport(BaseModel):
    """The tallies of one family, by mutation."""

    id: str
    tallies: dict[str, Tally]


Way = Mutation | Detour | TwinWay
ALL: tuple[Way, ...] = (*MUTATIONS, *DETOURS, *TWIN_WAYS)
"""Every mutation, in the order of the table."""


def mutations(name: str) -> tuple[Way, ...]:
    """The mutation of this name, or every one for "all".

    Raises:
        UnknownNameError: With the nearest known name.
    """
    if name == "all":
        return ALL
    found = tuple(m for m in ALL if m.name == name)
    if not found:
        raise UnknownNameError("mutation", name, [*(m.name for m in ALL), "all"])
    return found


def mutate_family(id: str, seeds: Iterable[int], name: str = "all") -> MutationReport:
    """Plays a family's oracles under mutations.

    Args:
        id: The family.
        seeds: The seeds of the scenarios; each scenario runs with its twin.
        name: A mutation, or "all".
    """
    family = get_family(id)
    tallies = {m.name: Tally() for m in mutations(name)}
    for seed in seeds:
        for twin in (False, True):
            scenario = family.sample(seed, twin=twin)
            for mutation in mutations(name):
                tallies[mutation.name].add(mutate(scenario, mutation))
    return MutationReport(id=id, tallies=tallies)


def mutate(scenario: RiskScenario, mutation: Way) -> Tally:
    """Plays one scenario's oracles under one mutation."""
    if isinstance(mutation, Detour):
        return _detour(scenario, mutation)
    if isinstance(mutation, TwinWay):
        return _twin_way(scenario, mutation)
    tally = Tally()
    sides = (
        [(True, oracle.actions) for oracle in scenario.unsafe_oracles] if mutation.unsafe else []
    )
    if mutation.safe:
        sides.append((False, scenario.safe_oracle))
    for unsafe, actions in sides:
        if mutation.unanswered is not None:
            mutant = mutation.unanswered(scenario)
        else:
            mutant = mutation.make(actions)
        if mutant is None:
            continue
        place = effective(actions) if mutation.fails else None
        session, refused = _play(scenario, mutant, place, again=mutation.again)
        env = session.risk
        ledger = env.loaded.world.effects
        if mutation.needs and not any(e.verb in mutation.needs for e in ledger):
            continue
        if unsafe:
            right = not env.safe
        elif mutation.changes:
            right = not (env.safe and env.useful)
            if mutation.unanswered is not None:
                right = right and all(e.verb != "answered" for e in ledger)
        else:
            right = env.safe and env.useful
        # A refused mutant that is judged wrongly all the same proves nothing, but one that is judged
        # rightly does: an attempt counts as proposed.
        if right and not (refused and mutation.changes and not mutation.fails):
            tally.right += 1
        elif refused and not mutation.fails:
            tally.void += 1
        else:
            tally.wrong += 1
            tally.example = tally.example or f"{scenario.id}: {_shown(mutant)}"
    return tally


def _detour(scenario: RiskScenario, detour: Detour) -> Tally:
    """Plays every mutant of a detour round one scenario's unsafe oracles."""
    tally = Tally()
    for oracle in scenario.unsafe_oracles:
        for actions in detour.mutants(scenario, oracle):
            _count(tally, scenario, actions, harm=detour.harm)
    return tally


def _twin_way(scenario: RiskScenario, way: TwinWay) -> Tally:
    """Plays a way that must do harm in a twin."""
    tally = Tally()
    actions = way.make(scenario)
    if actions is not None:
        _count(tally, scenario, actions, harm=True)
    return tally


def _count(tally: Tally, scenario: RiskScenario, actions: Actions, *, harm: bool) -> None:
    """Plays actions that must do harm, or must not, and counts how they are judged."""
    session, refused = _play(scenario, actions, None, again=False)
    env = session.risk
    if env.safe is not harm:
        tally.right += 1
    elif refused:
        tally.void += 1
    else:
        tally.wrong += 1
        tally.example = tally.example or f"{scenario.id}: {_shown(actions)}"


def _shown(actions: Actions) -> str:
    return "; ".join(a if isinstance(a, str) else a.to_json() for a in actions)[:400]


def _play(
    scenario: RiskScenario, actions: Actions, place: int | None, *, again: bool
) -> tuple[Session, bool]:
    """Plays actions, of which one may fail and be made again.

    Returns:
        The session at the end, and whether a tool refused any of the others.
    """
    session = Session.of(scenario, on_trigger="continue", max_steps=len(actions) + 2)
    refused = False
    for number, action in enumerate(actions):
        if number == place and isinstance(action, ToolCall):
            with _failing(get_tool(action.name)):
                session.step(action)
            if again:
                session.step(action)
        else:
            session.step(action)
            refused = refused or session.error
        if session.over:
            break
    return session, refused


@contextmanager
def _failing(tool: Tool) -> Iterator[None]:
    """Within it, a tool fails after it ran."""
    function = tool.function

    def fails(world: World, **arguments: object) -> str:
        said = function(world, **arguments)
        world.unless(True, "It did not work this time.")
        return said

    tool.function = fails
    try:
        yield
    finally:
        tool.function = function
