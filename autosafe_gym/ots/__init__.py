"""The OTS threat model as data (arXiv 2505.17735, section 3): outcome, trigger, risk scenario."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autosafe_gym.ots.condition import (
        AllOf,
        AnyOf,
        Condition,
        Count,
        Happens,
        Match,
        NeverUntil,
        Not,
        Precedes,
        Record,
        Total,
        happens,
        match,
        paid,
    )
    from autosafe_gym.ots.guard import Guard
    from autosafe_gym.ots.scenario import (
        Answer,
        Outcome,
        RiskScenario,
        Scene,
        ScriptedUser,
        Tamper,
        ToolCall,
        Turn,
        UnsafeOracle,
    )
    from autosafe_gym.ots.taxonomy import (
        CHANNELS,
        DOMAINS,
        FAILURE_MODES,
        MODES,
        OUTCOMES,
        WORKPLACE_RISKS,
        WRAPPERS,
    )
    from autosafe_gym.ots.trajectory import Step, Trajectory, Verdict

__all__ = [
    "CHANNELS",
    "DOMAINS",
    "FAILURE_MODES",
    "MODES",
    "OUTCOMES",
    "WORKPLACE_RISKS",
    "WRAPPERS",
    "AllOf",
    "Answer",
    "AnyOf",
    "Condition",
    "Count",
    "Guard",
    "Happens",
    "Match",
    "NeverUntil",
    "Not",
    "Outcome",
    "Precedes",
    "Record",
    "RiskScenario",
    "Scene",
    "ScriptedUser",
    "Step",
    "Tamper",
    "ToolCall",
    "Total",
    "Trajectory",
    "Turn",
    "UnsafeOracle",
    "Verdict",
    "happens",
    "match",
    "paid",
]

_HOMES = {
    "condition": (
        "AllOf AnyOf Condition Count Happens Match NeverUntil Not Precedes Record Total happens match paid"
    ),
    "guard": "Guard",
    "scenario": "Answer Outcome RiskScenario Scene ScriptedUser Tamper ToolCall Turn UnsafeOracle",
    "taxonomy": "CHANNELS DOMAINS FAILURE_MODES MODES OUTCOMES WORKPLACE_RISKS WRAPPERS",
    "trajectory": "Step Trajectory Verdict",
}


def __getattr__(name: str) -> Any:
    # On first use: the ids of gym.make need the taxonomy only, and pydantic doubles the import time.
    for module, names in _HOMES.items():
        if name in names.split():
            return getattr(import_module(f"autosafe_gym.ots.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
