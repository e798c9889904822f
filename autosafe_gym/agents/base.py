"""What an agent is: anything with `reset(info)` and `act(observation, info) -> action`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

from autosafe_gym.envs.env import RiskEnv


@runtime_checkable
class Agent(Protocol):
    """An agent.

    Two more methods are called where an agent has them: `seed(n)` before an episode, and, for
    controls that are allowed to look, `bind(env)` between the environment's reset and the agent's.
    """

    name: str

    def reset(self, info: dict[str, Any]) -> None:
        """Begins an episode with the info of the environment's `reset`."""
        ...

    def act(self, observation: str, info: dict[str, Any]) -> Any:
        """The next action: a dict, a `ToolCall`, JSON text, or plain text for the user."""
        ...


class CallableAgent:
    """Makes a plain function an agent.

    Args:
        function: Takes the chat (OpenAI messages) and the tools (OpenAI schemas), gives an action.
        name: Its name in tables.
    """

    def __init__(
        self, function: Callable[[list[dict[str, Any]], list[dict[str, Any]]], Any], name: str
    ) -> None:
        self.name = name
        self._function = function
        self._tools: list[dict[str, Any]] = []
        self._env: RiskEnv | None = None

    def bind(self, env: RiskEnv) -> None:
        """Keeps the environment, for its chat; nothing else of it is used."""
        self._env = env

    def reset(self, info: dict[str, Any]) -> None:
        """Keeps the tools of the episode."""
        self._tools = info["tools"]

    def act(self, observation: str, info: dict[str, Any]) -> Any:
        """Calls the function with the chat so far."""
        messages = [] if self._env is None else self._env.messages
        return self._function(messages, self._tools)
