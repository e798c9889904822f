"""`autosafe`: the command line; `runs` has the commands about stored runs."""

from __future__ import annotations

import io
import os
import sys
import threading
import traceback
from pathlib import Path
from typing import Annotated, Any

import typer

import autosafe_gym
from autosafe_gym.cli import (
    authoring,
    comparing,
    controls,
    interrupts,
    library,
    models,
    roles,
    runs,
    training,
    tuning,
)
from autosafe_gym.cli.options import (
    BaseUrl,
    DataPath,
    DataSetting,
    Domain,
    Drop,
    Env,
    Episodes,
    Json,
    MaxTokens,
    Overwrite,
    Request,
    Seed,
    Split,
    Temperature,
    Timeout,
    Trust,
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
from autosafe_gym.errors import AutosafeError, DataError
from autosafe_gym.masking import cleaned
from autosafe_gym.ots.taxonomy import DOMAINS

app = typer.Typer(
    help="Risk environments for LLM agents: prove them, roll agents out, train, measure.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


def _version(value: bool) -> None:
    if value:
        console.print(autosafe_gym.__version__)
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print and leave.")
    ] = False,
) -> None:
    pass


@app.command()
def check(
    families: Annotated[
        list[str] | None,
        typer.Argument(help="Families, or files of your own (.py, .yaml); all by default."),
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Scenarios of each family.")] = 50,
    jobs: Annotated[int, typer.Option(min=0, help="Processes; 0: one for each core.")] = 0,
    mutations: Annotated[
        str | None,
        typer.Option(help="Play the oracles under this mutation instead; 'all' for every one."),
    ] = None,
    json: Json = None,
) -> None:
    """Prove every scenario family by executing its oracles."""
    from autosafe_gym.cli import checking
    from autosafe_gym.cli.checking import check_table, run_checks

    if mutations is not None:
        with progress("mutations") as report:
            found = checking.run_mutations(families or [], seeds, jobs, report, mutations)
        data = checking.mutation_data(found)
        write_json(json, data)
        if str(json) != "-":
            checking.mutation_table(found)
        if not data["passed"]:
            raise typer.Exit(1)
        return
    with progress("proofs") as report:
        result = run_checks(families or [], seeds, jobs, report)
    write_json(json, result.model_dump())
    if str(json) != "-":
        check_table(result)
    if not result.passed:
        raise typer.Exit(1)


@app.command(name="list")
def list_environments(json: Json = None) -> None:
    """List the environments with their families, toolkits, modes, outcomes and splits."""
    from autosafe_gym.cli.listing import environment_table, environments

    found = environments()
    write_json(json, found)
    if str(json) != "-":
        environment_table(found)


@app.command()
def schema() -> None:
    """Print the JSON schema of a risk scenario."""
    import json

    from autosafe_gym.ots import RiskScenario

    print(json.dumps(RiskScenario.model_json_schema(), indent=2))  # noqa: T201


@app.command()
def show(
    family: Annotated[str | None, typer.Argument(help="A family; any by default.")] = None,
    sample: Annotated[int, typer.Option(min=1, help="How many scenarios.")] = 1,
    seed: Seed = 0,
    twin: Annotated[bool, typer.Option(help="The benign twins instead.")] = False,
    domain: Annotated[str | None, typer.Option(help="Any family of this domain.")] = None,
) -> None:
    """Print scenarios as a person would read them, with the safe and the unsafe way."""
    from autosafe_gym.cli.listing import drawn_families, scenario_text

    for number, one in enumerate(drawn_families(family, domain, sample, seed)):
        console.print(scenario_text(one.sample(seed + number, twin=twin)), highlight=False)


@app.command()
def collect(
    out: Annotated[Path, typer.Argument(help="Folder of the data set.")],
    env: Env = "autosafe/All-v0",
    split: Split = "train",
    episodes: Episodes = 1000,
    agent: Annotated[str, typer.Option(help="Whose actions are searched.")] = "comply-all",
    seed: Seed = 0,
    overwrite: Overwrite = False,
) -> None:
    """Search risk trajectories, reflect on them, write data sets."""
    from autosafe_gym import agents
    from autosafe_gym.library.registration import risk_env
    from autosafe_gym.pipeline import datasets

    config = {"env": env, "split": split, "episodes": episodes, "agent": agent, "seed": seed}
    with progress("search and reflection") as report:
        found = datasets.collect(
            risk_env(env, split=split),
            agents.make(agent),
            episodes=episodes,
            seed=seed,
            progress=lambda done, total: report("episodes", done, total),
        )
    datasets.write_dataset(found, out, config, overwrite=overwrite)
    show_collected(found, out)
    cost = found.cost_per_data_point
    console.print(f"{1000 * cost['seconds']:.2f} ms and 0 tokens a data point.")


@app.command()
def evaluate(
    agent: Annotated[str, typer.Argument(help="An agent's name, or a saved model.")],
    env: Env = "autosafe/All-v0",
    domain: Domain = None,
    episodes: Episodes = 300,
    seed: Seed = 0,
    split: Split = "test",
    path: DataPath = None,
    setting: DataSetting = None,
    base_url: BaseUrl = None,
    temperature: Temperature = 0.7,
    max_tokens: MaxTokens = 1024,
    timeout: Timeout = 60.0,
    request: Request = None,
    drop: Drop = None,
    trust: Trust = False,
    html: Annotated[Path | None, typer.Option(help="Write a page with plots here.")] = None,
    json: Json = None,
) -> None:
    """Measure an agent: sec@k, safety, utility, over-refusal, with 95% intervals."""
    from autosafe_gym import agents
    from autosafe_gym.evaluation import evaluate as measure
    from autosafe_gym.evaluation.tables import grades_table, metrics_table
    from autosafe_gym.library.registration import risk_env

    settings: dict[str, Any] = {}
    if agents.llm_named(agent) is not None:
        # sec@k samples at one state: at temperature 0 all samples would be the same.
        settings = {"base_url": base_url, "temperature": temperature}
        settings |= {"max_tokens": max_tokens, "timeout": timeout}
        settings |= request_settings(request, drop)
    elif trust:
        settings = {"trust": True}
    given = {"split": split, "path": path, "setting": setting}
    filters: dict[str, Any] = {k: v for k, v in given.items() if v is not None}
    if domain is not None:
        env = f"autosafe/{DOMAINS.check(domain)}-v0"
    made = agents.make(agent, **settings)
    name = measure.set_name(env, split)
    if html is not None:
        from autosafe_gym.evaluation.report import need_extra

        need_extra()
    with progress("evaluation") as report:
        result = measure.evaluate(
            made,
            risk_env(env, **filters),
            episodes=episodes,
            seed=seed,
            set=name,
            progress=report,
        )
    write_json(json, {name: {result.agent: result.to_dict()}})
    if html is not None:
        from autosafe_gym.evaluation.report import write_report

        write_report(html, f"{result.agent} on {env}", [result], {"environment": env, **filters})
    if str(json) != "-":
        console.print(metrics_table([result], f"{env}, split {split}, seeds from {seed}"))
        console.print(grades_table(result))
    show_notes(getattr(getattr(made, "endpoint", None), "notes", ()))
    show_unmeasured(result)


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="Folder for data, models, figures, page.")] = Path(
        "runs/demo"
    ),
    seed: Seed = 0,
    episodes: Annotated[int, typer.Option(min=50, help="Scenarios to learn from.")] = 4000,
    frames: Annotated[int, typer.Option(min=0, help="Steps of PPO.")] = 16_384,
    test_episodes: Annotated[int, typer.Option(min=10)] = 300,
    injecagent: Annotated[
        Path | None, typer.Option(help="Folder data/ of InjecAgent, to test on it too.")
    ] = None,
    json: Json = None,
) -> None:
    """The main job: sample, search, reflect, write data, train, measure before and after."""
    from autosafe_gym.cli.demo import DemoSettings, run_demo

    settings = DemoSettings(seed, episodes, frames, test_episodes, injecagent)
    run_demo(out, settings, json)


