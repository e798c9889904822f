"""The families that ship, and those of installed packs."""

from __future__ import annotations

from importlib import import_module

from autosafe_gym.library.packs import load_packs


def load() -> None:
    """Registers them; importing a module of families is what registers its families."""
    import_module("autosafe_gym.library.families")
    load_packs()
