"""Which scenario an episode is: a seed's, the next of a stream, or one that is given."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium.utils import seeding

from autosafe_gym.envs.loaded import Declines, Loaded, People
from autosafe_gym.envs.rendezvous import MASK, STEP, mixed
from autosafe_gym.envs.source import ScenarioSource
from autosafe_gym.errors import ScenarioError
from autosafe_gym.ots.scenario import RiskScenario

_CACHED = 64


class Stream:
    """Loads the scenarios of a source, and keeps the latest that were asked for by seed.

    Args:
        source: Gives each seed its scenario.

    Attributes:
        source: The source.
        seed: The last seed that was given, or drawn to begin with; None before.
    """

    def __init__(self, source: ScenarioSource) -> None:
        self.seed: int | None = None
        self.source = source
        self._cache: dict[int, Loaded] = {}
        self._state = 0
        self._rng: np.random.Generator | None = None

    @property
    def rng(self) -> np.random.Generator | None:
        """Gymnasium's random generator, made only if somebody asks for it."""
        if self._rng is None and self.seed is not None:
            self._rng, _ = seeding.np_random(self.seed)
        return self._rng

    @rng.setter
    def rng(self, value: np.random.Generator | None) -> None:
        self._rng = value

    def load(
        self,
        seed: int | None,
        options: dict[str, Any] | None,
        people: People | None,
        declines: Declines | None = None,
    ) -> Loaded:
        """The scenario that `reset` asks for.

        Args:
            seed: As `reset` takes it.
            options: As `reset` takes them.
            people: Who plays the user and the colleagues; None: the scenario's scripts.
            declines: Whether the words of an ending decline; None: the list of `speech.declines`.

        Raises:
            ScenarioError: If the seed or the options are not usable.
        """
        if options:
            return Loaded(self._given(seed, options), people, declines)
        if seed is None:
            # The stream does not come back to a seed: keeping it would only feed the collector.
            return Loaded(self.source.scenario(self._next()), people, declines)
        if seed < 0:
            raise ScenarioError(f"seed = {seed!r}: a non-negative integer is needed.")
        self._begin(seed)
        cached = self._cache.get(seed)
        if cached is None:
            cached = Loaded(self.source.scenario(seed), people, declines)
            if len(self._cache) >= _CACHED:
                del self._cache[next(iter(self._cache))]
            self._cache[seed] = cached
        return cached

    def _given(self, seed: int | None, options: dict[str, Any]) -> RiskScenario:
        unknown = set(options) - {"scenario"}
        scenario = options.get("scenario")
        if unknown or not isinstance(scenario, RiskScenario):
            raise ScenarioError(
                f"options = {options!r:.200}: only {{'scenario': RiskScenario}} is understood."
            )
        if seed is not None:
            self._begin(seed)
        return scenario

    def _begin(self, seed: int) -> None:
        self._state = self.seed = seed
        self._rng = None

    def _next(self) -> int:
        if self.seed is None:
            self._begin(int(seeding.np_random()[1]) & MASK)
        # splitmix64: a good stream of seeds without any shared state.
        self._state = (self._state + STEP) & MASK
        return mixed(self._state) >> 24
