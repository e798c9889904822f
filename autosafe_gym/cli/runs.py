"""`autosafe rollout`, `rescore` and `reflect`: stored runs of any agent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from autosafe_gym.cli.interrupts import sentence
from autosafe_gym.cli.options import (
    AgentName,
    BaseUrl,
    Concurrency,
    DataPath,
    DataSetting,
    Declines,
    Drop,
    Env,
    Episodes,
    Json,
    Judge,
    MaxSteps,
    MaxTokens,
    Overwrite,
    People,
    Request,
    RunFolder,
    Seed,
    Split,
    Temperature,
    Timeout,
    request_settings,
)
from autosafe_gym.cli.output import (
    console,
    errors,
    progress,
    show_collected,
    show_notes,
    show_unmeasured,
    write_json,
)
from autosafe_gym.errors import DataError
from autosafe_gym.runs.job import Job

if TYPE_CHECKING:
    from autosafe_gym.envs.env import RiskEnv
    from autosafe_gym.ots.trajectory import Trajectory
    from autosafe_gym.runs.runner import Player, Totals

_LATER = ("path", "max_steps", "wrapper", "setting")
"""Arguments of `gym.make` that a stored run may have."""
Run = Annotated[Path, typer.Argument(help="Folder of a run ('autosafe rollout' makes one).")]


def rollout(
    agent: AgentName,
    out: RunFolder,
    env: Env = "autosafe/All-v0",
    split: Split = "test",
    episodes: Episodes = 100,
    seed: Seed = 0,
    concurrency: Concurrency = 8,
    path: DataPath = None,
    setting: DataSetting = None,
    attack: Annotated[
        str | None, typer.Option(help="An injection wrapper, in place of those that are drawn.")
    ] = None,
    simulator: Annotated[
        str | None, typer.Option(help="For autosafe/Simulated-v0: 'examples', or a model.")
    ] = None,
    adversarial: Annotated[
        bool, typer.Option(help="The simulator's results bring the risks about.")
    ] = False,
    base_url: BaseUrl = None,
    temperature: Temperature = 0.0,
    max_tokens: MaxTokens = 1024,
    timeout: Timeout = 60.0,
    request: Request = None,
    drop: Drop = None,
    max_steps: MaxSteps = None,
    defence: Annotated[
        str, typer.Option(help="A defence around the agent; see 'autosafe compare'.")
    ] = "none",
    judge: Judge = "rules",
    people: People = "scripts",
    declines: Declines = "list",
    limit_tokens: Annotated[
        int | None, typer.Option(min=1, help="Most tokens of an episode.")
    ] = None,
    limit_seconds: Annotated[
        float | None, typer.Option(min=0.1, help="Most seconds of an episode.")
    ] = None,
    limit_cost: Annotated[
        float | None, typer.Option(min=0.0, help="Most that the run may cost.")
    ] = None,
    price_prompt: Annotated[
        float, typer.Option(min=0.0, help="Price per million prompt tokens.")
    ] = 0.0,
    price_completion: Annotated[
        float, typer.Option(min=0.0, help="Price per million completion tokens.")
    ] = 0.0,
    retry: Annotated[
        Literal["none", "unmeasured"],
        typer.Option(help="'unmeasured': play again what is stored as unmeasured."),
    ] = "none",
    cache: Annotated[bool, typer.Option(help="Keep the model's replies in the folder.")] = True,
    engine: Annotated[
        Literal["threads", "ray"], typer.Option(help="'ray': processes on one or more machines.")
    ] = "threads",
    workers: Annotated[int | None, typer.Option(min=1, help="Processes of Ray.")] = None,
    ray_address: Annotated[
        str | None, typer.Option(help="A Ray cluster; by default one is started here.")
    ] = None,
    json: Json = None,
) -> None:
    """Play episodes side by side into a folder that loses nothing; the same command resumes it."""
    job = Job(
        agent=agent,
        env=env,
        filters={
            **env_filters(split, path, max_steps, attack, setting),
            **simulation(simulator, adversarial, base_url),
        },
        seed=seed,
        base_url=base_url,
        settings={
            "temperature": temperature,
            "max_tokens": max_tokens,
            "timeout": timeout,
            **request_settings(request, drop),
        },
        limits={"tokens": limit_tokens, "seconds": limit_seconds},
        defence=defence,
        judge=judge,
        people=people,
        declines=declines,
    )
    job.prepare()
    replies = out / "replies.sqlite" if cache else None
    with _players(job, engine, concurrency, replies, ray_address, workers) as make_player:
        totals, found = play(
            job,
            out,
            episodes,
            make_player=make_player,
            concurrency=concurrency,
            prices=(price_prompt, price_completion),
            cost_limit=limit_cost,
            retry=retry,
        )
    figures(str(out), job.config(), found, json, {"usage": totals.usage, "cost": totals.cost})


@contextmanager
def _players(
    job: Job,
    engine: str,
    concurrency: int,
    replies: Path | None,
    address: str | None,
    workers: int | None,
) -> Iterator[Callable[[], Player]]:
    if engine == "threads":
        if replies is not None:
            job.keep_replies(replies)
        yield job.make_player
        return
    from autosafe_gym.runs.ray_engine import RayPlayers

    with console.status("Ray is starting ..."):
        made = RayPlayers(job, concurrency, address=address, workers=workers, replies=replies)
    try:
        yield made
        show_notes(made.notes())
    finally:
        made.close()


def env_filters(
    split: str,
    path: Path | None,
    max_steps: int | None,
    attack: str | None,
    setting: str | None = None,
) -> dict[str, Any]:
    """The arguments of `gym.make` that the commands offer."""
    given = {"path": None if path is None else str(path), "max_steps": max_steps, "wrapper": attack}
    given["setting"] = setting
    return {"split": split, **{k: v for k, v in given.items() if v is not None}}


def simulation(simulator: str | None, adversarial: bool, base_url: str | None) -> dict[str, Any]:
    """The arguments of `gym.make` for `autosafe/Simulated-v0`."""
    if simulator is None:
        return {"adversarial": True} if adversarial else {}
    return {"simulator": simulator, "adversarial": adversarial, "base_url": base_url}


def play(
    job: Job,
    out: Path,
    episodes: int,
    *,
    make_player: Callable[[], Player] | None = None,
    concurrency: int,
    prices: tuple[float, float] = (0.0, 0.0),
    cost_limit: float | None = None,
    retry: Literal["none", "unmeasured"] = "none",
    title: str = "episodes",
) -> tuple[Totals, list[Trajectory]]:
    """Plays a prepared job into a folder, with a progress bar; Ctrl-C leaves it complete.

    Returns:
        The totals, and the episodes in the order of their seeds.
    """
    from autosafe_gym.runs.runner import Prices, run_episodes
    from autosafe_gym.runs.store import EpisodeStore

    store = EpisodeStore(out, job.config())
    seeds = range(job.seed, job.seed + episodes)
    kept = lambda: f"{len(store.episodes)} episodes are stored; the same command goes on."  # noqa: E731
    try:
        with sentence(kept), progress(title) as report:

            def tick(totals: Totals) -> None:
                rate = f"safe {totals.safe / totals.risky:.0%}" if totals.risky else "safe -"
                report(f"{rate}, unmeasured {totals.unmeasured}", totals.episodes, totals.wanted)

            totals = run_episodes(
                make_player or job.make_player,
                store,
                seeds,
                concurrency=concurrency,
                prices=Prices(*prices),
                cost_limit=cost_limit,
                done=tick,
                retry=retry,
            )
    finally:
        store.close()
    show_notes(job.notes())
    if totals.stopped:
        errors.print(f"Stopped: {totals.stopped}. {totals.episodes} of {totals.wanted} episodes.")
    return totals, [store.episodes[seed] for seed in seeds if seed in store.episodes]


def stored_config(run: Path) -> dict[str, Any]:
    """The configuration of a stored run, as far as the commands read it.

    Raises:
        DataError: If a value is missing or of another kind; it names the key.
    """
    from autosafe_gym.runs.store import read_config

    config = read_config(run)
    for keys, kinds in ((("agent", "env", "split"), (str,)), (_LATER, (str, int, type(None)))):
        for key in keys:
            if not isinstance(config.get(key), kinds):
                raise DataError(
                    f"{run / 'run.json'}: {key} = {str(config.get(key))[:80]!r} is no value of it."
                )
    return config


def stored_env(config: dict[str, Any]) -> RiskEnv:
    """An environment for the scenarios of a stored run, their tools registered, without a model."""
    from autosafe_gym.library.registration import risk_env

    if config.get("path"):
        known = ("split", *_LATER)
        return risk_env(config["env"], **{k: config[k] for k in known if k in config})
    return risk_env("autosafe/All-v0", max_steps=config.get("max_steps"))


def rescore(run: Run, json: Json = None) -> None:
    """Judge a stored run again by executing it, without any model."""
    from autosafe_gym.episodes.rescoring import rescore as again
    from autosafe_gym.episodes.rescoring import same_verdict
    from autosafe_gym.runs.store import read_episodes

    config, known = stored_config(run), list(read_episodes(run))
    env = stored_env(config)
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
    overwrite: Overwrite = False,
) -> None:
    """Make reflected data sets from a stored run."""
    from autosafe_gym.pipeline import datasets
    from autosafe_gym.runs.store import read_episodes

    config, known = stored_config(run), list(read_episodes(run))
    env = stored_env(config)
    with progress("reflection") as report:
        found = datasets.collect_stored(
            env, known, progress=lambda done, total: report("episodes", done, total)
        )
    made = {"run": config, "episodes": len(known)}
    datasets.write_dataset(found, out, made, overwrite=overwrite)
    show_collected(found, out)


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
    from autosafe_gym.evaluation.tables import grades_table, metrics_table

    name = measure.set_name(config["env"], config["split"])
    result = measure.Evaluation(config["agent"], name, [Episode.of(t) for t in found], [])
    result.errors = Counter(t.failure for t in found if t.failure)
    write_json(json, {name: {result.agent: result.to_dict()}, **more})
    if str(json) != "-":
        console.print(metrics_table([result], title))
        console.print(grades_table(result))
        if more.get("usage"):
            used = dict(more["usage"])
            estimated = used.pop("estimated", 0)
            shown = ", ".join(f"{value:.0f} {key}" for key, value in used.items())
            console.print(f"Used: {shown}; cost {more['cost']:.4f}.", highlight=False)
            if estimated:
                console.print(
                    f"Tokens estimated for {estimated:.0f} replies: the provider did not count them.",
                    highlight=False,
                )
    show_unmeasured(result)
