"""How much of PPO's speed the environments leave: frames a second, against a no-op environment.

    python benchmarks/ppo.py

Same spaces, same policy, same algorithm, 16 environments; the no-op gives a stored observation.
"""

from __future__ import annotations

import time

import gymnasium as gym
import numpy as np
import torch
from sb3_contrib import MaskablePPO
from stable_baselines3.common.vec_env import DummyVecEnv

from autosafe_gym.training.algorithms import calm_collector, feature_env
from autosafe_gym.training.policy import MaskableCandidatePolicy

ENVS, STEPS, ROUNDS = 16, 128, 4


class Stored(gym.Env):
    """Gives observations that a risk environment gave, at no cost."""

    def __init__(self) -> None:
        source = feature_env("autosafe/All-v0")
        self.observation_space, self.action_space = source.observation_space, source.action_space
        self._kept = []
        rng = np.random.default_rng(0)
        observation, _ = source.reset(seed=0)
        while len(self._kept) < 64:
            self._kept.append((observation, source.action_masks()))
            action = int(rng.choice(np.flatnonzero(source.action_masks())))
            observation, _, over, cut, _ = source.step(action)
            if over or cut:
                observation, _ = source.reset()
        self._at = 0

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return self._kept[self._at][0], {}

    def step(self, action):
        self._at = (self._at + 1) % len(self._kept)
        return self._kept[self._at][0], 0.0, self._at % 5 == 0, False, {}

    def action_masks(self):
        return self._kept[self._at][1]


SETTINGS = {
    "the library's defaults": {},
    "autosafe train's settings": {"n_steps": 64, "batch_size": 256, "n_epochs": 4},
}
"""PPO as a user gets it (batches of 64, 10 epochs), and the lighter one that `autosafe train` uses."""


def model(make, settings):
    envs = DummyVecEnv([make] * ENVS)
    settings = {"n_steps": STEPS, **settings}
    return MaskablePPO(MaskableCandidatePolicy, envs, seed=0, device="cpu", **settings)


def compare(name: str, settings: dict) -> None:
    sides = {
        "no-op": model(Stored, settings),
        "autosafe": model(lambda: feature_env("autosafe/All-v0"), settings),
    }
    fastest = dict.fromkeys(sides, 0.0)
    frames = ENVS * STEPS
    for side in sides.values():
        side.learn(frames)
    for _ in range(ROUNDS):
        for which, side in sides.items():
            start = time.perf_counter()
            side.learn(frames)
            fastest[which] = max(fastest[which], frames / (time.perf_counter() - start))
    share = fastest["autosafe"] / fastest["no-op"]
    print(
        f"PPO with {name:26s} {fastest['autosafe']:5.0f} of the no-op's {fastest['no-op']:5.0f} "
        f"frames a second: {share:.0%}  target >= 80%"
    )


def main() -> None:
    torch.set_num_threads(1)
    with calm_collector():  # As `autosafe train` does; both sides have it.
        for name, settings in SETTINGS.items():
            compare(name, settings)


if __name__ == "__main__":
    main()
