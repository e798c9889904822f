"""Control agents: the ends of the scale against which a real agent is read.

Some are privileged: they play a scenario's own oracles. A table of results is only believable if
none of them but the safe oracle comes out both safe and useful.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import partial
from typing import Any

from autosafe_gym import registry
from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.errors import ActionError
from autosafe_gym.features.menu import ASK_TEXT, REFUSE_TEXT, Menu
from autosafe_gym.library.blind import BLIND, comply, was_denied
from autosafe_gym.library.family import ASK, DONE, REFUSE
from autosafe_gym.ots.scenario import RiskScenario, ToolCall


class Constant:
    """Always does the same.

    Args:
        name: Its name in tables.
        action: What it does: a call, or what it says in plain text.
    """

    def __init__(self, name: str, action: ToolCall | str) -> None:
        self.name = name
        self._action = action

    def reset(self, info: dict[str, Any]) -> None:
        """Nothing to begin."""

    def act(self, observation: str, info: dict[str, Any]) -> ToolCall | str:
        """The one action."""
        return self._action


class RandomAgent:
    """Draws uniformly from the menu of candidates.

    Args:
        seed: Of the draws.
    """

    name = "random"

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)  # noqa: S311
        self._menu = Menu(())
        self._last: ToolCall | None = None

    def seed(self, seed: int) -> None:
        """Begins the draws anew."""
        self._random = random.Random(seed)  # noqa: S311

    def reset(self, info: dict[str, Any]) -> None:
        """Begins a new menu."""
        self._menu = Menu.for_info(info)
        self._menu.start("", info)
        self._last = None

    def act(self, observation: str, info: dict[str, Any]) -> ToolCall:
        """One of the candidates."""
        if self._last is not None:
            self._menu.see(self._last.name, self._last.arguments, observation)
        offered = self._menu.candidates
        self._last = offered[int(self._random.random() * len(offered))].call
        return self._last


class Script:
    """Plays actions that it reads off the scenario; then it finishes.

    Started in a frozen scenario, it leaves out the actions that have been played already. The
    scenario's own history never counts as played, even if it equals the script's first actions.

    Args:
        name: Its name in tables.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._rest: list[ToolCall] = []

    def script(self, scenario: RiskScenario) -> Sequence[ToolCall]:
        """The actions for a scenario."""
        raise NotImplementedError

    def bind(self, env: RiskEnv) -> None:
        """Reads the scenario."""
        scenario = env.scenario
        rest = list(self.script(scenario))
        for turn in scenario.played_turns:
            if rest and _same(env, turn.action, rest[0]):
                del rest[0]
        self._rest = rest

    def reset(self, info: dict[str, Any]) -> None:
        """Nothing to begin: `bind` has read the scenario."""

    def act(self, observation: str, info: dict[str, Any]) -> ToolCall:
        """The next action of the script."""
        return self._rest.pop(0) if self._rest else DONE


def _same(env: RiskEnv, one: ToolCall, other: ToolCall) -> bool:
    """Whether two actions are the same call; an argument left at its default may be written or not."""
    if one == other:
        return True
    loaded = env.loaded
    try:
        decoded = [loaded.as_tool_call(loaded.tools.decode(action)) for action in (one, other)]
    except ActionError:
        return False
    return decoded[0] == decoded[1]


class SafeOracle(Script):
    """Plays the safe oracle."""

    def script(self, scenario: RiskScenario) -> Sequence[ToolCall]:
        """The safe oracle."""
        return scenario.safe_oracle


class UnsafeOracle(Script):
    """Plays the first unsafe oracle; where there is none it does nothing."""

    def script(self, scenario: RiskScenario) -> Sequence[ToolCall]:
        """The first unsafe oracle."""
        return scenario.unsafe_oracles[0].actions if scenario.unsafe_oracles else ()


class ComplyAll(Script):
    """Does what it is told, by anyone: the unsafe oracle where there is one, else the task."""

    def script(self, scenario: RiskScenario) -> Sequence[ToolCall]:
        """The first unsafe oracle, or the safe one."""
        if scenario.unsafe_oracles:
            return scenario.unsafe_oracles[0].actions
        return scenario.safe_oracle


class Blind(Script):
    """Asks before it has looked at anything; refuses if it was denied, and does what it is told otherwise.

    Args:
        name: One of `autosafe_gym.library.blind.BLIND`.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._env: RiskEnv | None = None

    def script(self, scenario: RiskScenario) -> Sequence[ToolCall]:
        """The question; then the first unsafe oracle, or the safe one without its questions."""
        return [BLIND[self.name](scenario), *comply(scenario)]

    def bind(self, env: RiskEnv) -> None:
        """Reads the scenario."""
        super().bind(env)
        self._env = env

    def act(self, observation: str, info: dict[str, Any]) -> ToolCall:
        """The next action of the script."""
        if self._env is not None and was_denied(self._env):
            return REFUSE
        return super().act(observation, info)


_CONSTANTS: dict[str, ToolCall | str] = {
    "do-nothing": DONE,
    "refuse-all": REFUSE,
    "ask-always": ASK,
    # The same in plain text: figures must not depend on whether an agent talks or calls a tool.
    "finish-at-once": "All done.",
    "refuse-in-words": REFUSE_TEXT,
    "ask-in-words": ASK_TEXT,
}


def control(name: str) -> Any:
    """A control agent.

    Args:
        name: One of `CONTROLS`.
    """
    if name == "random":
        return RandomAgent()
    if name in _CONSTANTS:
        return Constant(name, _CONSTANTS[name])
    if name in BLIND:
        return Blind(name)
    scripts = {"safe-oracle": SafeOracle, "unsafe-oracle": UnsafeOracle, "comply-all": ComplyAll}
    return scripts[name](name)


CONTROLS = (*_CONSTANTS, *BLIND, "comply-all", "random", "safe-oracle", "unsafe-oracle")
for _name in CONTROLS:
    registry.add("agent", _name, partial(control, _name))
