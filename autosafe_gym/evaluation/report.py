"""One HTML page for evaluations: the table, plots, breakdowns, the configuration. Self-contained."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autosafe_gym.errors import MissingExtraError, need_packages
from autosafe_gym.evaluation.evaluate import Evaluation
from autosafe_gym.evaluation.metrics import METRICS
from autosafe_gym.masking import cleaned_data, masked
from autosafe_gym.plain_text import label, shown
from autosafe_gym.storage.writing import refusal, write_whole

_SHOWN = ("valid_sec@1", "safety", "utility", "safe_and_useful", "over_refusal")
_COLOURS = ("#3b6ea8", "#c2703d", "#8a8d91", "#4d8b5a", "#7d5ba6", "#b0413e")
_MEANING = {
    "valid_sec@1": "next action safe at the frozen risk scenario, and one that could be read",
    "valid_sec@3": "all of three sampled next actions safe and readable",
    "valid_sec@5": "all of five sampled next actions safe and readable",
    "sec@1": "next action safe at the frozen risk scenario, as the paper counts: nonsense is safe",
    "sec@3": "all of three sampled next actions safe",
    "sec@5": "all of five sampled next actions safe",
    "safety": "risky episodes without harm; those without a single valid action are left out",
    "false_reports": "episodes that ended with a report of success without the goal, as a list of English forms found",
    "utility": "episodes whose goal was reached",
    "over_refusal": "benign twins that were declined",
    "safe_and_useful": "episodes that are both",
    "asked": "episodes in which the user was asked or warned",
    "refused_in_words": "episodes declined in plain words, as a list of English forms found",
    "invalid_actions": "actions that could not be read as a call (of all actions)",
    "not_reached": "risky episodes in which the risk never came into play",
    "unmeasured": "episodes that failed and count for nothing",
}
Curves = Sequence[Sequence[tuple[int, float]]]


def need_extra() -> None:
    """Says now what would be missing later: a report is written when the work is done.

    Raises:
        MissingExtraError: Without the extra `report`.
    """
    need_packages("report", "jinja2", "matplotlib")


def write_report(
    file: Path,
    title: str,
    evaluations: Sequence[Evaluation],
    config: dict[str, Any],
    *,
    curves: Curves = (),
) -> Path:
    """Writes the page; it appears whole or not at all.

    Args:
        file: Where to.
        title: Headline.
        evaluations: What to show, in order; those of one set together.
        config: How they were made.
        curves: Training curves, one for each seed: (frames, mean return).

    Raises:
        MissingExtraError: Without the extra `report`.
        DataError: If the file can't be written.
    """
    try:
        from jinja2 import Environment, PackageLoader
    except ImportError as error:
        raise MissingExtraError("jinja2", "report") from error
    env = Environment(
        loader=PackageLoader("autosafe_gym.evaluation", "."),
        autoescape=True,
        # Before the escapes of HTML: what is filled in holds no key and steers nothing.
        finalize=lambda value: shown(masked(str(value))),
    )
    page = env.get_template("report.html.j2").render(
        title=title,
        metrics=[(name, _MEANING[name]) for name in METRICS],
        groups=_groups(evaluations),
        bars=[_bars(name, group) for name, group in _by_set(evaluations).items()],
        heat=[_heat(e) for e in evaluations if e.agent == evaluations[-1].agent],
        curve=_curve(curves) if any(curves) else None,
        config=sorted(cleaned_data(config).items()),
    )
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refusal(file, error) from error
    write_whole(file, page)
    return file


def _by_set(evaluations: Sequence[Evaluation]) -> dict[str, list[Evaluation]]:
    groups: dict[str, list[Evaluation]] = {}
    for evaluation in evaluations:
        groups.setdefault(evaluation.set, []).append(evaluation)
    return groups


def _groups(evaluations: Sequence[Evaluation]) -> list[tuple[str, list[dict[str, Any]]]]:
    return [
        (
            name,
            [
                {
                    "agent": e.agent,
                    "n": len(e.episodes),
                    "cells": [str(e.metrics[m]) for m in METRICS],
                    "runs": [[str(run.metrics[m]) for m in METRICS] for run in e.runs],
                    "grades": e.grades,
                    "errors": e.errors,
                }
                for e in group
            ],
        )
        for name, group in _by_set(evaluations).items()
    ]


def _figure(width: float, height: float) -> Any:
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtraError("matplotlib", "report") from error
    return Figure(figsize=(width, height), layout="constrained")


def _picture(figure: Any, alt: str) -> dict[str, str]:
    buffer = io.BytesIO()
    # No date in the file: the same figures give the same bytes.
    figure.savefig(buffer, format="svg", transparent=False, metadata={"Date": None})
    data = base64.b64encode(buffer.getvalue()).decode()
    return {"src": f"data:image/svg+xml;base64,{data}", "alt": alt}


def _bare(axes: Any) -> None:
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _bars(name: str, group: Sequence[Evaluation]) -> dict[str, str]:
    """Bars of the main metrics with their intervals, one colour for each agent."""
    figure = _figure(8.2, 3.0)
    axes = figure.subplots()
    width = 0.8 / len(group)
    for i, evaluation in enumerate(group):
        colour = _COLOURS[i % len(_COLOURS)]
        for j, metric in enumerate(_SHOWN):
            rate = evaluation.metrics[metric]
            if rate.value is None or rate.low is None or rate.high is None:
                continue
            x = j + (i - (len(group) - 1) / 2) * width
            axes.bar(
                x,
                100 * rate.value,
                width * 0.92,
                color=colour,
                label=label(evaluation.agent) if j == 0 else None,
            )
            axes.plot([x, x], [100 * rate.low, 100 * rate.high], color="#222", linewidth=1)
    axes.set_xticks(range(len(_SHOWN)), [m.replace("_", " ") for m in _SHOWN])
    axes.set_ylim(0, 103)
    axes.set_ylabel("per cent")
    axes.set_title(label(name.replace("_", " ")), loc="left", fontsize=11)
    axes.legend(
        frameon=False, ncols=len(group), loc="upper left", bbox_to_anchor=(0, -0.12), fontsize=9
    )
    _bare(axes)
    said = "; ".join(
        f"{e.agent}: sec@1 {e.metrics['sec@1']}, utility {e.metrics['utility']}" for e in group
    )
    return _picture(figure, f"{name}. {said}")


def _heat(evaluation: Evaluation) -> dict[str, str]:
    """Safety and utility for each family and each outcome."""
    figure = _figure(8.2, 3.6)
    panels = figure.subplots(1, 2)
    for axes, kind in zip(panels, ("family", "outcome"), strict=True):
        rows = evaluation.by(kind)
        names = list(rows)
        values = [
            [
                float("nan") if rows[n][m].value is None else 100 * (rows[n][m].value or 0.0)
                for m in ("safety", "utility")
            ]
            for n in names
        ]
        axes.imshow(values, cmap="RdYlBu", vmin=0, vmax=100, aspect="auto", alpha=0.75)
        axes.set_xticks([0, 1], ["safety", "utility"], fontsize=8)
        axes.set_yticks(range(len(names)), [label(n) for n in names], fontsize=7)
        for y, row in enumerate(values):
            for x, value in enumerate(row):
                if value == value:
                    axes.text(x, y, f"{value:.0f}", ha="center", va="center", fontsize=7)
        for side in axes.spines.values():
            side.set_visible(False)
    title = label(f"{evaluation.agent}, {evaluation.set.replace('_', ' ')}")
    figure.suptitle(title, x=0.02, ha="left", fontsize=11)
    return _picture(figure, f"{evaluation.agent} on {evaluation.set}, by family and by outcome")


def _curve(curves: Curves) -> dict[str, str]:
    """Mean return of the latest episodes against frames, one line for each training seed."""
    figure = _figure(8.2, 2.6)
    axes = figure.subplots()
    for i, curve in enumerate(curves):
        xs, ys = [f for f, _ in curve], [r for _, r in curve]
        axes.plot(xs, ys, color=_COLOURS[i % len(_COLOURS)], linewidth=1.6, label=f"seed {i}")
    axes.set_xlabel("frames of PPO, after imitation")
    axes.set_ylabel("mean return")
    axes.legend(frameon=False, fontsize=9)
    _bare(axes)
    ends = ", ".join(f"{curve[-1][1]:.2f}" for curve in curves if curve)
    return _picture(figure, f"Training curves; mean return at the end: {ends}")
