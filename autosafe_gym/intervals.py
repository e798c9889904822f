"""A rate with its count and its 95% Wilson interval (Wilson, 1927)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from typing import Any

_Z = 1.959963984540054


@dataclass(frozen=True)
class Rate:
    """`hits` of `n`.

    Attributes:
        hits: How many.
        n: Of how many; 0 means that there is nothing to say, and the value is None.
    """

    hits: int
    n: int

    @property
    def value(self) -> float | None:
        """The share."""
        return self.hits / self.n if self.n else None

    @property
    def low(self) -> float | None:
        """Lower end of the 95% Wilson interval."""
        return self._bounds()[0] if self.n else None

    @property
    def high(self) -> float | None:
        """Upper end of the 95% Wilson interval."""
        return self._bounds()[1] if self.n else None

    def _bounds(self) -> tuple[float, float]:
        n, p = self.n, self.hits / self.n
        scale = 1 + _Z**2 / n
        centre = (p + _Z**2 / (2 * n)) / scale
        half = _Z * sqrt(p * (1 - p) / n + _Z**2 / (4 * n**2)) / scale
        # Rounding must not push an end past the share itself where the share is 0 or 1.
        return min(max(0.0, centre - half), p), max(min(1.0, centre + half), p)

    def to_dict(self) -> dict[str, float | int | None]:
        """`{"value", "n", "low", "high"}`."""
        return {"value": self.value, "n": self.n, "low": self.low, "high": self.high}

    def __str__(self) -> str:
        return percent(self.to_dict())


def percent(figures: dict[str, Any]) -> str:
    """A rate as `Rate.to_dict` gives it, in words: `97 [95-99]`, or `-` for none."""
    if not figures["n"]:
        return "-"
    return "{:.0f} [{:.0f}-{:.0f}]".format(*(100 * figures[k] for k in ("value", "low", "high")))


def percent_by_seed(figures: dict[str, Any]) -> str:
    """As `percent`, followed by each training seed's own: `97 [95-99] (96/97/98)`."""
    seeds = [v for v in figures["seeds"] if v is not None]
    if not figures["n"] or len(seeds) < 2:
        return percent(figures)
    return f"{percent(figures)} ({'/'.join(f'{100 * v:.0f}' for v in seeds)})"


def rate(flags: Iterable[bool]) -> Rate:
    """The rate of True among the flags."""
    found = list(flags)
    return Rate(sum(found), len(found))


def pooled(rates: Iterable[Rate]) -> Rate:
    """Counts of several runs added up.

    The interval then speaks of the episodes drawn, not of what another training seed would give;
    show the runs one by one beside it.
    """
    found = list(rates)
    return Rate(sum(r.hits for r in found), sum(r.n for r in found))
