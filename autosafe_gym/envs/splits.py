"""Splits, fixed here: by seed, and held out by family.

By seed: a scenario's number modulo 10 decides (0 to 7 train, 8 validation, 9 test), and every split
maps each seed of `reset` to a number of its own, so that no scenario lies in two splits.

By family: one family of each mode is held out. `held-out-families/train` is the rest with train
numbers, `held-out-families/test` the held-out ones with test numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

from autosafe_gym.envs.family import ScenarioFamily
from autosafe_gym.errors import UnknownNameError

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

SPLITS = ("train", "validation", "test", "held-out-families/train", "held-out-families/test")


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
        UnknownNameError: If there is no such split.
    """
    if split is not None and split not in SPLITS:
        raise UnknownNameError("split", split, SPLITS)
    if split == "held-out-families/train":
        return [f for f in families if f.id not in HELD_OUT_FAMILIES]
    if split == "held-out-families/test":
        return [f for f in families if f.id in HELD_OUT_FAMILIES]
    return list(families)
