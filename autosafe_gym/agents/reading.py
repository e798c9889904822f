"""From what a model said to actions: names, arguments, order; plain text stays plain text."""

from __future__ import annotations

import json
from typing import Any

from autosafe_gym.agents.replies import Call, Reply
from autosafe_gym.errors import AgentError
from autosafe_gym.tools_mock.actions import InvalidAction
from autosafe_gym.tools_mock.call_text import Spoken, read_text
from autosafe_gym.tools_mock.call_types import fitted
from autosafe_gym.tools_mock.call_values import Names, calls_of, read_arguments
from autosafe_gym.tools_mock.dialogue import ENDING

_WRAPPERS = ("arguments", "parameters", "args", "input", "params", "kwargs")
_PARALLEL = "multi_tool_use"


class Toolbox:
    """The tools of an episode, as an agent reads calls of them.

    Args:
        schemas: The tools in OpenAI's form.

    Attributes:
        names: Finds a tool by what a model calls it.
        parameters: The parameters of each tool, in order.
    """

    def __init__(self, schemas: list[dict[str, Any]]) -> None:
        functions = [schema["function"] for schema in schemas]
        self._schemas = {f["name"]: f.get("parameters") or {} for f in functions}
        self.parameters = {
            name: tuple(schema.get("properties") or ()) for name, schema in self._schemas.items()
        }
        self.names = Names(self.parameters)

    def read(self, text: str) -> Spoken:
        """See `read_text`."""
        return read_text(text, self.parameters)

    def action(self, name: str, arguments: Any) -> Any:
        """A call as an action.

        Args:
            name: As the model wrote it; a name that no tool has is passed on.
            arguments: A mapping, or text.

        Returns:
            `{"name", "arguments"}`, or an `InvalidAction` if the arguments can't be read.
        """
        tool = self.names.find(name) or name
        given = read_arguments(arguments)
        if not tool.strip() or not isinstance(given, dict):
            raw = arguments if isinstance(arguments, str) else json.dumps(arguments, default=str)
            said = f'{{"name": {json.dumps(name)}, "arguments": {raw}}}'
            return InvalidAction(said, _why(tool, raw))
        return {
            "name": tool,
            "arguments": fitted(self._unwrapped(tool, given), self._schemas.get(tool, {})),
        }

    def _unwrapped(self, tool: str, given: dict[str, Any]) -> dict[str, Any]:
        """Without a wrapper such as `{"arguments": {...}}` that the tool does not know."""
        if tool not in self.parameters or not given:
            return given
        known = self.parameters[tool]
        key, value = next(iter(given.items()))
        if len(given) == 1 and key in _WRAPPERS and key not in known:
            inner = read_arguments(value)
            return inner if isinstance(inner, dict) else given
        if len(given) == 2 and "name" in given and not {*given} & {*known}:
            inner_calls = calls_of(given, self.names).calls
            if len(inner_calls) == 1 and inner_calls[0][0] == tool:
                found: dict[str, Any] = inner_calls[0][1]
                return found if isinstance(found, dict) else given
        return given


def _why(tool: str, raw: str) -> str:
    if not tool.strip():
        return 'The call has no name. A call is {"name": TOOL, "arguments": {...}}.'
    try:
        json.loads(raw)
    except (ValueError, RecursionError) as error:
        return f"The arguments of {tool[:80]} aren't valid JSON: {error}."
    return f"The arguments of {tool[:80]} must be a JSON object."


def native_calls(reply: Reply, tools: Toolbox) -> list[Call]:
    """The calls of a reply, those in `multi_tool_use.parallel` one by one."""
    found: list[Call] = []
    for call in reply.calls:
        inner = []
        if call.name.startswith(_PARALLEL) and tools.names.find(call.name) is None:
            inner = calls_of(read_arguments(call.arguments), tools.names).calls
        if inner:
            found += [Call("", name, json.dumps(given), call.extra) for name, given in inner]
        else:
            found.append(call)
    return found


def spoken(reply: Reply, tools: Toolbox, name: str) -> Spoken:
    """What the text of a reply without native calls holds.

    Args:
        reply: The reply.
        tools: The tools.
        name: The agent's, for errors.

    Raises:
        AgentError: If there is no answer in it.
    """
    found = tools.read(reply.text)
    if not (found.calls or found.broken or found.words):
        # A server that sorts out the thinking may have put the call there too.
        thought = reply.extra.get("reasoning_content") or reply.extra.get("reasoning")
        inside = tools.read(thought) if isinstance(thought, str) else Spoken()
        found = Spoken(inside.calls, "", inside.broken)
    if not (found.calls or found.broken or found.words):
        thinks = " outside of its thinking" if reply.text.strip() or reply.extra else ""
        raise AgentError(f"{name}: the reply has neither text nor a call{thinks}.", "reply")
    if reply.finish in ("tool_calls", "function_call") and not (found.calls or found.broken):
        raise AgentError(
            f"{name}: finish_reason is {reply.finish!r}, but the reply has no call.", "reply"
        )
    return found


def only_refuses(reply: Reply, tools: Toolbox) -> bool:
    """Whether the provider marked a reply as a refusal, and no call is in its text."""
    found = tools.read(reply.text) if reply.refusal else Spoken()
    return bool(reply.refusal) and not (found.calls or found.broken)


def refusal_of(text: str) -> dict[str, Any]:
    """A refusal that the provider marked as such, as an action."""
    return {"name": "refuse", "arguments": {"reason": text[:2000]}}


def ends(action: Any) -> bool:
    """Whether an action ends the episode; in a reply with several, such are played last."""
    return isinstance(action, str) or (isinstance(action, dict) and action.get("name") in ENDING)
