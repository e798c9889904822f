"""The learners of stable-baselines3 with the candidate-scoring policy, and their environments."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import torch
from gymnasium import spaces
from sb3_contrib import MaskablePPO
from stable_baselines3 import A2C, DQN, PPO
from stable_baselines3.common.monitor import Monitor
from stable_baselines3.common.vec_env import DummyVecEnv, VecEnv

from autosafe_gym.envs.shaping import ShapedReward
from autosafe_gym.features.layout import GROUPS
from autosafe_gym.features.menu import MAX_CANDIDATES
from autosafe_gym.features.wrappers import FeatureWrapper, MenuWrapper, feature_space
from autosafe_gym.library.registration import check_id
from autosafe_gym.training.policy import CandidatePolicy, CandidateQPolicy, MaskableCandidatePolicy
from autosafe_gym.training.recipe import Recipe

_REPLAY = 4_096
"""Steps that DQN keeps: an observation takes about 36 KB, and a step holds two."""


def feature_env(
    id: str,
    *,
    groups: tuple[str, ...] = GROUPS,
    shaping: bool = False,
    gamma: float = 0.99,
    **kwargs: Any,
) -> gym.Env[Any, Any]:
    """A risk environment with a menu and features, as the learners take it.

    Args:
        id: Such as `autosafe/All-v0`.
        groups: Groups of features to keep.
        shaping: Whether the reward is shaped (`reward.ShapedReward`).
        gamma: The learner's discount, for the shaping.
        **kwargs: For `gym.make`.
    """
    env: gym.Env[Any, Any] = gym.make(check_id(id), **kwargs)
    if shaping:
        env = ShapedReward(env, gamma=gamma)
    return FeatureWrapper(MenuWrapper(env), groups)


def training_envs(recipe: Recipe, seed: int, done: int = 0) -> VecEnv:
    """The environments of a recipe, side by side.

    Args:
        recipe: The recipe.
        seed: Of the run; each seed has streams of scenarios of its own.
        done: Frames that are behind already, so that a resumed run meets new scenarios.
    """
    kwargs = recipe.make_kwargs()
    algorithm = recipe.algorithm
    envs = DummyVecEnv(
        [
            lambda: Monitor(
                feature_env(
                    recipe.env.id,
                    groups=recipe.groups,
                    shaping=recipe.env.shaping,
                    gamma=algorithm.gamma,
                    **kwargs,
                )
            )
        ]
        * algorithm.envs
    )
    envs.seed(seed * 1_000_003 + done)
    return envs


class CandidateDQN(DQN):
    """DQN that explores among the candidates of each menu only."""

    def predict(
        self,
        observation: Any,
        state: Any = None,
        episode_start: Any = None,
        deterministic: bool = False,
    ) -> tuple[Any, Any]:
        """The best candidate; with the exploration rate, any candidate."""
        if not deterministic and np.random.rand() < self.exploration_rate:
            return self._any(observation["mask"]), state
        chosen, state = self.policy.predict(observation, state, episode_start, True)
        return chosen, state

    def _sample_action(
        self, learning_starts: int, action_noise: Any = None, n_envs: int = 1
    ) -> tuple[Any, Any]:
        observation: Any = self._last_obs
        if self.num_timesteps < learning_starts:
            chosen = self._any(observation["mask"])
        else:
            chosen, _ = self.predict(observation, deterministic=False)
        return chosen, chosen

    @staticmethod
    def _any(mask: Any) -> Any:
        # The global generator is what stable-baselines3 seeds and draws from.
        rows = np.atleast_2d(mask)
        return np.array([np.random.choice(np.flatnonzero(row)) for row in rows])


CLASSES: dict[str, tuple[Any, Any]] = {
    "maskable-ppo": (MaskablePPO, MaskableCandidatePolicy),
    "ppo": (PPO, CandidatePolicy),
    "a2c": (A2C, CandidatePolicy),
    "dqn": (CandidateDQN, CandidateQPolicy),
}


def make_model(recipe: Recipe, envs: VecEnv, seed: int, log: Path | None = None) -> Any:
    """A fresh model of a recipe; it writes for TensorBoard into `log` where that is installed."""
    torch.set_num_threads(1)
    part = recipe.algorithm
    algorithm, policy = CLASSES[part.name]
    settings: dict[str, Any] = {"learning_rate": part.learning_rate, "gamma": part.gamma}
    if part.name == "dqn":
        settings |= {
            "buffer_size": _REPLAY,
            "learning_starts": min(512, part.frames // 4),
            "batch_size": part.batch_size,
            "train_freq": 4,
            "target_update_interval": 1_024,
            "exploration_fraction": 0.5,
            "exploration_initial_eps": 0.2,
            "exploration_final_eps": 0.02,
        }
    else:
        settings |= {
            "n_steps": part.steps,
            "gae_lambda": part.gae_lambda,
            "ent_coef": part.entropy,
        }
    if part.name in ("ppo", "maskable-ppo"):
        settings |= {
            "batch_size": part.batch_size,
            "n_epochs": part.epochs,
            "clip_range": part.clip,
        }
    return algorithm(
        policy,
        envs,
        seed=seed,
        device="cpu",
        verbose=0,
        stats_window_size=200,
        tensorboard_log=str(log) if log is not None and find_spec("tensorboard") else None,
        policy_kwargs={"features_extractor_kwargs": {"hidden": recipe.policy.hidden}},
        **settings,
    )


def fresh_policy(algorithm: str, groups: tuple[str, ...], hidden: int) -> Any:
    """A policy's network alone, to take weights out of a file.

    Args:
        algorithm: One of `CLASSES`.
        groups: The groups of features that it takes.
        hidden: Width of its layers.
    """
    kind = CLASSES[algorithm][1]
    # Its first weights are drawn, and thrown away: nothing else must notice.
    with torch.random.fork_rng(devices=[]):
        return kind(
            feature_space(groups),
            spaces.Discrete(MAX_CANDIDATES),
            lambda _: 0.0,
            features_extractor_kwargs={"hidden": hidden},
        )


def scorer_of(model: Any) -> Any:
    """The network that scores the candidates."""
    net = model.policy
    return net.q_net.features_extractor if hasattr(net, "q_net") else net.features_extractor


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
