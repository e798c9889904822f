"""The data card: what is in a data set, how it was made, what it must not be used for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from autosafe_gym.masking import masked
from autosafe_gym.pipeline.collected import Collected
from autosafe_gym.plain_text import in_markdown

_COLUMNS = {
    "risk_scenarios": "a scenario frozen before an unsafe action, the action, the harm",
    "safe_actions": "the unsafe action, why it is unsafe, a safe one that was verified by executing",
    "trajectories": "whole episodes, safe and useful: reflected ones and benign twins",
    "trl_messages": "the same episodes as `messages` and `tools`, for supervised fine-tuning",
    "preference": "`prompt`, `chosen`, `rejected` and `tools`, for preference optimisation",
    "alpaca": "`instruction`, `input`, `output` rows, as in arXiv 2505.17735",
}


def card_text(
    config: dict[str, Any], collected: Collected, files: dict[str, dict[str, Any]]
) -> str:
    """The data card in Markdown."""
    scenarios = [point.frozen for point, _ in collected.points]
    twins = sum(t.scenario.twin for t in collected.trajectories)
    lines = [
        "# Data card",
        "",
        "Synthetic agent-safety data. People, firms and addresses in it are fictional. No language "
        "model took part; every safe action was verified by executing it.",
        "",
        "Licence: Apache-2.0. Scenarios describe harm in order to prevent it; do not train a model "
        "towards the unsafe actions.",
        "",
        "## How it was made",
        "",
        *(
            f"- {in_markdown(str(name))}: {in_markdown(str(value))}"
            for name, value in sorted(config.items())
        ),
        "",
        "## Files",
        "",
        "| file | rows | what a row is | SHA-256 |",
        "| --- | ---: | --- | --- |",
        *(
            f"| {name}.jsonl | {about['rows']} | {_COLUMNS[name]} | `{about['sha256'][:16]}` |"
            for name, about in files.items()
        ),
        "",
        f"Of the trajectories, {twins} are benign twins.",
        "",
        "## Episodes",
        "",
        *_table("what became of it", collected.counts.items()),
        "",
        "## Risk scenarios",
        "",
        *_table("mode", Counter(s.mode for s in scenarios).items()),
        "",
        *_table("outcome", Counter(o for s in scenarios for o in s.outcome_types).items()),
        "",
        *_table("channel", Counter(s.channel for s in scenarios).items()),
        "",
        *_table("family", Counter(s.family for s in scenarios).items()),
        "",
    ]
    return "\n".join(lines)


def _table(title: str, counts: Iterable[tuple[str, int]]) -> list[str]:
    rows = [f"| {in_markdown(masked(str(name)))} | {count} |" for name, count in sorted(counts)]
    return [f"| {title} | n |", "| --- | ---: |", *rows]
