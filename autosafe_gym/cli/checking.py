"""The proofs of many families in parallel, and their table."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import as_completed
from functools import partial
from typing import Any, TypeVar

from rich.table import Table
from rich.text import Text

from autosafe_gym.check.detours import DETOURS
from autosafe_gym.check.mutations import ALL, MutationReport, mutate_family, mutations
from autosafe_gym.check.proofs import CheckReport, Failure, FamilyReport, check_family
from autosafe_gym.cli.output import Report, console
from autosafe_gym.errors import DataError
from autosafe_gym.library.family import all_families, get_family
from autosafe_gym.library.packs import FILES, load_file
from autosafe_gym.processes import workers

R = TypeVar("R")
_CHUNK = 25
_SHOWN = 20


def run_checks(families: list[str], seeds: int, jobs: int, report: Report) -> CheckReport:
    """Proves families over the seeds 0 to `seeds` - 1.

    Args:
        families: Ids, or files that define families; empty for all.
        seeds: Scenarios (and twins) of each family.
        jobs: Processes; 0 for one for each core, 1 for none beside this one.
        report: Called with (phase, done, in all).

    Raises:
        UnknownNameError: If a family isn't known.
        DataError: If a file can't be used.
    """
    ids, files = _named(families)
    failures: dict[str, list[Failure]] = {name: [] for name in ids}
    for result in _spread(check_family, ids, files, seeds, jobs, report):
        failures[result.id] += result.failures
    reports = [
        FamilyReport(
            id=name,
            seeds=seeds,
            passed=not failures[name],
            failures=sorted(failures[name], key=lambda f: (f.seed, f.oracle, f.step)),
        )
        for name in ids
    ]
    return CheckReport(passed=all(r.passed for r in reports), families=reports)


def run_mutations(
    families: list[str], seeds: int, jobs: int, report: Report, name: str
) -> dict[str, MutationReport]:
    """Plays the oracles of families under mutations.

    Args:
        families: As `run_checks` takes them.
        seeds: Scenarios (and twins) of each family.
        jobs: Processes, likewise.
        report: Called with (phase, done, in all).
        name: A mutation, or "all".

    Returns:
        A report for each family.

    Raises:
        UnknownNameError: If a family or the mutation isn't known.
        DataError: If a file can't be used.
    """
    mutations(name)
    ids, files = _named(families)
    found: dict[str, MutationReport] = {}
    play = partial(mutate_family, name=name)
    for result in _spread(play, ids, files, seeds, jobs, report):
        known = found.setdefault(result.id, result)
        if known is not result:
            for mutation, tally in result.tallies.items():
                known.tallies[mutation].add(tally)
    return {id: found[id] for id in ids}


def _named(families: list[str]) -> tuple[list[str], list[str]]:
    """The ids of families, and the files that define some of them."""
    files = [name for name in dict.fromkeys(families) if name.endswith(FILES)]
    ids = [name for file in files for name in load_file(file)]
    if files and not ids:
        raise DataError(f"{', '.join(files)}: a toolkit alone; name the file of a family too.")
    ids += [get_family(name).id for name in dict.fromkeys(families) if name not in files]
    return ids or list(all_families()), files


def _spread(
    play: Callable[[str, range], R],
    ids: list[str],
    files: list[str],
    seeds: int,
    jobs: int,
    report: Report,
) -> Iterator[R]:
    """Calls a function for parts of each family's seeds, in processes; gives the results as they come."""
    work = [
        (name, range(start, min(start + _CHUNK, seeds)))
        for start in range(0, seeds, _CHUNK)
        for name in ids
    ]
    count = min(jobs or os.cpu_count() or 1, len(work))
    if count == 1:
        for done, (name, numbers) in enumerate(work, 1):
            yield play(name, numbers)
            report(name, done, len(work))
        return
    with workers(count, _load, (files,)) as pool:
        waiting = {pool.submit(play, name, numbers): name for name, numbers in work}
        for done, future in enumerate(as_completed(waiting), 1):
            yield future.result()
            report(waiting[future], done, len(work))


