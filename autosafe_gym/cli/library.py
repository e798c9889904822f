"""`autosafe coverage`, `tools`, `cues` and `duplicates`: what the library holds, and how good it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table as RichTable

from autosafe_gym.cli.options import Json
from autosafe_gym.cli.output import console, errors, progress, write_json

if TYPE_CHECKING:
    from autosafe_gym.check.coverage import Coverage
    from autosafe_gym.check.cues import Cues

_WIDEST = 8
"""Columns of a table that a terminal still shows."""


def coverage(
    draws: Annotated[int, typer.Option(min=1, help="Scenarios drawn of each family.")] = 200,
    picture: Annotated[Path | None, typer.Option(help="Draw the tables here (.svg, .png).")] = None,
    json: Json = None,
) -> None:
    """Show which cells of the taxonomy hold families; fail if a promised one holds too few."""
    from autosafe_gym.check.coverage import broken_promises
    from autosafe_gym.check.coverage import coverage as measure

    found = measure(draws)
    write_json(json, found.to_dict())
    if picture is not None:
        from autosafe_gym.check.coverage_plot import plot_coverage

        plot_coverage(found, picture)
    if str(json) != "-":
        for name in found.tables:
            console.print(_table(found, name))
        fewest = min(found.distinct, key=lambda name: found.distinct[name])
        console.print(
            f"{len(found.distinct)} families. Of {draws} scenarios drawn of each, the family with "
            f"the fewest different ones ({fewest}) gave {found.distinct[fewest]}.",
            highlight=False,
        )
    broken = broken_promises(found)
    for cell in broken:
        errors.print(f"Broken promise: {cell}.", style="red", highlight=False)
    if broken:
        raise typer.Exit(1)


def _table(found: Coverage, name: str) -> RichTable:
    """A grid of counts, or (where that would be too wide) each row's cells in words."""
    table = found.tables[name]
    grid = len(table.columns) <= _WIDEST
    shown = RichTable(title=name, title_justify="left")
    shown.add_column("", no_wrap=True)
    for column in table.columns if grid else []:
        shown.add_column(column.replace("-", " "), justify="right", overflow="fold")
    for column in ("families", "scenarios"):
        shown.add_column(column, justify="right")
    if not grid:
        shown.add_column("where")
    left_out = 0
    for row in table.rows:
        cells = {c: n for c in table.columns if (n := len(table.families(row, c)))}
        if not cells:
            left_out += 1
            continue
        families = table.families(row)
        totals = [str(len(families)), str(found.scenarios(families))]
        if grid:
            shown.add_row(row, *(str(cells.get(c, "·")) for c in table.columns), *totals)
        else:
            most = sorted(cells, key=lambda c: (-cells[c], c))
            shown.add_row(row, *totals, ", ".join(f"{c} {cells[c]}" for c in most))
    if left_out:
        shown.caption = f"{left_out} rows without any family are left out"
    return shown


def tools(
    toolkit: Annotated[str | None, typer.Argument(help="A toolkit; all by default.")] = None,
    pages: Annotated[
        Path | None, typer.Option(help="Write a page for each toolkit into this folder instead.")
    ] = None,
    json: Json = None,
) -> None:
    """List the toolkits and their tools: kind, arguments with their meaning, what they stand for."""
    from autosafe_gym.tools_mock.toolkit import all_toolkits, get_toolkit

    if pages is not None:
        from autosafe_gym.cli.toolkit_pages import write_pages

        console.print(f"Wrote {write_pages(pages)} pages to {pages}.", highlight=False)
        return
    kits = [get_toolkit(toolkit)] if toolkit else list(all_toolkits().values())
    found: dict[str, Any] = {
        kit.name: {
            "description": kit.description,
            "stands_for": kit.stands_for,
            "tools": {
                tool.name: {
                    "kind": tool.kind,
                    "irreversible": tool.irreversible,
                    "description": tool.description,
                    "arguments": {
                        name: meant.name if meant else "" for name, meant in tool.semantics.items()
                    },
                    "required": tool.required,
                }
                for tool in kit.tools.values()
            },
        }
        for kit in kits
    }
    write_json(json, found)
    if str(json) == "-":
        return
    for kit in kits:
        stands = f" Stands for {', '.join(kit.stands_for)}." if kit.stands_for else ""
        table = RichTable(title=f"{kit.name}: {kit.description}{stands}", title_justify="left")
        for column in ("tool", "kind", "arguments (? optional)", "what it does"):
            table.add_column(column)
        for tool in kit.tools.values():
            kind = f"{tool.kind}, irreversible" if tool.irreversible else tool.kind
            arguments = [n if n in tool.required else f"{n}?" for n in tool.parameters]
            table.add_row(tool.name, kind, ", ".join(arguments), tool.description)
        console.print(table)
    number = sum(len(kit.tools) for kit in kits)
    console.print(f"{len(kits)} toolkits, {number} tools.", highlight=False)


