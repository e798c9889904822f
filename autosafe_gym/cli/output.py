"""What the commands share: the console, JSON files, progress bars, exit codes."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.segment import Segment
from rich.text import Text

from autosafe_gym.masking import masked, masked_data
from autosafe_gym.plain_text import in_json, shown
from autosafe_gym.storage.writing import refusal, write_whole

if TYPE_CHECKING:
    from autosafe_gym.evaluation.evaluate import Evaluation
    from autosafe_gym.pipeline.collected import Collected


class Screen(Console):
    """A console on which every text is text: no markup, control sequences escaped, keys masked."""

    def render_str(self, text: str, **options: Any) -> Text:
        """A string, in a table or by itself, as rich text."""
        return super().render_str(shown(masked(text)), **options)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """What is drawn; texts that were made rich elsewhere are escaped here."""
        for segment in super().render(renderable, options):
            if segment.control:
                yield segment
            else:
                yield Segment(shown(segment.text), segment.style)


# A pipe has no width of its own; 80 columns would break the tables.
_WIDTH = None if os.isatty(1) or "COLUMNS" in os.environ else 160
console = Screen(width=_WIDTH, emoji=False, markup=False)
errors = Screen(stderr=True, emoji=False, markup=False)
Report = Callable[[str, int, int], None]


def write_json(file: Path | None, data: Any) -> None:
    """Writes figures to a file (`-`: to the standard output); the file appears whole or not at all.

    Raises:
        DataError: If the file can't be written.
    """
    if file is None:
        return
    text = in_json(json.dumps(masked_data(data), indent=2, ensure_ascii=False)) + "\n"
    if str(file) == "-":
        print(text, end="")  # noqa: T201  (JSON goes out raw, without a console's formatting)
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refusal(file, error) from error
    write_whole(file, text)


def show_notes(notes: Iterable[str]) -> None:
    """Prints what providers refused, and what was sent instead, on the error stream."""
    for note in notes:
        errors.print(f"Note: {note}", style="yellow", highlight=False)


def show_unmeasured(result: Evaluation) -> None:
    """Prints what made episodes unmeasured on the error stream.

    Raises:
        Exit: With 1 if nothing was measured: a script must not take this for a result.
    """
    for cause, count in result.errors.items():
        errors.print(f"{count} x unmeasured: {cause}", highlight=False)
    if result.metrics["unmeasured"].value == 1.0:
        raise typer.Exit(1)


def show_collected(found: Collected, out: Path) -> None:
    """Prints what a data set holds and what became of the episodes."""
    console.print(
        f"{len(found.points)} risk scenarios with safe actions, {len(found.trajectories)} safe "
        f"trajectories in {out}."
    )
    for name, count in sorted(found.counts.items()):
        console.print(f"  {count:6d}  {name}", highlight=False)


@contextmanager
def progress(title: str) -> Iterator[Report]:
    """A progress bar on the error stream; the function it gives takes (phase, done, in all)."""
    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=errors,
        transient=True,
    )
    with bar:
        task = bar.add_task(title, total=None)

        def report(phase: str, done: int, total: int) -> None:
            bar.update(
                task, description=shown(masked(f"{title}: {phase}")), completed=done, total=total
            )

        yield report
