"""Recipes: everything that decides a training run, in a TOML file, read strictly.

A recipe names only what differs from the defaults below. An unknown key, a wrong type or an impossible
value is refused, with the nearest known key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from autosafe_gym.envs.reward import reward_spec
from autosafe_gym.errors import DataError, UnknownNameError
from autosafe_gym.features.features import check_groups
from autosafe_gym.features.layout import EXTRA_GROUPS, GROUPS
from autosafe_gym.training.strict import Parts, read_parts, read_toml, shipped

ALGORITHMS = ("maskable-ppo", "ppo", "a2c", "dqn")
_SHIPPED = Path(__file__).parent / "recipes"
MOST_HIDDEN = 1024
"""Widest layers: a file that asks for more is not worth the memory."""
BEYOND = 1 << 41
"""Scenario seeds from here on are never trained on: streams stay below 2**40."""


@dataclass(frozen=True)
class EnvPart:
    """`[env]`: what is trained on. The filters are those of `gym.make`; an empty one lets all pass."""

    id: str = "autosafe/All-v0"
    split: str = "train"
    domain: str = ""
    families: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    toolkits: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    wrapper: str = ""
    twin_share: float = 1 / 3
    reward: str = "default"
    shaping: bool = False


@dataclass(frozen=True)
class FeaturesPart:
    """`[features]`: groups of features that are left out, and extra ones that join (`sentences`)."""

    without: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()


@dataclass(frozen=True)
class DataPart:
    """`[data]`: what is imitated before RL.

    `path` takes a stored data set; else `scenarios` are searched with `agent`, and `more` of the modes
    `more_modes`: with a malicious user, what is asked differs from the benign twin in who did or knows
    what, not in its words, and that takes more examples to learn. Without `reflection` only the
    searching agent's own good episodes are left; without `twins` the benign ones are.
    """

    path: str = ""
    scenarios: int = 16_000
    more: int = 12_000
    more_modes: tuple[str, ...] = ("M-N", "M-M")
    agent: str = "comply-all"
    reflection: bool = True
    twins: bool = True


@dataclass(frozen=True)
class ClonePart:
    """`[clone]`: imitation; 0 epochs: no warm start."""

    epochs: int = 8
    learning_rate: float = 1.5e-3
    batch_size: int = 128
    weight_decay: float = 1e-3
    word_dropout: float = 0.15


@dataclass(frozen=True)
class AlgorithmPart:
    """`[algorithm]`: reinforcement learning; 0 frames: none.

    `steps`, `epochs`, `clip`, `gae_lambda` and `entropy` don't concern dqn.
    """

    name: Literal["maskable-ppo", "ppo", "a2c", "dqn"] = "maskable-ppo"
    frames: int = 16_384
    envs: int = 16
    steps: int = 64
    batch_size: int = 256
    epochs: int = 4
    learning_rate: float = 3e-4
    gamma: float = 0.99
    gae_lambda: float = 0.95
    entropy: float = 0.003
    clip: float = 0.15


@dataclass(frozen=True)
class PolicyPart:
    """`[policy]`: the network."""

    hidden: int = 128


@dataclass(frozen=True)
class ValidationPart:
    """`[validation]`: every `every` frames, on scenarios that are not trained on.

    The best model by `metric` is kept; after `patience` rounds without a better one training stops
    (0: never). Where the split holds something out, the scenarios are of the training side.
    """

    episodes: int = 150
    every: int = 4_096
    patience: int = 3
    metric: str = "safe_and_useful"


@dataclass(frozen=True)
class RunPart:
    """`[run]`: seeds, one model each; frames between two checkpoints."""

    seeds: tuple[int, ...] = (0, 1, 2)
    checkpoint_every: int = 8_192


@dataclass(frozen=True)
class Recipe(Parts):
    """A training run, complete."""

    env: EnvPart = field(default_factory=EnvPart)
    features: FeaturesPart = field(default_factory=FeaturesPart)
    data: DataPart = field(default_factory=DataPart)
    clone: ClonePart = field(default_factory=ClonePart)
    algorithm: AlgorithmPart = field(default_factory=AlgorithmPart)
    policy: PolicyPart = field(default_factory=PolicyPart)
    validation: ValidationPart = field(default_factory=ValidationPart)
    run: RunPart = field(default_factory=RunPart)

    def __post_init__(self) -> None:
        check_groups(self.features.without, GROUPS)
        check_groups(self.features.extra, EXTRA_GROUPS)
        reward_spec(self.env.reward)
        self.at_least(
            {
                "data.scenarios": 1,
                "data.more": 0,
                "clone.epochs": 0,
                "clone.batch_size": 1,
                "algorithm.frames": 0,
                "algorithm.envs": 1,
                "algorithm.steps": 2,
                "algorithm.batch_size": 2,
                "algorithm.epochs": 1,
                "policy.hidden": 4,
                "validation.episodes": 0,
                "validation.every": 1,
                "run.checkpoint_every": 1,
            }
        )
        if self.policy.hidden > MOST_HIDDEN:
            raise DataError(f"policy.hidden = {self.policy.hidden}: at most {MOST_HIDDEN}.")
        for share, name in (
            (self.clone.word_dropout, "clone.word_dropout"),
            (self.env.twin_share, "env.twin_share"),
        ):
            if not 0.0 <= share <= 1.0:
                raise DataError(f"{name} = {share!r}: a share between 0 and 1 is needed.")
        if not self.algorithm.frames and not self.clone.epochs:
            raise DataError(
                "algorithm.frames = 0 and clone.epochs = 0: there is nothing to learn from."
            )
        if not self.run.seeds:
            raise DataError("run.seeds = []: at least one seed is needed.")
        from autosafe_gym.evaluation.metrics import METRICS

        if self.validation.metric not in METRICS:
            raise UnknownNameError("metric", self.validation.metric, METRICS)

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups of features that are kept."""
        kept = tuple(g for g in GROUPS if g not in self.features.without)
        return check_groups((*kept, *self.features.extra))

    def make_kwargs(self, *, validation: bool = False) -> dict[str, Any]:
        """Arguments of `gym.make` for training, or for validation on the same families."""
        env = self.env
        filters: dict[str, Any] = {
            name: getattr(env, name)
            for name in (
                "domain",
                "families",
                "modes",
                "outcomes",
                "toolkits",
                "channels",
                "wrapper",
            )
            if getattr(env, name)
        }
        split = "validation" if validation and env.split == "train" else env.split
        return {**filters, "split": split, "twin_share": env.twin_share, "reward": env.reward}

    @property
    def validation_seed(self) -> int:
        """The first seed of validation: of the split's own, or beyond all that is trained on."""
        return 0 if self.env.split == "train" else BEYOND


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
