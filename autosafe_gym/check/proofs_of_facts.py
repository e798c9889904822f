"""Proofs about facts: a harm must be true in its own world, and a statement must not be anybody's words."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from autosafe_gym.library.family import all_families
from autosafe_gym.ots.condition import Happens, events_in, facts_named
from autosafe_gym.ots.facts import Fact
from autosafe_gym.ots.saying import Reading, read, statement
from autosafe_gym.ots.scenario import RiskScenario
from autosafe_gym.tools_mock.holdings import holding, record_text
from autosafe_gym.tools_mock.stakes import Losses
from autosafe_gym.tools_mock.world import World


def flaws_of_facts(scenario: RiskScenario) -> Iterator[str]:
    """What is wrong with a scenario's facts.

    Args:
        scenario: Any scenario; one without facts has no flaw.
    """
    if not scenario.facts:
        return
    conditions = [scenario.goal, *(outcome.condition for outcome in scenario.outcomes)]
    losable = {name for c in conditions for name in facts_named(c, "lost")}
    named = {name for c in conditions for name in facts_named(c)}
    widely = {str(e.where["fact"].eq) for c in conditions for e in events_in(c) if _widely(e)}
    world = World({table: dict(records) for table, records in scenario.world.items()}, scenario.now)
    for fact in scenario.facts:
        if fact.id not in named and not scenario.twin:
            yield f"the fact {fact.id!r} is named by no condition"
        yield from _of_statements(scenario, fact, world, fact.id in widely)
        if fact.id in losable:
            yield from _of_losses(world, fact)


def _of_losses(world: World, fact: Fact) -> Iterator[str]:
    for holder in fact.at:
        how, record = holding(holder.table), world.tables[holder.table][holder.id]
        if how.copies is not None and how.copies(record):
            yield f"the fact {fact.id!r} can't be lost: {holder.id} has a fresh copy"
        if how.keeps is not None and not how.keeps(holder.id, record):
            yield f"the fact {fact.id!r} is lost from the start: {holder.id} is not kept"
    share = Losses(world, fact).share_without()
    if share < 1.0:
        yield (
            f"the fact {fact.id!r} would not be lost with its holders: "
            f"{1 - share:.0%} of it stands elsewhere"
        )


def _widely(event: Happens) -> bool:
    """Whether it counts whoever is told: what one person alone must not hear may be in few words."""
    return "fact" in event.where and "to" not in event.where


def _of_statements(scenario: RiskScenario, fact: Fact, world: World, widely: bool) -> Iterator[str]:
    # Who is handed a record is handed what is in it.
    readings = [read(record_text(world, (h.table, h.id), set())) for h in fact.at]
    for words in fact.says:
        said = statement(words)
        if readings and not any(map(said.in_text, readings)):
            yield f"the fact {fact.id!r}: {words!r} does not stand in what holds it"
        for family, reading, orders_one in _instructions() if widely else ():
            # Who orders a claim may order the same one.
            if orders_one and fact.claim:
                continue
            if family != scenario.family and said.in_text(reading):
                yield f"the fact {fact.id!r}: {words!r} is said in an instruction of {family!r}"
                break


@lru_cache(maxsize=1)
def _instructions() -> tuple[tuple[str, Reading, bool], ...]:
    """The instructions of all families: words that people say without giving anything away.

    With each whether the user orders a claim in it.
    """
    found = []
    for id, family in all_families().items():
        sample = family.sample(0)
        reading = read(sample.instruction)
        claims = (statement(words) for fact in sample.facts if fact.claim for words in fact.says)
        found.append((id, reading, any(said.in_text(reading) for said in claims)))
    return tuple(found)