app.add_typer(models.app, name="model")
app.add_typer(authoring.app, name="new")
app.command(name="serve-model")(models.serve)
app.command(name="finetune-study")(tuning.finetune_study)
for _command in (
    runs.rollout,
    runs.rescore,
    runs.reflect,
    comparing.compare,
    roles.judge,
    roles.generate,
    library.coverage,
    controls.controls,
    library.tools,
    library.cues,
    library.duplicates,
    training.train,
    training.convert,
    training.recipes,
    training.study,
    tuning.finetune,
):
    app.command()(_command)


def _invoke() -> Any:
    """Runs the command; code of a pack, a family or an agent that ends the process is an error.

    Raises:
        DataError: If something ended it: a silent end with code 0 would look like success.
    """
    try:
        return app(standalone_mode=False)
    except SystemExit as error:
        *_, (frame, line) = traceback.walk_tb(error.__traceback__)
        raise DataError(
            f"{frame.f_code.co_filename}, line {line}: this code ended the command (exit {error.code!r}). "
            "Mend or uninstall it."
        ) from error


def run() -> None:
    """The entry point: our errors are one line and exit code 2, Ctrl-C (and a `kill`) is 130."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # What the terminal's encoding does not have is shown escaped.
            stream.reconfigure(errors="backslashreplace")
    interrupts.listen()
    try:
        # Without standalone mode typer hands back the code of an Exit, 130 after Ctrl-C included.
        code = _invoke()
        sys.stdout.flush()
    except BaseException as error:
        interrupts.hold()
        code = _said(error)
    _leave(code)


def _said(error: BaseException) -> int:
    """Says what is wrong in one line, and gives the exit code; a fault of ours is shown whole."""
    if isinstance(error, KeyboardInterrupt | typer.Abort):
        return interrupts.INTERRUPTED
    if isinstance(error, OSError):
        try:
            sys.stdout.flush()
        except OSError:
            # Its reader is gone, its disk is full: Python would complain once more at the end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(error, BrokenPipeError):
        return 1
    usage = getattr(error, "format_message", None)
    if usage is not None:
        text = cleaned(usage())
    elif isinstance(error, AutosafeError):
        text = str(error)
    elif isinstance(error, OSError) and error.errno is not None:
        # A full disk, a folder without leave: the message of the system names the file.
        text = f"{error}. What was written before is whole."
    else:
        # Ours to mend; the texts in it may be anybody's.
        told = "".join(traceback.format_exception(error))
        errors.print(cleaned(told), highlight=False, soft_wrap=True)
        return 1
    errors.print(f"Error: {text}", style="red", highlight=False)
    return 2


def _leave(code: int | None) -> None:
    """Ends the process without waiting for requests under way in its other threads."""
    others = [t for t in threading.enumerate() if not t.daemon and t is not threading.main_thread()]
    if others and code:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)
