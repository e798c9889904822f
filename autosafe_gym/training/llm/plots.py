"""Pictures of the study and of training (SVG, matplotlib)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from autosafe_gym.plain_text import label
from autosafe_gym.training.run_folder import slug
from autosafe_gym.training.study_plots import bars, new_figure, save

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
    files = []
    for name in dict.fromkeys(row["set"] for row in results["rows"]):
        rows = [row for row in results["rows"] if row["set"] == name]
        figure = new_figure(10.0, 1.1 + 0.32 * len(rows))
        panels: Any = figure.subplots(1, len(_METRICS), sharey=True, squeeze=False)[0]
        for panel, metric, colour in zip(panels, _METRICS, _COLOURS, strict=True):
            bars(panel, rows, [row["condition"] for row in rows], metric, colour)
        figure.suptitle(
            label(f"{name}, per cent with 95% interval"), x=0.01, ha="left", fontsize=11
        )
        files.append(save(figure, out / f"llm-{slug(name)}.svg"))
    return files
