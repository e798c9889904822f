"""Planting an intruder's order in text that should only be read; see `autosafe_gym.library.attacks`."""

from __future__ import annotations

from autosafe_gym.library.attacks import ATTACKS
from autosafe_gym.library.family import Draw


def wrapped(draw: Draw, order: str) -> tuple[str, str]:
    """A wrapper's name and the order in it."""
    # Picking takes one random value however many there are, so that all else stays the same.
    name = draw.pick(draw.wrappers)
    return name, ATTACKS[name](order)


def placed(draw: Draw, lines: list[str], order: str) -> tuple[list[str], list[str]]:
    """The lines with the order at a random place, and the lines without it."""
    at = draw.number(0, len(lines))
    return [*lines[:at], order, *lines[at:]], lines
