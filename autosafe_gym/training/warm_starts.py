"""Warm starts that several runs share: studies compare what comes after the same imitation."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from autosafe_gym.errors import DataError
from autosafe_gym.features.features import spaces_version
from autosafe_gym.library.family import all_families
from autosafe_gym.storage.tensors import read_tensors, tensor_bytes
from autosafe_gym.storage.writing import write_whole
from autosafe_gym.training.algorithms import scorer_of
from autosafe_gym.training.model_file import put_tensors
from autosafe_gym.training.recipe import Recipe
from autosafe_gym.training.run_folder import State

_NOT_IMITATED = ("reward", "shaping")


class WarmStart:
    """The imitating policy of a recipe and a seed, in a folder.

    Two recipes share it if they imitate the same data in the same way into the same network: what
    concerns reinforcement learning alone does not count.

    Args:
        folder: Of the warm starts.
        recipe: The recipe.
        seed: The training seed.
    """

    def __init__(self, folder: Path, recipe: Recipe, seed: int) -> None:
        parts = recipe.to_dict()
        config = {
            "env": {k: v for k, v in parts["env"].items() if k not in _NOT_IMITATED},
            **{name: parts[name] for name in ("features", "data", "clone", "policy")},
            "spaces": spaces_version(recipe.groups),
            "families": list(all_families()),
            "seed": seed,
        }
        key = hashlib.sha256(json.dumps(config, sort_keys=True).encode()).hexdigest()[:20]
        self.file = folder / f"{key}.safetensors"

    def load(self, model: Any, state: State) -> bool:
        """Puts it into a model, if it is there; its rows go to the run's."""
        if not self.file.is_file():
            return False
        weights, about = read_tensors(self.file)
        rows = about.get("rows")
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise DataError(f"{self.file}: its rows are missing; delete the file.")
        put_tensors(scorer_of(model), weights, str(self.file))
        state.rows += rows
        return True

    def save(self, model: Any, state: State) -> None:
        """Keeps it; the file appears whole or not at all."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        rows = [row for row in state.rows if row["phase"] == "clone"]
        weights = {n: value.numpy() for n, value in scorer_of(model).state_dict().items()}
        write_whole(self.file, tensor_bytes(weights, {"rows": rows}))