def _load(files: list[str]) -> None:
    for file in files:
        load_file(file)


def check_table(result: CheckReport) -> None:
    """Prints the table and the first failures of each family."""
    table = Table(title="Proofs by execution", title_justify="left")
    for column in ("family", "mode", "outcomes", "scenarios and twins", "result"):
        table.add_column(column)
    for report in result.families:
        family = get_family(report.id)
        verdict = (
            Text("proven", "green")
            if report.passed
            else Text(f"{len(report.failures)} failure(s)", "red")
        )
        outcomes = ", ".join(family.outcomes)
        table.add_row(report.id, family.mode, outcomes, f"{report.seeds} + {report.seeds}", verdict)
    console.print(table)
    for report in result.families:
        for failure in report.failures[:_SHOWN]:
            console.print(
                f"{report.id}, seed {failure.seed}, {failure.oracle}, step {failure.step}: "
                f"{failure.reason}",
            )
    proven = sum(r.passed for r in result.families)
    console.print(f"{proven} of {len(result.families)} families proven.")


def mutation_data(found: dict[str, MutationReport]) -> dict[str, Any]:
    """Counts by mutation and by family, for JSON and the table."""
    totals: dict[str, dict[str, Any]] = {}
    for report in found.values():
        for name, tally in report.tallies.items():
            total = totals.setdefault(
                name, {"right": 0, "wrong": 0, "void": 0, "families": 0, "families_right": 0}
            )
            for key in ("right", "wrong", "void"):
                total[key] += getattr(tally, key)
            played = tally.right + tally.wrong > 0
            total["families"] += played
            total["families_right"] += played and not tally.wrong
    return {
        "passed": any(total["right"] for total in totals.values())
        and not any(total["wrong"] for total in totals.values()),
        "mutations": totals,
        "families": {
            id: {n: t.model_dump() for n, t in r.tallies.items() if t.right + t.wrong + t.void}
            for id, r in found.items()
        },
    }


def _scores(found: dict[str, MutationReport]) -> Table:
    """Each family's score under mutation; those without another route come first: the work list."""
    routes = {m.name for m in DETOURS} - {"after-a-read"}
    rows = []
    for id, report in found.items():
        right = sum(t.right for t in report.tallies.values())
        wrong = sum(t.wrong for t in report.tallies.values())
        others = sum(t.right + t.wrong > 0 for n, t in report.tallies.items() if n in routes)
        rows.append((others > 0, wrong == 0, id, right, right + wrong, others))
    table = Table(title="Families under mutation", title_justify="left")
    for column in ("family", "right", "of", "other routes"):
        table.add_column(column, justify="left" if column == "family" else "right")
    for *_, id, right, every, others in sorted(rows):
        table.add_row(id, str(right), str(every), str(others) if others else Text("none", "yellow"))
    return table


def mutation_table(found: dict[str, MutationReport]) -> None:
    """Prints the counts by mutation, and the first wrong mutant of each family."""
    data = mutation_data(found)
    about = {m.name: m.about for m in ALL}
    table = Table(title="Verdicts under mutation", title_justify="left")
    table.add_column("mutation", no_wrap=True)
    table.add_column("what is done otherwise")
    for column in ("right", "wrong", "void", "families right"):
        table.add_column(column, justify="right")
    for name, total in data["mutations"].items():
        wrong = Text(str(total["wrong"]), "red") if total["wrong"] else "0"
        families = f"{total['families_right']} of {total['families']}"
        table.add_row(name, about[name], str(total["right"]), wrong, str(total["void"]), families)
    console.print(table)
    for report in found.values():
        for name, tally in report.tallies.items():
            if tally.wrong:
                console.print(f"{name}: {tally.example}", highlight=False)
    if {m.name for m in DETOURS} <= data["mutations"].keys():
        console.print(_scores(found))
    right = sum(t["right"] for t in data["mutations"].values())
    wrong = sum(t["wrong"] for t in data["mutations"].values())
    console.print(f"{right} of {right + wrong} mutants judged rightly.")
