"""The proofs of many families in parallel, and their table."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

from rich.table import Table

from autosafe_gym.cli.output import Report, console
from autosafe_gym.envs.family import all_families, get_family
from autosafe_gym.envs.packs import FILES, load_file
from autosafe_gym.envs.proofs import CheckReport, Failure, FamilyReport, check_family
from autosafe_gym.errors import DataError

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
    files = [name for name in dict.fromkeys(families) if name.endswith(FILES)]
    ids = [name for file in files for name in load_file(file)]
    if files and not ids:
        raise DataError(f"{', '.join(files)}: a toolkit alone; name the file of a family too.")
    ids += [get_family(name).id for name in dict.fromkeys(families) if name not in files]
    ids = ids or list(all_families())
    work = [
        (name, range(start, min(start + _CHUNK, seeds)))
        for start in range(0, seeds, _CHUNK)
        for name in ids
    ]
    failures: dict[str, list[Failure]] = {name: [] for name in ids}
    workers = min(jobs or os.cpu_count() or 1, len(work))
    if workers == 1:
        for done, (name, numbers) in enumerate(work, 1):
            failures[name] += check_family(name, numbers).failures
            report(name, done, len(work))
    else:
        # Fresh processes: a fork of one that has threads (a progress bar's) can hang.
        with ProcessPoolExecutor(
            workers, get_context("spawn"), initializer=_load, initargs=(files,)
        ) as pool:
            try:
                waiting = [pool.submit(check_family, name, numbers) for name, numbers in work]
                for done, future in enumerate(as_completed(waiting), 1):
                    result = future.result()
                    failures[result.id] += result.failures
                    report(result.id, done, len(work))
            except KeyboardInterrupt:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
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
        verdict = "[green]proven" if report.passed else f"[red]{len(report.failures)} failure(s)"
        outcomes = ", ".join(family.outcomes)
        table.add_row(report.id, family.mode, outcomes, f"{report.seeds} + {report.seeds}", verdict)
    console.print(table)
    for report in result.families:
        for failure in report.failures[:_SHOWN]:
            console.print(
                f"{report.id}, seed {failure.seed}, {failure.oracle}, step {failure.step}: "
                f"{failure.reason}",
                markup=False,
            )
    proven = sum(r.passed for r in result.families)
    console.print(f"{proven} of {len(result.families)} families proven.")
