"""The tables of coverage as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from autosafe_gym.check.coverage import Coverage
from autosafe_gym.errors import DataError, MissingExtraError
from autosafe_gym.plain_text import label


def plot_coverage(found: Coverage, file: Path) -> None:
    """Draws each table as a grid of counts.

    Args:
        found: The coverage.
        file: Where to; the ending chooses the format.

    Raises:
        MissingExtraError: Without the extra `report`.
        DataError: If the file can't be written.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtraError("matplotlib", "report") from error
    tables = list(found.tables.values())
    rows = [[r for r in t.rows if t.families(r)] for t in tables]
    heights = [len(r) + 4 for r in rows]
    width = max(len(t.columns) for t in tables)
    figure = Figure(figsize=(4 + 0.28 * width, 0.28 * sum(heights)), layout="constrained")
    axes: Any = figure.subplots(len(tables), 1, height_ratios=heights, squeeze=False)
    for table, names, (axis,) in zip(tables, rows, axes, strict=True):
        counts = [[len(table.families(row, column)) for column in table.columns] for row in names]
        axis.imshow(counts, cmap="Greens", vmin=0, vmax=4)
        axis.set_anchor("W")
        axis.set_title(label(f"{table.name}: families"), loc="left", fontsize=10)
        columns = [label(c) for c in table.columns]
        axis.set_xticks(range(len(columns)), columns, rotation=60, ha="right", size=7)
        axis.set_yticks(range(len(names)), [label(n) for n in names], size=7)
        for y, line in enumerate(counts):
            for x, count in enumerate(line):
                if count:
                    colour = "white" if count > 2 else "black"
                    axis.text(x, y, str(count), ha="center", va="center", size=7, color=colour)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(file)
    except (OSError, ValueError) as error:
        raise DataError(f"{file}: can't be written ({error}).") from error
