"""For tests that call a tool's function themselves: a call that has to fail, by luck or by nonsense."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from autosafe_gym.errors import ToolError
from autosafe_gym.tools_mock.world import World


@contextmanager
def fails(world: World, words: str = "") -> Iterator[None]:
    """Fails the test unless the call in it fails with these words; then undoes what it changed."""
    changes = len(world.journal)
    error = ""
    try:
        yield
    except ToolError as problem:
        error = str(problem)
    error = next(iter(world.problems), error)
    world.problems.clear()
    world.undo_records(changes)
    assert error, "The call went through."
    assert words in error
