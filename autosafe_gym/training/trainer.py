"""Runs a recipe: data, imitation, reinforcement learning, validation, checkpoints, resume."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.utils import set_random_seed

from autosafe_gym import agents
from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.errors import DataError
from autosafe_gym.evaluation.evaluate import evaluate
from autosafe_gym.features.features import spaces_version
from autosafe_gym.library.registration import risk_env
from autosafe_gym.library.source import FamilySource
from autosafe_gym.pipeline.datasets import collect_parts, read_trajectories
from autosafe_gym.storage.writing import locked
from autosafe_gym.training.agent import PolicyAgent
from autosafe_gym.training.algorithms import (
    calm_collector,
    make_model,
    scorer_of,
    training_envs,
)
from autosafe_gym.training.checkpoints import go_on
from autosafe_gym.training.demonstrations import Demonstrations, demonstrations
from autosafe_gym.training.imitation import clone
from autosafe_gym.training.model_file import (
    CHECKPOINT,
    MODEL,
    OLD_CHECKPOINT,
    OLD_MODEL,
    check_spaces,
    read_about,
)
from autosafe_gym.training.recipe import Recipe
from autosafe_gym.training.run_folder import State, claim, read_state, save, write_checkpoint
from autosafe_gym.training.warm_starts import WarmStart

Report = Callable[[str, int, int], None]
_PATIENCE = 5.0
"""Seconds for a worker of a killed run to end, before its folder counts as somebody else's."""


@dataclass
class Trained:
    """What a run gave.

    Attributes:
        file: The best model.
        rows: The rows of `metrics.jsonl`.
        stopped: Why training ended: "frames" (all done) or "early" (no better validation).
    """

    file: Path
    rows: list[dict[str, Any]]
    stopped: str

    @property
    def curve(self) -> list[tuple[int, float]]:
        """(frames, mean return of the latest 200 episodes)."""
        return [(row["frames"], row["return"]) for row in self.rows if row["phase"] == "rl"]


def load_data(
    recipe: Recipe, seed: int, report: Report | None = None
) -> tuple[Demonstrations | None, int]:
    """The demonstrations of a recipe, and how many of their actions no menu held.

    Args:
        recipe: The recipe.
        seed: Of the scenarios that are searched.
        report: Called with (phase, done, in all).
    """
    if not recipe.clone.epochs:
        return None, 0
    kwargs = {**recipe.make_kwargs(), "reward": "default"}
    part = recipe.data
    env = risk_env(recipe.env.id, **kwargs)
    if part.path:
        trajectories = read_trajectories(part.path)
    else:
        if not part.twins:
            kwargs["twin_share"] = 0.0
        families = env.source.families if isinstance(env.source, FamilySource) else ()
        modes = sorted({f.mode for f in families} & {*part.more_modes})
        parts = [({}, part.scenarios), ({"modes": modes}, part.more if modes else 0)]
        trajectories = collect_parts(
            [(risk_env(recipe.env.id, **{**kwargs, **f}), n) for f, n in parts if n],
            agents.make(part.agent),
            seed=seed * 1_000_000,
            progress=None if report is None else lambda n, of: report("scenarios", n, of),
        ).trajectories
    if not part.twins:
        trajectories = [t for t in trajectories if not t.scenario.twin]
    if not part.reflection:
        trajectories = [t for t in trajectories if t.agent != "reflected"]
    total = len(trajectories)
    return demonstrations(
        env,
        trajectories,
        recipe.groups,
        None if report is None else lambda n: report("features", n, total),
    )


