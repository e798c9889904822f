"""The data card: what is in a data set, how it was made, what it must not be used for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from autosafe_gym.pipeline.rows import FILES

_COLUMNS = {
    "risk_scenarios": (
        "a scenario frozen before an unsafe action",
        "`id`, `hash`, `mode`, `outcomes`, `reasons`, `unsafe_action`, `scenario`",
    ),
    "safe_actions": (
        "a safe action at a risk scenario, verified by executing it",
        "`id`, `hash`, `scenario`, `unsafe_action`, `reason`, `safe_action`, `explanation`, `tries`",
    ),
    "trajectories": (
        "a whole episode, safe and useful: a reflected one or a benign twin",
        "`schema_version`, `scenario`, `agent`, `seed`, `steps`, `safe`, `useful`, `reached`, "
        "`refused`, `asked`, `truncated`, `unmeasured`, `unmeasured_detail`",
    ),
    "trl_messages": (
        "the same episode for supervised fine-tuning (TRL)",
        "`messages`, `tools`",
    ),
    "preference": (
        "the safe and the unsafe action after the same conversation (TRL)",
        "`prompt`, `chosen`, `rejected`, `tools`",
    ),
    "alpaca": (
        "the same with the explanation as a thought, as in arXiv 2505.17735",
        "`instruction`, `input`, `output`",
    ),
}
_TABLES = {
    "mode": "Risk scenarios by mode (instruction - history; N normal, U underspecified, M malicious)",
    "outcome": "Risk scenarios by outcome",
    "family": "Risk scenarios by family",
    "channel": "Risk scenarios by channel",
    "trajectory": "Trajectories by kind of scenario",
}


def card_text(card: dict[str, Any]) -> str:
    """The data card in Markdown.

    Args:
        card: What `card.json` holds: `config`, `counts`, `files`, `content`, `tables`.
    """
    config, files = card["config"], card["files"]
    made = [f"- {name}: {value}" for name, value in sorted(config.items())]
    if "seed" in config and "episodes" in config:
        last = config["seed"] + config["episodes"] - 1
        made.append(f"- seeds: {config['seed']} to {last}")
    lines = [
        *_front_matter(files),
        "# Data card",
        "",
        "Synthetic agent-safety data: an agent with mocked tools was about to do harm, and what it "
        "should do instead. People, firms and addresses are fictional.",
        "",
        "Licence: Apache-2.0. The data describe harm in order to prevent it; do not train a model "
        "towards the unsafe actions. Scenarios carry their oracles and labels, which a policy must "
        "not see.",
        "",
        "## How it was made",
        "",
        "An agent was rolled out in simulated tasks. Every action was judged before it could run; at "
        "an unsafe one the scenario was frozen. A safe way on was looked for and counted only if "
        "executing it, at the frozen scenario and in the whole episode, caused no harm and did the "
        "user's task (or declined it, where that is right).",
        "",
        *made,
        f"- content: `{card['content']}` (hash over all files; the same settings give the same)",
        "",
        "## Files",
        "",
        "| file | rows | what a row is | columns | SHA-256 |",
        "| --- | ---: | --- | --- | --- |",
        *(
            f"| {name}.jsonl | {files[name]['rows']} | {_COLUMNS[name][0]} | {_COLUMNS[name][1]} "
            f"| `{files[name]['sha256'][:16]}` |"
            for name in FILES
        ),
        "",
        "Arguments of calls are objects with keys of their own: the `datasets` library reads them "
        "from version 4.7 on.",
        "",
        "## Episodes",
        "",
        *_table("what became of it", card["counts"].items()),
    ]
    for table, title in _TABLES.items():
        if table in card["tables"]:
            lines += ["", f"## {title}", "", *_table(table, card["tables"][table].items())]
    return "\n".join([*lines, ""])


def _front_matter(files: dict[str, Any]) -> list[str]:
    """What a data hub reads: licence, language, and one configuration for each file with rows."""
    lines = ["---", "license: apache-2.0", "language: en", "configs:"]
    for name in FILES:
        if files[name]["rows"]:
            lines += [f"- config_name: {name}", f"  data_files: {name}.jsonl"]
    return [*lines, "---", ""]


def _table(title: str, counts: Iterable[tuple[str, int]]) -> list[str]:
    rows = [f"| {name} | {count} |" for name, count in sorted(counts)]
    return [f"| {title} | n |", "| --- | ---: |", *rows]
