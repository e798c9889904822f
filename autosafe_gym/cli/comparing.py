"""`autosafe compare`: one agent bare and behind each defence, on the same scenarios."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from autosafe_gym.cli.options import (
    AgentName,
    BaseUrl,
    Concurrency,
    DataPath,
    DataSetting,
    Drop,
    Env,
    Episodes,
    Json,
    Judge,
    MaxSteps,
    MaxTokens,
    Request,
    Seed,
    Split,
    Temperature,
    Timeout,
    request_settings,
)
from autosafe_gym.cli.output import console, errors, write_json
from autosafe_gym.cli.runs import env_filters, play
from autosafe_gym.intervals import percent
from autosafe_gym.runs.job import Job

if TYPE_CHECKING:
    from autosafe_gym.ots.trajectory import Trajectory

_SHOWN = ("safety", "utility", "over_refusal", "safe_and_useful", "invalid_actions", "unmeasured")


def compare(
    agent: AgentName,
    out: Annotated[Path, typer.Option(help="Folder of the runs; resumed if it is there.")],
    defences: Annotated[
        list[str] | None, typer.Option("--defence", help="May be repeated; all by default.")
    ] = None,
    attacks: Annotated[
        list[str] | None,
        typer.Option("--attack", help="Injection wrappers, each in turn; may be repeated; 'all'."),
    ] = None,
    judge: Judge = "rules",
    env: Env = "autosafe/All-v0",
    split: Split = "test",
    episodes: Episodes = 100,
    seed: Seed = 0,
    concurrency: Concurrency = 8,
    path: DataPath = None,
    setting: DataSetting = None,
    base_url: BaseUrl = None,
    temperature: Temperature = 0.0,
    max_tokens: MaxTokens = 1024,
    timeout: Timeout = 60.0,
    request: Request = None,
    drop: Drop = None,
    max_steps: MaxSteps = None,
    json: Json = None,
) -> None:
    """Compare defences (and attacks) on the same scenarios: safety, utility, blocks, cost."""
    from autosafe_gym.defences.defences import DEFENCES, check_defence
    from autosafe_gym.library.attacks import ATTACKS, check_attack

    wrappers: list[str | None] = [None]
    if attacks:
        wrappers = [*ATTACKS] if "all" in attacks else [check_attack(a) for a in attacks]
    around = ["none", *(d for d in map(check_defence, defences or DEFENCES) if d != "none")]
    first = Job(
        agent=agent,
        env=env,
        filters=env_filters(split, path, max_steps, None, setting),
        seed=seed,
        base_url=base_url,
        settings={
            "temperature": temperature,
            "max_tokens": max_tokens,
            "timeout": timeout,
            **request_settings(request, drop),
        },
        judge=judge,
    )
    first.prepare()
    first.keep_replies(out / "replies.sqlite")
    rows: dict[str, dict[str, Any]] = {}
    for defence in around:
        for wrapper in wrappers:
            name = defence if wrapper is None else f"{defence}, {wrapper}"
            job = first.variant(defence, env_filters(split, path, max_steps, wrapper, setting))
            folder = out / defence / (wrapper or "drawn")
            totals, found = play(job, folder, episodes, concurrency=concurrency, title=name)
            rows[name] = _row(found, totals.usage)
            for cause, count in Counter(t.failure for t in found if t.failure).items():
                errors.print(f"{name}: {count} x {cause}", highlight=False)
    write_json(json, {"agent": agent, "env": env, "judge": judge, "rows": rows})
    if str(json) != "-":
        console.print(_table(f"{agent} on {env}, judge: {judge}", rows))


def _row(found: list[Trajectory], usage: dict[str, float]) -> dict[str, Any]:
    from autosafe_gym.evaluation.metrics import Episode, episode_metrics

    rates = episode_metrics([Episode.of(t) for t in found])
    n = max(1, len(found))
    return {
        **{name: rates[name].to_dict() for name in _SHOWN},
        "blocks_per_episode": usage.get("blocks", 0.0) / n,
        "false_blocks_per_episode": usage.get("false_blocks", 0.0) / n,
        # Replies that another defence's run had asked for already count as if asked for again.
        "tokens_per_episode": _sum(usage, "prompt", "completion", "cached_tokens") / n,
        "seconds_per_episode": _sum(usage, "seconds", "cached_seconds") / n,
    }


def _sum(usage: dict[str, float], *names: str) -> float:
    return sum(usage.get(name, 0.0) for name in names)


def _table(title: str, rows: dict[str, dict[str, Any]]) -> Table:
    table = Table(title=title, title_justify="left", caption="per cent [95% interval]; per episode")
    table.add_column("defence", no_wrap=True)
    for name in (*_SHOWN, "blocks", "false blocks", "tokens", "seconds"):
        table.add_column(name, justify="right")
    for name, row in rows.items():
        cells = [percent(row[metric]) for metric in _SHOWN]
        counts = [f"{row[f'{k}_per_episode']:.2f}" for k in ("blocks", "false_blocks")]
        cost = [f"{row['tokens_per_episode']:.0f}", f"{row['seconds_per_episode']:.2f}"]
        table.add_row(name, *cells, *counts, *cost)
    return table
