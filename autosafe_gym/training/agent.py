"""A trained policy as an agent: it sees what any agent sees, and keeps its own menu."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from autosafe_gym.errors import DataError
from autosafe_gym.features.features import Features
from autosafe_gym.features.layout import GROUPS
from autosafe_gym.features.menu import Menu
from autosafe_gym.training.model_file import MODEL, OLD_MODEL, load_policy


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


def load_agent(
    *paths: str | Path,
    deterministic: bool = True,
    seed: int = 0,
    name: str | None = None,
    trust: bool = False,
) -> PolicyAgent:
    """Loads a model that `autosafe train` or `autosafe demo` saved, or an ensemble.

    Args:
        *paths: The file, or several; a run's folder stands for the models of all its seeds.
        deterministic: Whether to take the best candidate instead of drawing one.
        seed: Of the draws.
        name: Its name in tables; the file's own by default.
        trust: Whether to read files of autosafe 0.1, which are zip archives, too. They hold Python
            pickles: say so of files of your own only.

    Raises:
        DataError: If the file is missing, broken, not trusted, or of a model for other spaces.
        MissingExtraError: Without the extra `rl`.
    """
    files: list[Path] = []
    for place in map(Path, paths):
        files += _models(place) if place.is_dir() else [place]
    loaded = [load_policy(file, trust=trust) for file in files]
    groups = loaded[0].groups
    for file, other in zip(files[1:], loaded[1:], strict=True):
        if other.groups != groups:
            raise DataError(f"{file} takes the features {other.groups}, {files[0]} {groups}.")
    return PolicyAgent(
        *loaded,
        name=name or Path(paths[0]).stem,
        deterministic=deterministic,
        seed=seed,
        groups=groups,
    )


def _models(run: Path) -> list[Path]:
    """The models of all seeds of a run."""
    for name in (MODEL, OLD_MODEL):
        found = sorted(run.glob(f"seed-*/{name}"))
        if found:
            return found
    raise DataError(f"{run}: this is no folder of a run; seed-0/{MODEL} is missing.")