def cues(
    families: Annotated[
        list[str] | None, typer.Option("--families", help="May be repeated; all by default.")
    ] = None,
    seeds: Annotated[int, typer.Option(min=2, help="Of each to train on; as many to test.")] = 100,
    pairs: Annotated[
        bool, typer.Option("--pairs", help="Count pairs of neighbouring words too: stricter.")
    ] = False,
    shown: Annotated[int, typer.Option(min=0, help="Families in the table.")] = 20,
    json: Json = None,
) -> None:
    """Measure how well words alone tell risky scenarios from their twins (50% is chance)."""
    from autosafe_gym.check.cues import cues as measure

    with progress("words alone") as report:
        found = measure(families or (), seeds, pairs=pairs, progress=report)
    write_json(json, found.to_dict())
    if str(json) != "-":
        _show_cues(found, shown)


def _show_cues(found: Cues, shown: int) -> None:
    modes = RichTable(
        title=f"Risky or twin? Accuracy of a bag of words{' and pairs' if found.pairs else ''}, "
        "% [95% interval]",
        title_justify="left",
    )
    for column in ("mode", "families", "unseen seeds", "n", "unseen families", "n"):
        modes.add_column(column, justify="left" if column == "mode" else "right")
    for mode, known in found.known.items():
        held_out = found.held_out[mode]
        count = sum(f.mode == mode for f in found.families)
        modes.add_row(
            mode, str(count), str(known), str(known.n), str(held_out), str(held_out.n or "-")
        )
    console.print(modes)
    if not shown:
        return
    table = RichTable(title="Families that words give away most", title_justify="left")
    for column in ("family", "mode", "unseen seeds", "words of the risky one", "words of the twin"):
        table.add_column(column, no_wrap=column in ("family", "mode"))
    for one in found.families[:shown]:
        table.add_row(
            one.id, one.mode, str(one.accuracy), ", ".join(one.risky), ", ".join(one.twin)
        )
    console.print(table)


def duplicates(
    samples: Annotated[int, typer.Option(min=1, help="Scenarios, over all families.")] = 10_000,
    threshold: Annotated[
        float, typer.Option(min=0.01, max=1.0, help="Jaccard similarity that counts.")
    ] = 0.8,
    shown: Annotated[int, typer.Option(min=0, help="Families in the table.")] = 10,
    json: Json = None,
) -> None:
    """Measure how many scenarios have a near-duplicate, within their family and in others."""
    from autosafe_gym.check.duplicates import duplicates as measure

    with progress("near-duplicates") as report:
        found = measure(samples, threshold, report)
    write_json(json, found.to_dict())
    if str(json) == "-":
        return
    table = RichTable(
        title="Scenarios with a near-duplicate in their family, %", title_justify="left"
    )
    for column in ("family", "share", "n"):
        table.add_column(column, justify="left" if column == "family" else "right")
    for name, share in list(found.families.items())[:shown]:
        table.add_row(name, str(share), str(share.n))
    if shown:
        console.print(table)
    console.print(
        f"{found.within.n} scenarios of {len(found.families)} families. With a near-duplicate "
        f"(Jaccard similarity of word shingles at least {threshold:g}): {found.within} % within "
        f"the family, {found.across} % in another one.",
        highlight=False,
    )
