"""Pictures of a study (SVG, matplotlib)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from autosafe_gym.errors import MissingExtraError
from autosafe_gym.plain_text import label
from autosafe_gym.storage.writing import whole_file

_COLOURS = ("#3b6ea8", "#c2703d", "#4d8b5a", "#7d5ba6", "#8a8d91", "#b0413e")
_METRICS = ("sec@1", "utility", "over_refusal")
_CURVES = ("return", "sec@1", "utility", "over_refusal")


def draw(results: dict[str, Any], out: Path) -> list[Path]:
    """Draws what fits the study.

    Args:
        results: As `run_study` gathers them.
        out: Folder.

    Returns:
        The files.
    """
    if results["study"] == "scaling":
        return [save(_scaling(results), out / "scaling.svg")]
    files = [save(_bars(results), out / f"{results['study']}.svg")]
    if results["curves"]:
        files.append(save(_curves(results), out / "training.svg"))
    return files


def new_figure(width: float, height: float) -> Any:
    """An empty figure, in inches.

    Raises:
        MissingExtraError: Without the extra `report`.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtraError("matplotlib", "report") from error
    return Figure(figsize=(width, height), layout="constrained")


def save(figure: Any, file: Path) -> Path:
    """Writes a figure as SVG."""
    # No date in the file: the same figures give the same bytes.
    with whole_file(file) as temporary:
        figure.savefig(temporary, format="svg", metadata={"Date": None})
    return file


def _bare(axes: Any) -> None:
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _bars(results: dict[str, Any]) -> Any:
    rows = results["rows"]
    if results["study"] != "distance":
        # Conditions are compared with each other, on one set after the other.
        places = list(dict.fromkeys(row["set"] for row in rows))
        rows = sorted(rows, key=lambda row: places.index(row["set"]))
    figure = new_figure(8.6, 0.9 + 0.34 * len(rows))
    panels = figure.subplots(1, len(_METRICS), sharey=True)
    names = [
        row["condition"] if row["set"] == row["condition"] else f"{row['condition']}: {row['set']}"
        for row in rows
    ]
    for panel, metric, colour in zip(panels, _METRICS, _COLOURS, strict=False):
        bars(panel, rows, names, metric, colour)
        for at, row in enumerate(rows):
            reference = row["reference"][metric]["value"]
            if reference is not None:
                panel.plot([100 * reference], [at], marker="|", color="#888", markersize=12)
    panels[0].set_xlabel("per cent; grey stroke: comply-all", fontsize=8)
    return figure


def bars(
    panel: Any, rows: list[dict[str, Any]], names: list[str], metric: str, colour: str
) -> None:
    """A panel of one metric: a line for each row, with its interval and each seed's own rate."""
    for at, row in enumerate(rows):
        _interval(panel, row["metrics"][metric], at, colour)
    panel.set_xlim(-2, 102)
    panel.set_yticks(range(len(rows)), [label(n) for n in names], fontsize=8)
    panel.set_ylim(len(rows) - 0.5, -0.5)
    panel.set_title(metric.replace("_", " "), loc="left", fontsize=10)
    panel.grid(axis="x", color="#ddd", linewidth=0.6)
    _bare(panel)


def _interval(axes: Any, metric: dict[str, Any], at: float, colour: str) -> None:
    if not metric["n"]:
        return
    axes.plot([100 * metric["low"], 100 * metric["high"]], [at, at], color=colour, linewidth=1.4)
    axes.plot([100 * metric["value"]], [at], "o", color=colour, markersize=5)
    seeds = [100 * v for v in metric["seeds"] if v is not None]
    axes.plot(seeds, [at] * len(seeds), ".", color=colour, markersize=3, alpha=0.6)


def _scaling(results: dict[str, Any]) -> Any:
    figure = new_figure(6.4, 3.6)
    axes = figure.subplots()
    rows = [row for row in results["rows"] if not row["ensemble"]]
    sizes = [row["families"] for row in rows]
    for metric, colour in zip(
        ("sec@1", "safety", "utility", "over_refusal"), _COLOURS, strict=False
    ):
        rates = [row["metrics"][metric] for row in rows]
        kept = [(s, r) for s, r in zip(sizes, rates, strict=True) if r["n"]]
        if not kept:
            continue
        at = [s for s, _ in kept]
        axes.plot(
            at,
            [100 * r["value"] for _, r in kept],
            "o-",
            color=colour,
            label=metric.replace("_", " "),
        )
        axes.fill_between(
            at,
            [100 * r["low"] for _, r in kept],
            [100 * r["high"] for _, r in kept],
            color=colour,
            alpha=0.15,
            linewidth=0,
        )
    axes.set_xscale("log", base=2)
    axes.set_xticks(sizes, [str(s) for s in sizes])
    axes.set_ylim(0, 102)
    axes.set_xlabel("families trained on")
    axes.set_ylabel("per cent, on held-out families")
    axes.legend(frameon=False, fontsize=9)
    _bare(axes)
    return figure


def _curves(results: dict[str, Any]) -> Any:
    figure = new_figure(9.0, 5.2)
    panels = figure.subplots(2, 2).flatten()
    for panel, metric in zip(panels, _CURVES, strict=True):
        for (name, runs), colour in zip(results["curves"].items(), _COLOURS, strict=False):
            for number, rows in enumerate(runs):
                at, values = _series(rows, metric)
                panel.plot(
                    at,
                    values,
                    color=colour,
                    linewidth=1.2,
                    alpha=0.8,
                    label="" if number else label(name),
                )
        panel.set_title(metric.replace("_", " "), loc="left", fontsize=10)
        panel.set_xlabel("frames", fontsize=8)
        if metric != "return":
            panel.set_ylim(-2, 102)
        _bare(panel)
    handles, names = panels[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=3, frameon=False, fontsize=8)
    return figure


def _series(rows: list[dict[str, Any]], metric: str) -> tuple[list[float], list[float]]:
    if metric == "return":
        kept = [row for row in rows if row["phase"] == "rl"]
        return [row["frames"] for row in kept], [row["return"] for row in kept]
    kept = [row for row in rows if row["phase"] == "validation" and row.get(metric)]
    return [row["frames"] for row in kept], [100 * row[metric]["value"] for row in kept]
