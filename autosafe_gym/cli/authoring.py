"""`autosafe new family` and `autosafe new toolkit`: files that pass their tests, to be made one's own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from autosafe_gym.cli.output import console
from autosafe_gym.errors import DataError

app = typer.Typer(help="Begin a family or a toolkit of your own.", no_args_is_help=True)
TEMPLATES = Path(__file__).parent / "templates"
Name = Annotated[str, typer.Argument(help="Small letters and hyphens, such as lost-luggage.")]
Folder = Annotated[Path, typer.Option(help="Where the files go.")]


@app.command()
def family(
    name: Name,
    folder: Folder = Path(),
    yaml: Annotated[bool, typer.Option("--yaml", help="As YAML instead of Python.")] = False,
) -> None:
    """Write a family that passes the proofs, with its test; change it into your own."""
    file = _write(name, folder, "family", "yaml" if yaml else "py")
    console.print(f"Prove it: autosafe check {file}", highlight=False)


@app.command()
def toolkit(name: Name, folder: Folder = Path()) -> None:
    """Write a toolkit of two tools that passes its test; change it into your own."""
    file = _write(name, folder, "toolkit", "py")
    console.print(f"Test it: pytest {file.parent / f'test_{file.name}'}", highlight=False)


def _write(name: str, folder: Path, what: str, ending: str) -> Path:
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        raise DataError(f"{name!r}: small letters, digits and hyphens are needed: lost-luggage.")
    plain = name.replace("-", "_")
    file, test = folder / f"{plain}.{ending}", folder / f"test_{plain}.py"
    for path in (file, test):
        if path.exists():
            raise DataError(f"{path} exists already; choose another name or folder.")
    for path, template in ((file, f"{what}.{ending}"), (test, f"test_{what}.py")):
        text = (TEMPLATES / f"{template}.txt").read_text(encoding="utf-8")
        filled = text.replace("SLUG", name).replace("NAME", plain).replace("FILE", file.name)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(filled, encoding="utf-8")
        except OSError as error:
            raise DataError(f"{path}: can't be written ({error.strerror}).") from error
    console.print(f"Wrote {file} and {test}.", highlight=False)
    return file
