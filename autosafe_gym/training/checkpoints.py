"""Checkpoints: a model of stable-baselines3 with its optimiser, so that training goes on from a file."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import Any

from autosafe_gym.errors import DataError
from autosafe_gym.storage.tensors import read_tensors
from autosafe_gym.training.model_file import POLICY, policy_tensors, put_tensors, read_about

OPTIMISER = "optimiser/"
_KEPT = {"Adam": {"step", "exp_avg", "exp_avg_sq"}, "RMSprop": {"step", "square_avg"}}
"""What each optimiser knows about a parameter."""
_COUNTERS = ("num_timesteps", "_n_updates", "_episode_num", "_n_calls", "exploration_rate")
_RETURNS = ("r", "l", "t")


def checkpoint_tensors(model: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """All that training goes on from: tensors by name, and counters.

    Args:
        model: Of stable-baselines3.
    """
    import numpy as np

    tensors = policy_tensors(model)
    for index, state in model.policy.optimizer.state_dict()["state"].items():
        for key, value in state.items():
            # Steps are numbers or tensors of one; float32 counts exactly to 16 million.
            array = np.asarray(value.detach().cpu() if hasattr(value, "detach") else value)
            tensors[f"{OPTIMISER}{index}/{key}"] = array.astype(np.float32)
    counters = {name: getattr(model, name) for name in _COUNTERS if hasattr(model, name)}
    recent = [[float(e[key]) for key in _RETURNS] for e in model.ep_info_buffer or ()]
    return tensors, {"counters": counters, "recent": recent}


def go_on(model: Any, file: Path) -> None:
    """Puts a checkpoint into a fresh model of the same recipe.

    Args:
        model: Of stable-baselines3, as `make_model` makes it.
        file: The checkpoint.

    Raises:
        DataError: If the file is none of this model's, or damaged.
    """
    about = read_about(file)
    tensors, _ = read_tensors(file, links=False)
    weights = {n.removeprefix(POLICY): t for n, t in tensors.items() if n.startswith(POLICY)}
    rest = {n.removeprefix(OPTIMISER): t for n, t in tensors.items() if n.startswith(OPTIMISER)}
    if len(weights) + len(rest) < len(tensors):
        raise DataError(f"{file}: there are tensors of neither the policy nor the optimiser.")
    put_tensors(model.policy, weights, str(file))
    _put_optimiser(model.policy.optimizer, rest, str(file))
    _put_counters(model, about.get("training"), str(file))


def _put_optimiser(optimiser: Any, tensors: dict[str, Any], source: str) -> None:
    import torch

    parameters = [p for group in optimiser.param_groups for p in group["params"]]
    kept = _KEPT[type(optimiser).__name__]
    state: dict[int, dict[str, Any]] = {}
    for name, array in tensors.items():
        number, _, key = name.partition("/")
        index = int(number) if number.isdecimal() and len(number) < 6 else len(parameters)
        if index >= len(parameters) or key not in kept:
            raise DataError(
                f"{source}: tensor {OPTIMISER + name[:60]!r} is none of the optimiser's."
            )
        wanted = () if key == "step" else tuple(parameters[index].shape)
        if array.shape != wanted:
            raise DataError(
                f"{source}: tensor {OPTIMISER + name!r} is {array.shape}, {wanted} is needed."
            )
        state.setdefault(index, {})[key] = torch.tensor(array)
    for index, found in state.items():
        if set(found) != kept:
            raise DataError(
                f"{source}: {OPTIMISER}{index} has {sorted(found)}, not {sorted(kept)}."
            )
    optimiser.load_state_dict(
        {"state": state, "param_groups": optimiser.state_dict()["param_groups"]}
    )


def _put_counters(model: Any, training: Any, source: str) -> None:
    counters = training.get("counters") if isinstance(training, dict) else None
    recent = training.get("recent") if isinstance(training, dict) else None
    if not isinstance(counters, dict) or not isinstance(recent, list):
        raise DataError(f"{source}: this is a model, not a checkpoint: its counters are missing.")
    for name in _COUNTERS:
        if hasattr(model, name):
            value: Any = counters.get(name)
            kind = type(getattr(model, name))
            if type(value) not in (kind, int) or not 0 <= value < 1 << 53:
                raise DataError(f"{source}: {name} = {str(value)[:40]}: {kind.__name__} is needed.")
            setattr(model, name, kind(value))
    if not all(
        isinstance(row, list) and len(row) == len(_RETURNS) and all(type(x) is float for x in row)
        for row in recent
    ):
        raise DataError(f"{source}: the latest returns are no lists of {len(_RETURNS)} numbers.")
    window = model._stats_window_size
    model.ep_info_buffer = deque((dict(zip(_RETURNS, row, strict=True)) for row in recent), window)
    model.ep_success_buffer = deque(maxlen=window)
