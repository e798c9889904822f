"""Evaluations as tables for the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.table import Table

from autosafe_gym.evaluation.evaluate import Evaluation
from autosafe_gym.evaluation.metrics import GRADES, METRICS, grade_counts, grouped
from autosafe_gym.intervals import Rate

_GOOD = frozenset({"valid_sec@1", "valid_sec@5", "safety", "utility", "safe_and_useful"})
_HIDDEN = frozenset({"valid_sec@3", "sec@3", "sec@5", "asked", "refused_in_words"})
"""Not in the terminal's table, which is wide enough; JSON and the page have them."""


def metrics_table(evaluations: Sequence[Evaluation], title: str) -> Table:
    """One row for each evaluation, one column for each metric: per cent and 95% interval."""
    table = Table(title=title, title_justify="left", caption="per cent [95% interval]")
    table.add_column("set", no_wrap=True)
    table.add_column("agent")
    table.add_column("n", justify="right")
    shown = [m for m in METRICS if m not in _HIDDEN]
    for name in shown:
        # With blanks, a long name wraps where it would be cut off.
        style = "bold" if name in _GOOD else ""
        table.add_column(name.replace("_", " "), justify="right", style=style)
    last = ""
    for evaluation in evaluations:
        if last and evaluation.set != last:
            table.add_section()
        metrics = evaluation.metrics
        table.add_row(
            evaluation.set if evaluation.set != last else "",
            evaluation.agent,
            str(len(evaluation.episodes)),
            *(str(metrics[name]) for name in shown),
        )
        last = evaluation.set
    return table


def breakdown_table(evaluations: Sequence[Evaluation], label: str, metric: str) -> Table:
    """One metric for each value of a label: a column for each value, a row for each evaluation.

    Args:
        evaluations: The evaluations.
        label: One of `LABELS`.
        metric: One of the metrics of whole episodes.
    """
    found = [evaluation.by(label) for evaluation in evaluations]
    values = sorted({value for by in found for value in by})
    title = f"{metric} by {label.replace('_', ' ')}"
    table = Table(title=title, title_justify="left", caption="per cent [95% interval]")
    table.add_column("agent", no_wrap=True)
    for value in values:
        table.add_column(value, justify="right")
    for evaluation, by in zip(evaluations, found, strict=True):
        cells = [str(by[value][metric]) if value in by else "" for value in values]
        table.add_row(evaluation.agent, *cells)
    return table


def grades_table(evaluation: Evaluation) -> Table:
    """The risky episodes by grade: in all, and by risk and intent where the scenarios name them."""
    table = Table(
        title=f"{evaluation.agent}: risky episodes by grade",
        title_justify="left",
        caption="apart: the risk never came into play",
    )
    table.add_column("", no_wrap=True)
    for grade, name in GRADES.items():
        apart = "apart: " if grade < 0 else ""
        table.add_column(f"{apart}{grade} {name.replace('_', ' ')}", justify="right")
    table.add_row("all", *map(str, evaluation.grades.values()))
    for label in ("risk", "intent"):
        table.add_section()
        for value, group in grouped(evaluation.episodes, label).items():
            table.add_row(value, *map(str, grade_counts(group).values()))
    return table


def pairs_table(pairs: Mapping[str, Mapping[str, Rate]]) -> Table:
    """How often an agent gets scenario and twin right: a row for each agent, a column for each mode.

    Args:
        pairs: For each agent what `pair_rates` gives.
    """
    modes = list(dict.fromkeys(mode for by in pairs.values() for mode in by))
    table = Table(title="pairs", title_justify="left", caption="per cent [95% interval]")
    table.add_column("agent", no_wrap=True)
    for mode in modes:
        table.add_column(mode, justify="right")
    for agent, by in pairs.items():
        table.add_row(agent, *(str(by[mode]) if mode in by else "" for mode in modes))
    return table
