"""Studies: the same training under several conditions, several seeds each, measured alike.

A condition is a recipe; a cell is a condition with a training seed. Each cell is stored before it is
counted, so a study that was interrupted goes on where it was. Intervals are Wilson's over the episodes
of all seeds; the seeds are shown one by one beside them, because that is where a policy varies most.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, as_completed
from pathlib import Path
from typing import Any

import autosafe_gym
from autosafe_gym.intervals import Rate, percent_by_seed
from autosafe_gym.plain_text import in_markdown
from autosafe_gym.processes import workers
from autosafe_gym.storage.writing import locked, write_whole
from autosafe_gym.training.conditions import STUDIES, Condition, Plan, passed_over
from autosafe_gym.training.jobs import (
    Job,
    cell_job,
    ensemble_job,
    is_done,
    read_job,
    reference_job,
    run_job,
)
from autosafe_gym.training.run_folder import kept, library, settle

Report = Callable[[str, int, int], None]
SHOWN = ("sec@1", "safety", "utility", "over_refusal", "safe_and_useful")
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
    with locked(out):
        return _run_all(plan, conditions, out, jobs, warm, report)


def _run_all(
    plan: Plan,
    conditions: Sequence[Condition],
    out: Path,
    jobs: int,
    warm: Path | None,
    report: Report | None,
) -> dict[str, Any]:
    cells = [_cell(plan, c, seed, out) for c in conditions for seed in range(plan.seeds)]
    for cell in cells:
        cell["warm"] = str(warm or out / "warm-starts")
    # An ensemble needs the models of the cells.
    after = [_ensemble(plan, c, out) for c in conditions if _has_ensemble(plan)]
    sets = [kwargs for c in conditions for kwargs in c.sets.values()]
    after += [reference_job(kwargs, plan.episodes, out) for kwargs in sets]
    with workers(jobs) as pool:
        for phase, tasks in (("training", cells), ("measuring", after)):
            _run(pool, phase, tasks, report)
    results = _gather(plan, conditions, out)
    from autosafe_gym.training.study_plots import draw

    results["pictures"] = [str(file) for file in draw(results, out)]
    write_whole(out / "results.json", json.dumps(results, indent=2) + "\n")
    write_whole(out / "table.md", markdown(results))
    return results


def _run(pool: Executor, phase: str, tasks: Sequence[Job], report: Report | None) -> None:
    """Runs what is not done yet, each file once."""
    left = {task["file"]: task for task in tasks if not is_done(task)}
    total = len({task["file"] for task in tasks})
    if report is not None:
        report(phase, total - len(left), total)
    waiting = {pool.submit(run_job, task): task for task in left.values()}
    for number, future in enumerate(as_completed(waiting), total - len(left) + 1):
        future.result()
        if report is not None:
            report(f"{phase} {waiting[future]['label']}", number, total)


def _cell(plan: Plan, condition: Condition, seed: int, out: Path) -> Job:
    return cell_job(condition.name, condition.recipe, condition.sets, plan.episodes, seed, out)


def _has_ensemble(plan: Plan) -> bool:
    return plan.ensemble and plan.seeds > 1


def _ensemble(plan: Plan, condition: Condition, out: Path) -> Job:
    return ensemble_job(_cell(plan, condition, 0, out), plan.seeds, out)


def _gather(plan: Plan, conditions: Sequence[Condition], out: Path) -> dict[str, Any]:
    found = []
    curves = {}
    for condition in conditions:
        cells = [read_job(_cell(plan, condition, seed, out)) for seed in range(plan.seeds)]
        curves[condition.name] = [cell["rows"] for cell in cells]
        measured = {condition.name: cells}
        if _has_ensemble(plan):
            measured[f"{condition.name}, ensemble"] = [read_job(_ensemble(plan, condition, out))]
        for name, kwargs in condition.sets.items():
            measured_there = read_job(reference_job(kwargs, plan.episodes, out))["sets"][""]
            reference = {m: measured_there[m] for m in SHOWN}
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
        *(f"| {' | '.join([*map(in_markdown, row[:2]), *row[2:]])} |" for row in rows),
    ]
    return "\n".join(lines) + "\n"
