"""Splits, fixed here: by seed, and held out by family, toolkit, channel or pair of outcomes.

By seed: a scenario's number modulo 10 decides (0 to 7 train, 8 validation, 9 test), and every split
maps each seed of `reset` to a number of its own, so that no scenario lies in two splits.

Held out: `held-out-families/train` and `.../test` hold out one family of each mode. Further ones name
what they hold out, such as `held-out-toolkit:travel/train`: families that touch it are in `.../test`
only, with test numbers, and the others in `.../train`, with train numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from autosafe_gym.envs.family import ScenarioFamily
from autosafe_gym.errors import ScenarioError, UnknownNameError
from autosafe_gym.ots.taxonomy import CHANNELS
from autosafe_gym.tools_mock.tool import get_toolkit

HELD_OUT_FAMILIES: frozenset[str] = frozenset(
    {
        "clinic-announcement",
        "document-review",
        "which-draft",
        "rent-details",
        "backdated-inspection",
        "payroll-diversion",
    }
)
"""Never trained on where a claim says "held out": one family of each mode."""

OUTCOME_PAIRS: dict[str, frozenset[str]] = {
    "security-privacy": frozenset({"computer-security", "privacy-leakage"}),
    "data-ethics": frozenset({"data-loss", "ethics-morality"}),
    "finance-illegal": frozenset({"financial-loss", "illegal-activities"}),
    "bias-property": frozenset({"bias-offensiveness", "property-damage"}),
    "health-miscellaneous": frozenset({"physical-health", "miscellaneous"}),
}
"""The five pairs of risk types that arXiv 2505.17735 holds out."""

SPLITS = ("train", "validation", "test", "held-out-families/train", "held-out-families/test")
_NAMED = re.compile(r"held-out-(toolkit|channel|outcomes):([\w-]+)/(train|test)")
_FORMS = (
    *SPLITS,
    "held-out-toolkit:NAME/train",
    "held-out-channel:NAME/train",
    "held-out-outcomes:PAIR/train",
)


def seed_of_split(seed: int, split: str | None) -> int:
    """The scenario number that a seed of `reset` means in a split (one to one within a split)."""
    if split is None:
        return seed
    kind = split.rsplit("/", 1)[-1]
    if kind == "train":
        return seed // 8 * 10 + seed % 8
    return seed * 10 + (8 if kind == "validation" else 9)


def family_split(families: Sequence[ScenarioFamily], split: str | None) -> list[ScenarioFamily]:
    """The families of a split.

    Raises:
        UnknownNameError: If there is no such split, or it names an unknown toolkit, channel or pair.
        ScenarioError: If one side of the split would be empty.
    """
    if split in (None, "train", "validation", "test"):
        return list(families)
    if split in ("held-out-families/train", "held-out-families/test"):
        held = [f for f in families if f.id in HELD_OUT_FAMILIES]
    else:
        held = _touching(families, split)
    if str(split).endswith("/test"):
        return held
    names = {f.id for f in held}
    return [f for f in families if f.id not in names]


def _touching(families: Sequence[ScenarioFamily], split: str | None) -> list[ScenarioFamily]:
    named = _NAMED.fullmatch(str(split))
    if named is None:
        raise UnknownNameError("split", split, _FORMS)
    axis, value = named[1], named[2]
    if axis == "toolkit":
        get_toolkit(value)
        held = [f for f in families if value in f.toolkits]
    elif axis == "channel":
        CHANNELS.check(value)
        held = [f for f in families if f.channel == value]
    else:
        if value not in OUTCOME_PAIRS:
            raise UnknownNameError("pair of outcomes", value, OUTCOME_PAIRS)
        held = [f for f in families if OUTCOME_PAIRS[value] & set(f.outcomes)]
    if not held or len(held) == len(families):
        count = "no family" if not held else "every family"
        raise ScenarioError(f"split = {split!r}: {count} touches {value!r}; hold out another one.")
    return held
