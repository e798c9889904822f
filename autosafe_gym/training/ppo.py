"""PPO and MaskablePPO on risk environments, with or without a warm start."""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import gymnasium as gym
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.monitor import Monitor
from stable_baselines3.common.vec_env import DummyVecEnv

import autosafe_gym
from autosafe_gym.envs.features import GROUPS, spaces_version
from autosafe_gym.envs.wrappers import FeatureWrapper, MenuWrapper
from autosafe_gym.errors import ScenarioError
from autosafe_gym.training.demonstrations import Demonstrations
from autosafe_gym.training.imitation import clone
from autosafe_gym.training.policy import CandidatePolicy, MaskableCandidatePolicy

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class PPOSettings:
    """How to train.

    Args:
        algorithm: "ppo" or "maskable-ppo".
        frames: Environment steps in all.
        envs: Environments side by side.
        steps: Steps of each environment between two updates.
        batch_size: Samples in a minibatch.
        epochs: Passes over each update's samples.
        learning_rate: Of Adam.
        gamma: Discount.
        entropy: Weight of the entropy bonus.
        clip: PPO's clip range.
        clone_epochs: Passes over the demonstrations before PPO, if there are any.
        threads: Threads of torch; for nets of this size more than one is slower.
    """

    algorithm: Literal["ppo", "maskable-ppo"] = "maskable-ppo"
    frames: int = 40_960
    envs: int = 16
    steps: int = 64
    batch_size: int = 256
    epochs: int = 4
    learning_rate: float = 3e-4
    gamma: float = 0.99
    entropy: float = 0.003
    clip: float = 0.15
    clone_epochs: int = 8
    threads: int = 1


@dataclass
class Trained:
    """A trained model and its curves: (frames, mean return of the latest 200 episodes)."""

    model: Any
    curve: list[tuple[int, float]]
    clone_losses: list[float]


class _Watch(BaseCallback):
    """Keeps the curve and reports progress."""

    def __init__(self, frames: int, progress: Progress | None) -> None:
        super().__init__()
        self.curve: list[tuple[int, float]] = []
        self._frames, self._progress = frames, progress

    def _on_step(self) -> bool:
        return True

    def _on_rollout_end(self) -> None:
        buffer = self.model.ep_info_buffer
        if buffer:
            mean = sum(e["r"] for e in buffer) / len(buffer)
            self.curve.append((self.num_timesteps, float(mean)))
        if self._progress is not None:
            self._progress("PPO", min(self.num_timesteps, self._frames), self._frames)


def feature_env(id: str, **kwargs: Any) -> gym.Env[Any, Any]:
    """A risk environment with a menu and features, as the learners take it."""
    return FeatureWrapper(MenuWrapper(gym.make(id, **kwargs)))


@contextmanager
def calm_collector() -> Iterator[None]:
    """Spares the garbage collector the library's own objects, which are many and never garbage."""
    thresholds = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()


def train(
    env_id: str,
    settings: PPOSettings,
    *,
    seed: int,
    env_kwargs: dict[str, Any] | None = None,
    data: Demonstrations | None = None,
    progress: Progress | None = None,
) -> Trained:
    """Trains a candidate-scoring policy.

    Args:
        env_id: Such as `autosafe/All-v0`.
        settings: How to train.
        seed: Of everything: weights, environments, batches.
        env_kwargs: For `gym.make`.
        data: Demonstrations for a warm start.
        progress: Called with (phase, done, in all).
    """
    torch.set_num_threads(settings.threads)
    kwargs = env_kwargs or {}
    envs = DummyVecEnv(
        [lambda: Monitor(feature_env(env_id, **kwargs)) for _ in range(settings.envs)]
    )
    algorithm, policy = _algorithm(settings.algorithm)
    model = algorithm(
        policy,
        envs,
        n_steps=settings.steps,
        batch_size=settings.batch_size,
        n_epochs=settings.epochs,
        learning_rate=settings.learning_rate,
        gamma=settings.gamma,
        ent_coef=settings.entropy,
        clip_range=settings.clip,
        stats_window_size=200,
        seed=seed,
        device="cpu",
        verbose=0,
    )
    # Each environment starts a stream of scenarios of its own, far from other training seeds'.
    envs.seed(seed * 1_000_003)
    losses: list[float] = []
    if data is not None and settings.clone_epochs:
        report = None if progress is None else (lambda n, of: progress("imitation", n, of))
        losses = clone(model.policy, data, epochs=settings.clone_epochs, seed=seed, progress=report)
    watch = _Watch(settings.frames, progress)
    if settings.frames:
        with calm_collector():
            model.learn(settings.frames, callback=watch)
    envs.close()
    return Trained(model, watch.curve, losses)


def _algorithm(name: str) -> tuple[Any, Any]:
    if name == "ppo":
        return PPO, CandidatePolicy
    if name == "maskable-ppo":
        from sb3_contrib import MaskablePPO

        return MaskablePPO, MaskableCandidatePolicy
    raise ScenarioError(f"algorithm = {name!r}: 'ppo' or 'maskable-ppo' is needed.")


def save(model: Any, path: str | Path, settings: PPOSettings, env_id: str) -> Path:
    """Saves a model with what is needed to load it elsewhere. The file appears whole or not at all.

    Args:
        model: The trained model.
        path: Where to; `.zip` is added if there is no ending.
        settings: How it was trained.
        env_id: What it was trained on.

    Returns:
        The path of the file.
    """
    target = Path(path)
    if not target.suffix:
        target = target.with_suffix(".zip")
    target.parent.mkdir(parents=True, exist_ok=True)
    model.autosafe = {
        "version": autosafe_gym.__version__,
        "spaces": spaces_version(),
        "algorithm": settings.algorithm,
        "env": env_id,
        "settings": asdict(settings),
    }
    handle, temporary = tempfile.mkstemp(dir=target.parent, suffix=".zip")
    os.close(handle)
    try:
        model.save(temporary)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return target
