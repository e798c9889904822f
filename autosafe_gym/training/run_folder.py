"""The folder of a run: which recipe it is of, where a resumed run goes on, and its models.

It holds `recipe.json` (the configuration), and for each seed `model.safetensors` (the best by validation),
`checkpoint.safetensors` and `state.json` (where to go on), `metrics.jsonl` (the curves). Files appear whole or
not at all.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import autosafe_gym
from autosafe_gym.errors import DataError
from autosafe_gym.library.family import all_families
from autosafe_gym.storage.reading import json_lines, read_object
from autosafe_gym.storage.tensors import tensor_bytes
from autosafe_gym.storage.writing import refusal, write_whole
from autosafe_gym.training.checkpoints import checkpoint_tensors
from autosafe_gym.training.model_file import (
    CHECKPOINT,
    MODEL,
    OLD_CHECKPOINT,
    OLD_MODEL,
    about_model,
    load_policy,
    policy_tensors,
    read_policy,
)
from autosafe_gym.training.recipe import Recipe


@dataclass
class State:
    """What a resumed run needs besides the model."""

    frames: int = 0
    best: float = -1.0
    bad_rounds: int = 0
    stopped: str = ""
    seconds: float = 0.0
    rows: list[dict[str, Any]] = field(default_factory=list)

    def judge(self, value: float) -> bool:
        """Counts a validation; says whether it is the best so far."""
        if value > self.best:
            self.best, self.bad_rounds = value, 0
            return True
        self.bad_rounds += 1
        return False


def read_state(folder: Path, frames: int, metric: str) -> State:
    """Where the run of a seed stands.

    A kill may have come between the files of a checkpoint. The model decides: curves were written
    before it, the state after it.

    Args:
        folder: Of the seed.
        frames: Of the model in its checkpoint.
        metric: Of the validation, by which the best model is chosen.

    Raises:
        DataError: If its files can't be read.
    """
    file = folder / "state.json"
    try:
        state = State(**read_object(file, links=False)) if file.is_file() else State()
        rows = [row for _, row in json_lines(folder / "metrics.jsonl", links=False)]
        state.rows = [row for row in rows if row.get("frames", 0) <= frames]
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise DataError(
            f"{folder}: its state can't be read ({error}). Delete the folder."
        ) from error
    if state.frames != frames or not file.is_file():
        state.frames, state.stopped = frames, ""
        state.best, state.bad_rounds = State.best, 0
        for row in state.rows:
            if row["phase"] == "validation":
                state.judge((row.get(metric) or {}).get("value") or 0.0)
    return state


def write_checkpoint(folder: Path, state: State, model: Any, recipe: Recipe) -> None:
    """Writes what a resumed run goes on from; see `read_state` for the order."""
    lines = "".join(json.dumps(row) + "\n" for row in state.rows)
    write_whole(folder / "metrics.jsonl", lines)
    save(model, folder / CHECKPOINT, recipe)
    kept = {k: getattr(state, k) for k in ("frames", "best", "bad_rounds", "stopped", "seconds")}
    write_whole(folder / "state.json", json.dumps(kept, indent=2) + "\n")


def claim(
    out: Path, recipe: Any, facts: dict[str, Any], *, resume: bool, overwrite: bool = False
) -> None:
    """Takes a folder for a recipe, or goes on in one that has it already.

    Args:
        out: The folder.
        recipe: Has `to_dict`; its seeds don't count: each has a folder, further ones may join.
        facts: What else must be the same, such as the library of families.
        resume: Whether to go on with a run that lies there.
        overwrite: Whether to take the folder whatever it holds.

    Raises:
        DataError: If the folder holds another recipe's run (both sides are named), or this one's and
            `resume` is False.
    """
    ours = recipe.to_dict()
    del ours["run"]["seeds"]
    if settle(out / "recipe.json", {**facts, "recipe": ours}, "run", overwrite) and not resume:
        raise DataError(f"{out} holds a run of this recipe already: say --resume to go on.")


def settle(file: Path, made: dict[str, Any], what: str, overwrite: bool = False) -> bool:
    """Writes what a folder is for, or checks that it is for the same.

    Args:
        file: Of the folder.
        made: The configuration, as JSON would hold it.
        what: What it is of, for the error: "run" or "study".
        overwrite: Whether to take the folder whatever it holds.

    Returns:
        Whether the folder was taken already.

    Raises:
        DataError: If it holds another configuration (both sides are named), or can't be written.
    """
    out = file.parent
    if file.is_file() and not overwrite:
        try:
            held = read_object(file, links=False)
        except DataError as error:
            raise DataError(f"{file}: this is no recipe of a {what} ({error}).") from error
        differs = differences({name: held.get(name) for name in made}, made)
        if differs:
            raise DataError(
                f"{out} holds a {what} of another configuration: {'; '.join(differs)}. Choose another "
                "folder, or take the recipe that it was begun with."
            )
        return True
    stray = next((p for kind in _KINDS for p in out.glob(kind)), None)
    if stray is not None and not overwrite:
        raise DataError(
            f"{out} holds {stray.relative_to(out)} and no {file.name} that says what it is of. Put its "
            f"{file.name} back, or choose another folder."
        )
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refusal(out, error) from error
    made = {"autosafe_gym": autosafe_gym.__version__, **made}
    write_whole(file, json.dumps(made, indent=2) + "\n")
    return False


def forget_run(out: Path) -> None:
    """Removes what runs have left in a folder that is to be taken anew.

    Args:
        out: The folder.

    Raises:
        DataError: If it can't be written.
    """
    names = (MODEL, CHECKPOINT, OLD_MODEL, OLD_CHECKPOINT, "state.json", "metrics.jsonl")
    try:
        for folder in out.glob("seed-*"):
            for name in names:
                (folder / name).unlink(missing_ok=True)
        (out / "recipe.json").unlink(missing_ok=True)
    except OSError as error:
        raise refusal(out, error) from error


_KINDS = ("seed-*/*.safetensors", "seed-*/*.zip", "seed-*/*/done.json", "cells/*.json*")
"""What runs and studies leave in a folder that has a configuration."""


def library() -> str:
    """Stands for the families: scenarios of one library are not those of another."""
    names = "\n".join(all_families())
    return f"{len(all_families())} families, {hashlib.sha256(names.encode()).hexdigest()[:12]}"


def slug(name: str) -> str:
    """A name as part of a file's name."""
    return "".join(c if c.isalnum() else "-" for c in name)


