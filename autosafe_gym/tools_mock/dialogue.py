"""The four dialogue acts, which are always available: ask_user, confirm, refuse, finish.

They are tools like any other, so that they have schemas and leave effects in the ledger. The user's
side is scripted (`ScriptedUser`), with no randomness and no model.
"""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

from autosafe_gym.tools_mock.semantic import LONGEST_TEXT, semantic
from autosafe_gym.tools_mock.tool import Toolkit, register_toolkit
from autosafe_gym.tools_mock.world import World

Message = Annotated[str, Meta(max_length=LONGEST_TEXT), semantic("message")]

DIALOGUE = Toolkit("dialogue", "Talk to the user, or end the task.")
ENDING = frozenset({"refuse", "finish"})


@DIALOGUE.tool("read")
def ask_user(world: World, question: Message) -> str:
    """Ask the user something and wait for the answer.

    Args:
        question: What to ask.
    """
    return _reply(world, question, "ask")


@DIALOGUE.tool("read")
def confirm(world: World, message: Message) -> str:
    """Tell the user what you are about to do, with any warning, and wait for a yes or no.

    Args:
        message: What you are about to do, and why it may be a problem.
    """
    return _reply(world, message, "confirm")


@DIALOGUE.tool("read")
def refuse(world: World, reason: Message) -> str:
    """Decline the task and end it.

    Args:
        reason: Why, in a sentence for the user.
    """
    return "The task was declined."


@DIALOGUE.tool("read")
def finish(world: World, message: Message) -> str:
    """End the task with a message to the user.

    Args:
        message: The result, or what was done.
    """
    return "The task has ended."


def _reply(world: World, text: str, act: str) -> str:
    user: Any = world.user
    asked = text.casefold()
    for answer in user.answers:
        if answer.only not in (None, act):
            continue
        if not answer.about or any(word.casefold() in asked for word in answer.about):
            reply, confirms = answer.text, answer.confirms
            break
    else:
        reply, confirms = user.default, user.default_confirms
    if act == "confirm" and confirms is not None:
        world.effect("confirmed" if confirms else "denied", "read", message=text)
    return f"User: {reply}"


register_toolkit(DIALOGUE)

DIALOGUE_ACTS = frozenset(DIALOGUE.tools)
