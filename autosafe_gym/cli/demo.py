"""The main job, end to end: sample, roll out, search, reflect, write data, train, measure."""

from __future__ import annotations

import time
from concurrent.futures import as_completed
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import autosafe_gym
from autosafe_gym import agents
from autosafe_gym.cli.interrupts import sentence
from autosafe_gym.cli.output import Report, console, progress, write_json
from autosafe_gym.cli.training import need_rl
from autosafe_gym.evaluation.evaluate import Evaluation, evaluate, pool
from autosafe_gym.evaluation.report import need_extra
from autosafe_gym.evaluation.tables import metrics_table
from autosafe_gym.library.family import all_families
from autosafe_gym.library.registration import risk_env
from autosafe_gym.library.splits import HELD_OUT_FAMILIES
from autosafe_gym.pipeline.collected import Collected
from autosafe_gym.pipeline.datasets import collect_parts, write_dataset
from autosafe_gym.processes import workers
from autosafe_gym.storage.writing import locked
from autosafe_gym.training.run_folder import forget_run

ENV = "autosafe/All-v0"
TRAIN = "held-out-families/train"
SEEDS = 3
MALICIOUS = ("M-N", "M-M")
_REFERENCES = ("comply-all", "refuse-all", "random", "safe-oracle")


@dataclass(frozen=True)
class DemoSettings:
    """What the demo does.

    Args:
        seed: Of everything.
        episodes: Scenarios that are searched and learned from.
        frames: Steps of PPO for each training seed.
        test_episodes: Episodes of each evaluation.
        injecagent: Folder of InjecAgent's data, or None.
    """

    seed: int
    episodes: int
    frames: int
    test_episodes: int
    injecagent: Path | None


def test_sets(settings: DemoSettings) -> dict[str, dict[str, Any]]:
    """The sets that are measured: name -> arguments of `gym.make`.

    `unseen_seeds` has the families that are trained on, with scenarios that are not.
    """
    seen = [name for name in all_families() if name not in HELD_OUT_FAMILIES]
    sets: dict[str, dict[str, Any]] = {
        "unseen_seeds": {"id": ENV, "split": "test", "families": seen},
        "held_out_families": {"id": ENV, "split": "held-out-families/test"},
    }
    if settings.injecagent is not None:
        sets["injecagent"] = {"id": "autosafe/InjecAgent-v0", "path": str(settings.injecagent)}
    return sets


def run_demo(out: Path, settings: DemoSettings, json: Path | None) -> dict[str, Any]:
    """Runs the main job and prints one table.

    Everything that has been written when it is interrupted is complete, and usable by the other
    commands.

    Args:
        out: Folder for the data set, the models, `results.json` and `report.html`.
        settings: What to do.
        json: A further file for the figures, or None.

    Raises:
        MissingExtraError: Without the extras `rl` and `report`.
    """
    need_rl()
    need_extra()
    with locked(out):
        return _run(out, settings, json)


def _run(out: Path, settings: DemoSettings, json: Path | None) -> dict[str, Any]:
    start = time.perf_counter()
    sets = test_sets(settings)
    for kwargs in sets.values():
        _make(kwargs)  # A wrong folder shows now, not after the training.
    console.rule(f"autosafe demo, seed {settings.seed}", align="left")
    collected = _collect(settings)
    config: dict[str, Any] = {"env": ENV, "split": TRAIN, "agent": "comply-all"}
    config["episodes"] = {" ".join(modes) or "all modes": n for modes, n in _parts(settings)}
    write_dataset(collected, out / "data", {**config, "seed": settings.seed}, overwrite=True)
    cost = collected.cost_per_data_point
    console.print(
        f"1. {sum(n for _, n in _parts(settings))} scenarios searched: {len(collected.points)} risk scenarios, each "
        f"with a reflected safe action, in {out / 'data'}\n"
        f"   Cost of a verified data point: {1000 * cost['seconds']:.2f} ms and 0 tokens "
        "(the paper's: about a minute and 22,050 tokens)."
    )
    results: dict[str, dict[str, Evaluation]] = {name: {} for name in sets}
    with progress("before training") as report:
        for number, agent in enumerate(_REFERENCES):
            report(agent, number, len(_REFERENCES))
            for name, kwargs in sets.items():
                results[name][agent] = _measure(agents.make(agent), name, kwargs, settings)
    console.print(f"2. Measured before training: {', '.join(_REFERENCES)}.")
    runs, curves = _train_all(out, settings, sets)
    console.print(f"3. Trained with {SEEDS} seeds; models in {out / 'models'}")
    for name in sets:
        pooled = pool("trained", [run[name] for run in runs])
        results[name]["trained"] = pooled
    every = [e for group in results.values() for e in group.values()]
    console.print(metrics_table(every, "Before and after"))
    seconds = time.perf_counter() - start
    figures: dict[str, Any] = {
        name: {agent: e.to_dict() for agent, e in group.items()} for name, group in results.items()
    }
    figures["seconds"] = round(seconds, 1)
    figures["cost_per_data_point"] = cost
    figures["config"] = {
        **{k: str(v) if isinstance(v, Path) else v for k, v in asdict(settings).items()},
        "training_seeds": SEEDS,
        "version": autosafe_gym.__version__,
    }
    write_json(out / "results.json", figures)
    write_json(json, figures)
    from autosafe_gym.evaluation.report import write_report

    page = write_report(
        out / "report.html", "autosafe demo", every, figures["config"], curves=curves
    )
    console.print(f"4. {page} has the plots, {out / 'results.json'} the figures. {seconds:.0f} s.")
    return figures


