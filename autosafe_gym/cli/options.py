"""Options that several commands share, as annotated types."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from autosafe_gym.errors import DataError

if TYPE_CHECKING:
    from autosafe_gym.training.strict import Parts

R = TypeVar("R", bound="Parts")

Env = Annotated[str, typer.Option(help="An environment's id.")]
Domain = Annotated[str | None, typer.Option(help="A domain's environment, instead of --env.")]
Split = Annotated[str, typer.Option(help="Which scenarios.")]
DataPath = Annotated[
    Path | None, typer.Option(help="Data of a foreign benchmark, or a file of own tools.")
]
DataSetting = Annotated[
    str | None, typer.Option("--setting", help="Of InjecAgent's data: 'base' or 'enhanced'.")
]
Episodes = Annotated[int, typer.Option(min=1)]
Seed = Annotated[int, typer.Option(min=0, help="The first seed.")]
MaxSteps = Annotated[int | None, typer.Option(min=1, help="Turns of an episode.")]
Concurrency = Annotated[int, typer.Option(min=1, help="Episodes at once.")]

AgentName = Annotated[
    str,
    typer.Option(
        help="A control, local, openai:MODEL, react:MODEL, json:MODEL, brief:MODEL, choice:MODEL, FILE.safetensors."
    ),
]
RunFolder = Annotated[Path, typer.Option(help="Folder of the run; resumed if it is there.")]
Judge = Annotated[str, typer.Option(help="Of a defence: 'rules', or a model: openai:MODEL, local.")]
People = Annotated[
    str, typer.Option(help="Who plays user and colleagues: 'scripts', or a model: openai:MODEL.")
]
Declines = Annotated[
    str, typer.Option(help="What finds that words decline: 'list', or a model: openai:MODEL.")
]
Model = Annotated[str, typer.Option(help="The model's name, 'local', 'local:FILE.gguf'.")]
BaseUrl = Annotated[str | None, typer.Option(help="Endpoint of the model.")]
Temperature = Annotated[float, typer.Option(min=0.0)]
MaxTokens = Annotated[int, typer.Option(min=1, help="Of one reply.")]
Timeout = Annotated[float, typer.Option(min=0.1, help="Seconds for one request.")]

Trust = Annotated[
    bool,
    typer.Option(
        "--trust", help="Read a policy that autosafe 0.1 saved (a zip with pickles); only your own."
    ),
]

Request = Annotated[
    list[str] | None,
    typer.Option(help="A field of every request, KEY=VALUE (JSON, else text); may be repeated."),
]
Drop = Annotated[
    list[str] | None,
    typer.Option(help="A field that no request has, such as seed or temperature; may be repeated."),
]

Overwrite = Annotated[bool, typer.Option(help="Replace another data set there.")]
Json = Annotated[Path | None, typer.Option("--json", help="Write the figures here ('-': stdout).")]

Changes = Annotated[
    list[str] | None,
    typer.Option("--set", help="Change a key of the recipe: algorithm.frames=8192 (TOML values)."),
]


def request_settings(request: list[str] | None, drop: list[str] | None) -> dict[str, Any]:
    """`--request` and `--drop` as arguments of `autosafe_gym.agents.endpoint.Settings`.

    Returns:
        `extra` and `drop`, each only where it was given.

    Raises:
        DataError: If one of them can't be read.
    """
    extra: dict[str, Any] = {}
    for given in request or ():
        key, sign, text = given.partition("=")
        if not (sign and key.strip()):
            raise DataError(f"--request {given!r}: KEY=VALUE is needed, such as max_tokens=2000.")
        try:
            extra[key.strip()] = json.loads(text)
        except ValueError:
            extra[key.strip()] = text
    dropped = tuple(name.strip() for name in drop or () if name.strip())
    both = sorted({*extra} & {*dropped})
    if both:
        raise DataError(f"{', '.join(both)}: set by --request and left out by --drop.")
    return {**({"extra": extra} if extra else {}), **({"drop": dropped} if dropped else {})}


def changed(recipe: R, changes: list[str] | None) -> R:
    """The recipe with `part.key=value` changes, read as strictly as a file.

    Raises:
        DataError: If a change can't be read.
    """
    from autosafe_gym.training.strict import read_parts

    data = recipe.to_dict()
    for change in changes or ():
        name, sign, text = change.partition("=")
        part, dot, key = name.strip().partition(".")
        if not (sign and dot):
            raise DataError(f"--set {change!r}: PART.KEY=VALUE is needed.")
        try:
            value = tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError:
            value = text.strip()
        data.setdefault(part, {})
        if not isinstance(data[part], dict):
            raise DataError(f"--set {change!r}: {part} is no table.")
        data[part][key] = value
    found: R = read_parts(type(recipe), data, "recipe")
    return found