def differences(there: Any, here: Any, name: str = "") -> list[str]:
    """Where two nested configurations differ, both sides named."""
    if isinstance(there, dict) and isinstance(here, dict):
        return [
            found
            for key in {**there, **here}
            for found in differences(there.get(key), here.get(key), f"{name}.{key}".strip("."))
        ]
    name = name.removeprefix("recipe.")
    return [] if there == here else [f"{name}: {there!r} there, {here!r} here"]


def save(model: Any, path: Path, recipe: Recipe) -> None:
    """Saves a model with what is needed to load it elsewhere. The file appears whole or not at all.

    Args:
        model: Of stable-baselines3.
        path: The file; a `CHECKPOINT` has the optimiser too.
        recipe: Of the run.
    """
    about = about_model(model, recipe)
    if path.name == CHECKPOINT:
        tensors, about["training"] = checkpoint_tensors(model)
    else:
        tensors = policy_tensors(model)
    write_whole(path, tensor_bytes(tensors, about))


def convert(old: Path, new: Path, *, trust: bool) -> None:
    """Saves a policy of autosafe 0.1 as a file of tensors.

    Args:
        old: The zip archive.
        new: The file to write; it must not be there.
        trust: That the archive is one's own; see `model_file.load_policy`.

    Raises:
        DataError: If it is not trusted, no such policy, or of other spaces, or `new` can't be written.
    """
    if new.exists():
        raise DataError(f"{new} is there already. Choose another name with --out.")
    policy = load_policy(old, trust=trust)
    _, about = read_policy(old, trust=trust)
    write_whole(new, tensor_bytes(policy_tensors(policy), about))


def kept(known: Iterable[str], wanted: Sequence[str], what: str) -> list[str]:
    """The names that are wanted: one that is no whole name means those that hold it; none means all.

    Args:
        known: Every name.
        wanted: What was asked for.
        what: What has these names, for the error.

    Raises:
        DataError: If nothing is left.
    """
    every = list(known)
    found = [
        name
        for name in every
        if not wanted or any(w == name or (w not in every and w in name) for w in wanted)
    ]
    if not found:
        raise DataError(
            f"{', '.join(wanted)}: no {what} has that in its name; there are {', '.join(every)}."
        )
    return found
