"""The jobs of a study, each stored in a file of its own before it is counted.

A cell trains a model and measures it; an ensemble measures the models of several cells together; a
reference measures the agent that does what it is told. A job is plain data, so that any process can
run it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

import autosafe_gym
from autosafe_gym import agents
from autosafe_gym.errors import DataError
from autosafe_gym.evaluation.evaluate import env_of_set, evaluate
from autosafe_gym.features.features import spaces_version
from autosafe_gym.storage.reading import read_object
from autosafe_gym.storage.writing import write_whole
from autosafe_gym.training.agent import load_agent
from autosafe_gym.training.model_file import MODEL
from autosafe_gym.training.recipe import Recipe, read_recipe
from autosafe_gym.training.run_folder import differences, library, slug
from autosafe_gym.training.trainer import train_recipe

Job = dict[str, Any]
Sets = Mapping[str, Mapping[str, Any]]
REFERENCE = "comply-all"


def cell_job(label: str, recipe: Recipe, sets: Sets, episodes: int, seed: int, out: Path) -> Job:
    """Trains a recipe with a seed and measures the model on each set.

    Args:
        label: The condition's name.
        recipe: The recipe.
        sets: Arguments of `gym.make` by the set's name.
        episodes: Of each set.
        seed: The training seed.
        out: Folder of the study.
    """
    config = {
        "autosafe_gym": autosafe_gym.__version__,
        "spaces": spaces_version(recipe.groups)["version"],
        "library": library(),
        "recipe": recipe.to_dict(),
        "sets": {name: dict(kwargs) for name, kwargs in sets.items()},
        "episodes": episodes,
        "seed": seed,
    }
    stem = slug(label)
    return {
        "kind": "cell",
        "label": label,
        "config": config,
        "file": str(out / "cells" / f"{stem}-{seed}.json"),
        "models": str(out / "models" / stem),
    }


def ensemble_job(cell: Job, seeds: int, out: Path) -> Job:
    """Measures the ensemble of a condition's seeds as one of them is.

    Args:
        cell: Any cell of the condition.
        seeds: How many there are, from 0.
        out: Folder of the study.
    """
    return {
        **cell,
        "kind": "ensemble",
        "config": {**cell["config"], "seed": list(range(seeds))},
        "file": str(out / "ensembles" / f"{slug(cell['label'])}-{seeds}.json"),
    }


def reference_job(kwargs: Mapping[str, Any], episodes: int, out: Path) -> Job:
    """Measures the agent that does what it is told on a set; the same file for every condition.

    Args:
        kwargs: Of `gym.make`.
        episodes: Of the set.
        out: Folder of the study.
    """
    config = {"sets": {"": dict(kwargs)}, "episodes": episodes, "library": library()}
    key = hashlib.sha256(json.dumps(config, sort_keys=True).encode()).hexdigest()[:16]
    file = out / "references" / f"{key}.json"
    return {"kind": "reference", "label": REFERENCE, "config": config, "file": str(file)}


def is_done(job: Job) -> bool:
    """Whether its file is there.

    Raises:
        DataError: If the file is of another configuration; the message names both sides.
    """
    file = Path(job["file"])
    if not file.is_file():
        return False
    held = read_job(job).get("config")
    if held != json.loads(json.dumps(job["config"])):
        shown = "; ".join(differences(held, job["config"]))
        raise DataError(
            f"{file} is a cell of another configuration ({shown}). Choose another folder."
        )
    return True


def read_job(job: Job) -> dict[str, Any]:
    """What the file of a job that is done holds."""
    return read_object(job["file"])


def run_job(job: Job) -> None:
    """Runs a job and stores what it gave.

    Args:
        job: As one of the functions above makes it.
    """
    torch.set_num_threads(1)
    config = job["config"]
    more: dict[str, Any] = {}
    agent: Any
    if job["kind"] == "cell":
        folder, warm = Path(job["models"]), Path(job["warm"])
        recipe = read_recipe(config["recipe"])
        trained = train_recipe(recipe, folder, seed=config["seed"], resume=True, warm=warm)
        agent = load_agent(trained.file, name="trained")
        more = {"rows": trained.rows, "stopped": trained.stopped}
    elif job["kind"] == "ensemble":
        models = [Path(job["models"]) / f"seed-{seed}" / MODEL for seed in config["seed"]]
        agent = load_agent(*models, name="ensemble")
    else:
        agent = agents.make(REFERENCE)
    measured = {}
    for name, kwargs in config["sets"].items():
        env, first = env_of_set(kwargs)
        found = evaluate(agent, env, episodes=config["episodes"], seed=first, set=name)
        measured[name] = found.to_dict(breakdowns=False)
    file = Path(job["file"])
    file.parent.mkdir(parents=True, exist_ok=True)
    write_whole(file, json.dumps({"config": config, "sets": measured, **more}) + "\n")
