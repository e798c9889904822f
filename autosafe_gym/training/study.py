"""Studies: the same training under several conditions, several seeds each, measured alike.

A condition is a recipe; a cell is a condition with a training seed. Each cell is stored before it is
counted, so a study that was interrupted goes on where it was. Intervals are Wilson's over the episodes
of all seeds; the seeds are shown one by one beside them, because that is where a policy varies most.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import autosafe_gym
from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.envs.family import all_families
from autosafe_gym.envs.features import spaces_version
from autosafe_gym.envs.layout import GROUPS
from autosafe_gym.envs.source import FamilySource
from autosafe_gym.envs.splits import OUTCOME_PAIRS
from autosafe_gym.errors import AutosafeError, DataError
from autosafe_gym.evaluation.intervals import Rate, percent
from autosafe_gym.training.recipe import BEYOND, Recipe, read_recipe
from autosafe_gym.training.trainer import train_recipe, write_whole

Report = Callable[[str, int, int], None]
HELD_OUT = "held-out-families"
SHOWN = ("sec@1", "safety", "utility", "over_refusal", "safe_and_useful")
REFERENCE = "comply-all"
AXES = (
    HELD_OUT,
    "held-out-toolkit:travel",
    "held-out-toolkit:clinic",
    *(f"held-out-outcomes:{pair}" for pair in OUTCOME_PAIRS),
    "held-out-channel:injection-mail",
    "held-out-channel:underspecified-task",
    "held-out-wrapper:important-instructions",
    "held-out-wrapper:fake-completion",
)
"""What `distance` holds out; a split that this library does not have is passed over and said so."""


@dataclass(frozen=True)
class Plan:
    """A study as it was asked for.

    Attributes:
        name: One of `STUDIES`.
        base: The recipe that every condition starts from.
        seeds: Training seeds of each condition, from 0.
        episodes: Of each test set.
        only: Keeps the conditions whose name holds one of these.
        injecagent: Folder of InjecAgent's data, or None.
    """

    name: str
    base: Recipe
    seeds: int = 3
    episodes: int = 300
    only: tuple[str, ...] = ()
    injecagent: str | None = None


@dataclass(frozen=True)
class Condition:
    """A recipe and the sets that its models are measured on (name -> arguments of `gym.make`)."""

    name: str
    recipe: Recipe
    sets: dict[str, dict[str, Any]] = field(default_factory=dict)


def _sets(split: str, injecagent: str | None = None) -> dict[str, dict[str, Any]]:
    """In distribution (training families, unseen numbers), and the held-out side if there is one."""
    name = split.rsplit("/", 1)[0]
    families = [f.id for f in FamilySource(split=split).families]
    sets: dict[str, dict[str, Any]] = {
        "unseen seeds": {"id": "autosafe/All-v0", "split": "test", "families": families}
    }
    if name.startswith("held-out-wrapper"):
        # "test" has every wrapper: the training side beyond the numbers that are trained on.
        sets["unseen seeds"] = {"id": "autosafe/All-v0", "split": split, "first": BEYOND}
    if name != split:
        sets["held out"] = {"id": "autosafe/All-v0", "split": f"{name}/test"}
    if injecagent is not None:
        sets["InjecAgent"] = {"id": "autosafe/InjecAgent-v0", "path": injecagent}
    return sets


def passed_over() -> dict[str, str]:
    """Axes of `distance` that this library can't hold out, and why."""
    found: dict[str, str] = {}
    for axis in AXES:
        try:
            FamilySource(split=f"{axis}/train")
        except AutosafeError as error:
            found[axis] = str(error)
    return found


def _distance(plan: Plan) -> list[Condition]:
    everything = plan.base.with_(env={"split": "train"})
    found = [Condition("unseen seeds", everything, _sets("train", plan.injecagent))]
    for axis in AXES:
        split = f"{axis}/train"
        if axis in passed_over():
            continue
        sets = _sets(split)
        found.append(Condition(axis, plan.base.with_(env={"split": split}), sets))
    return found


