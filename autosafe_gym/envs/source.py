"""What gives each seed its scenario, as the environment sees it."""

from __future__ import annotations

from typing import Protocol

from autosafe_gym.ots.scenario import RiskScenario


class ScenarioSource(Protocol):
    """Gives each seed its scenario."""

    def scenario(self, seed: int) -> RiskScenario:
        """The scenario of a seed; the same one always gives the same."""
        ...

    @property
    def toolkits(self) -> tuple[str, ...]:
        """Every toolkit that a scenario of this source may use."""
        ...


class Single:
    """A source with one scenario, whatever the seed.

    Args:
        scenario: The scenario.
    """

    def __init__(self, scenario: RiskScenario) -> None:
        self._scenario = scenario

    @property
    def toolkits(self) -> tuple[str, ...]:
        """The scenario's toolkits."""
        return self._scenario.toolkits

    def scenario(self, seed: int) -> RiskScenario:
        """The one scenario."""
        return self._scenario
