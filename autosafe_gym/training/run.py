"""`train_policy`: a data set and an environment in, a saved model out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from autosafe_gym.errors import MissingExtraError, ScenarioError


def train_policy(
    out: Path,
    env_id: str,
    *,
    split: str,
    data: Path | None,
    frames: int,
    algorithm: str,
    seed: int,
    report: Callable[[str, int, int], None] | None = None,
) -> Path:
    """Trains a candidate-scoring policy and saves it.

    Args:
        out: File of the model.
        env_id: An environment's id.
        split: Which of its scenarios.
        data: A data set's folder for a warm start by imitation.
        frames: Environment steps of PPO.
        algorithm: "ppo" or "maskable-ppo".
        seed: Of everything.
        report: Called with (phase, done, in all).

    Raises:
        MissingExtraError: Without the extra `rl`.
        ScenarioError: If there is nothing to learn from, or the algorithm is unknown.
        DataError: If the data set can't be used.
    """
    if algorithm not in ("ppo", "maskable-ppo"):
        raise ScenarioError(f"algorithm = {algorithm!r}: 'ppo' or 'maskable-ppo' is needed.")
    if not frames and data is None:
        raise ScenarioError("frames = 0 and no data: there is nothing to learn from.")
    try:
        from autosafe_gym.training.ppo import PPOSettings, save, train
    except ImportError as error:
        raise MissingExtraError("stable-baselines3", "rl") from error
    from autosafe_gym.evaluation.evaluate import risk_env
    from autosafe_gym.pipeline.datasets import read_trajectories
    from autosafe_gym.training.demonstrations import demonstrations

    env = risk_env(env_id, split=split)
    decisions = None
    if data is not None:
        decisions, _ = demonstrations(env, read_trajectories(data))
    settings = PPOSettings(frames=frames, algorithm="ppo" if algorithm == "ppo" else "maskable-ppo")
    trained = train(
        env_id, settings, seed=seed, env_kwargs={"split": split}, data=decisions, progress=report
    )
    return save(trained.model, out, settings, env_id)