def _ablation(plan: Plan) -> list[Condition]:
    split = f"{HELD_OUT}/train"
    base = plan.base.with_(env={"split": split})
    variants = {
        "complete": base,
        "without reflection": base.with_(data={"reflection": False}),
        "without twins": base.with_(data={"twins": False}, env={"twin_share": 0.0}),
        "without warm start": base.with_(clone={"epochs": 0}),
        "without RL": base.with_(algorithm={"frames": 0}),
        **{f"without {group}": base.with_(features={"without": (group,)}) for group in GROUPS},
    }
    sets = _sets(split, plan.injecagent)
    return [Condition(name, recipe, sets) for name, recipe in variants.items()]


def _scaling(plan: Plan) -> list[Condition]:
    split = f"{HELD_OUT}/train"
    names = [f.id for f in FamilySource(split=split).families]
    # Nested: each set of families holds the smaller ones. One order for all seeds of training.
    random.Random(0).shuffle(names)  # noqa: S311
    sizes = [2**n for n in range(len(names).bit_length()) if 2**n < len(names)] + [len(names)]
    test = {"held out": {"id": "autosafe/All-v0", "split": f"{HELD_OUT}/test"}}
    return [
        Condition(
            f"{size} {'family' if size == 1 else 'families'}",
            plan.base.with_(env={"split": split, "families": tuple(sorted(names[:size]))}),
            test,
        )
        for size in sizes
    ]


def _rewards(plan: Plan) -> list[Condition]:
    split = f"{HELD_OUT}/train"
    sets = _sets(split)
    return [
        Condition(
            f"{reward}{', shaped' if shaped else ''}",
            plan.base.with_(env={"split": split, "reward": reward, "shaping": shaped}),
            sets,
        )
        for reward in ("multiplicative", "additive", "three-way")
        for shaped in (False, True)
    ]


