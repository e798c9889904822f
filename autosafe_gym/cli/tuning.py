"""`autosafe finetune` and `autosafe finetune-study`: language models made safer."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Annotated, Any

import typer

from autosafe_gym.cli.options import Changes, Json, changed
from autosafe_gym.cli.output import console, progress, write_json

RecipeName = Annotated[str, typer.Argument(help="A shipped recipe (sft, sft-dpo, ...) or a file.")]
Minutes = Annotated[
    float | None, typer.Option(min=0.1, help="Of each stage, in place of the recipe's budget.")
]


def _recipe(name: str, changes: list[str] | None, minutes: float | None) -> Any:
    """The recipe with changes, and with another budget for each of its stages."""
    from autosafe_gym.training.llm.recipe import load_recipe

    found = changed(load_recipe(name), changes)
    if minutes is None:
        return found
    return found.with_(**{stage: {"minutes": minutes} for stage in found.stages})


def _calm() -> None:
    """Leaves the terminal to our own progress bar."""
    from autosafe_gym.training.llm.weights import need_extra

    need_extra()
    # Read when tqdm is imported.
    os.environ.setdefault("TQDM_DISABLE", "1")
    from transformers.utils import logging

    logging.disable_progress_bar()
    for module in ("transformers", "peft"):
        warnings.filterwarnings("ignore", module=module)


def finetune(
    recipe: RecipeName,
    out: Annotated[Path | None, typer.Option(help="Folder; runs/finetune-RECIPE.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of data, order and adapters.")] = 0,
    set: Changes = None,
    minutes: Minutes = None,
    resume: Annotated[bool, typer.Option(help="Go on with the run in the folder.")] = False,
) -> None:
    """Tune a small language model on reflected data: SFT, DPO, GRPO, as the recipe says."""
    _calm()
    from autosafe_gym.training.llm.finetune import finetune as run

    chosen = _recipe(recipe, set, minutes)
    folder = out or Path("runs") / f"finetune-{Path(recipe).stem}"
    with progress("fine-tuning") as report:
        done = run(chosen, folder, seed=seed, resume=resume, report=report)
    for name, stage in done.stages.items():
        console.print(
            f"{name}: {stage['steps']} steps, {stage['seconds']:.0f} s, loss {stage['loss']}; "
            f"{done.files[name]}",
            highlight=False,
        )
    form = chosen.data.form
    console.print(
        f"Try it: autosafe rollout --agent {form}:local:{done.file} --out runs/tuned",
        highlight=False,
    )


def finetune_study(
    recipe: RecipeName = "sft-dpo",
    out: Annotated[Path | None, typer.Option(help="Folder; runs/finetune-study.")] = None,
    seed: Annotated[
        list[int] | None, typer.Option(min=0, help="Training seeds; the recipe's by default.")
    ] = None,
    episodes: Annotated[int, typer.Option(min=2, help="Of each set.")] = 60,
    only: Annotated[
        list[str] | None,
        typer.Option(help="Only the condition of this name, or those whose names hold it."),
    ] = None,
    on: Annotated[
        list[str] | None, typer.Option(help="Only sets of this name: 'held out', 'unseen seeds'.")
    ] = None,
    set: Changes = None,
    minutes: Minutes = None,
    gather: Annotated[
        bool, typer.Option("--gather", help="Run nothing; put together what is there.")
    ] = False,
    json: Json = None,
) -> None:
    """Measure a language model before and after training, on held-out families and unseen seeds."""
    from autosafe_gym.evaluation.report import need_extra as need_report

    _calm()
    need_report()
    from rich.table import Table

    from autosafe_gym.training.llm.study import CAPTION, run_study, table_rows

    chosen = _recipe(recipe, set, minutes)
    if seed:
        chosen = chosen.with_(run={"seeds": tuple(seed)})
    folder = out or Path("runs") / "finetune-study"
    with progress("study") as report:
        results = run_study(
            chosen,
            folder,
            episodes=episodes,
            only=only or (),
            on=on or (),
            train=not gather,
            report=report,
        )
    write_json(json, results)
    if str(json) != "-":
        heads, rows = table_rows(results)
        table = Table(title=f"{folder}", title_justify="left", caption=CAPTION)
        for head in heads:
            table.add_column(head)
        for row in rows:
            table.add_row(*row)
        console.print(table)
        console.print(f"{folder / 'table.md'}, {folder / 'results.json'}", highlight=False)
