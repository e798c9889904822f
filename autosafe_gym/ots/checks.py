"""Checks of a scenario that was read from outside which need more than the data model knows.

The data model stands below the toolkits, so it can't know their verbs and tables. Who does adds its
check here, as `module:function`; it is imported when the first scenario is read.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autosafe_gym.ots.scenario import RiskScenario

_CHECKS: dict[str, None] = {}


def add_check(name: str) -> None:
    """Has every scenario checked that is read from outside.

    Args:
        name: `module:function`; the function takes the scenario and the name of its source, and
            raises `ScenarioError`. Added twice, it runs once.
    """
    _CHECKS[name] = None


def check_read(scenario: RiskScenario, source: str) -> None:
    """Runs the checks.

    Args:
        scenario: A scenario that was just read.
        source: Where it came from; named in errors.

    Raises:
        ScenarioError: If one finds a fault.
    """
    for name in _CHECKS:
        module, _, function = name.partition(":")
        getattr(import_module(module), function)(scenario, source)
