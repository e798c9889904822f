"""Spaces for text: any Unicode observation, and tool calls as actions."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
from gymnasium.vector.utils import create_shared_memory

from autosafe_gym.envs.bounds import MAX_OBSERVATION
from autosafe_gym.errors import AutosafeError

_SAMPLES = ("done", "Sent.", "café at 9:30", "No mail with id 'mail-7'.", "価格 12 €")


class UnicodeText(gym.Space[str]):
    """Any text that UTF-8 can carry, up to a length.

    Gymnasium's own `Text` knows only an alphabet; mails and files know no such bounds.

    Args:
        max_length: Longest text, in characters.
        seed: Seed of `sample`.
    """

    def __init__(self, max_length: int = MAX_OBSERVATION, seed: int | None = None) -> None:
        self.max_length = max_length
        super().__init__(dtype=str, seed=seed)

    def sample(self, mask: Any | None = None, probability: Any | None = None) -> str:
        """A short text."""
        return _SAMPLES[int(self.np_random.integers(len(_SAMPLES)))]

    def contains(self, x: Any) -> bool:
        """Whether `x` is a text without lone surrogates and not too long."""
        if not isinstance(x, str) or len(x) > self.max_length:
            return False
        return x.isascii() or not any("\ud800" <= char <= "\udfff" for char in x)

    @property
    def is_np_flattenable(self) -> bool:
        """Text can't be flattened."""
        return False

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.max_length == self.max_length

    def __hash__(self) -> int:
        return hash((type(self).__name__, self.max_length))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.max_length})"


class ToolAction(UnicodeText):
    """Tool calls: a dict with `name` and `arguments`, a `ToolCall`, JSON text, or plain text."""

    def sample(self, mask: Any | None = None, probability: Any | None = None) -> Any:
        """A dialogue act: the only calls that every scenario knows."""
        message = super().sample()
        act = ("ask_user", "confirm")[int(self.np_random.integers(2))]
        argument = {"ask_user": "question", "confirm": "message"}[act]
        return {"name": act, "arguments": {argument: message}}

    def contains(self, x: Any) -> bool:
        """Whether `x` has the form of an action; whether it is a *valid* call, the scenario knows."""
        if isinstance(x, str):
            return super().contains(x)
        if isinstance(x, dict):
            return isinstance(x.get("name"), str)
        return isinstance(getattr(x, "name", None), str) and hasattr(x, "arguments")


@create_shared_memory.register(UnicodeText)
def _no_shared_memory(space: UnicodeText, n: int = 1, ctx: Any = None) -> Any:
    """Shared memory would hand out stale text; say what to do instead of doing that."""
    raise AutosafeError(
        f"{space} can't live in shared memory. Use AsyncVectorEnv(..., shared_memory=False), or "
        "autosafe_gym.make_vec, which is faster."
    )
