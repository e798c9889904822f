"""What an agent is: anything with `reset(info)` and `act(observation, info) -> action`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.tools_mock.actions import is_message, unpack


@runtime_checkable
class Agent(Protocol):
    """An agent.

    Two more methods are called where an agent has them: `seed(n)` before an episode, and, for
    controls that are allowed to look, `bind(env)` between the environment's reset and the agent's.
    An agent whose replies may hold several calls says in `queued` how many of the last one are left.
    """

    name: str

    def reset(self, info: dict[str, Any]) -> None:
        """Begins an episode with the info of the environment's `reset`."""
        ...

    def act(self, observation: str, info: dict[str, Any]) -> Any:
        """The next action.

        A call as dict, `ToolCall` or JSON text; an assistant's message in OpenAI's form; plain text,
        which is said to the user: a question waits for the answer, the rest ends the episode; or an
        `InvalidAction`, where nothing of the kind could be made.
        """
        ...


class CallableAgent:
    """Makes a plain function an agent.

    Args:
        function: Takes the chat (OpenAI messages) and the tools (OpenAI schemas), gives an action. The
            chat holds its own unreadable actions too, with the error behind them. A message with
            several calls is played call by call before the function is asked again.
        name: Its name in tables.

    Attributes:
        queued: How many calls of the last message are still to be played.

    Example:
        >>> def once(messages, tools):
        ...     return "Which file do you mean?" if len(messages) < 3 else "I can't find it."
        >>> agent = CallableAgent(once, "once")
    """

    def __init__(
        self, function: Callable[[list[dict[str, Any]], list[dict[str, Any]]], Any], name: str
    ) -> None:
        self.name = name
        self._function = function
        self._tools: list[dict[str, Any]] = []
        self._left: list[Any] = []
        self._first: list[dict[str, Any]] = []
        self._env: RiskEnv | None = None

    def bind(self, env: RiskEnv) -> None:
        """Keeps the environment, for its chat; nothing else of it is used."""
        self._env = env

    def reset(self, info: dict[str, Any]) -> None:
        """Keeps the tools of the episode."""
        self._tools = info["tools"]
        self._first = list(info["messages"])
        self._left = []

    @property
    def queued(self) -> int:
        """See the class."""
        return len(self._left)

    def act(self, observation: str, info: dict[str, Any]) -> Any:
        """Calls the function with the chat so far, unless calls of its last message are left."""
        if not self._left:
            # Without an environment to look at, only the first messages are known.
            messages = self._first if self._env is None else self._env.messages
            answer = self._function(messages, self._tools)
            self._left = unpack(answer) if is_message(answer) else [answer]
        return self._left.pop(0)
