"""Pictures of the study and of training (SVG, matplotlib)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from autosafe_gym.errors import MissingExtraError

_COLOURS = ("#3b6ea8", "#c2703d", "#4d8b5a", "#7d5ba6")
_METRICS = ("sec@1", "utility", "safe_and_useful", "over_refusal")


def draw(results: dict[str, Any], out: Path) -> list[Path]:
    """Draws each set: a panel for each metric, a line for each condition.

    Args:
        results: As `run_study` gathers them.
        out: Folder.

    Raises:
        MissingExtraError: Without the extra `report`.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtraError("matplotlib", "report") from error
    files = []
    for name in dict.fromkeys(row["set"] for row in results["rows"]):
        rows = [row for row in results["rows"] if row["set"] == name]
        figure = Figure(figsize=(10.0, 1.1 + 0.32 * len(rows)), layout="constrained")
        panels: Any = figure.subplots(1, len(_METRICS), sharey=True, squeeze=False)[0]
        for panel, metric, colour in zip(panels, _METRICS, _COLOURS, strict=True):
            for at, row in enumerate(rows):
                _interval(panel, row["metrics"][metric], at, colour)
            panel.set_xlim(-2, 102)
            panel.set_ylim(len(rows) - 0.5, -0.5)
            panel.set_yticks(range(len(rows)), [row["condition"] for row in rows], fontsize=8)
            panel.set_title(metric.replace("_", " "), loc="left", fontsize=10)
            panel.grid(axis="x", color="#ddd", linewidth=0.6)
            for side in ("top", "right"):
                panel.spines[side].set_visible(False)
        figure.suptitle(f"{name}, per cent with 95% interval", x=0.01, ha="left", fontsize=11)
        file = out / f"llm-{''.join(c if c.isalnum() else '-' for c in name)}.svg"
        # No date in the file: the same figures give the same bytes.
        figure.savefig(file, format="svg", metadata={"Date": None})
        files.append(file)
    return files


def _interval(axes: Any, metric: dict[str, Any], at: float, colour: str) -> None:
    if not metric["n"]:
        return
    axes.plot([100 * metric["low"], 100 * metric["high"]], [at, at], color=colour, linewidth=1.4)
    axes.plot([100 * metric["value"]], [at], "o", color=colour, markersize=5)
    seeds = [100 * v for v in metric["seeds"] if v is not None]
    if len(seeds) > 1:
        axes.plot(seeds, [at] * len(seeds), ".", color=colour, markersize=3, alpha=0.6)
