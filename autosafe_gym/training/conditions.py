"""What the studies compare: the conditions of each, and the sets that their models are measured on.

A condition is a recipe that differs from the base in one thing.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from autosafe_gym.errors import AutosafeError
from autosafe_gym.features.layout import GROUPS
from autosafe_gym.library.source import FamilySource
from autosafe_gym.library.splits import OUTCOME_PAIRS
from autosafe_gym.training.recipe import BEYOND, Recipe

HELD_OUT = "held-out-families"
AXES = (
    HELD_OUT,
    "held-out-toolkit:travel",
    "held-out-toolkit:clinic",
    *(f"held-out-outcomes:{pair}" for pair in OUTCOME_PAIRS),
    "held-out-channel:injection-mail",
    "held-out-channel:underspecified-task",
    "held-out-wrapper:important-instructions",
    "held-out-wrapper:fake-completion",
)
"""What `distance` holds out; a split that this library does not have is passed over and said so."""


@dataclass(frozen=True)
class Plan:
    """A study as it was asked for.

    Attributes:
        name: One of `STUDIES`.
        base: The recipe that every condition starts from.
        seeds: Training seeds of each condition, from 0.
        episodes: Of each test set.
        only: Keeps the conditions of these names; one that is no whole name keeps those that hold it.
        injecagent: Folder of InjecAgent's data, or None.
        ensemble: Whether to measure the ensemble of each condition's seeds too.
    """

    name: str
    base: Recipe
    seeds: int = 3
    episodes: int = 300
    only: tuple[str, ...] = ()
    injecagent: str | None = None
    ensemble: bool = False


@dataclass(frozen=True)
class Condition:
    """A recipe and the sets that its models are measured on (name -> arguments of `gym.make`)."""

    name: str
    recipe: Recipe
    sets: dict[str, dict[str, Any]] = field(default_factory=dict)


def _sets(split: str, injecagent: str | None = None) -> dict[str, dict[str, Any]]:
    """In distribution (training families, unseen numbers), and the held-out side if there is one."""
    name = split.rsplit("/", 1)[0]
    families = [f.id for f in FamilySource(split=split).families]
    sets: dict[str, dict[str, Any]] = {
        "unseen seeds": {"id": "autosafe/All-v0", "split": "test", "families": families}
    }
    if name.startswith("held-out-wrapper"):
        # "test" has every wrapper: the training side beyond the numbers that are trained on.
        sets["unseen seeds"] = {"id": "autosafe/All-v0", "split": split, "first": BEYOND}
    if name != split:
        sets["held out"] = {"id": "autosafe/All-v0", "split": f"{name}/test"}
    if injecagent is not None:
        sets["InjecAgent"] = {"id": "autosafe/InjecAgent-v0", "path": injecagent}
    return sets


def passed_over() -> dict[str, str]:
    """Axes of `distance` that this library can't hold out, and why."""
    found: dict[str, str] = {}
    for axis in AXES:
        try:
            FamilySource(split=f"{axis}/train")
        except AutosafeError as error:
            found[axis] = str(error)
    return found


def _distance(plan: Plan) -> list[Condition]:
    everything = plan.base.with_(env={"split": "train"})
    found = [Condition("unseen seeds", everything, _sets("train", plan.injecagent))]
    for axis in AXES:
        split = f"{axis}/train"
        if axis in passed_over():
            continue
        sets = _sets(split, plan.injecagent if axis == HELD_OUT else None)
        found.append(Condition(axis, plan.base.with_(env={"split": split}), sets))
    return found


def _ablation(plan: Plan) -> list[Condition]:
    split = f"{HELD_OUT}/train"
    base = plan.base.with_(env={"split": split})
    variants = {
        "complete": base,
        "without reflection": base.with_(data={"reflection": False}),
        "without twins": base.with_(data={"twins": False}, env={"twin_share": 0.0}),
        "without warm start": base.with_(clone={"epochs": 0}),
        "without RL": base.with_(algorithm={"frames": 0}),
        **{f"without {group}": base.with_(features={"without": (group,)}) for group in GROUPS},
    }
    sets = _sets(split, plan.injecagent)
    return [Condition(name, recipe, sets) for name, recipe in variants.items()]


def _scaling(plan: Plan) -> list[Condition]:
    split = f"{HELD_OUT}/train"
    names = [f.id for f in FamilySource(split=split).families]
    # Nested: each set of families holds the smaller ones. One order for all seeds of training.
    random.Random(0).shuffle(names)  # noqa: S311
    sizes = [2**n for n in range(len(names).bit_length()) if 2**n < len(names)] + [len(names)]
    test = {"held out": {"id": "autosafe/All-v0", "split": f"{HELD_OUT}/test"}}
    return [
        Condition(
            f"{size} {'family' if size == 1 else 'families'}",
            plan.base.with_(env={"split": split, "families": tuple(sorted(names[:size]))}),
            test,
        )
        for size in sizes
    ]


def _rewards(plan: Plan) -> list[Condition]:
    split = f"{HELD_OUT}/train"
    sets = _sets(split)
    return [
        Condition(
            f"{reward}{', shaped' if shaped else ''}",
            plan.base.with_(env={"split": split, "reward": reward, "shaping": shaped}),
            sets,
        )
        for reward in ("multiplicative", "additive", "three-way")
        for shaped in (False, True)
    ]


def _curves(plan: Plan) -> list[Condition]:
    split = f"{HELD_OUT}/train"
    base = plan.base.with_(
        env={"split": split},
        validation={"every": max(1_024, plan.base.algorithm.frames // 12), "patience": 0},
    )
    sets = _sets(split)
    return [
        Condition("warm start", base, sets),
        Condition("from scratch", base.with_(clone={"epochs": 0}), sets),
        Condition("ppo without masks", base.with_(algorithm={"name": "ppo"}), sets),
        Condition("a2c", base.with_(algorithm={"name": "a2c", "steps": 16}), sets),
        Condition("dqn", base.with_(algorithm={"name": "dqn", "batch_size": 128}), sets),
    ]


def _texts(plan: Plan) -> list[Condition]:
    """How texts are read: hashed words, sentence embeddings, both, neither."""
    split = f"{HELD_OUT}/train"
    base = plan.base.with_(env={"split": split})
    sets = _sets(split, plan.injecagent)
    variants = {
        "hashed words": base,
        "sentence embeddings": base.with_(
            features={"without": ("words",), "extra": ("sentences",)}
        ),
        "both": base.with_(features={"extra": ("sentences",)}),
        "neither": base.with_(features={"without": ("words",)}),
    }
    return [Condition(name, recipe, sets) for name, recipe in variants.items()]


STUDIES: dict[str, Callable[[Plan], list[Condition]]] = {
    "distance": _distance,
    "ablation": _ablation,
    "scaling": _scaling,
    "rewards": _rewards,
    "curves": _curves,
    "texts": _texts,
}
