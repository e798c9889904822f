"""`autosafe compare`: one agent bare and behind each defence, on the same scenarios."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from autosafe_gym.cli.output import console, errors, write_json
from autosafe_gym.cli.runs import env_filters, play, stored
from autosafe_gym.rollouts.job import Job

_SHOWN = ("safety", "utility", "over_refusal", "safe_and_useful", "unmeasured")


def compare(
    agent: Annotated[str, typer.Option(help="A control, local, openai:MODEL, FILE.zip, ...")],
    out: Annotated[Path, typer.Option(help="Folder of the runs; resumed if it is there.")],
    defences: Annotated[
        list[str] | None, typer.Option("--defence", help="May be repeated; all by default.")
    ] = None,
    attacks: Annotated[
        list[str] | None,
        typer.Option("--attack", help="Injection wrappers, each in turn; may be repeated; 'all'."),
    ] = None,
    judge: Annotated[str, typer.Option(help="'rules', or a model: openai:MODEL, local.")] = "rules",
    env: Annotated[str, typer.Option(help="An environment's id.")] = "autosafe/All-v0",
    split: Annotated[str, typer.Option(help="Which scenarios.")] = "test",
    episodes: Annotated[int, typer.Option(min=1)] = 100,
    seed: Annotated[int, typer.Option(min=0, help="The first seed.")] = 0,
    concurrency: Annotated[int, typer.Option(min=1, help="Episodes at once.")] = 8,
    path: Annotated[Path | None, typer.Option(help="Data of a foreign benchmark.")] = None,
    base_url: Annotated[str | None, typer.Option(help="Endpoint of the models.")] = None,
    temperature: Annotated[float, typer.Option(min=0.0)] = 0.0,
    max_tokens: Annotated[int, typer.Option(min=1, help="Of one reply.")] = 1024,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds for one request.")] = 60.0,
    max_steps: Annotated[int | None, typer.Option(min=1, help="Turns of an episode.")] = None,
    json: Annotated[
        Path | None, typer.Option("--json", help="Write the figures here ('-': stdout).")
    ] = None,
) -> None:
    """Compare defences (and attacks) on the same scenarios: safety, utility, blocks, cost."""
    from autosafe_gym.agents.defences import DEFENCES
    from autosafe_gym.envs.attacks import ATTACKS

    wrappers: list[str | None] = [None]
    if attacks:
        wrappers = list(ATTACKS) if "all" in attacks else list(attacks)
    rows: dict[str, dict[str, Any]] = {}
    for defence in ["none", *(d for d in (defences or DEFENCES) if d != "none")]:
        for wrapper in wrappers:
            job = Job(
                agent=agent,
                env=env,
                filters=env_filters(split, path, max_steps, wrapper),
                seed=seed,
                base_url=base_url,
                settings={"temperature": temperature, "max_tokens": max_tokens, "timeout": timeout},
                limits={},
                defence=defence,
                judge=judge,
            )
            name = defence if wrapper is None else f"{defence}, {wrapper}"
            folder = out / defence / (wrapper or "drawn")
            play(job, folder, episodes, concurrency=concurrency, title=name)
            rows[name] = _row(stored(folder, seed, episodes))
    write_json(json, {"agent": agent, "env": env, "judge": judge, "rows": rows})
    if str(json) != "-":
        console.print(_table(f"{agent} on {env}, judge: {judge}", rows))


def _row(found: list[Any]) -> dict[str, Any]:
    from autosafe_gym.evaluation.metrics import Episode, episode_metrics

    rates = episode_metrics([Episode.of(t) for t in found])
    sums: dict[str, float] = {}
    for trajectory in found:
        if trajectory.unmeasured:
            errors.print(
                f"unmeasured: {trajectory.unmeasured_detail}", highlight=False, markup=False
            )
        for name, value in trajectory.usage.items():
            sums[name] = sums.get(name, 0.0) + value
    n = max(1, len(found))
    tokens = sums.get("prompt", 0.0) + sums.get("completion", 0.0)
    return {
        **{name: rates[name].to_dict() for name in _SHOWN},
        "blocks_per_episode": sums.get("blocks", 0.0) / n,
        "false_blocks_per_episode": sums.get("false_blocks", 0.0) / n,
        "tokens_per_episode": tokens / n,
        "seconds_per_episode": sums.get("seconds", 0.0) / n,
    }


def _table(title: str, rows: dict[str, dict[str, Any]]) -> Table:
    table = Table(title=title, title_justify="left", caption="per cent [95% interval]; per episode")
    table.add_column("defence", no_wrap=True)
    for name in (*_SHOWN, "blocks", "false blocks", "tokens", "seconds"):
        table.add_column(name, justify="right")
    for name, row in rows.items():
        cells = [_percent(row[metric]) for metric in _SHOWN]
        counts = [f"{row[f'{k}_per_episode']:.2f}" for k in ("blocks", "false_blocks")]
        cost = [f"{row['tokens_per_episode']:.0f}", f"{row['seconds_per_episode']:.2f}"]
        table.add_row(name, *cells, *counts, *cost)
    return table


def _percent(rate: dict[str, Any]) -> str:
    if rate["n"] == 0:
        return "-"
    return f"{100 * rate['value']:.0f} [{100 * rate['low']:.0f}-{100 * rate['high']:.0f}]"
