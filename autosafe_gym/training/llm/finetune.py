"""`finetune`: runs a recipe, stage after stage, into a folder that loses nothing.

The folder holds `recipe.json`, and for each seed a folder of each stage with `metrics.jsonl`,
checkpoints, the model (`model.gguf`, or `model/` where the source is no GGUF file) and `done.json`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autosafe_gym import agents
from autosafe_gym.errors import DataError
from autosafe_gym.library.registration import risk_env
from autosafe_gym.pipeline.datasets import collect
from autosafe_gym.storage.reading import read_object
from autosafe_gym.storage.writing import locked, write_whole
from autosafe_gym.training.llm import samples
from autosafe_gym.training.llm.recipe import Recipe
from autosafe_gym.training.llm.weights import (
    load_model,
    load_tokenizer,
    merged,
    need_extra,
    save_folder,
    save_gguf,
    source_file,
)
from autosafe_gym.training.run_folder import claim, library


@dataclass
class Tuned:
    """What a run gave.

    Attributes:
        files: The model after each stage.
        stages: What `done.json` of each stage says.
    """

    files: dict[str, Path]
    stages: dict[str, dict[str, Any]]

    @property
    def file(self) -> Path:
        """The model after the last stage."""
        return list(self.files.values())[-1]


def finetune(
    recipe: Recipe,
    out: Path,
    *,
    seed: int = 0,
    resume: bool = False,
    report: Any = None,
    until: str = "",
) -> Tuned:
    """Trains the model of one seed.

    Args:
        recipe: What to do.
        out: Folder of the run; several seeds share it.
        seed: Of the scenarios, the draw of samples, their order, the adapters.
        resume: Whether to go on with a run of the same recipe in `out`.
        report: Called with (phase, done, in all).
        until: The last stage that is needed; "": all of them.

    Raises:
        MissingExtraError: Without the extra `finetune`.
        DataError: If `out` holds a run of another recipe, or one and `resume` is False.
    """
    need_extra()
    source = source_file(recipe.model.source)
    claim(out, recipe, {"library": library()}, resume=resume)
    with locked(out / f"seed-{seed}"):
        return _stages(recipe, source, out, seed, report, until)


def _stages(recipe: Recipe, source: Path, out: Path, seed: int, report: Any, until: str) -> Tuned:
    files: dict[str, Path] = {}
    stages: dict[str, dict[str, Any]] = {}
    rows: dict[str, Any] | None = None
    for name in recipe.stages:
        folder = out / f"seed-{seed}" / name
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / ("model.gguf" if source.is_file() else "model")
        done = folder / "done.json"
        if not done.is_file():
            before = list(files.values())[-1] if files else source
            tokenizer = load_tokenizer(source)
            if name == "grpo":
                from autosafe_gym.training.llm.grpo import run_grpo

                model, figures = run_grpo(recipe, before, tokenizer, folder, seed, report)
            else:
                if rows is None:
                    rows = load_rows(recipe, tokenizer, seed, report)
                model, figures = _tokens(
                    name, recipe, before, tokenizer, rows, folder, seed, report
                )
            if source.is_file():
                save_gguf(model, source, target)
            else:
                save_folder(model, tokenizer, target)
            made = {"stage": name, "seed": seed, **figures}
            write_whole(done, json.dumps(made, indent=2) + "\n")
        files[name], stages[name] = target, read_object(done)
        if name == until:
            break
    return Tuned(files, stages)


def _tokens(
    name: str,
    recipe: Recipe,
    before: Path,
    tokenizer: Any,
    rows: dict[str, Any],
    folder: Path,
    seed: int,
    report: Any,
) -> tuple[Any, dict[str, Any]]:
    from transformers import set_seed

    from autosafe_gym.training.llm.tuner import run_stage, with_lora

    set_seed(seed)
    model = with_lora(load_model(before), recipe.lora)
    figures = run_stage(
        name,
        model,
        rows[name],
        folder,
        stage=getattr(recipe, name),
        setting=recipe.model,
        run=recipe.run,
        seed=seed,
        pad=tokenizer.pad_token_id,
        report=report,
    )
    return merged(model), {**figures, "data": rows["counts"][name], "left_out": rows["left_out"]}


def load_rows(recipe: Recipe, tokenizer: Any, seed: int, report: Any = None) -> dict[str, Any]:
    """The token rows of a recipe: `sft`, `dpo`, and what there is of each kind.

    Args:
        recipe: The recipe.
        tokenizer: With a chat template.
        seed: Of the scenarios and of the draw.
        report: Called with (phase, done, in all).

    Raises:
        DataError: If nothing is short enough.
    """
    part = recipe.data
    env = risk_env(part.env, split=part.split)
    progress = None if report is None else lambda n, of: report("scenarios", n, of)
    found = collect(
        env,
        agents.make(part.agent),
        episodes=part.scenarios,
        seed=seed * 1_000_000,
        progress=progress,
    )
    made = samples.make(env, found, form=part.form, reflected=part.reflected)
    left_out = dict(made.left_out)
    rows: dict[str, Any] = {"counts": {}}
    for name, items, encode, count in (
        ("sft", made.samples, samples.encode, part.samples),
        ("dpo", made.pairs, samples.encode_pair, part.pairs),
    ):
        kept: list[dict[str, list[int]]] = []
        chosen: list[Any] = []
        for item in samples.balanced(items, len(items), seed):
            if len(kept) == count:
                break
            row = encode(item, tokenizer)
            if sum(len(v) for k, v in row.items() if k != "labels") > part.tokens:
                left_out[f"{name}: too long"] = left_out.get(f"{name}: too long", 0) + 1
                continue
            kept.append(row)
            chosen.append(item)
        rows[name] = kept
        rows["counts"][name] = {**samples.counts(chosen), "n": len(kept)}
        if name in recipe.stages and not kept:
            raise DataError(f"data.tokens = {part.tokens}: no row of {name} is that short.")
    rows["left_out"] = left_out
    return rows
