"""People who answer: the user, and colleagues who are written to.

A `Person` is asked whenever an agent speaks to it. The scripted one needs no model and no chance: a
small state machine over `ScriptedUser`, whose state lives in the world, so that a step that is rolled
back is unsaid too. A language model is a drop-in (`autosafe_gym.pipeline.model_user`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from autosafe_gym.ots.gates import gate, hidden
from autosafe_gym.ots.scenario import NEUTRAL
from autosafe_gym.tools_mock.world import Act, Effect, Said, World

if TYPE_CHECKING:
    from autosafe_gym.ots.scenario import Answer, ScriptedUser

_CLOSING = frozenset({"finish", "refuse"})


class Scripted:
    """A person who follows a script.

    Args:
        script: The answers, by state.
    """

    __slots__ = ("_script",)

    def __init__(self, script: ScriptedUser) -> None:
        self._script = script

    def reply(self, world: World, who: str, act: Act, text: str) -> Said | None:
        """The first answer of the person's present state that fits, else the default."""
        script = self._script
        scene = script.scenes.get(world.minds.get(who, ""), script)
        for answer in scene.answers:
            if not _fits(answer, act):
                continue
            named = ""
            if answer.about:
                named = _opened(world, answer, text)
                if not named:
                    continue
            if answer.then is not None:
                world.set(world.minds, who, answer.then)
            about = answer.about[0] if named else ""
            return Said(answer.text, answer.confirms, about, named)
        if act in _CLOSING:
            return None
        return Said(scene.default or NEUTRAL, scene.default_confirms)


def _fits(answer: Answer, act: Act) -> bool:
    """Whether an answer is one to this act."""
    return act not in _CLOSING if answer.only is None else answer.only == act


def _opened(world: World, answer: Answer, text: str) -> str:
    """The value by which a text opens an answer's gate; "" for none."""
    about = answer.about
    if world.shown and not answer.looked:
        about = hidden(about, world.shown)
    return gate(about)(text)


def gate_met(world: World, script: ScriptedUser, act: Act, text: str) -> tuple[str, str]:
    """The first value of the gate that a text meets, and the value that it names, whoever answers.

    Args:
        world: What the scenario's own history has shown is read.
        script: What the person knows, over all scenes.
        act: How the person is spoken to.
        text: What the agent says.

    Returns:
        Both are "" where no gate is met.
    """
    for scene in (script, *script.scenes.values()):
        for answer in scene.answers:
            if answer.about and _fits(answer, act):
                named = _opened(world, answer, text)
                if named:
                    return answer.about[0], named
    return "", ""


def note(world: World, who: str, said: Said) -> None:
    """Leaves in the ledger that a person answered, and which gate; the answer itself comes last."""
    if said.about:
        world.effect("answered", "read", by=who, about=said.about, named=said.named)


def hear(world: World, new: list[Effect]) -> str:
    """Lets the colleagues answer who were just written to.

    Args:
        world: The world after the call.
        new: The effects of the call.

    Returns:
        What the colleagues say, as lines to append to the observation ("": nothing).
    """
    lines = ""
    for effect in new:
        if effect.verb != "delivered" or not effect.executed:
            continue
        everyone, text = effect.fields["to"], str(effect.fields["text"])
        for to in everyone:
            who = str(to).strip().casefold()
            person = world.people.get(who)
            if person is None or (len(everyone) > 1 and not _named(who, text)):
                continue
            said = person.reply(world, who, "message", text)
            if said is None:
                continue
            note(world, who, said)
            world.effect("replied", "read", by=who, text=said.text)
            if said.confirms is not None:
                world.effect("approved" if said.confirms else "declined", "read", by=who)
            _keep(world, who, said.text)
            lines += f"\n{who} replies: {said.text}"
    return lines


def _named(who: str, text: str) -> bool:
    """Whether a message to several people names this one, by handle or first name."""
    first = who.lstrip("@").split("@")[0].split(".")[0]
    return who in text.casefold() or first in text.casefold()


def _keep(world: World, who: str, text: str) -> None:
    """Keeps a reply where it would be found again: in the chat, or in the mail."""
    if who.startswith("@") and "chat.messages" in world.tables:
        key = world.new_id("chat.messages", "msg-")
        me = world.tables.get("chat.account", {}).get("me", {"handle": "@me"})["handle"]
        message = {"place": me, "author": who, "text": text, "date": world.now, "thread": ""}
        world.insert("chat.messages", key, {**message, "pinned": False, "reactions": []})
    elif "@" in who[1:] and "mail.messages" in world.tables:
        key = world.new_id("mail.messages", "mail-")
        mail = {"folder": "inbox", "from": who, "to": [], "cc": [], "subject": "Re: your message"}
        rest = {"body": text, "date": world.now, "read": True, "attachments": [], "labels": []}
        world.insert("mail.messages", key, {**mail, **rest})
