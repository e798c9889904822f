"""Studies: the same training under several conditions, several seeds each, measured alike.

A condition is a recipe; a cell is a condition with a training seed. Each cell is stored before it is
counted, so a study that was interrupted goes on where it was. Intervals are Wilson's over the episodes
of all seeds; the seeds are shown one by one beside them, because that is where a policy varies most.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from concurrent.futures import as_completed
from pathlib import Path
from typing import Any

import autosafe_gym
from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.envs.features import spaces_version
from autosafe_gym.errors import DataError
from autosafe_gym.evaluation.intervals import Rate, percent_by_seed
from autosafe_gym.training.conditions import STUDIES, Condition, Plan, passed_over
from autosafe_gym.training.recipe import read_recipe
from autosafe_gym.training.run_folder import differences, kept, library, settle, slug, write_whole
from autosafe_gym.training.trainer import train_recipe
from autosafe_gym.training.workers import workers

Report = Callable[[str, int, int], None]
SHOWN = ("sec@1", "safety", "utility", "over_refusal", "safe_and_useful")
REFERENCE = "comply-all"
_DRAWN = 6
"""More conditions than these would make no picture of their curves."""


def run_study(
    plan: Plan,
    out: Path,
    *,
    jobs: int = 2,
    warm: Path | None = None,
    report: Report | None = None,
) -> dict[str, Any]:
    """Runs what is missing of a study and puts everything together.

    Args:
        plan: What to do.
        out: Folder; cells that lie there already are not run again.
        jobs: Processes.
        warm: Folder of warm starts, which several studies may share; in `out` by default.
        report: Called with (phase, done, in all).

    Returns:
        What `results.json` holds.

    Raises:
        DataError: If no condition is left under `only`, or the folder holds another study.
    """
    known = {c.name: c for c in STUDIES[plan.name](plan)}
    conditions = [known[name] for name in kept(known, plan.only, "condition")]
    # More conditions and seeds may join.
    made = {"study": plan.name, "recipe": plan.base.to_dict()}
    settle(out / "study.json", made, "study")
    tasks = {}
    for condition in conditions:
        for seed in range(plan.seeds):
            task = _task(condition, seed, plan.episodes, out)
            task["warm"] = str(warm or out / "warm-starts")
            if not _done(task):
                tasks[task["file"]] = task
    total = len(conditions) * plan.seeds
    if report is not None:
        report("cells", total - len(tasks), total)
    with workers(jobs) as pool:
        waiting = {pool.submit(run_cell, task): task for task in tasks.values()}
        for number, future in enumerate(as_completed(waiting), total - len(tasks) + 1):
            future.result()
            if report is not None:
                report(waiting[future]["condition"], number, total)
    results = _gather(plan, conditions, out)
    from autosafe_gym.training.study_plots import draw

    results["pictures"] = [str(file) for file in draw(results, out)]
    write_whole(out / "results.json", json.dumps(results, indent=2) + "\n")
    write_whole(out / "table.md", markdown(results))
    return results


def _task(condition: Condition, seed: int, episodes: int, out: Path) -> dict[str, Any]:
    stem = slug(condition.name)
    config = {
        "autosafe_gym": autosafe_gym.__version__,
        "spaces": spaces_version(condition.recipe.groups)["version"],
        "library": library(),
        "recipe": condition.recipe.to_dict(),
        "sets": condition.sets,
        "episodes": episodes,
        "seed": seed,
    }
    return {
        "condition": condition.name,
        "config": config,
        "file": str(out / "cells" / f"{stem}-{seed}.json"),
        "models": str(out / "models" / stem),
    }


def _done(task: dict[str, Any]) -> bool:
    file = Path(task["file"])
    if not file.is_file():
        return False
    held = json.loads(file.read_text())["config"]
    if held != task["config"]:
        shown = "; ".join(differences(held, task["config"]))
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
    from autosafe_gym.training.agent import load_agent

    trained = train_recipe(
        recipe, Path(task["models"]), seed=seed, resume=True, warm=Path(task["warm"])
    )
    measured = _measure(load_agent(trained.file, name="trained"), config)
    cell = {"config": config, "sets": measured, "rows": trained.rows, "stopped": trained.stopped}
    _store(Path(task["file"]), cell)


def _store(file: Path, data: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    write_whole(file, json.dumps(data) + "\n")


def _measure(agent: Any, config: dict[str, Any]) -> dict[str, Any]:
    """An agent's figures on each set of a cell."""
    from autosafe_gym.evaluation.evaluate import evaluate

    measured = {}
    for name, kwargs in config["sets"].items():
        env, first = _env(kwargs)
        found = evaluate(agent, env, episodes=config["episodes"], seed=first, set=name)
        measured[name] = found.to_dict(breakdowns=False)
    return measured


