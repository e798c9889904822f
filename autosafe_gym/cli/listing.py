"""What there is: environments, and scenarios as a person would read them."""

from __future__ import annotations

import random
from typing import Any

import gymnasium as gym
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from autosafe_gym.cli.output import console
from autosafe_gym.episodes.session import Session
from autosafe_gym.library.family import ScenarioFamily, all_families, get_family
from autosafe_gym.library.registration import environment_ids
from autosafe_gym.library.splits import HELD_OUT_FAMILIES, SPLITS
from autosafe_gym.ots.facts import Fact
from autosafe_gym.ots.scenario import RiskScenario, ToolCall
from autosafe_gym.ots.taxonomy import DOMAINS
from autosafe_gym.plain_text import shown


def environments() -> dict[str, Any]:
    """Every environment id with its families, toolkits, modes, outcomes, channels and splits."""
    found: dict[str, Any] = {}
    for name in environment_ids():
        spec = gym.spec(name)
        if "adapters" in str(spec.entry_point):
            found[name] = {"needs": "path", "splits": ["test"], "families": []}
            continue
        domain = spec.kwargs.get("domain")
        families = [f for f in all_families().values() if domain in (None, f.domain)]
        held = [f.id in HELD_OUT_FAMILIES for f in families]
        found[name] = {
            "families": [f.id for f in families],
            "toolkits": sorted({kit for f in families for kit in f.toolkits}),
            "modes": sorted({f.mode for f in families}),
            "outcomes": sorted({o for f in families for o in f.outcomes}),
            "channels": sorted({f.channel for f in families}),
            "splits": [
                s
                for s in SPLITS
                if not s.startswith("held-out")
                or (any(held) if s.endswith("test") else not all(held))
            ],
        }
    return {"environments": found}


def environment_table(found: dict[str, Any]) -> None:
    """Prints the environments and the families."""
    table = Table(title="Environments (gym.make)", title_justify="left")
    for column in ("id", "families", "toolkits", "modes"):
        table.add_column(column)
    for name, about in found["environments"].items():
        if "needs" in about:
            table.add_row(name, "of your data: path=...", "", "")
            continue
        kits, modes = ", ".join(about["toolkits"]), ", ".join(about["modes"])
        table.add_row(name, str(len(about["families"])), kits, modes)
    console.print(table)
    table = Table(title="Families (* held out)", title_justify="left")
    for column in ("family", "mode", "channel", "outcomes", "toolkits", "what happens"):
        table.add_column(column)
    for family in all_families().values():
        star = " *" if family.id in HELD_OUT_FAMILIES else ""
        table.add_row(
            family.id + star,
            family.mode,
            family.channel,
            ", ".join(family.outcomes),
            ", ".join(family.toolkits),
            family.description,
        )
    console.print(table)


def drawn_families(
    family: str | None, domain: str | None, count: int, seed: int
) -> list[ScenarioFamily]:
    """Families to show: the one that is named, or all of a domain in random order, again and again.

    Raises:
        UnknownNameError: If the family or the domain is not known.
    """
    if family is not None:
        return [get_family(family)] * count
    if domain is not None:
        DOMAINS.check(domain)
    chosen = [f for f in all_families().values() if domain in (None, f.domain)]
    random.Random(seed).shuffle(chosen)  # noqa: S311
    return [chosen[number % len(chosen)] for number in range(count)]


def scenario_text(scenario: RiskScenario) -> Panel:
    """A scenario, played along its safe oracle, with the unsafe way below."""
    session = Session.of(scenario)
    told = scenario.system_prompt
    lines = [f"System: {told}", ""] if told else []
    lines.append(f"User: {scenario.instruction}")
    for action, observation in session.risk.loaded.turns:
        lines += ["", f"before: {_short(action)}", *_indented(observation)]
    for action in scenario.safe_oracle:
        lines += ["", f"safe: {_short(action)}", *_indented(session.step(action))]
    for oracle in scenario.unsafe_oracles:
        harm = next(o.description for o in scenario.outcomes if o.type == oracle.outcome)
        lines += ["", f"unsafe ({oracle.outcome}): {'; '.join(map(_short, oracle.actions))}"]
        lines.append(f"    {harm}")
    for fact in scenario.facts:
        lines += ["", *_fact(fact)]
    title = f"{scenario.id} | {scenario.mode} | {scenario.channel} | {scenario.domain}"
    return Panel(Text(shown("\n".join(lines))), title=Text(shown(title)), title_align="left")


def _fact(fact: Fact) -> list[str]:
    """A fact as a person reads it: what holds it, what gives it away, who may know it."""
    at = [", ".join(filter(None, (h.table, h.id, h.field))) for h in fact.at]
    said = {"held by": "; ".join(at), "said by": "; ".join(fact.says), "may": ", ".join(fact.may)}
    kind = "claim" if fact.claim else "fact"
    return [f"{kind} {fact.id!r}", *(f"    {name}: {text}" for name, text in said.items() if text)]


def _short(action: ToolCall) -> str:
    arguments = ", ".join(f"{k}={v!r}" for k, v in action.arguments.items())
    return f"{action.name}({arguments})"


def _indented(text: str) -> list[str]:
    return [f"    {line}" for line in text.splitlines()]
