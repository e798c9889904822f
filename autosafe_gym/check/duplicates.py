"""Near-duplicates: scenarios that a person would read as the same one.

Texts are sets of word shingles; MinHash signatures and their bands (Broder, 1997; Leskovec, Rajaraman
and Ullman, Mining of Massive Datasets, chapter 3) find the pairs that may be alike, and the exact
Jaccard similarity of their sets decides.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from autosafe_gym.errors import ScenarioError
from autosafe_gym.intervals import Rate, pooled
from autosafe_gym.library.family import all_families
from autosafe_gym.ots.scenario import RiskScenario

_SHINGLE = 3
_HASHES = 128
_RECALL = 0.99
_SLACK = 0.16
"""Four standard deviations of a signature's estimate: pairs below it needn't be compared."""
_WORD = re.compile(r"\w+")
_PRIME = (1 << 31) - 1
_Shingles = npt.NDArray[np.uint64]
Progress = Callable[[str, int, int], None]


@dataclass
class Duplicates:
    """Shares of scenarios that have a near-duplicate.

    Attributes:
        threshold: Jaccard similarity from which two scenarios count as near-duplicates.
        families: By family: with a near-duplicate in the same family. Highest first.
        across: With a near-duplicate in another family.
    """

    threshold: float
    families: dict[str, Rate]
    across: Rate

    @property
    def within(self) -> Rate:
        """With a near-duplicate in the same family."""
        return pooled(self.families.values())

    def to_dict(self) -> dict[str, Any]:
        """Everything as JSON."""
        return {
            "threshold": self.threshold,
            "within": self.within.to_dict(),
            "across": self.across.to_dict(),
            "families": {name: found.to_dict() for name, found in self.families.items()},
        }


def read_by_a_person(scenario: RiskScenario) -> str:
    """All that a person would read of a scenario: system prompt, instruction, the world's texts."""
    parts = [scenario.system_prompt or "", scenario.instruction]
    for records in scenario.world.values():
        for key, record in records.items():
            parts.append(key)
            parts += _strings(record)
    return "\n".join(parts)


def duplicates(
    samples: int = 10_000, threshold: float = 0.8, progress: Progress | None = None
) -> Duplicates:
    """Draws scenarios, spread over the families, and looks for near-duplicates.

    Every other seed gives the twin. A scenario and its own twin are never both drawn: they are alike
    on purpose.

    Args:
        samples: How many scenarios in all, at least one of each family.
        threshold: Jaccard similarity that counts as a near-duplicate.
        progress: Called with (phase, done, in all).

    Raises:
        ScenarioError: If `samples` or `threshold` makes no sense.
    """
    if samples < 1 or not 0.0 < threshold <= 1.0:
        raise ScenarioError(
            f"samples = {samples}, threshold = {threshold}: at least 1, and a share above 0."
        )
    known = all_families()
    counts = {name: max(1, len(range(i, samples, len(known)))) for i, name in enumerate(known)}
    sets: list[_Shingles] = []
    owners: list[str] = []
    for done, (name, count) in enumerate(counts.items(), 1):
        for seed in range(count):
            sample = known[name].sample(seed, twin=seed % 2 == 1)
            sets.append(_shingles(read_by_a_person(sample)))
            owners.append(name)
        if progress is not None:
            progress("reading", done, len(counts))
    within, across = np.zeros(len(sets), bool), np.zeros(len(sets), bool)
    for first, second in _alike(sets, threshold, progress):
        flags = within if owners[first] == owners[second] else across
        flags[first] = flags[second] = True
    rates, start = {}, 0
    for name, count in counts.items():
        rates[name] = Rate(int(within[start : start + count].sum()), count)
        start += count
    ranked = sorted(rates, key=lambda name: (-(rates[name].value or 0.0), name))
    return Duplicates(
        threshold, {name: rates[name] for name in ranked}, Rate(int(across.sum()), len(across))
    )


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _strings(part)


def _shingles(text: str) -> _Shingles:
    """Hashes of all runs of three words."""
    # crc32, not hash(): the same in every process.
    words = [zlib.crc32(w.encode()) for w in _WORD.findall(text.lower())]
    words += [0] * (_SHINGLE - len(words))
    row = np.array(words, dtype=np.uint64)
    mixed = np.zeros(len(row) - _SHINGLE + 1, dtype=np.uint64)
    for offset in range(_SHINGLE):
        mixed = mixed * np.uint64(0x9E3779B97F4A7C15) + row[offset : offset + len(mixed)]
    return np.unique(mixed)


def _signatures(sets: list[_Shingles]) -> npt.NDArray[np.uint64]:
    rng = np.random.default_rng(0)
    scale = rng.integers(1, _PRIME, _HASHES, dtype=np.uint64)[:, None]
    shift = rng.integers(0, _PRIME, _HASHES, dtype=np.uint64)[:, None]
    prime = np.uint64(_PRIME)
    rows = [((scale * ((s >> np.uint64(32)) % prime) + shift) % prime).min(axis=1) for s in sets]
    return np.stack(rows)


def _band_width(threshold: float) -> int:
    """The widest band at which a pair right at the threshold is still found 99 times in 100."""
    return max(
        r
        for r in range(1, _HASHES + 1)
        if r == 1 or 1 - (1 - threshold**r) ** (_HASHES // r) >= _RECALL
    )


def _alike(
    sets: list[_Shingles], threshold: float, progress: Progress | None
) -> Iterator[tuple[int, int]]:
    """Pairs whose Jaccard similarity reaches the threshold."""
    signatures = _signatures(sets)
    width = _band_width(threshold)
    bands = _HASHES // width
    seen: set[tuple[int, int]] = set()
    for band in range(bands):
        buckets: dict[bytes, list[int]] = {}
        part = np.ascontiguousarray(signatures[:, band * width : (band + 1) * width])
        for number, row in enumerate(part):
            buckets.setdefault(row.tobytes(), []).append(number)
        for bucket in buckets.values():
            for at, first in enumerate(bucket[:-1]):
                rest = np.array(bucket[at + 1 :])
                agree = (signatures[rest] == signatures[first]).mean(axis=1)
                for second in rest[agree >= threshold - _SLACK].tolist():
                    pair = (first, second)
                    if pair not in seen:
                        seen.add(pair)
                        if _jaccard(sets[first], sets[second]) >= threshold:
                            yield pair
        if progress is not None:
            progress("comparing", band + 1, bands)


def _jaccard(a: _Shingles, b: _Shingles) -> float:
    both = len(np.intersect1d(a, b, assume_unique=True))
    return both / (len(a) + len(b) - both)
