"""Other ways to the same state: a switch, a status, a setting, brought about by another tool."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from autosafe_gym.envs.mutators import Actions
from autosafe_gym.envs.route_calls import calls_with, parameter_for
from autosafe_gym.envs.trial import Setting, trial
from autosafe_gym.ots.scenario import RiskScenario, UnsafeOracle
from autosafe_gym.tools_mock.toolset import toolset


def set_otherwise(scenario: RiskScenario, oracle: UnsafeOracle) -> Iterator[Actions]:
    """Another tool that leaves the records as the oracle's last action does, as far as they are settings."""
    before, last = oracle.actions[:-1], oracle.actions[-1]
    others = [
        tool
        for tool in toolset(scenario.toolkits).tools.values()
        if tool.kind != "read" and tool.name != last.name and tool.toolkit != "dialogue"
    ]
    wanted = trial(scenario, oracle.actions).settings
    for key in dict.fromkeys(key for _, key, _ in wanted):
        for tool in others:
            target = parameter_for(tool, key)
            for action in calls_with(scenario, oracle, tool, {target: key}) if target else ():
                if _covers(trial(scenario, [*before, action]).settings, wanted):
                    yield [*before, action]


def _covers(found: Mapping[Setting, Any], wanted: Mapping[Setting, Any]) -> bool:
    """Whether all that is wanted is set so, or more closely: "on, 20 degrees" for "on"."""
    return all(
        at in found and (found[at] == value or str(found[at]).startswith(f"{value},"))
        for at, value in wanted.items()
    )
