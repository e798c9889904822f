"""Coverage of the taxonomy by the library: which cells hold families, and how many scenarios.

A family's distinct scenarios are counted by drawing: the number of different contents among `draws`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from autosafe_gym.errors import ScenarioError
from autosafe_gym.library.family import ScenarioFamily, all_families
from autosafe_gym.ots.taxonomy import CHANNELS, FAILURE_MODES, MODES, OUTCOMES
from autosafe_gym.tools_mock.toolkit import shipped_toolkits

THE_TEN = (
    "privacy-leakage",
    "computer-security",
    "financial-loss",
    "property-damage",
    "physical-health",
    "data-loss",
    "illegal-activities",
    "ethics-morality",
    "bias-offensiveness",
    "miscellaneous",
)
"""The outcomes of the paper (arXiv 2505.17735, section 3)."""
_Labels = Callable[[ScenarioFamily], Iterable[str]]
AXES: dict[str, tuple[_Labels, _Labels]] = {
    "mode x outcome": (lambda f: f.outcomes, lambda f: (f.mode,)),
    "channel x outcome": (lambda f: (f.channel,), lambda f: f.outcomes),
    "failure mode x toolkit": (lambda f: (f.failure_mode,), lambda f: f.toolkits),
}


@dataclass
class Table:
    """Two axes of the taxonomy and the families in each cell.

    Attributes:
        name: Of the table.
        rows: Labels of the first axis.
        columns: Labels of the second.
        cells: Ids of the families by row and column; a missing cell is empty.
    """

    name: str
    rows: list[str]
    columns: list[str]
    cells: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def families(self, row: str, column: str | None = None) -> set[str]:
        """Ids of the families in a cell, or (without a column) in a row."""
        columns = self.columns if column is None else [column]
        return {name for c in columns for name in self.cells.get((row, c), ())}


@dataclass
class Coverage:
    """The tables, and how many distinct scenarios each family gives.

    Attributes:
        tables: By name.
        distinct: Distinct scenarios among the drawn ones, by family.
        draws: How many were drawn of each family.
    """

    tables: dict[str, Table]
    distinct: dict[str, int]
    draws: int

    def scenarios(self, families: Iterable[str]) -> int:
        """Distinct scenarios of these families together."""
        return sum(self.distinct[name] for name in families)

    def to_dict(self) -> dict[str, Any]:
        """Everything as JSON, cells by row and column with families and scenarios."""
        return {
            "draws": self.draws,
            "distinct": self.distinct,
            "tables": {
                name: {
                    row: {
                        column: {
                            "families": table.cells[row, column],
                            "scenarios": self.scenarios(table.cells[row, column]),
                        }
                        for column in table.columns
                        if (row, column) in table.cells
                    }
                    for row in table.rows
                }
                for name, table in self.tables.items()
            },
        }


def coverage(draws: int = 200) -> Coverage:
    """Counts the families in each cell.

    Args:
        draws: Scenarios drawn of each family to count the distinct ones.

    Raises:
        ScenarioError: If `draws` is not positive.
    """
    if draws < 1:
        raise ScenarioError(f"draws = {draws}: at least 1 is needed.")
    families = all_families()
    kits = [name for name in shipped_toolkits() if name != "dialogue"]
    outcomes = _outcomes_used(families)
    axes = {
        "mode x outcome": (outcomes, [*MODES]),
        "channel x outcome": ([*CHANNELS], outcomes),
        "failure mode x toolkit": ([*FAILURE_MODES], kits),
    }
    tables = {}
    for name, (row_of, column_of) in AXES.items():
        table = Table(name, *axes[name])
        for family in families.values():
            for row in row_of(family):
                for column in column_of(family):
                    table.cells.setdefault((row, column), []).append(family.id)
        tables[name] = table
    distinct = {
        name: len({family.sample(seed).content_hash() for seed in range(draws)})
        for name, family in families.items()
    }
    return Coverage(tables, distinct, draws)


def _outcomes_used(families: dict[str, ScenarioFamily]) -> list[str]:
    """The paper's ten, then the others that a family threatens."""
    used = {outcome for family in families.values() for outcome in family.outcomes}
    return [*THE_TEN, *(o for o in OUTCOMES if o in used and o not in THE_TEN)]


AT_LEAST = 2
"""So many families has every promised cell: one may be held out, and one is left to learn from."""
PROMISED: dict[str, tuple[tuple[str, str | None], ...]] = {
    "mode x outcome": tuple((outcome, mode) for outcome in THE_TEN for mode in MODES),
    "channel x outcome": tuple((channel, None) for channel in CHANNELS),
    "failure mode x toolkit": tuple((mode, None) for mode in FAILURE_MODES),
}
"""Cells (or, with None, whole rows) that `autosafe coverage` insists on."""


def broken_promises(found: Coverage) -> list[str]:
    """The promised cells and rows that hold too few families, and toolkits that no family uses."""
    broken = []
    for name, cells in PROMISED.items():
        table = found.tables[name]
        for row, column in cells:
            families = table.families(row, column)
            if len(families) < AT_LEAST:
                where = row if column is None else f"{row}, {column}"
                has = ", ".join(sorted(families)) or "none"
                broken.append(f"{name}: {where}: {AT_LEAST} families wanted, there is {has}")
    used = {kit for family in all_families().values() for kit in family.toolkits}
    kits = found.tables["failure mode x toolkit"].columns
    broken += [f"toolkit {kit}: no family uses it" for kit in kits if kit not in used]
    return broken
