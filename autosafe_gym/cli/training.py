"""`autosafe train`, `recipes` and `study`: training without a language model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from autosafe_gym.cli.options import Changes, Json, Trust, changed
from autosafe_gym.cli.output import console, progress, write_json
from autosafe_gym.errors import UnknownNameError, need_packages

Seeds = Annotated[
    list[int] | None, typer.Option("--seed", min=0, help="Training seeds; the recipe's by default.")
]


def need_rl() -> None:
    """Says now what would be missing later.

    Raises:
        MissingExtraError: Without the extra `rl`.
    """
    need_packages("rl", "torch", "stable_baselines3", "sb3_contrib")


def train(
    recipe: Annotated[str, typer.Argument(help="A shipped recipe ('autosafe recipes') or a file.")],
    out: Annotated[Path | None, typer.Option(help="Folder; runs/train-RECIPE by default.")] = None,
    seed: Seeds = None,
    set: Changes = None,
    resume: Annotated[bool, typer.Option(help="Go on with the run in the folder.")] = False,
) -> None:
    """Train a candidate-scoring policy by a recipe: imitation, then reinforcement learning."""
    need_rl()
    from autosafe_gym.training.recipe import load_recipe
    from autosafe_gym.training.trainer import train_recipe

    chosen = changed(load_recipe(recipe), set)
    folder = out or Path("runs") / f"train-{Path(recipe).stem}"
    for number in seed or chosen.run.seeds:
        with progress(f"seed {number}") as report:
            done = train_recipe(chosen, folder, seed=number, resume=resume, report=report)
        # The folder is this run's now; its further seeds join it.
        resume = True
        rows = [row for row in done.rows if row["phase"] == "validation"]
        best = max(
            (row.get(chosen.validation.metric, {}).get("value") or 0.0 for row in rows),
            default=None,
        )
        said = "" if best is None else f"; validation {chosen.validation.metric} {best:.3f}"
        early = ", stopped early" if done.stopped == "early" else ""
        console.print(f"Saved {done.file}{said}{early}.", highlight=False)
    console.print(f"Try it: autosafe evaluate {done.file} --split test", highlight=False)
    if len(seed or chosen.run.seeds) > 1:
        console.print(
            f"All seeds as one agent: autosafe evaluate {folder} --split test", highlight=False
        )


def convert(
    policy: Annotated[Path, typer.Argument(help="A policy that autosafe 0.1 saved (.zip).")],
    out: Annotated[
        Path | None, typer.Option(help="The new file; POLICY.safetensors by default.")
    ] = None,
    trust: Trust = False,
) -> None:
    """Turn a policy of autosafe 0.1, a zip with pickles, into a file of tensors that can't run anything."""
    need_rl()
    from autosafe_gym.training.run_folder import convert as to_tensors

    target = out or policy.with_suffix(".safetensors")
    to_tensors(policy, target, trust=trust)
    console.print(f"Saved {target}.", highlight=False, markup=False)


def recipes(
    name: Annotated[str | None, typer.Argument(help="Show this one in full.")] = None,
    json: Json = None,
) -> None:
    """List the recipes that ship, or show one with every key."""
    from autosafe_gym.training.recipe import load_recipe, shipped_recipes

    if name is not None:
        found = load_recipe(name).to_dict()
        write_json(json, found)
        if str(json) != "-":
            for part, keys in found.items():
                console.print(f"[{part}]")
                for key, value in keys.items():
                    console.print(f"{key} = {_toml(value)}", highlight=False)
        return
    table = Table(title="Recipes", title_justify="left")
    table.add_column("name", no_wrap=True)
    table.add_column("what")
    found = {}
    for key, file in shipped_recipes().items():
        first = file.read_text(encoding="utf-8").split("\n", 1)[0].lstrip("# ")
        found[key] = first
        table.add_row(key, first)
    write_json(json, found)
    if str(json) != "-":
        console.print(table)


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    return str(value).replace("'", '"')


def study(
    name: Annotated[
        str, typer.Argument(help="distance, ablation, scaling, rewards, curves, texts.")
    ],
    out: Annotated[Path | None, typer.Option(help="Folder; runs/study-NAME by default.")] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(help="Only the condition of this name, or those whose names hold it."),
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Training seeds of each condition.")] = 3,
    episodes: Annotated[int, typer.Option(min=10, help="Episodes of each test set.")] = 300,
    jobs: Annotated[int, typer.Option(min=1, help="Processes.")] = 2,
    recipe: Annotated[
        str,
        typer.Option(help="What every condition starts from; 'small' takes a tenth of the time."),
    ] = "default",
    quick: Annotated[bool, typer.Option(help="Tiny, to see that it works.")] = False,
    injecagent: Annotated[
        Path | None, typer.Option(help="Folder data/ of InjecAgent, to test on it too.")
    ] = None,
    warm_starts: Annotated[
        Path | None, typer.Option(help="Folder of warm starts that several studies share.")
    ] = None,
    ensemble: Annotated[
        bool, typer.Option(help="Measure the ensemble of each condition's seeds too.")
    ] = False,
    set: Changes = None,
    json: Json = None,
) -> None:
    """Run an experiment: conditions x training seeds, resumable; table, JSON and pictures."""
    need_rl()
    from autosafe_gym.evaluation.report import need_extra
    from autosafe_gym.training.conditions import STUDIES, Plan
    from autosafe_gym.training.recipe import load_recipe
    from autosafe_gym.training.study import run_study, study_table

    need_extra()
    if name not in STUDIES:
        raise UnknownNameError("study", name, STUDIES)
    base = changed(load_recipe("quick" if quick else recipe), set)
    plan = Plan(
        name=name,
        base=base,
        seeds=1 if quick else seeds,
        episodes=min(episodes, 40) if quick else episodes,
        only=tuple(only or ()),
        injecagent=None if injecagent is None else str(injecagent),
        ensemble=ensemble,
    )
    with progress(f"study {name}") as report:
        folder = out or Path("runs") / f"study-{name}"
        results = run_study(plan, folder, jobs=jobs, warm=warm_starts, report=report)
    write_json(json, results)
    if str(json) != "-":
        for table in study_table(results):
            console.print(table)
        for file in results["pictures"]:
            console.print(file, highlight=False)
