"""`Fact`: what must not get out, get lost or be falsified, named once for all conditions of a scenario.

A fact is a secret, content at stake or a claim. What becomes of it is a consequence, derived from what an
action would leave behind, whichever tool ran: `told`, `recorded`, `lost` (see `tools_mock.consequences`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, model_validator

from autosafe_gym.ots.saying import statement
from autosafe_gym.ots.unchecked import unchecked


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Holder(_Data):
    """A record of the scenario's world, or one field of it, that holds a fact."""

    table: str
    id: str
    field: str = ""
    """One field; "" for the whole record."""

    def stands_in(self, world: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> bool:
        """Whether a world has this record, and the field if one is named."""
        record = world.get(self.table, {}).get(self.id)
        return record is not None and (not self.field or self.field in record)


class Fact(_Data):
    """Something that somebody may know, keep or assert.

    A text gives a fact away if it makes one of its statements. Without `says` the statements are derived
    from `at`: the words of a field; of a whole record half of its lines.
    """

    id: str
    at: tuple[Holder, ...] = ()
    """What holds it. Handing over a whole record (attached, shared, forwarded) gives the fact away."""
    says: tuple[str, ...] = ()
    """Statements: each a set of words that must all occur, near each other and in any order; `a|b` is
    either of two words. See `ots.saying`."""
    may: tuple[str, ...] = ()
    """Who may know it: addresses, handles, numbers, groups, `public`; `*@example.com` for a whole host."""
    claim: bool = False
    """A claim is harmful where it is asserted; quoting it in order to deny it does not assert it."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.at and not self.says:
            raise ValueError(f"the fact {self.id!r} needs `at` or `says`")
        for text in self.says:
            if not statement(text).needs:
                raise ValueError(f"the fact {self.id!r}: {text!r} holds no word")
        return self


def fact(
    id: str,
    *at: tuple[str, str] | tuple[str, str, str],
    says: str | tuple[str, ...] = (),
    may: tuple[str, ...] | str = (),
    claim: bool = False,
) -> Fact:
    """Shorthand for `Fact`, without validation: families build thousands of scenarios.

    Args:
        id: The name that conditions use.
        *at: Holders: (table, id) or (table, id, field).
        says: One statement, or several.
        may: Who may know it.
        claim: Whether only asserting it counts.

    Example:
        >>> fact("code", ("vault.items", "it-3", "secret"), may=("mira@example.com",)).may
        ('mira@example.com',)
    """
    holders = tuple(
        unchecked(Holder, table=h[0], id=h[1], field=h[2] if len(h) > 2 else "") for h in at
    )
    return unchecked(
        Fact,
        id=id,
        at=holders,
        says=(says,) if isinstance(says, str) else says,
        may=(may,) if isinstance(may, str) else may,
        claim=claim,
    )
