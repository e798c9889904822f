"""Recipes for language models: everything that decides a run, in a TOML file, read strictly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autosafe_gym.errors import DataError, UnknownNameError
from autosafe_gym.training.strict import Parts, read_parts, read_toml, shipped

_SHIPPED = Path(__file__).parent / "recipes"


@dataclass(frozen=True)
class ModelPart:
    """`[model]`: what is tuned.

    `source` is "embedded", a GGUF file or a folder; `precision` is "auto" (bf16 where the hardware has
    it), "float32" or "bfloat16"; `threads` is of torch on a CPU.
    """

    source: str = "embedded"
    precision: str = "auto"
    threads: int = 1


@dataclass(frozen=True)
class DataPart:
    """`[data]`: what is learned.

    `scenarios` are searched with `agent`; at most `samples` conversations of at most `tokens` are
    learned. Without `reflected` the unsafe actions are learned as they were.
    """

    env: str = "autosafe/All-v0"
    split: str = "held-out-families/train"
    agent: str = "comply-all"
    form: str = "brief"
    scenarios: int = 3000
    samples: int = 1500
    pairs: int = 600
    tokens: int = 768
    reflected: bool = True


@dataclass(frozen=True)
class LoraPart:
    """`[lora]`: adapters on all linear layers; `top` keeps them in the topmost blocks (0: in all)."""

    rank: int = 16
    alpha: int = 32
    dropout: float = 0.0
    top: int = 0


@dataclass(frozen=True)
class StagePart:
    """`[sft]` and `[dpo]`: how long and how fast.

    A stage ends after `minutes`, `steps` or `epochs`, whichever comes first (0: no such limit); with
    all at 0 there is no such stage. `beta` is DPO's, `keep` the weight of the chosen answer's own loss.
    """

    minutes: float = 0.0
    steps: int = 0
    epochs: float = 0.0
    batch: int = 1
    accumulate: int = 8
    learning_rate: float = 1e-3
    warmup: float = 0.05
    beta: float = 0.1
    keep: float = 0.2

    @property
    def wanted(self) -> bool:
        """Whether there is such a stage."""
        return bool(self.minutes or self.steps or self.epochs)


@dataclass(frozen=True)
class GrpoPart:
    """`[grpo]`: groups of `generations` from one seed, in the environment."""

    minutes: float = 0.0
    steps: int = 0
    generations: int = 4
    prompts: int = 1
    learning_rate: float = 1e-5
    temperature: float = 1.0
    max_tokens: int = 512
    scenarios: int = 256
    max_calls: int = 6

    @property
    def wanted(self) -> bool:
        """Whether there is such a stage."""
        return bool(self.minutes or self.steps)


@dataclass(frozen=True)
class RunPart:
    """`[run]`: training seeds of a study; optimiser steps between two checkpoints."""

    seeds: tuple[int, ...] = (0, 1, 2)
    checkpoint_every: int = 10


@dataclass(frozen=True)
class Recipe(Parts):
    """A run, complete."""

    model: ModelPart = field(default_factory=ModelPart)
    data: DataPart = field(default_factory=DataPart)
    lora: LoraPart = field(default_factory=LoraPart)
    sft: StagePart = field(default_factory=StagePart)
    dpo: StagePart = field(default_factory=StagePart)
    grpo: GrpoPart = field(default_factory=GrpoPart)
    run: RunPart = field(default_factory=RunPart)

    def __post_init__(self) -> None:
        self.at_least(
            {
                "model.threads": 1,
                "data.scenarios": 1,
                "data.samples": 1,
                "data.tokens": 64,
                "lora.rank": 1,
                "lora.top": 0,
                "sft.batch": 1,
                "dpo.batch": 1,
                "sft.accumulate": 1,
                "dpo.accumulate": 1,
                "grpo.generations": 2,
                "run.checkpoint_every": 1,
            }
        )
        if self.model.precision not in ("auto", "float32", "bfloat16"):
            raise UnknownNameError(
                "precision", self.model.precision, ("auto", "float32", "bfloat16")
            )
        if not self.run.seeds:
            raise DataError("run.seeds = []: at least one seed is needed.")
        if not (self.sft.wanted or self.dpo.wanted or self.grpo.wanted):
            raise DataError("No stage has minutes, steps or epochs: there is nothing to learn.")

    @property
    def stages(self) -> tuple[str, ...]:
        """The stages, in order."""
        return tuple(s for s in ("sft", "dpo", "grpo") if getattr(self, s).wanted)


def shipped_recipes() -> dict[str, Path]:
    """The recipes of this package, by name."""
    return shipped(_SHIPPED)


def load_recipe(name: str | Path) -> Recipe:
    """A recipe of this package by name, or a file.

    Raises:
        DataError: If it can't be read; the message names the key.
        UnknownNameError: If a key or a name is unknown; with the nearest known one.
    """
    return read_recipe(*read_toml(name, shipped_recipes()))


def read_recipe(data: Mapping[str, Any], what: str = "recipe") -> Recipe:
    """A recipe from plain data; strict.

    Raises:
        DataError: If a value does not fit.
        UnknownNameError: If a key is unknown.
    """
    return read_parts(Recipe, data, what)
