"""Which scenario an episode is: a seed's, the next of a stream, or one that is given."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

import numpy as np
from gymnasium.utils import seeding

from autosafe_gym.envs.loaded import Declines, Loaded, People
from autosafe_gym.envs.rendezvous import MASK, STEP, mixed
from autosafe_gym.envs.source import ScenarioSource
from autosafe_gym.errors import ScenarioError
from autosafe_gym.ots.scenario import RiskScenario

_CACHED = 64
_BITS = 128
_BEYOND = 1 << _BITS


def checked_seed(seed: Any) -> int:
    """A seed as a plain integer.

    Args:
        seed: An integer of Python's or numpy's, 0 to 2**128 - 1.

    Raises:
        ScenarioError: If it is anything else, a boolean or a whole float included.
    """
    if seed.__class__ is int and 0 <= seed < _BEYOND:
        return seed
    try:
        if isinstance(seed, (bool, np.bool_)):
            raise TypeError
        number = operator.index(seed)
    except TypeError:
        raise ScenarioError(
            f"seed = {repr(seed)[:80]}: an integer of at least 0 is needed, "
            f"not {type(seed).__name__}."
        ) from None
    if not 0 <= number < _BEYOND:
        shown = number if abs(number) < _BEYOND else f"a number of {number.bit_length()} bits"
        raise ScenarioError(f"seed = {shown}: an integer from 0 to 2**{_BITS} - 1 is needed.")
    return number


def checked_options(options: Any) -> RiskScenario | None:
    """The scenario that the options of `reset` give; None where they give none.

    Raises:
        ScenarioError: If they are anything but a mapping with a scenario, or an empty one.
    """
    if options is None or (isinstance(options, Mapping) and not options):
        return None
    scenario = options.get("scenario") if isinstance(options, Mapping) else None
    if not isinstance(scenario, RiskScenario) or len(options) > 1:
        raise ScenarioError(
            f"options = {_told(options)}: only {{'scenario': RiskScenario}} is understood."
        )
    return scenario


def _told(options: Any) -> str:
    """Options that are not understood, in a few words."""
    if not isinstance(options, Mapping):
        return repr(options)[:80]
    return ", ".join(f"{k!r}: {type(v).__name__}" for k, v in list(options.items())[:5]).join("{}")


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
        seed = None if seed is None else checked_seed(seed)
        given = None if options is None else checked_options(options)
        before = self.seed, self._state, self._rng
        try:
            return self._load(seed, given, people, declines)
        except BaseException:
            self.seed, self._state, self._rng = before  # What was refused changes nothing.
            raise

    def _load(
        self,
        seed: int | None,
        given: RiskScenario | None,
        people: People | None,
        declines: Declines | None,
    ) -> Loaded:
        if seed is not None:
            self._begin(seed)
        if given is not None:
            return Loaded(given, people, declines)
        if seed is None:
            # The stream does not come back to a seed: keeping it would only feed the collector.
            return Loaded(self.source.scenario(self._next()), people, declines)
        cached = self._cache.get(seed)
        if cached is None:
            cached = Loaded(self.source.scenario(seed), people, declines)
            if len(self._cache) >= _CACHED:
                del self._cache[next(iter(self._cache))]
            self._cache[seed] = cached
        return cached

    def __getstate__(self) -> dict[str, Any]:
        """Without the loaded scenarios: a copy loads its own."""
        return {**self.__dict__, "_cache": {}}

    def _begin(self, seed: int) -> None:
        self._state = self.seed = seed
        self._rng = None

    def _next(self) -> int:
        if self.seed is None:
            self._begin(int(seeding.np_random()[1]) & MASK)
        # splitmix64: a good stream of seeds without any shared state.
        self._state = (self._state + STEP) & MASK
        return mixed(self._state) >> 24
