"""A trained policy as an agent: it sees what any agent sees, and keeps its own menu."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from autosafe_gym.errors import DataError, MissingExtraError
from autosafe_gym.features.features import Features, spaces_version
from autosafe_gym.features.layout import GROUPS
from autosafe_gym.features.menu import Menu


class PolicyAgent:
    """Acts by a trained candidate-scoring policy, or by an ensemble of them.

    Args:
        *models: PPO, MaskablePPO, A2C or DQN models; of several, log-probabilities are averaged.
        name: Its name in tables.
        deterministic: Whether to take the best candidate instead of drawing one.
        seed: Of the draws.
        groups: Groups of features that the model was trained with.
    """

    def __init__(
        self,
        *models: Any,
        name: str = "policy",
        deterministic: bool = True,
        seed: int = 0,
        groups: tuple[str, ...] = GROUPS,
    ) -> None:
        self.name = name
        self.deterministic = deterministic
        self._models = models
        self._scorers = []
        for model in models:
            policy = model.policy
            policy.set_training_mode(False)
            # A Q network (DQN) holds the same scorer.
            self._scorers.append(getattr(policy, "q_net", policy).features_extractor)
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
            *self._models, name=self.name, deterministic=False, groups=self._features.groups
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
            each = [f(arrays)[0, : len(offered)].double().log_softmax(0) for f in self._scorers]
            scores = torch.stack(each).mean(0).numpy()
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
    *paths: str | Path, deterministic: bool = True, seed: int = 0, name: str | None = None
) -> PolicyAgent:
    """Loads a model that `autosafe train` or `autosafe demo` saved, or an ensemble.

    Args:
        *paths: The file, or several; a run's folder stands for the models of all its seeds.
        deterministic: Whether to take the best candidate instead of drawing one.
        seed: Of the draws.
        name: Its name in tables; the file's own by default.

    Raises:
        DataError: If the file is missing, broken, or of a model for other spaces.
        MissingExtraError: Without the extra `rl`.
    """
    files: list[Path] = []
    for place in map(Path, paths):
        found = sorted(place.glob("seed-*/model.zip")) if place.is_dir() else [place]
        if not found:
            raise DataError(f"{place}: this is no folder of a run; seed-0/model.zip is missing.")
        files += found
    loaded = [_load(file) for file in files]
    (_, groups), *others = loaded
    for file, (_, theirs) in zip(files[1:], others, strict=True):
        if theirs != groups:
            raise DataError(f"{file} takes the features {theirs}, {files[0]} {groups}.")
    return PolicyAgent(
        *(model for model, _ in loaded),
        name=name or Path(paths[0]).stem,
        deterministic=deterministic,
        seed=seed,
        groups=groups,
    )


def _load(file: Path) -> tuple[Any, tuple[str, ...]]:
    """A model and the groups of features that it takes."""
    about = read_about(file)
    groups = check_spaces(about, str(file))
    try:
        from autosafe_gym.training.algorithms import CLASSES
    except ImportError as error:
        raise MissingExtraError("stable-baselines3", "rl") from error
    if about.get("algorithm") not in CLASSES:
        raise DataError(f"{file}: algorithm {about.get('algorithm')!r} is none of {list(CLASSES)}.")
    settings = {"buffer_size": 1} if about["algorithm"] == "dqn" else {}
    return CLASSES[about["algorithm"]][0].load(file, device="cpu", **settings), groups
