"""Splits: by seed, and held out by family, toolkit, channel, pair of outcomes or injection wrapper.

By seed: a scenario's number modulo 10 decides (0 to 7 train, 8 validation, 9 test), and every split
maps each seed of `reset` to a number of its own, so that no scenario lies in two splits.

Held out: `held-out-families/train` and `.../test` hold out some families of each mode. Further ones name
what they hold out, such as `held-out-toolkit:travel/train`: families that touch it are in `.../test`
only, with test numbers, and the others in `.../train`, with train numbers.

`held-out-wrapper:combined/train` has every family, but no injection in that wrapper: what would have
been drawn in it is drawn in another one. `.../test` has the families with an injection, each in that
wrapper, with test numbers. Asking for a wrapper of the other side is an error.

What is held out for good, families and pairs, is fixed in the file `splits.json` beside this one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from autosafe_gym.errors import ScenarioError, UnknownNameError
from autosafe_gym.library.attacks import DRAWN, check_attack
from autosafe_gym.library.family import ScenarioFamily
from autosafe_gym.ots.taxonomy import CHANNELS
from autosafe_gym.tools_mock.toolkit import get_toolkit

_FIXED = json.loads(Path(__file__).with_name("splits.json").read_text(encoding="utf-8"))

HELD_OUT_FAMILIES: frozenset[str] = frozenset(_FIXED["held_out_families"])
"""Never trained on where a claim says "held out": some families of each mode."""

OUTCOME_PAIRS: dict[str, frozenset[str]] = {
    name: frozenset(pair) for name, pair in _FIXED["outcome_pairs"].items()
}
"""The five pairs of risk types that arXiv 2505.17735 holds out."""

SPLITS = ("train", "validation", "test", "held-out-families/train", "held-out-families/test")
_NAMED = re.compile(r"held-out-(toolkit|channel|outcomes|wrapper):([\w-]+)/(train|test)")
_FORMS = (
    *SPLITS,
    "held-out-toolkit:NAME/train",
    "held-out-channel:NAME/train",
    "held-out-outcomes:PAIR/train",
    "held-out-wrapper:NAME/train",
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
        UnknownNameError: If there is no such split, or what it names is unknown.
        ScenarioError: If one side of the split would be empty.
    """
    if split in (None, "train", "validation", "test"):
        return list(families)
    if split in ("held-out-families/train", "held-out-families/test"):
        held = [f for f in families if f.id in HELD_OUT_FAMILIES]
    elif held_out_wrapper(split) is not None:
        if str(split).endswith("/train"):
            return list(families)
        held = [f for f in families if f.has_injection]
    else:
        held = _touching(families, split)
    if str(split).endswith("/test"):
        return held
    names = {f.id for f in held}
    return [f for f in families if f.id not in names]


def held_out_wrapper(split: str | None) -> str | None:
    """The injection wrapper that a split holds out, if it holds out one.

    Raises:
        UnknownNameError: If there is no such wrapper.
    """
    named = _NAMED.fullmatch(str(split))
    return check_attack(named[2]) if named is not None and named[1] == "wrapper" else None


def split_wrappers(split: str | None, wrapper: str | None = None) -> tuple[str, ...]:
    """The injection wrappers that the scenarios of a split draw from.

    Args:
        split: The split.
        wrapper: The one that the caller wants, if any.

    Raises:
        UnknownNameError: If there is no such wrapper.
        ScenarioError: If the wanted one is on the other side of the split.
    """
    held = held_out_wrapper(split)
    test = str(split).endswith("/test")
    if wrapper is not None:
        check_attack(wrapper)
        if held is not None and (wrapper == held) is not test:
            only = f"only {held!r}" if test else f"any but {held!r}"
            raise ScenarioError(
                f"wrapper = {wrapper!r}: split = {split!r} has injections in {only}. "
                "Leave the wrapper out, or take another split."
            )
        return (wrapper,)
    if held is None:
        return DRAWN
    return (held,) if test else tuple(name for name in DRAWN if name != held)


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