def _make(kwargs: dict[str, Any]) -> Any:
    return risk_env(kwargs["id"], **{k: v for k, v in kwargs.items() if k != "id"})


def _collect(settings: DemoSettings) -> Collected:
    with progress("search and reflection") as report:
        return collect_parts(
            [
                (risk_env(ENV, split=TRAIN, **({"modes": modes} if modes else {})), episodes)
                for modes, episodes in _parts(settings)
            ],
            agents.make("comply-all"),
            seed=settings.seed * 1_000_000,
            progress=lambda done, total: report("scenarios", done, total),
        )


def _parts(settings: DemoSettings) -> tuple[tuple[tuple[str, ...], int], ...]:
    """All families, and half as many scenarios more of those with a malicious user (see `[data]`)."""
    return ((), settings.episodes), (MALICIOUS, settings.episodes // 2)


def _measure(agent: Any, name: str, kwargs: dict[str, Any], settings: DemoSettings) -> Evaluation:
    return evaluate(
        agent,
        _make(kwargs),
        episodes=settings.test_episodes,
        seed=settings.seed * 1_000_000,
        set=name,
    )


def _train_all(
    out: Path, settings: DemoSettings, sets: dict[str, dict[str, Any]]
) -> tuple[list[dict[str, Evaluation]], list[list[tuple[int, float]]]]:
    """Trains and measures one policy for each training seed, in processes of their own."""
    data = str(out / "data")
    # A kill in between must not leave models of other settings beside the new ones.
    forget_run(out / "models")
    with progress("training") as report:
        report("starting", 0, SEEDS)
        done: dict[int, tuple[dict[str, Evaluation], list[tuple[int, float]]]] = {}
        with sentence(lambda: "The data set is complete; the training is not."), workers(2) as pool:
            waiting = {
                pool.submit(train_one, data, str(out / "models"), settings, sets, n): n
                for n in range(SEEDS)
            }
            for future in as_completed(waiting):
                done[waiting[future]] = future.result()
                report(f"seed {waiting[future]} done", len(done), SEEDS)
    ordered = [done[number] for number in range(SEEDS)]
    return [runs for runs, _ in ordered], [curve for _, curve in ordered]


def train_one(
    data: str,
    models: str,
    settings: DemoSettings,
    sets: dict[str, dict[str, Any]],
    number: int,
    report: Report | None = None,
) -> tuple[dict[str, Evaluation], list[tuple[int, float]]]:
    """Trains the policy of one training seed on the data set and measures it on every set.

    Args:
        data: Folder of the data set.
        models: Folder of the models.
        settings: What to do.
        sets: The sets to measure: arguments of `gym.make`.
        number: Which training seed, from 0.
        report: Called with (phase, done, in all).

    Returns:
        The evaluations by set, and the training curve: (frames, mean return).
    """
    from autosafe_gym.training.agent import load_agent
    from autosafe_gym.training.recipe import load_recipe
    from autosafe_gym.training.trainer import train_recipe

    recipe = load_recipe("held-out-families").with_(
        data={"path": data},
        clone={"epochs": 6},
        policy={"hidden": 64},
        algorithm={"frames": settings.frames},
        validation={"episodes": 0},
    )
    trained = train_recipe(
        recipe,
        Path(models),
        seed=settings.seed * 1_000 + number,
        overwrite=True,
        report=report,
    )
    agent = load_agent(trained.file, name="trained")
    runs = {name: _measure(agent, name, kwargs, settings) for name, kwargs in sets.items()}
    return runs, trained.curve
