"""Guards: conditions on the way an agent works, judged only where what they guard happens.

An outcome says what must not come about; a guard says what must stand around an event: look before you
change, tell somebody after you have deleted, leave the door locked in the end. A guard makes nothing unsafe
and nothing useful. Its verdict is None while its event has not happened, then True or False.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from autosafe_gym.ots.condition import Condition, Happens

Moment = Literal["before", "after", "end"]


class Guard(BaseModel):
    """What must hold around an event.

    The event counts as proposed, as in an outcome; what must hold has to have been executed, as in a goal.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(min_length=1)
    event: Happens
    """What is guarded, by an action of the agent."""
    moment: Moment
    """`before`: in the state before the action with the event; `after`: at some time after the event;
    `end`: when the episode ends."""
    holds: Condition
    """With `after` it looks at the effects behind the event only, and at the records."""
    which: Literal["first", "every"] = "every"
    """Which of the events are guarded; at the end they are all one."""
    within: int | None = Field(default=None, ge=0)
    """With `after`: in how many further actions at most; None: until the episode ends."""

    @model_validator(mode="after")
    def _within_is_for_after(self) -> Self:
        if self.within is not None and self.moment != "after":
            raise ValueError(
                f"guard {self.id!r}: within = {self.within} is for the moment 'after', not {self.moment!r}"
            )
        return self
