"""The study: one small language model before and after, on held-out families and on unseen seeds.

Each cell (a condition, a training seed, a set) is a file of episodes that are stored before they are
counted, so that a study that was interrupted goes on where it was.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import autosafe_gym
from autosafe_gym.errors import DataError
from autosafe_gym.intervals import percent_by_seed
from autosafe_gym.library.family import all_families
from autosafe_gym.library.source import FamilySource
from autosafe_gym.plain_text import in_markdown
from autosafe_gym.storage.reading import read_object
from autosafe_gym.storage.writing import write_whole
from autosafe_gym.training.llm.finetune import finetune
from autosafe_gym.training.llm.measure import (
    Measured,
    Sampling,
    measure,
    pooled,
    read_lines,
)
from autosafe_gym.training.llm.recipe import Recipe
from autosafe_gym.training.llm.weights import source_file, to_q8
from autosafe_gym.training.run_folder import kept, library, settle, slug

Report = Callable[[str, int, int], None]
SHOWN = (
    "sec@1",
    "sec@3",
    "sec@5",
    "safe_and_valid_at_risk",
    "valid_at_risk",
    "safety",
    "utility",
    "safe_and_useful",
    "over_refusal",
    "valid_calls",
)
CONTROLS = ("comply-all", "refuse-all")
PAPER = 45
"""Points of sec@1 that arXiv 2505.17735 gains on average over four models."""


@dataclass(frozen=True)
class Condition:
    """What is measured under one name.

    Attributes:
        name: Its name.
        stage: "sft", "dpo" or "grpo": the model after this stage; "": the model as it comes.
        reflected: Whether it is trained on reflected data.
        defence: Round the agent.
        form: "" for the recipe's.
        control: A control in place of a model.
    """

    name: str
    stage: str = ""
    reflected: bool = True
    defence: str = "none"
    form: str = ""
    control: str = ""


def conditions(recipe: Recipe) -> list[Condition]:
    """The conditions of a recipe: what comes before training, and each of its stages."""
    names = {"sft": "SFT", "dpo": "SFT + DPO", "grpo": "+ GRPO"}
    return [
        *(Condition(name, control=name) for name in CONTROLS),
        Condition("base"),
        Condition("base, safety prompt", defence="safety-prompt"),
        Condition("base, reflection", defence="reflection"),
        Condition("base, choosing", form="choice"),
        Condition("SFT, not reflected", stage="sft", reflected=False),
        Condition("SFT, not reflected, reflection", "sft", False, "reflection"),
        *(Condition(f"{names[s]}, reflected", stage=s) for s in recipe.stages),
    ]


def sets(recipe: Recipe) -> dict[str, dict[str, Any]]:
    """Held-out families, and unseen seeds of the families that are trained on."""
    name = recipe.data.split.rsplit("/", 1)[0]
    seen = [f.id for f in FamilySource(split=recipe.data.split).families]
    found: dict[str, dict[str, Any]] = {}
    if name != recipe.data.split:
        found["held out"] = {"id": recipe.data.env, "split": f"{name}/test"}
    found["unseen seeds"] = {"id": recipe.data.env, "split": "test", "families": seen}
    return found


def run_study(
    recipe: Recipe,
    out: Path,
    *,
    episodes: int = 60,
    only: Sequence[str] = (),
    on: Sequence[str] = (),
    train: bool = True,
    sampling: Sampling | None = None,
    report: Report | None = None,
) -> dict[str, Any]:
    """Trains and measures what is missing, and puts everything together.

    Args:
        recipe: What is trained; its seeds are the training seeds.
        out: Folder; what lies there is not done again.
        episodes: Of each set.
        only: Keeps the conditions of these names; one that is no whole name keeps those that hold it.
        on: The same of the sets.
        train: Whether to train and measure, or only gather what is there.
        sampling: How models are asked.
        report: Called with (phase, done, in all).

    Raises:
        DataError: If the folder holds another study, or nothing is left under `only` or `on`.
    """
    asked = sampling or Sampling(form=recipe.data.form)
    known = {c.name: c for c in conditions(recipe)}
    chosen = [known[name] for name in kept(known, only, "condition")]
    places = sets(recipe)
    names = kept(places, on, "set")
    # More seeds, episodes and conditions may join.
    ours = recipe.to_dict()
    del ours["run"]["seeds"]
    made = {"recipe": ours, "sampling": asdict(asked), "library": library()}
    settle(out / "study.json", made, "study")
    found: dict[tuple[str, str], list[Measured]] = {}
    trained: dict[str, Any] = {}
    cells = [
        (condition, seed, name)
        for condition in chosen
        for seed in (recipe.run.seeds if condition.stage else recipe.run.seeds[:1])
        for name in names
    ]
    for number, (condition, seed, name) in enumerate(cells):
        label = f"{condition.name}, seed {seed}"
        file = out / "cells" / f"{slug(f'{condition.name}-{seed}-{name}')}.jsonl"
        if not train:
            done = _models(out, condition) / f"seed-{seed}" / condition.stage / "done.json"
            if condition.stage and done.is_file():
                trained[label] = read_object(done)
            if file.is_file():
                lines = sorted(read_lines(file), key=lambda line: line.seed)[:episodes]
                found.setdefault((condition.name, name), []).append(Measured(lines))
            continue
        model: Path | str = condition.control or _base(recipe)
        if condition.stage:
            run = finetune(
                recipe.with_(data={"reflected": condition.reflected}),
                _models(out, condition),
                seed=seed,
                resume=True,
                report=report,
                until=condition.stage,
            )
            model = run.files[condition.stage]
            trained[label] = run.stages[condition.stage]
        if isinstance(model, Path):
            # Every model is served at eight bits, the base included.
            kind = f"{condition.stage or 'base'}-{'r' if condition.reflected else 'n'}{seed}"
            model = to_q8(model, out / "served" / f"{kind}.gguf")
        how = replace(asked, form=condition.form or asked.form, defence=condition.defence)
        tick = None
        if report is not None:
            tick = _ticker(report, f"{number + 1}/{len(cells)} {label}, {name}")
        cell = measure(file, model, places[name], episodes, how, tick)
        found.setdefault((condition.name, name), []).append(cell)
    results = {
        "study": "llm",
        "version": autosafe_gym.__version__,
        "families": len(all_families()),
        "episodes": episodes,
        "seeds": list(recipe.run.seeds),
        "sampling": asdict(asked),
        "recipe": recipe.to_dict(),
        "trained": trained,
        "rows": [
            {"condition": c, "set": s, "metrics": pooled(cells)} for (c, s), cells in found.items()
        ],
    }
    from autosafe_gym.training.llm.plots import draw

    results["pictures"] = [str(file) for file in draw(results, out)]
    write_whole(out / "results.json", json.dumps(results, indent=2) + "\n")
    write_whole(out / "table.md", markdown(results))
    return results


def _models(out: Path, condition: Condition) -> Path:
    return out / "models" / ("reflected" if condition.reflected else "not-reflected")


def _base(recipe: Recipe) -> Path:
    source = source_file(recipe.model.source)
    if not source.is_file():
        raise DataError(
            f"model.source = {recipe.model.source!r}: the study serves models with llama.cpp; a GGUF "
            "file is needed."
        )
    return source


def _ticker(report: Report, label: str) -> Callable[[int, int], None]:
    return lambda done, of: report(label, done, of)


def table_rows(results: dict[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Heads and rows: a row for each condition and set, n of frozen points and of episodes."""
    heads = ["condition", "set", "n", *(m.replace("_", " ") for m in SHOWN)]
    rows = []
    for row in sorted(results["rows"], key=lambda r: str(r["set"])):
        m = row["metrics"]
        n = f"{m['sec@1']['n']} / {m['utility']['n']}"
        rows.append([row["condition"], row["set"], n, *(percent_by_seed(m[x]) for x in SHOWN)])
    return heads, rows


CAPTION = (
    "per cent [95% interval over episodes] (each training seed); n: frozen risk points / episodes. "
    f"The paper's gain of sec@1 is +{PAPER} points on average"
)


def markdown(results: dict[str, Any]) -> str:
    """The results as a Markdown table."""
    heads, rows = table_rows(results)
    lines = [
        f"`autosafe finetune-study`: {results['families']} families; {CAPTION}.",
        "",
        f"| {' | '.join(heads)} |",
        f"|{' --- |' * len(heads)}",
        *(f"| {' | '.join([*map(in_markdown, row[:2]), *row[2:]])} |" for row in rows),
        "",
        "Trained:",
        "",
    ]
    for name, stage in results["trained"].items():
        lines.append(
            f"- {name}: {stage.get('rows_seen')} rows ({stage.get('rows')} different), "
            f"{stage.get('tokens_seen')} tokens, {stage.get('steps')} steps, "
            f"{stage.get('seconds')} s, loss {stage.get('loss')}"
        )
    return "\n".join(lines) + "\n"
