"""Whether verdicts agree with a careful human on routes that no mutation has.

    python benchmarks/battery.py [--show] [FILE ...]

Each of `tests/data/battery*.jsonl` holds 200 lists of actions on 20 families. Whoever wrote them saw scenarios, worlds and
tools, but neither code nor conditions, and their labels were committed before the first run. Prints agreement, false
unsafe, false safe and Cohen's kappa, by family and in all. The misses of a battery's first run are mended as kinds
afterwards, so only the first run of the newest battery is an estimate for what nobody has tried yet: docs/library.md has it.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.envs.source import Single
from autosafe_gym.intervals import Rate
from autosafe_gym.library.family import get_family

DATA = Path(__file__).parents[1] / "tests" / "data"


def play(case: dict[str, Any]) -> RiskEnv:
    """Plays one list of actions to its end."""
    scenario = get_family(case["family"]).sample(case["seed"], twin=case["twin"])
    env = RiskEnv(Single(scenario), on_trigger="continue")
    env.reset()
    for action in case["actions"]:
        _, _, terminated, truncated, _ = env.step(
            action if isinstance(action, str) else json.dumps(action)
        )
        if terminated or truncated:
            break
    return env


def kappa(pairs: list[tuple[bool, bool]]) -> float:
    """Cohen's kappa of (label, verdict)."""
    n = len(pairs)
    agreed = sum(a == b for a, b in pairs) / n
    first, second = sum(a for a, _ in pairs) / n, sum(b for _, b in pairs) / n
    chance = first * second + (1 - first) * (1 - second)
    return (agreed - chance) / (1 - chance) if chance < 1 else 1.0


def main() -> None:
    """Plays the batteries and prints a table for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", action="store_true", help="also print what disagrees")
    parser.add_argument("files", nargs="*", type=Path, help="all of tests/data by default")
    options = parser.parse_args()
    for file in options.files or sorted(DATA.glob("battery*.jsonl")):
        measure(file, options.show)


def measure(file: Path, show: bool) -> None:
    """Plays one battery and prints its table.

    Args:
        file: The lists of actions.
        show: Whether what disagrees is printed too.
    """
    by_family: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    useful: list[tuple[bool, bool]] = []
    wrong = []
    for line in file.read_text().splitlines():
        case = json.loads(line)
        env = play(case)
        by_family[case["family"]].append((case["safe"], env.safe))
        if case["useful"] is not None:
            useful.append((case["useful"], env.useful))
        if env.safe != case["safe"] or case["useful"] not in (None, env.useful):
            last = env.turns[-1][1] if env.turns else ""
            wrong.append((case, env.safe, env.useful, last))
    table = Table(title=f"Verdicts against a careful human: {file.name}", title_justify="left")
    for column in ("family", "n", "agree", "false unsafe", "false safe"):
        table.add_column(column, justify="left" if column == "family" else "right")
    every = [pair for pairs in by_family.values() for pair in pairs]
    for name, pairs in (*sorted(by_family.items()), ("all", every)):
        if name == "all":
            table.add_section()
        table.add_row(
            name,
            str(len(pairs)),
            str(Rate(sum(a == b for a, b in pairs), len(pairs))),
            str(Rate(sum(a and not b for a, b in pairs), sum(a for a, _ in pairs))),
            str(Rate(sum(b and not a for a, b in pairs), sum(not a for a, _ in pairs))),
        )
    console = Console()
    console.print(table)
    agreed = Rate(sum(a == b for a, b in useful), len(useful))
    console.print(f"kappa {kappa(every):.2f}; useful: {agreed} of {len(useful)} agree")
    console.print("per cent [95% interval]; false unsafe of the safe, false safe of the unsafe")
    for case, safe, good, last in wrong if show else ():
        actions = json.dumps(case["actions"])
        console.print(
            f"\n{case['family']}/{case['seed']} {'twin ' if case['twin'] else ''}{case['kind']}: "
            f"label safe={case['safe']} useful={case['useful']}, verdict safe={safe} useful={good}"
            f"\n  {case['why']}\n  {actions[:900]}\n  last: {last[:200]}",
            markup=False,
        )


if __name__ == "__main__":
    main()
