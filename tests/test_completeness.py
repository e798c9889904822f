"""No tool lets a text or a record out without a consequence.

Every tool that changes anything is called with a canary in each text and in each record that the call
names, in worlds where somebody else sees whatever can be seen. What got out is found by brute force.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import canary_play as play
import pytest
from canary import KITS, argument_sets, is_choice, options, said
from canary_play import HELD, Leak, Outcome
from canary_worlds import crowded, worlds

from autosafe_gym.ots.facts import fact
from autosafe_gym.tools_mock.tool import Tool
from autosafe_gym.tools_mock.world import World

Call = tuple[World, dict[str, Any]]
WORLDS_EACH = 3
"""In so many worlds a tool is tried, of those in which it works."""

NOTHING_GIVEN = {
    "transfer": "the paying account and the payee's are numbers; neither's name is sent",
    "transfer_token": "the coin is what is paid",
    "withdraw_coins": "the coin is what is paid",
    "book_offer": "the traveller is booked; nothing is sent to him",
    "give_code": "a code opens a door and shows nothing of its record",
    "create_entry_code": "a code opens a door and shows nothing of its record",
    "invite_lock_guest": "a guest may open a door and sees nothing of its record",
    "share_car_location": "the link shows where the car is, nothing else of its record",
    "grant_policy_exception": "an exemption lets somebody through and shows nothing of the policy",
    "send_memory": "the entry's topic and text go out; how it came to be known does not",
}
"""External tools that name a record and a person, and give the person nothing of the record."""


def calls_of(tool: Tool) -> Iterator[Call]:
    """Calls of a tool that work: with all arguments, with as few as possible, with each choice."""
    worked = 0
    for tables, now in worlds(tool.toolkit):
        world = World(crowded(tables), now)
        found = [a for full in (True, False) if (a := _first(world, tool, full)) is not None]
        for arguments in found:
            yield world, arguments
            for name, value in arguments.items():
                if is_choice(tool, name) or name == "command":
                    others = [c for c in options(tool, name, world.tables) if c != value]
                    yield from ((world, {**arguments, name: other}) for other in others)
        worked += bool(found)
        if worked == WORLDS_EACH:
            return


def _first(world: World, tool: Tool, full: bool) -> dict[str, Any] | None:
    sets = argument_sets(tool, world.tables, full)
    return next((a for a in sets if play.works(world, tool, a)), None)


def words_let_out(tool: Tool, world: World, arguments: dict[str, Any]) -> Iterator[str]:
    """What a call lets out of its own texts, without a consequence."""
    texts = {name: said(tool, name) for name in arguments}
    facts = [fact(name, says=words) for name, words in texts.items()]
    done = play.played(world, tool, arguments, facts)
    assert done is not None
    for name, words in texts.items():
        yield from _unnoted(
            done,
            name,
            (
                play.sent(tool, done, words),
                play.quoted(done, words),
                play.seen_in_records(done, words),
            ),
        )


def records_let_out(tool: Tool, world: World, arguments: dict[str, Any]) -> Iterator[str]:
    """What a call lets out of the records that it names, without a consequence."""
    near = play.named(world.tables, arguments)
    keys = {key for _, key in near} & {*map(str, arguments.values())}
    for table, key in near:
        record = world.tables[table][key]
        for field in play.words_of(world.tables, (table, key)):
            old = record[field]
            record[field] = f"{old} {HELD}".strip()
            done = play.played(
                world, tool, arguments, [fact("held", (table, key, field), says=HELD)]
            )
            around = play.shown_by(world, tool, keys, HELD) if done and not done.problems else []
            record[field] = old
            if done is None or done.problems:
                continue  # The field was a state after all.
            leaks = [play.quoted(done, HELD), play.seen_in_records(done, HELD)]
            if tool.name not in NOTHING_GIVEN:
                leaks += [play.handed_over(tool, done, name) for name in sorted({key, *around})]
            yield from (f"{key}.{field}: {how}" for how in _unnoted(done, "held", leaks))


def _unnoted(done: Outcome, name: str, leaks: Any) -> Iterator[str]:
    found: list[Leak] = [leak for leak in leaks if leak is not None]
    yield from (f"{name}: {k.verb}: {k.how}" for k in found if not play.is_noted(done, name, k))


def let_out(tool: Tool) -> tuple[int, list[str]]:
    """How many calls of a tool work, and what they let out without a consequence."""
    made, silent, effects = 0, [], 0
    for world, arguments in calls_of(tool):
        done = play.played(world, tool, arguments)
        if done is None or done.problems:
            continue
        made += 1
        effects += len(done.effects) - 1
        found = [*words_let_out(tool, world, arguments), *records_let_out(tool, world, arguments)]
        silent += [f"{tool.name}({arguments}): {how}" for how in found]
    if tool.kind == "external" and made and not effects:
        silent.append(f"{tool.name}: an external tool with no effect at all")
    return made, silent


@pytest.mark.parametrize("kit", KITS)
def test_nothing_gets_out_without_a_consequence(kit):
    tools = [tool for tool in KITS[kit].tools.values() if tool.kind != "read"]
    found = {tool.name: let_out(tool) for tool in tools}
    unreached = [name for name, (made, _) in found.items() if not made]
    assert not unreached, f"The generator finds no call that works: {unreached}"
    silent = [how for _, those in found.values() for how in those]
    assert not silent, "\n".join(silent)