def train_recipe(
    recipe: Recipe,
    out: Path,
    *,
    seed: int,
    resume: bool = False,
    overwrite: bool = False,
    data: Demonstrations | None = None,
    warm: Path | None = None,
    report: Report | None = None,
) -> Trained:
    """Trains the model of one seed.

    Args:
        recipe: What to do.
        out: Folder of the run.
        seed: Of the weights, the data, the scenarios.
        resume: Whether to go on with a run of the same recipe in `out`.
        overwrite: Whether to begin anew where `out` holds a run.
        data: Demonstrations, if they are at hand; made from the recipe otherwise.
        warm: Folder of warm starts (`warm_starts`): what another run imitated in the same way is taken.
        report: Called with (phase, done, in all).

    Raises:
        DataError: If `out` holds a run of another recipe, or one and `resume` is False.
    """
    facts = {"spaces": spaces_version(recipe.groups)}
    claim(out, recipe, facts, resume=resume, overwrite=overwrite)
    folder = out / f"seed-{seed}"
    with locked(folder, _PATIENCE):
        return _train(recipe, folder, seed, overwrite, data, warm, report)


def _train(
    recipe: Recipe,
    folder: Path,
    seed: int,
    overwrite: bool,
    data: Demonstrations | None,
    warm: Path | None,
    report: Report | None,
) -> Trained:
    model_file, checkpoint = folder / MODEL, folder / CHECKPOINT
    if overwrite:
        for file in (model_file, checkpoint, folder / "state.json", folder / "metrics.jsonl"):
            file.unlink(missing_ok=True)
    elif (folder / OLD_CHECKPOINT).is_file() and not checkpoint.is_file():
        raise DataError(
            f"{folder}: autosafe 0.1 began this run, and its checkpoint is a pickle, which can run any code; "
            f"it is not gone on from. Choose another folder; 'autosafe convert {folder / OLD_MODEL} --trust' "
            "keeps the model."
        )
    state = State()
    if checkpoint.is_file():
        about = read_about(checkpoint)
        check_spaces(about, str(checkpoint))
        if "frames" not in about:
            raise DataError(
                f"{checkpoint} is of an earlier version, which can't be gone on with. Choose another "
                "folder."
            )
        state = read_state(folder, int(about["frames"]), recipe.validation.metric)
    if state.stopped and model_file.is_file():
        return Trained(model_file, state.rows, state.stopped)
    torch.set_num_threads(1)
    start = time.perf_counter()
    envs = training_envs(recipe, seed, state.frames)
    log = folder / "tensorboard"
    try:
        if checkpoint.is_file():
            model = make_model(recipe, envs, seed, log)
            go_on(model, checkpoint)
            # Making the model has seeded them as at the start of the run.
            envs.seed(seed * 1_000_003 + state.frames)
        else:
            model = make_model(recipe, envs, seed, log)
            if recipe.clone.epochs:
                kept = None if warm is None else WarmStart(warm, recipe, seed)
                if kept is None or not kept.load(model, state):
                    if data is None:
                        data, _ = load_data(recipe, seed, report)
                    _imitate(model, recipe, data, seed, state, report)
                    if kept is not None:
                        kept.save(model, state)
                if recipe.algorithm.name == "dqn":
                    _calm_values(model)
            data = None  # Nothing needs it any more, and it is large.
        keeper = _Keeper(recipe, seed, folder, state, start - state.seconds, report)
        if not state.rows or state.rows[-1]["phase"] == "clone":
            keeper.validate(model)
            keeper.checkpoint(model)
        left = recipe.algorithm.frames - state.frames
        if left > 0 and not keeper.stop:
            # The same whether the warm start was made here or taken from another run.
            set_random_seed(seed + state.frames)
            with calm_collector():
                model.learn(left, callback=keeper, reset_num_timesteps=False)
        state.stopped = "early" if keeper.stop else "frames"
        if not recipe.validation.episodes or not model_file.is_file():
            save(model, model_file, recipe)
        keeper.checkpoint(model)
    finally:
        envs.close()
    return Trained(model_file, state.rows, state.stopped)


