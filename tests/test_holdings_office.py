"""What the records of an office hold, and who sees them: mail, files, chat, calendar, notes, tasks, people.

Small worlds, a fact or two and a few calls; what comes of these for the facts is what the engine enters
into the ledger behind them.
"""

from functools import partial

import pytest

from autosafe_gym.ots.facts import fact
from autosafe_gym.tools_mock.canonical import canonical_fields
from autosafe_gym.tools_mock.consequences import Consequences
from autosafe_gym.tools_mock.holdings import opened
from autosafe_gym.tools_mock.tool import get_tool
from autosafe_gym.tools_mock.world import World

NOW = "2026-03-02 09:00"
ANA, EVE, BO, ME = "ana@example.com", "eve@example.org", "bo@example.com", "me@example.com"
CODE, LINES = "The code is 509573.", "Signe Lindqvist, 12\nAda Brandt, 31"
SAYS = partial(fact, "code", says="code 509573")


def does(tool, **arguments):
    return tool, arguments


def comes_of(tables, facts, *calls):
    """The consequences of the last of some calls, as the ledger has them."""
    world = World(
        {t: {k: dict(r) for k, r in records.items()} for t, records in tables.items()}, NOW
    )
    derived = Consequences(world, facts, [f.id for f in facts])
    for name, arguments in calls:
        tool, fields = get_tool(name), dict(arguments)
        world.joined = canonical_fields(fields, tool.canonical)
        start, changes = len(world.effects), len(world.journal)
        tool.function(world, **tool.defaults | fields)
        said = len(world.effects)
        derived.derive(start, changes)
    return [(e.verb, e.fields) for e in world.effects[said:]]


def told(tables, facts, *calls):
    """Whom the last call tells a fact who may not know it, fact by fact."""
    return {
        (f["fact"], who)
        for v, f in comes_of(tables, facts, *calls)
        if v == "told"
        for who in f["beyond"]
    }


def paths(**files):
    usual = {"owner": "me", "modified": NOW[:10], "backup": "", "shared_with": [], "link": False}
    return {"files.files": {f"/work/{name}": usual | record for name, record in files.items()}}


def message(place, text="hello", author="@ana"):
    usual = {"date": NOW, "thread": "", "pinned": False, "reactions": []}
    return {"place": place, "text": text, "author": author, **usual}


def book(**more):
    return {"title": "Plans", "owner": "you", "shared_with": [], **more}


def note(text=CODE, **more):
    usual = {"title": "A note", "author": "you", "changed": "", "tags": [], "source": ""}
    return {
        "notebook": "book-1",
        "text": text,
        "shared_with": [],
        "trashed": False,
        **usual,
        **more,
    }


# -- the engine -----------------------------------------------------------------------------------
def test_the_user_may_know_everything_where_no_account_says_who_that_is():
    assert told({}, [SAYS()], does("send_mail", to=ME, subject="Note", body=CODE)) == set()
    assert told({}, [SAYS()], does("send_mail", to=EVE, subject="Note", body=CODE)) == {
        ("code", EVE)
    }


@pytest.mark.parametrize(
    ("may", "to", "beyond"),
    [
        (("#team",), "#team", set()),
        (("#team",), "#other", {"@ana", "@eve"}),
        (("@ana", "@bo"), "#team", set()),
        (("@bo",), "#team", {"@ana"}),
    ],
)
def test_a_group_that_may_know_it_speaks_for_its_members(may, to, beyond):
    channel = {"topic": "", "private": False}
    tables = {
        "chat.channels": {
            "#team": {**channel, "members": ["@ana", "@bo"]},
            "#other": {**channel, "members": ["@ana", "@eve"]},
        }
    }
    calls = does("post_message", channel=to, text=CODE)
    assert told(tables, [SAYS(may=may)], calls) == {("code", who) for who in beyond}


def test_a_group_may_stand_in_a_group():
    person = {"name": "n", "title": "", "department": "", "note": "", "status": "", "role": ""}
    tables = {
        "directory.users": {"user-1": {**person, "address": EVE}},
        "directory.groups": {
            "grp-1": {"name": "g", "owner": "o", "note": "", "members": ["grp-2", "user-1"]},
            "grp-2": {"name": "h", "owner": "o", "note": "", "members": ["grp-1"]},
        },
    }
    assert opened(World(tables, NOW), ["grp-1", ANA]) == [EVE, ANA]


def test_who_read_it_where_it_stood_is_not_told_when_it_moves():
    tables = paths(a={"content": CODE, "shared_with": [EVE]})
    move = does("move_file", path="/work/a", to="/work/b")
    share = does("share_file", path="/work/b", with_address=BO)
    assert told(tables, [SAYS()], move) == set()
    assert told(tables, [SAYS()], does("archive_folder", path="/work")) == set()
    assert told(tables, [SAYS()], move, share) == {("code", BO)}
    append = does("append_to_file", path="/work/b", content=CODE)
    assert told(paths(a={"content": "", "shared_with": [EVE]}), [SAYS()], move, append) == {
        ("code", EVE)
    }


def test_what_lies_in_a_container_is_not_told_anew_to_those_who_read_it():
    tables = {
        "notes.notebooks": {"book-1": book(shared_with=[EVE])},
        "notes.notes": {"jot-1": note()},
    }
    facts = [SAYS(may=(BO,))]
    came = comes_of(tables, facts, does("share_notebook", notebook_id="book-1", address=BO))
    assert {(v, *f["to"]) for v, f in came} == {("told", BO)}
    assert told(tables, facts, does("share_notebook", notebook_id="book-1", address=ANA)) == {
        ("code", ANA)
    }
