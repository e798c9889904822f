"""A trained policy as an agent: it sees what any agent sees, and keeps its own menu."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from autosafe_gym.envs.features import Features, spaces_version
from autosafe_gym.envs.layout import GROUPS
from autosafe_gym.envs.menu import Menu
from autosafe_gym.errors import DataError, MissingExtraError


class PolicyAgent:
    """Acts by a trained candidate-scoring policy.

    Args:
        model: A PPO or MaskablePPO model.
        name: Its name in tables.
        deterministic: Whether to take the best candidate instead of drawing one.
        seed: Of the draws.
        groups: Groups of features that the model was trained with.
    """

    def __init__(
        self,
        model: Any,
        name: str = "policy",
        *,
        deterministic: bool = True,
        seed: int = 0,
        groups: tuple[str, ...] = GROUPS,
    ) -> None:
        self.name = name
        self.deterministic = deterministic
        self._model = model
        policy = model.policy
        policy.set_training_mode(False)
        # A Q network (DQN) holds the same scorer.
        self._scorer = getattr(policy, "q_net", policy).features_extractor
        self._rng = np.random.default_rng(seed)
        self._features = Features(groups)
        self._menu = Menu(())
        self._last: tuple[str, dict[str, Any]] | None = None

    def seed(self, seed: int) -> None:
        """Begins the draws anew."""
        self._rng = np.random.default_rng(seed)

    def sampling(self) -> PolicyAgent:
        """The same policy, drawing from its distribution: sec@k with k > 1 asks for samples."""
        return PolicyAgent(
            self._model, self.name, deterministic=False, groups=self._features.groups
        )

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
        arrays = {
            k: torch.as_tensor(v[None]) for k, v in self._features.observe(self._menu).items()
        }
        with torch.no_grad():
            scores = self._scorer(arrays)[0, : len(offered)].double().numpy()
        if self.deterministic:
            index = int(scores.argmax())
        else:
            weights = np.exp(scores - scores.max())
            index = int(self._rng.choice(len(offered), p=weights / weights.sum()))
        chosen = offered[index]
        self._last = (chosen.tool.name, chosen.arguments)
        return {"name": chosen.tool.name, "arguments": chosen.arguments}


def check_spaces(about: dict[str, Any], what: str) -> tuple[str, ...]:
    """The groups of features that a saved model takes.

    Raises:
        DataError: If it was trained on other spaces; both are named.
    """
    theirs = about["spaces"]
    groups = theirs.get("groups") if isinstance(theirs, dict) else None
    ours = spaces_version(tuple(groups) if groups else GROUPS)
    if theirs != ours:
        raise DataError(
            f"{what}: the model was trained on {_spaces_text(theirs)} (autosafe "
            f"{about.get('version')}), here there is {_spaces_text(ours)}. Train it anew."
        )
    return tuple(ours["groups"])


def _spaces_text(spaces: Any) -> str:
    if not isinstance(spaces, dict):
        return f"feature spaces of version 1 ({spaces})"
    return f"feature spaces of version {spaces.get('version')} ({spaces.get('shapes')})"


def read_about(file: Path) -> dict[str, Any]:
    """What autosafe wrote into a saved model.

    Raises:
        DataError: If the file is missing, broken, or not of ours.
    """
    if not file.is_file():
        raise DataError(f"{file}: there is no such model. 'autosafe train' makes one.")
    try:
        with zipfile.ZipFile(file) as archive:
            about = json.loads(archive.read("data")).get("autosafe")
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise DataError(f"{file}: this is not a saved model ({error}).") from error
    if not isinstance(about, dict) or "spaces" not in about:
        raise DataError(f"{file}: this model was not saved by autosafe.")
    return about


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
    about = read_about(file)
    groups = check_spaces(about, str(file))
    try:
        from autosafe_gym.training.algorithms import CLASSES
    except ImportError as error:
        raise MissingExtraError("stable-baselines3", "rl") from error
    if about.get("algorithm") not in CLASSES:
        raise DataError(f"{file}: algorithm {about.get('algorithm')!r} is none of {list(CLASSES)}.")
    settings = {"buffer_size": 1} if about["algorithm"] == "dqn" else {}
    model = CLASSES[about["algorithm"]][0].load(file, device="cpu", **settings)
    return PolicyAgent(
        model, name or file.stem, deterministic=deterministic, seed=seed, groups=groups
    )
