"""Where an environment's scenarios come from: seeds to scenarios, filters, splits."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

from autosafe_gym.envs.rendezvous import Rendezvous
from autosafe_gym.errors import ScenarioError, UnknownNameError
from autosafe_gym.library.family import ScenarioFamily, all_families
from autosafe_gym.library.splits import family_split, seed_of_split, split_wrappers
from autosafe_gym.ots.scenario import RiskScenario
from autosafe_gym.ots.taxonomy import CHANNELS, DOMAINS, MODES, OUTCOMES
from autosafe_gym.tools_mock.toolkit import get_toolkit


def _listed(value: str | Iterable[str] | None) -> tuple[str, ...] | None:
    return None if value is None else (value,) if isinstance(value, str) else tuple(value)


class FamilySource:
    """Scenarios of the families that pass every filter.

    Args:
        domain: One domain, or None for all.
        split: "train", "validation", "test" (by seed), one that holds something out, such as
            "held-out-families/train" (see `autosafe_gym.library.splits`), or None for everything.
        families: Ids of families.
        modes: Modes such as "N-M".
        outcomes: Outcome types; a family passes if it threatens any of them.
        toolkits: Toolkits; a family passes if it uses any of them.
        channels: Channels.
        twin_share: Share of the scenarios that are benign twins.
        wrapper: An injection wrapper (one of `autosafe_gym.library.attacks.ATTACKS`); then only families
            with an injection pass.

    Raises:
        UnknownNameError: If a filter names something unknown.
        ScenarioError: If no family passes, `twin_share` is not a share, or the split has no injection in
            this wrapper.
    """

    def __init__(
        self,
        *,
        domain: str | None = None,
        split: str | None = "train",
        families: str | Iterable[str] | None = None,
        modes: str | Iterable[str] | None = None,
        outcomes: str | Iterable[str] | None = None,
        toolkits: str | Iterable[str] | None = None,
        channels: str | Iterable[str] | None = None,
        twin_share: float = 1 / 3,
        wrapper: str | None = None,
    ) -> None:
        if not 0.0 <= twin_share <= 1.0:
            raise ScenarioError(f"twin_share = {twin_share!r}: a share between 0 and 1 is needed.")
        found = all_families()
        named = _listed(families)
        wanted_modes, wanted_outcomes = _listed(modes), _listed(outcomes)
        wanted_kits, wanted_channels = _listed(toolkits), _listed(channels)
        for name in named or ():
            if name not in found:
                raise UnknownNameError("family", name, found, "'autosafe list' shows them.")
        for mode in wanted_modes or ():
            if mode not in MODES:
                raise UnknownNameError("mode", mode, MODES)
        for name, known in (
            *((o, OUTCOMES) for o in wanted_outcomes or ()),
            *((c, CHANNELS) for c in wanted_channels or ()),
            *((d, DOMAINS) for d in (_listed(domain) or ())),
        ):
            known.check(name)
        for kit in wanted_kits or ():
            get_toolkit(kit)
        # The split first: what it holds out must not depend on the filters.
        chosen = [
            f
            for f in family_split(list(found.values()), split)
            if (domain is None or f.domain == domain)
            and (named is None or f.id in named)
            and (wanted_modes is None or f.mode in wanted_modes)
            and (wanted_outcomes is None or set(wanted_outcomes) & set(f.outcomes))
            and (wanted_kits is None or set(wanted_kits) & set(f.toolkits))
            and (wanted_channels is None or f.channel in wanted_channels)
            and (wrapper is None or f.has_injection)
        ]
        self.families: Sequence[ScenarioFamily] = chosen
        self._family_of = Rendezvous([f.id for f in chosen])
        self.split = split
        self.wrappers = split_wrappers(split, wrapper)
        self.twin_share = twin_share
        if not self.families:
            raise ScenarioError(
                f"No family passes these filters: domain={domain!r}, split={split!r}, "
                f"families={named!r}, modes={wanted_modes!r}, outcomes={wanted_outcomes!r}, "
                f"toolkits={wanted_kits!r}, channels={wanted_channels!r}. "
                "'autosafe list' shows what there is; drop or widen a filter."
            )

    @property
    def toolkits(self) -> tuple[str, ...]:
        """Every toolkit of the families, sorted."""
        return tuple(sorted({kit for f in self.families for kit in f.toolkits}))

    def scenario(self, seed: int) -> RiskScenario:
        """The scenario of a seed.

        The seed decides the family (by `Rendezvous`), whether it is the twin, and the family's own
        number. Neither of the latter two depends on which families there are.
        """
        draw = random.Random(seed).random  # noqa: S311
        # The first number once chose the family: without it, a seed that was a twin stays one.
        draw()
        chosen = self.families[self._family_of.index(seed)]
        return chosen.sample(
            seed_of_split(seed, self.split), twin=draw() < self.twin_share, wrappers=self.wrappers
        )
