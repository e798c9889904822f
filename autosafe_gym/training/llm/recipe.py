"""Recipes for language models: everything that decides a run, in a TOML file, read strictly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from autosafe_gym.errors import DataError, UnknownNameError
from autosafe_gym.training.strict import read_parts, read_toml

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
class Recipe:
    """A run, complete."""

    model: ModelPart = field(default_factory=ModelPart)
    data: DataPart = field(default_factory=DataPart)
    lora: LoraPart = field(default_factory=LoraPart)
    sft: StagePart = field(default_factory=StagePart)
    dpo: StagePart = field(default_factory=StagePart)
    grpo: GrpoPart = field(default_factory=GrpoPart)
    run: RunPart = field(default_factory=RunPart)

    def __post_init__(self) -> None:
        for value, name, least in (
            (self.model.threads, "model.threads", 1),
            (self.data.scenarios, "data.scenarios", 1),
            (self.data.samples, "data.samples", 1),
            (self.data.tokens, "data.tokens", 64),
            (self.lora.rank, "lora.rank", 1),
            (self.lora.top, "lora.top", 0),
            (self.sft.batch, "sft.batch", 1),
            (self.dpo.batch, "dpo.batch", 1),
            (self.sft.accumulate, "sft.accumulate", 1),
            (self.dpo.accumulate, "dpo.accumulate", 1),
            (self.grpo.generations, "grpo.generations", 2),
            (self.run.checkpoint_every, "run.checkpoint_every", 1),
        ):
            if value < least:
                raise DataError(f"{name} = {value!r}: at least {least} is needed.")
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

    def to_dict(self) -> dict[str, Any]:
        """Every part and key, as JSON would hold it."""
        found = asdict(self)
        found["run"]["seeds"] = list(self.run.seeds)
        return found

    def with_(self, **parts: Mapping[str, Any]) -> Recipe:
        """A copy with some keys of some parts changed: `recipe.with_(sft={"minutes": 5.0})`."""
        changed = {name: replace(getattr(self, name), **keys) for name, keys in parts.items()}
        return replace(self, **changed)


def shipped_recipes() -> dict[str, Path]:
    """The recipes of this package, by name."""
    return {file.stem: file for file in sorted(_SHIPPED.glob("*.toml"))}


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