def _env(kwargs: dict[str, Any]) -> tuple[RiskEnv, int]:
    """The environment of a set, and the first seed that is measured."""
    from autosafe_gym.evaluation.evaluate import risk_env

    rest = {k: v for k, v in kwargs.items() if k not in ("id", "first")}
    return risk_env(kwargs["id"], **rest), kwargs.get("first", 0)


def _gather(plan: Plan, conditions: Sequence[Condition], out: Path) -> dict[str, Any]:
    found = []
    curves = {}
    for condition in conditions:
        cells = [
            json.loads(Path(_task(condition, seed, plan.episodes, out)["file"]).read_text())
            for seed in range(plan.seeds)
        ]
        curves[condition.name] = [cell["rows"] for cell in cells]
        measured = {condition.name: cells}
        if plan.ensemble and plan.seeds > 1:
            measured[f"{condition.name}, ensemble"] = [_ensemble(plan, condition, out)]
        for name, kwargs in condition.sets.items():
            reference = _reference(kwargs, plan.episodes, out)
            for label, each in measured.items():
                runs = [cell["sets"][name] for cell in each]
                found.append(
                    {
                        "condition": label,
                        "ensemble": label != condition.name,
                        "set": name,
                        "families": len(condition.recipe.env.families) or None,
                        "metrics": {
                            m: _pool([run[m] for run in runs])
                            for m in runs[0]
                            if "@" in m or m in SHOWN
                        },
                        "reference": reference,
                        "stopped": [cell.get("stopped") for cell in each],
                    }
                )
    return {
        "study": plan.name,
        "version": autosafe_gym.__version__,
        "library": library(),
        "seeds": plan.seeds,
        "episodes": plan.episodes,
        "recipe": plan.base.to_dict(),
        "rows": found,
        "passed_over": passed_over() if plan.name == "distance" else {},
        "curves": curves if plan.name != "scaling" and len(curves) <= _DRAWN else {},
    }


def _pool(rates: Sequence[dict[str, Any]]) -> dict[str, Any]:
    hits = sum(round((r["value"] or 0.0) * r["n"]) for r in rates)
    pooled = Rate(hits, sum(r["n"] for r in rates)).to_dict()
    return {**pooled, "seeds": [r["value"] for r in rates]}


def _ensemble(plan: Plan, condition: Condition, out: Path) -> dict[str, Any]:
    """The ensemble of a condition's seeds, measured as one of them is; stored like a cell."""
    from autosafe_gym.training.agent import load_agent

    task = _task(condition, 0, plan.episodes, out)
    config = {**task["config"], "seed": list(range(plan.seeds))}
    file = out / "ensembles" / f"{slug(condition.name)}-{plan.seeds}.json"
    if not _done({"file": str(file), "config": config}):
        models = [Path(task["models"]) / f"seed-{n}" / "model.zip" for n in range(plan.seeds)]
        agent = load_agent(*models, name="ensemble")
        _store(file, {"config": config, "sets": _measure(agent, config)})
    found: dict[str, Any] = json.loads(file.read_text())
    return found


def _reference(kwargs: dict[str, Any], episodes: int, out: Path) -> dict[str, Any]:
    """The agent that does what it is told, on the same episodes; measured once for each set."""
    key = hashlib.sha256(json.dumps([kwargs, episodes, library()]).encode()).hexdigest()[:16]
    file = out / "references" / f"{key}.json"
    if not file.is_file():
        from autosafe_gym import agents
        from autosafe_gym.evaluation.evaluate import evaluate

        env, first = _env(kwargs)
        agent = agents.make(REFERENCE)
        result = evaluate(agent, env, episodes=episodes, seed=first, set="", ks=(1,))
        _store(file, result.to_dict(breakdowns=False))
    found = json.loads(file.read_text())
    return {m: found[m] for m in SHOWN}


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
                *(percent_by_seed(metrics[m]) for m in SHOWN),
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
