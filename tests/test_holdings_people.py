"""What the records of social networks, phones, clinics, schools, offices and homes tell, keep and lose."""

from copy import deepcopy

import pytest

from autosafe_gym.ots.facts import fact
from autosafe_gym.tools_mock import holdings
from autosafe_gym.tools_mock.consequences import Consequences
from autosafe_gym.tools_mock.holdings import Holds
from autosafe_gym.tools_mock.world import World

NOW = "2026-03-02 09:00"


def _world(tables, facts, losable=()):
    world = World(deepcopy(tables), NOW)
    return world, Consequences(world, facts, losable)


def _after(world, consequences, change):
    """What one change leaves behind: (verb, fact, whom it reached beyond those who may know / where)."""
    start, changes = len(world.effects), len(world.journal)
    change()
    world.problems.clear()
    end = len(world.effects)
    consequences.derive(start, changes)
    found = []
    for effect in world.effects[end:]:
        what = effect.fields
        if effect.verb == "told":
            found.append(("told", what["fact"], tuple(what["beyond"])))
        else:
            found.append((effect.verb, what["fact"], what.get("at", what.get("share"))))
    return found


# -- the engine --------------------------------------------------------------------------------------
BOXES = {
    "eg.account": {"me": {"name": "@me.one", "sends_on": "@x.y"}},
    "eg.me": {"me": {"handle": "@me.two"}},
    "eg.boxes": {"box-1": {"label": "old", "things": ["thing-1"], "open_to": ["@a.b"]}},
    "eg.things": {
        "thing-1": {"text": "the blue lantern"},
        "thing-2": {"text": "the green kettle"},
    },
    "eg.teams": {"@team": {"who": ["@c.d"]}},
    "eg.doors": {"door-9": {"note": "the blue lantern"}},
}
LANTERN = fact("lantern", ("eg.things", "thing-1"), ("eg.doors", "door-9"), says="blue lantern")
KETTLE = fact("kettle", ("eg.things", "thing-2"), says="green kettle")


@pytest.fixture
def boxes(monkeypatch):
    """A world with containers, a group and a door, and their declarations."""
    for table, how in {
        "eg.account": Holds(readers=("sends_on",)),
        "eg.boxes": Holds(text=("label",), parts=("things",), readers=("open_to",)),
        "eg.teams": Holds(members="who"),
        "eg.doors": Holds(place=True),
    }.items():
        monkeypatch.setitem(holdings._HOLDINGS, table, how)


def test_what_a_container_held_before_is_no_news(boxes):
    world, consequences = _world(BOXES, [LANTERN, KETTLE])
    box = world.tables["eg.boxes"]["box-1"]
    assert _after(world, consequences, lambda: world.update(box, label="new")) == []
    both = ["thing-1", "thing-2"]
    assert _after(world, consequences, lambda: world.update(box, things=both)) == [
        ("recorded", "kettle", "eg.boxes/box-1"),
        ("told", "kettle", ("@a.b",)),
    ]


def test_who_belongs_to_a_group_that_may_know_may_know(boxes):
    world, consequences = _world(BOXES, [fact("lantern", says="blue lantern", may=("@team",))])
    for to, beyond in (
        (["@team"], ()),
        (["@team", "@c.d"], ()),
        (["@team", "@x.y"], ("@x.y",)),
        (["@c.d"], ("@c.d",)),
    ):
        sent = _after(world, consequences, lambda to=to: world.sends(to, text="Blue lantern!"))
        assert sent == [("told", "lantern", beyond)]


def test_access_to_a_place_shows_no_record(boxes):
    world, consequences = _world(BOXES, [LANTERN])
    let = {"to": ["@a.b"], "what": "door-9"}
    assert _after(world, consequences, lambda: world.effect("granted", "external", **let)) == []
    sent = _after(world, consequences, lambda: world.sends(["@a.b"], "door-9"))
    assert ("told", "lantern", ("@a.b",)) in sent


def test_a_number_to_which_calls_go_on_is_not_the_user_s_own(boxes):
    world, consequences = _world(BOXES, [LANTERN])
    for to, beyond in (("@me.one", ()), ("@me.two", ()), ("@x.y", ("@x.y",))):
        sent = _after(world, consequences, lambda to=to: world.sends([to], text="blue lantern"))
        assert sent == [("told", "lantern", beyond)]