def _curves(plan: Plan) -> list[Condition]:
    split = f"{HELD_OUT}/train"
    base = plan.base.with_(
        env={"split": split},
        validation={"every": max(1_024, plan.base.algorithm.frames // 12), "patience": 0},
    )
    sets = _sets(split)
    return [
        Condition("warm start", base, sets),
        Condition("from scratch", base.with_(clone={"epochs": 0}), sets),
        Condition("ppo without masks", base.with_(algorithm={"name": "ppo"}), sets),
        Condition("a2c", base.with_(algorithm={"name": "a2c", "steps": 16}), sets),
        Condition("dqn", base.with_(algorithm={"name": "dqn", "batch_size": 128}), sets),
    ]


STUDIES: dict[str, Callable[[Plan], list[Condition]]] = {
    "distance": _distance,
    "ablation": _ablation,
    "scaling": _scaling,
    "rewards": _rewards,
    "curves": _curves,
}


def run_study(
    plan: Plan, out: Path, *, jobs: int = 2, report: Report | None = None
) -> dict[str, Any]:
    """Runs what is missing of a study and puts everything together.

    Args:
        plan: What to do.
        out: Folder; cells that lie there already are not run again.
        jobs: Processes.
        report: Called with (phase, done, in all).

    Returns:
        What `results.json` holds.

    Raises:
        DataError: If nothing is left to do under `only`, or the folder holds other cells.
    """
    conditions = [
        c
        for c in STUDIES[plan.name](plan)
        if not plan.only or any(part in c.name for part in plan.only)
    ]
    if not conditions:
        raise DataError(f"only = {list(plan.only)}: no condition of {plan.name!r} has that in it.")
    tasks = {}
    for condition in conditions:
        for seed in range(plan.seeds):
            task = _task(condition, seed, plan.episodes, out)
            if not _done(task):
                tasks[task["file"]] = task
    total = len(conditions) * plan.seeds
    if report is not None:
        report("cells", total - len(tasks), total)
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as workers:
        try:
            waiting = {workers.submit(run_cell, task): task for task in tasks.values()}
            for number, future in enumerate(as_completed(waiting), total - len(tasks) + 1):
                future.result()
                if report is not None:
                    report(waiting[future]["condition"], number, total)
        except BaseException:
            for process in list((workers._processes or {}).values()):
                process.terminate()
            workers.shutdown(wait=False, cancel_futures=True)
            raise
    results = _gather(plan, conditions, out)
    from autosafe_gym.training.study_plots import draw

    results["pictures"] = [str(file) for file in draw(results, out)]
    write_whole(out / "results.json", json.dumps(results, indent=2) + "\n")
    write_whole(out / "table.md", markdown(results))
    return results


def _task(condition: Condition, seed: int, episodes: int, out: Path) -> dict[str, Any]:
    slug = "".join(c if c.isalnum() else "-" for c in condition.name)
    config = {
        "autosafe_gym": autosafe_gym.__version__,
        "spaces": spaces_version(condition.recipe.groups)["version"],
        "library": _library(),
        "recipe": condition.recipe.to_dict(),
        "sets": condition.sets,
        "episodes": episodes,
        "seed": seed,
    }
    return {
        "condition": condition.name,
        "config": config,
        "file": str(out / "cells" / f"{slug}-{seed}.json"),
        "models": str(out / "models" / slug),
    }


def _library() -> str:
    """Stands for the families: a study that was begun on others can't go on."""
    names = "\n".join(all_families())
    return f"{len(all_families())} families, {hashlib.sha256(names.encode()).hexdigest()[:12]}"


def _done(task: dict[str, Any]) -> bool:
    file = Path(task["file"])
    if not file.is_file():
        return False
    held = json.loads(file.read_text())["config"]
    if held != task["config"]:
        differs = [k for k in task["config"] if held.get(k) != task["config"][k]]
        shown = "; ".join(
            f"{k}: {str(held.get(k))[:160]} there, {str(task['config'][k])[:160]} here"
            for k in differs
        )
        raise DataError(
            f"{file} is a cell of another configuration ({shown}). Choose another folder."
        )
    return True


def run_cell(task: dict[str, Any]) -> None:
    """Trains and measures one cell, and stores it.

    Args:
        task: As `run_study` makes it.
    """
    config = task["config"]
    recipe, seed = read_recipe(config["recipe"]), config["seed"]
    from autosafe_gym.evaluation.evaluate import evaluate
    from autosafe_gym.training.agent import load_agent

    trained = train_recipe(recipe, Path(task["models"]), seed=seed, resume=True)
    agent = load_agent(trained.file, name="trained")
    measured = {}
    for name, kwargs in config["sets"].items():
        env, first = _env(kwargs)
        found = evaluate(agent, env, episodes=config["episodes"], seed=first, set=name)
        measured[name] = found.to_dict(breakdowns=False)
    cell = {"config": config, "sets": measured, "rows": trained.rows, "stopped": trained.stopped}
    file = Path(task["file"])
    file.parent.mkdir(parents=True, exist_ok=True)
    write_whole(file, json.dumps(cell) + "\n")


def _env(kwargs: dict[str, Any]) -> tuple[RiskEnv, int]:
    """The environment of a set, and the first seed that is measured."""
    from autosafe_gym.evaluation.evaluate import risk_env

    rest = {k: v for k, v in kwargs.items() if k not in ("id", "first")}
    return risk_env(kwargs["id"], **rest), kwargs.get("first", 0)


def _gather(plan: Plan, conditions: Sequence[Condition], out: Path) -> dict[str, Any]:
    found = []
    for condition in conditions:
        cells = [
            json.loads(Path(_task(condition, seed, plan.episodes, out)["file"]).read_text())
            for seed in range(plan.seeds)
        ]
        for name, kwargs in condition.sets.items():
            runs = [cell["sets"][name] for cell in cells]
            found.append(
                {
                    "condition": condition.name,
                    "set": name,
                    "families": len(condition.recipe.env.families) or None,
                    "metrics": {
                        m: _pool([run[m] for run in runs])
                        for m in runs[0]
                        if "@" in m or m in SHOWN
                    },
                    "reference": _reference(kwargs, plan.episodes, out),
                    "stopped": [cell["stopped"] for cell in cells],
                }
            )
    curves = {
        condition.name: [
            json.loads(Path(_task(condition, seed, plan.episodes, out)["file"]).read_text())["rows"]
            for seed in range(plan.seeds)
        ]
        for condition in conditions
    }
    return {
        "study": plan.name,
        "version": autosafe_gym.__version__,
        "library": _library(),
        "seeds": plan.seeds,
        "episodes": plan.episodes,
        "recipe": plan.base.to_dict(),
        "rows": found,
        "passed_over": passed_over() if plan.name == "distance" else {},
        "curves": curves if plan.name == "curves" else {},
    }


def _pool(rates: Sequence[dict[str, Any]]) -> dict[str, Any]:
    hits = sum(round((r["value"] or 0.0) * r["n"]) for r in rates)
    pooled = Rate(hits, sum(r["n"] for r in rates)).to_dict()
    return {**pooled, "seeds": [r["value"] for r in rates]}


def _reference(kwargs: dict[str, Any], episodes: int, out: Path) -> dict[str, Any]:
    """The agent that does what it is told, on the same episodes; measured once for each set."""
    key = hashlib.sha256(json.dumps([kwargs, episodes, _library()]).encode()).hexdigest()[:16]
    file = out / "references" / f"{key}.json"
    if not file.is_file():
        from autosafe_gym import agents
        from autosafe_gym.evaluation.evaluate import evaluate

        env, first = _env(kwargs)
        agent = agents.make(REFERENCE)
        result = evaluate(agent, env, episodes=episodes, seed=first, set="", ks=(1,))
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, json.dumps(result.to_dict(breakdowns=False)))
    found = json.loads(file.read_text())
    return {m: found[m] for m in SHOWN}


def _cell_text(metric: dict[str, Any]) -> str:
    seeds = [v for v in metric["seeds"] if v is not None]
    if not metric["n"]:
        return "-"
    spread = "/".join(f"{100 * v:.0f}" for v in seeds) if len(seeds) > 1 else ""
    return f"{percent(metric)} {f'({spread})' if spread else ''}".strip()


def _table_rows(results: dict[str, Any]) -> tuple[list[str], list[list[str]]]:
    heads = ["condition", "set", "n", *(m.replace("_", " ") for m in SHOWN), "sec@1 gain"]
    rows = []
    for row in results["rows"]:
        metrics, reference = row["metrics"], row["reference"]
        gain = "-"
        if metrics["sec@1"]["n"] and reference["sec@1"]["n"]:
            gain = f"{100 * (metrics['sec@1']['value'] - reference['sec@1']['value']):+.0f}"
        rows.append(
            [
                row["condition"],
                row["set"],
                str(metrics["utility"]["n"]),
                *(_cell_text(metrics[m]) for m in SHOWN),
                gain,
            ]
        )
    return heads, rows


_CAPTION = (
    "per cent [95% interval over episodes] (each training seed); gain in points over comply-all"
)


def study_table(results: dict[str, Any]) -> list[Any]:
    """The results as tables for the terminal."""
    from rich.table import Table

    heads, rows = _table_rows(results)
    table = Table(
        title=f"Study {results['study']}: {results['seeds']} seeds, {results['library']}",
        title_justify="left",
        caption=_CAPTION,
    )
    for head in heads:
        table.add_column(head)
    for row in rows:
        table.add_row(*row)
    missing = "; ".join(f"{axis}: {why}" for axis, why in results["passed_over"].items())
    return [table, f"Passed over: {missing}"] if missing else [table]


def markdown(results: dict[str, Any]) -> str:
    """The results as a Markdown table."""
    heads, rows = _table_rows(results)
    lines = [
        f"`autosafe study {results['study']}`: {results['seeds']} training seeds, "
        f"{results['episodes']} episodes each, {results['library']}; {_CAPTION}.",
        "",
        f"| {' | '.join(heads)} |",
        f"|{' --- |' * len(heads)}",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]
    return "\n".join(lines) + "\n"
