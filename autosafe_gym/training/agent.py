"""A trained policy as an agent: it sees what any agent sees, and keeps its own menu."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from autosafe_gym.envs.features import CANDIDATE, CONTEXT
from autosafe_gym.envs.menu import MAX_CANDIDATES, Menu
from autosafe_gym.envs.wrappers import observe
from autosafe_gym.errors import DataError, MissingExtraError


class PolicyAgent:
    """Acts by a trained candidate-scoring policy.

    Args:
        model: A PPO or MaskablePPO model.
        name: Its name in tables.
        deterministic: Whether to take the best candidate instead of drawing one.
        seed: Of the draws.
    """

    def __init__(
        self, model: Any, name: str = "policy", *, deterministic: bool = True, seed: int = 0
    ) -> None:
        self.name = name
        self.deterministic = deterministic
        self._model = model
        self._policy = model.policy
        self._policy.set_training_mode(False)
        self._rng = np.random.default_rng(seed)
        self._menu = Menu(())
        self._last: tuple[str, dict[str, Any]] | None = None

    def seed(self, seed: int) -> None:
        """Begins the draws anew."""
        self._rng = np.random.default_rng(seed)

    def sampling(self) -> PolicyAgent:
        """The same policy, drawing from its distribution: sec@k with k > 1 asks for samples."""
        return PolicyAgent(self._model, self.name, deterministic=False)

    def reset(self, info: dict[str, Any]) -> None:
        """Begins an episode with the info of `reset`."""
        self._menu = Menu.for_info(info)
        self._menu.start("", info)
        self._last = None

    def act(self, observation: str, info: dict[str, Any]) -> dict[str, Any]:
        """Chooses a candidate."""
        import torch

        if self._last is not None:
            self._menu.see(*self._last, observation)
        offered = self._menu.candidates
        arrays = {k: torch.as_tensor(v[None]) for k, v in observe(self._menu).items()}
        with torch.no_grad():
            scorer = self._policy.features_extractor
            scores = scorer(arrays)[0, : len(offered)].double().numpy()
        if self.deterministic:
            index = int(scores.argmax())
        else:
            weights = np.exp(scores - scores.max())
            index = int(self._rng.choice(len(offered), p=weights / weights.sum()))
        chosen = offered[index]
        self._last = (chosen.tool.name, chosen.arguments)
        return {"name": chosen.tool.name, "arguments": chosen.arguments}


def load_agent(
    path: str | Path, *, deterministic: bool = True, seed: int = 0, name: str | None = None
) -> PolicyAgent:
    """Loads a model that `autosafe train` or `autosafe demo` saved.

    Args:
        path: The file.
        deterministic: Whether to take the best candidate instead of drawing one.
        seed: Of the draws.
        name: Its name in tables; the file's own by default.

    Raises:
        DataError: If the file is missing, broken, or of a model for other spaces.
        MissingExtraError: Without the extra `rl`.
    """
    file = Path(path)
    if not file.is_file():
        raise DataError(f"{file}: there is no such model. 'autosafe train' makes one.")
    try:
        with zipfile.ZipFile(file) as archive:
            about = json.loads(archive.read("data")).get("autosafe")
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise DataError(f"{file}: this is not a saved model ({error}).") from error
    if not isinstance(about, dict) or "spaces" not in about:
        raise DataError(f"{file}: this model was not saved by autosafe.")
    ours = [CONTEXT, MAX_CANDIDATES, CANDIDATE]
    if about["spaces"] != ours:
        raise DataError(
            f"{file}: the model takes (context, candidates, features) = {about['spaces']}, this "
            f"version (of autosafe {about['version']} and here) gives {ours}. Train it anew."
        )
    try:
        from sb3_contrib import MaskablePPO
        from stable_baselines3 import PPO
    except ImportError as error:
        raise MissingExtraError("stable-baselines3", "rl") from error
    algorithm: Any = MaskablePPO if about["algorithm"] == "maskable-ppo" else PPO
    model = algorithm.load(file, device="cpu")
    return PolicyAgent(model, name or file.stem, deterministic=deterministic, seed=seed)