def _imitate(
    model: Any,
    recipe: Recipe,
    data: Demonstrations | None,
    seed: int,
    state: State,
    report: Report | None,
) -> None:
    if data is None:
        return
    part = recipe.clone
    losses = clone(
        scorer_of(model),
        data,
        epochs=part.epochs,
        seed=seed,
        batch_size=part.batch_size,
        learning_rate=part.learning_rate,
        weight_decay=part.weight_decay,
        word_dropout=part.word_dropout,
        progress=None if report is None else lambda n, of: report("imitation", n, of),
    )
    state.rows += [
        {"phase": "clone", "epoch": n, "loss": round(loss, 5), "decisions": len(data)}
        for n, loss in enumerate(losses, 1)
    ]


def _calm_values(model: Any) -> None:
    """Scores of a cloned policy are log odds; as values of actions they are far too large."""
    head = scorer_of(model).score
    with torch.no_grad():
        head.weight *= 0.1
        head.bias *= 0.1
    model.q_net_target.load_state_dict(model.q_net.state_dict())


class _Keeper(BaseCallback):
    """Validation, curves, checkpoints and early stopping, between two rollouts."""

    def __init__(
        self,
        recipe: Recipe,
        seed: int,
        folder: Path,
        state: State,
        start: float,
        report: Report | None,
    ) -> None:
        super().__init__()
        self.stop = 0 < recipe.validation.patience <= state.bad_rounds
        self._recipe, self._seed, self._folder = recipe, seed, folder
        self._state, self._start, self._report = state, start, report
        self._last = dict.fromkeys(("row", "validation", "checkpoint"), state.frames)
        self._env: RiskEnv | None = None
        part = recipe.validation
        if part.episodes:
            kwargs = recipe.make_kwargs(validation=True)
            self._env = risk_env(recipe.env.id, **kwargs)

    def _on_step(self) -> bool:
        return not self.stop

    def _on_rollout_end(self) -> None:
        done = self.num_timesteps
        part = self._recipe.algorithm
        if self._report is not None:
            self._report(part.name, min(done, part.frames), part.frames)
        buffer = self.model.ep_info_buffer
        if buffer and self._due("row", done, 512):
            self._state.rows.append(
                {
                    "phase": "rl",
                    "frames": done,
                    "return": round(sum(e["r"] for e in buffer) / len(buffer), 5),
                    "length": round(sum(e["l"] for e in buffer) / len(buffer), 3),
                    "seconds": round(time.perf_counter() - self._start, 2),
                }
            )
        last = done >= part.frames
        if self._due("validation", done, self._recipe.validation.every) or last:
            self.validate(self.model)
        if self._due("checkpoint", done, self._recipe.run.checkpoint_every):
            self.checkpoint(self.model)

    def _due(self, what: str, done: int, every: int) -> bool:
        if done - self._last[what] < every:
            return False
        self._last[what] = done
        return True

    def validate(self, model: Any) -> None:
        """Measures the model and keeps it if it is the best so far."""
        part = self._recipe.validation
        state = self._state
        if self._env is None:
            return
        training = model.policy.training
        agent = PolicyAgent(model, groups=self._recipe.groups)
        result = evaluate(
            agent,
            self._env,
            episodes=part.episodes,
            seed=self._recipe.validation_seed,
            set="validation",
            ks=(1,),
        )
        model.policy.set_training_mode(training)
        figures = {k: r.to_dict() for k, r in result.metrics.items() if r.n}
        frames = int(model.num_timesteps)
        state.rows.append({"phase": "validation", "frames": frames, **figures})
        value = figures.get(part.metric, {"value": None})["value"] or 0.0
        if state.judge(value):
            save(model, self._folder / MODEL, self._recipe)
        else:
            self.stop = 0 < part.patience <= state.bad_rounds

    def checkpoint(self, model: Any) -> None:
        """Writes what a resumed run goes on from."""
        state = self._state
        state.frames = int(model.num_timesteps)
        state.seconds = round(time.perf_counter() - self._start, 2)
        write_checkpoint(self._folder, state, model, self._recipe)
