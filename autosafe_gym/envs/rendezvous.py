"""Which of several names a seed goes to, so that one more name takes no seed from another but its own.

Rendezvous hashing: each name has a hash with the seed, and the highest wins. A name that comes later can
only win seeds for itself: one in as many as there are names. A number below the count of names,
drawn from the seed, would hand a quarter to a half of all seeds round.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

MASK = (1 << 64) - 1
STEP = 0x9E3779B97F4A7C15
_FIRST, _SECOND = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_ONE, _TWO, _HALF = np.uint64(_FIRST), np.uint64(_SECOND), np.uint64(32)


def mixed(number: int) -> int:
    """The output of splitmix64 at a state: any two states give numbers that look independent."""
    number &= MASK
    number = ((number ^ (number >> 30)) * _FIRST) & MASK
    number = ((number ^ (number >> 27)) * _SECOND) & MASK
    return number ^ (number >> 31)


class Rendezvous:
    """Gives each seed one of some names.

    Args:
        names: The names, each once. Their order plays no part.
    """

    __slots__ = ("_hashes",)

    def __init__(self, names: Sequence[str]) -> None:
        # Not `hash`: it differs from process to process.
        digests = [blake2b(name.encode(), digest_size=8).digest() for name in names]
        self._hashes = np.array([int.from_bytes(d, "little") for d in digests], dtype=np.uint64)

    def index(self, seed: int) -> int:
        """The position of the name that a seed goes to.

        Args:
            seed: A non-negative integer of any size.
        """
        state = 0
        while True:
            # A seed of more than 64 bits is mixed in piece by piece.
            state = mixed(state + STEP + (seed & MASK))
            seed >>= 64
            if not seed:
                break
        # One round instead of two: the seed and the names' hashes are mixed well already.
        z = (self._hashes ^ np.uint64(state)) * _ONE
        z = (z ^ (z >> _HALF)) * _TWO
        return int(z.argmax())
