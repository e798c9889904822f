"""`autosafe rollout`, `rescore` and `reflect`: stored runs of any agent."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from autosafe_gym.cli.output import console, errors, progress, write_json
from autosafe_gym.rollouts.job import Job

if TYPE_CHECKING:
    from autosafe_gym.ots.trajectory import Trajectory
    from autosafe_gym.rollouts.runner import Totals

Json = Annotated[Path | None, typer.Option("--json", help="Write the figures here ('-': stdout).")]
Run = Annotated[Path, typer.Argument(help="Folder of a run ('autosafe rollout' makes one).")]


def rollout(
    agent: Annotated[
        str, typer.Option(help="A control, local, openai:MODEL, react:MODEL, json:MODEL, FILE.zip.")
    ],
    out: Annotated[Path, typer.Option(help="Folder of the run; resumed if it is there.")],
    env: Annotated[str, typer.Option(help="An environment's id.")] = "autosafe/All-v0",
    split: Annotated[str, typer.Option(help="Which scenarios.")] = "test",
    episodes: Annotated[int, typer.Option(min=1)] = 100,
    seed: Annotated[int, typer.Option(min=0, help="The first seed.")] = 0,
    concurrency: Annotated[int, typer.Option(min=1, help="Episodes at once.")] = 8,
    path: Annotated[Path | None, typer.Option(help="Data of a foreign benchmark.")] = None,
    attack: Annotated[
        str | None, typer.Option(help="An injection wrapper, in place of those that are drawn.")
    ] = None,
    base_url: Annotated[str | None, typer.Option(help="Endpoint of the model.")] = None,
    temperature: Annotated[float, typer.Option(min=0.0)] = 0.0,
    max_tokens: Annotated[int, typer.Option(min=1, help="Of one reply.")] = 1024,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds for one request.")] = 60.0,
    max_steps: Annotated[int | None, typer.Option(min=1, help="Turns of an episode.")] = None,
    defence: Annotated[str, typer.Option(help="Round the agent; see 'autosafe compare'.")] = "none",
    judge: Annotated[str, typer.Option(help="'rules', or a model: openai:MODEL, local.")] = "rules",
    limit_tokens: Annotated[int | None, typer.Option(min=1, help="Of an episode.")] = None,
    limit_seconds: Annotated[float | None, typer.Option(min=0.1, help="Of an episode.")] = None,
    limit_cost: Annotated[float | None, typer.Option(min=0.0, help="Of the whole run.")] = None,
    price_prompt: Annotated[float, typer.Option(min=0.0, help="Of a million tokens.")] = 0.0,
    price_completion: Annotated[float, typer.Option(min=0.0, help="Of a million tokens.")] = 0.0,
    cache: Annotated[bool, typer.Option(help="Keep the model's replies in the folder.")] = True,
    json: Json = None,
) -> None:
    """Play episodes side by side into a folder that loses nothing; the same command resumes it."""
    job = Job(
        agent=agent,
        env=env,
        filters=env_filters(split, path, max_steps, attack),
        seed=seed,
        base_url=base_url,
        settings={"temperature": temperature, "max_tokens": max_tokens, "timeout": timeout},
        limits={"tokens": limit_tokens, "seconds": limit_seconds},
        defence=defence,
        judge=judge,
    )
    totals = play(
        job,
        out,
        episodes,
        concurrency=concurrency,
        prices=(price_prompt, price_completion),
        cost_limit=limit_cost,
        cache=cache,
    )
    found = stored(out, seed, episodes)
    figures(str(out), job.config(), found, json, {"usage": totals.usage, "cost": totals.cost})


def env_filters(
    split: str, path: Path | None, max_steps: int | None, attack: str | None
) -> dict[str, Any]:
    """The arguments of `gym.make` that the commands offer."""
    given = {"path": None if path is None else str(path), "max_steps": max_steps, "wrapper": attack}
    return {"split": split, **{k: v for k, v in given.items() if v is not None}}


def play(
    job: Job,
    out: Path,
    episodes: int,
    *,
    concurrency: int,
    prices: tuple[float, float] = (0.0, 0.0),
    cost_limit: float | None = None,
    cache: bool = True,
    title: str = "episodes",
) -> Totals:
    """Plays a job into a folder, with a progress bar; Ctrl-C leaves it complete."""
    from autosafe_gym.rollouts.runner import Prices, run_episodes
    from autosafe_gym.rollouts.store import EpisodeStore, read_episodes

    job.prepare()
    store = EpisodeStore(out, job.config())
    if cache:
        job.keep_replies(out / "replies.sqlite")
    try:
        with progress(title) as report:

            def tick(totals: Totals) -> None:
                rate = f"safe {totals.safe / totals.risky:.0%}" if totals.risky else "safe -"
                report(f"{rate}, unmeasured {totals.unmeasured}", totals.episodes, totals.wanted)

            totals = run_episodes(
                job.make_env,
                job.make_agent,
                store,
                range(job.seed, job.seed + episodes),
                earlier=list(read_episodes(out)),
                concurrency=concurrency,
                limits=job.episode_limits(),
                prices=Prices(*prices),
                cost_limit=cost_limit,
                done=tick,
            )
    except KeyboardInterrupt:
        errors.print(
            f"Interrupted. {len(store.seeds)} episodes are stored; the same command goes on.",
            style="yellow",
        )
        # Requests under way would be waited for at a usual exit.
        os._exit(130)
    store.close()
    if totals.stopped:
        errors.print(f"Stopped: {totals.stopped}. {totals.episodes} of {totals.wanted} episodes.")
    return totals


def stored(run: Path, seed: int, episodes: int) -> list[Trajectory]:
    """The stored episodes of these seeds, in their order."""
    from autosafe_gym.rollouts.store import read_episodes

    seeds = range(seed, seed + episodes)
    return sorted((t for t in read_episodes(run) if t.seed in seeds), key=lambda t: t.seed or 0)


def rescore(run: Run, json: Json = None) -> None:
    """Judge a stored run again by executing it, without any model."""
    from autosafe_gym.evaluation.evaluate import risk_env
    from autosafe_gym.rollouts.rescoring import rescore as again
    from autosafe_gym.rollouts.rescoring import same_verdict
    from autosafe_gym.rollouts.store import read_config, read_episodes

    config, known = read_config(run), list(read_episodes(run))
    env = risk_env("autosafe/All-v0", max_steps=config.get("max_steps"))
    judged = []
    with progress("rescore") as report:
        for number, trajectory in enumerate(known, 1):
            judged.append(again(env, trajectory))
            report("episodes", number, len(known))
    changed = [o.scenario.id for o, n in zip(known, judged, strict=True) if not same_verdict(o, n)]
    figures(str(run), config, judged, json, {"changed": len(changed)})
    if str(json) != "-":
        console.print(f"{len(changed)} of {len(known)} verdicts changed.")


def reflect(
    run: Run,
    out: Annotated[Path, typer.Argument(help="Folder of the data set.")],
    overwrite: Annotated[bool, typer.Option(help="Replace another data set there.")] = False,
) -> None:
    """Make reflected data sets from a stored run."""
    from autosafe_gym.evaluation.evaluate import risk_env
    from autosafe_gym.pipeline import datasets
    from autosafe_gym.rollouts.store import read_config, read_episodes

    config, known = read_config(run), list(read_episodes(run))
    env = risk_env("autosafe/All-v0", max_steps=config.get("max_steps"))
    with progress("reflection") as report:
        found = datasets.collect_stored(
            env, known, progress=lambda done, total: report("episodes", done, total)
        )
    made = {"run": config, "episodes": len(known)}
    datasets.write_dataset(found, out, made, overwrite=overwrite)
    console.print(
        f"{len(found.points)} risk scenarios with safe actions, {len(found.trajectories)} safe "
        f"trajectories in {out}."
    )
    for name, count in sorted(found.counts.items()):
        console.print(f"  {count:6d}  {name}", highlight=False)


def figures(
    title: str,
    config: dict[str, Any],
    found: list[Trajectory],
    json: Path | None,
    more: dict[str, Any],
) -> None:
    """Prints the metrics of stored episodes and writes them as JSON."""
    from autosafe_gym.evaluation import evaluate as measure
    from autosafe_gym.evaluation.metrics import Episode
    from autosafe_gym.evaluation.tables import metrics_table

    name = measure.set_name(config["env"], config["split"])
    result = measure.Evaluation(config["agent"], name, [Episode.of(t) for t in found], [])
    causes = Counter(f"{t.unmeasured}: {t.unmeasured_detail}"[:300] for t in found if t.unmeasured)
    result.errors = dict(causes)
    write_json(json, {name: {result.agent: result.to_dict()}, **more})
    if str(json) != "-":
        console.print(metrics_table([result], title))
        if more.get("usage"):
            shown = ", ".join(f"{value:.0f} {key}" for key, value in more["usage"].items())
            console.print(f"Used: {shown}; cost {more['cost']:.4f}.", highlight=False)
    for cause, count in causes.items():
        errors.print(f"{count} x unmeasured: {cause}", highlight=False, markup=False)
    if found and len(found) == sum(causes.values()):
        raise typer.Exit(1)  # Nothing was measured: a script must not take this for a result.
