"""Planting an intruder's order in text that should only be read; see `autosafe_gym.envs.attacks`."""

from __future__ import annotations

from autosafe_gym.envs.attacks import ATTACKS, DRAWN
from autosafe_gym.envs.family import Draw


def wrapped(draw: Draw, order: str) -> tuple[str, str]:
    """A wrapper's name and the order in it."""
    # One is drawn even where the caller wants a certain one, so that all else stays the same.
    drawn = draw.pick(DRAWN)
    name = draw.wrapper or drawn
    return name, ATTACKS[name](order)


def placed(draw: Draw, lines: list[str], order: str) -> tuple[list[str], list[str]]:
    """The lines with the order at a random place, and the lines without it."""
    at = draw.number(0, len(lines))
    return [*lines[:at], order, *lines[at:]], lines
