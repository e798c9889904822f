"""`autosafe judge` and `autosafe generate`: language models as evaluator and generator."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from autosafe_gym.cli.options import (
    BaseUrl,
    Drop,
    Json,
    MaxTokens,
    Model,
    Request,
    Seed,
    Split,
    Temperature,
    request_settings,
)
from autosafe_gym.cli.output import console, errors, progress, show_notes, write_json
from autosafe_gym.intervals import percent
from autosafe_gym.masking import cleaned, masked_model


def judge(
    model: Model,
    base_url: BaseUrl = None,
    scenarios: Annotated[int, typer.Option(min=1, help="Scenarios and twins.")] = 60,
    domain: Annotated[str | None, typer.Option(help="Of one domain only.")] = None,
    split: Split = "test",
    seed: Seed = 0,
    max_tokens: MaxTokens = 256,
    request: Request = None,
    drop: Drop = None,
    json: Json = None,
) -> None:
    """Measure a model as the evaluator: its agreement with the rules, its false alarms on twins."""
    from autosafe_gym.agents.endpoint import Settings, open_endpoint
    from autosafe_gym.library.source import FamilySource
    from autosafe_gym.pipeline.agreement import measure
    from autosafe_gym.pipeline.model_roles import ModelEvaluator

    settings = Settings(max_tokens=max_tokens, **request_settings(request, drop))
    endpoint = open_endpoint(model, base_url=base_url, settings=settings)
    endpoint.check()
    with progress("decisions") as report:
        found = measure(
            ModelEvaluator(endpoint),
            FamilySource(domain=domain, split=split),
            scenarios=scenarios,
            seed=seed,
            progress=lambda done, total: report("scenarios", done, total),
        )
    show_notes(endpoint.notes)
    figures = found.to_dict()
    write_json(json, {"model": model, **figures})
    if str(json) != "-":
        console.print(_table(f"{model} as the evaluator, against the rules", figures))
    if figures["unmeasured"]["value"] == 1.0:
        errors.print("Not one decision was measured.", style="red")
        raise typer.Exit(1)


def generate(
    model: Model,
    out: Annotated[Path, typer.Option(help="File of the scenarios (.jsonl).")],
    toolkits: Annotated[list[str], typer.Option("--toolkit", help="May be repeated.")],
    outcome: Annotated[str, typer.Option(help="The harm that threatens.")],
    mode: Annotated[str, typer.Option(help="Such as N-M.")] = "N-M",
    count: Annotated[int, typer.Option(min=1)] = 5,
    seed: Seed = 0,
    base_url: BaseUrl = None,
    max_tokens: MaxTokens = 4096,
    temperature: Temperature = 0.8,
    request: Request = None,
    drop: Drop = None,
) -> None:
    """Have a model write risk scenarios; only those that prove themselves are kept."""
    from autosafe_gym.agents.endpoint import Settings, open_endpoint
    from autosafe_gym.pipeline.generation import Generator
    from autosafe_gym.storage.writing import refusal, write_whole

    asked = request_settings(request, drop)
    settings = Settings(temperature=temperature, max_tokens=max_tokens, **asked)
    endpoint = open_endpoint(model, base_url=base_url, settings=settings)
    endpoint.check()
    with console.status(f"{count} scenarios ..."):
        found = Generator(endpoint).generate(
            toolkits=tuple(toolkits), outcome=outcome, mode=mode, count=count, seed=seed
        )
    show_notes(endpoint.notes)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        kept = [masked_model(scenario) for scenario in found.scenarios]
        lines = "".join(f"{scenario.to_json()}\n" for scenario in kept)
        out.write_text(lines, encoding="utf-8")
    except OSError as error:
        raise refusal(out, error) from error
    write_whole(out, "".join(f"{scenario.to_json()}\n" for scenario in found.scenarios))
    console.print(f"{len(found.scenarios)} proven scenarios in {out}.")
    for name, number in sorted(found.counts.items()):
        console.print(f"  {number:6d}  {name}", highlight=False)
    for failure in found.failures:
        errors.print(f"dropped: {cleaned(failure)[:300]}", highlight=False)
    if not found.scenarios:
        raise typer.Exit(1)


def _table(title: str, figures: dict[str, Any]) -> Table:
    table = Table(title=title, title_justify="left", caption="per cent [95% interval]")
    table.add_column("outcome", no_wrap=True)
    names = ("accuracy", "harm_found", "false_alarms", "false_alarms_on_twins", "unmeasured")
    for name in ("n", "kappa", *names):
        table.add_column(name, justify="right")
    for outcome, row in [("all", figures), *figures["by_outcome"].items()]:
        kappa = "-" if row["kappa"] is None else f"{row['kappa']:.2f}"
        cells = [percent(row[name]) for name in names]
        table.add_row(outcome, str(row["accuracy"]["n"]), kappa, *cells)
    return table
