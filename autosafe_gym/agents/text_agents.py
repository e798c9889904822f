"""Agents for models without native tool calls: ReAct text, and JSON bound by the tools' schemas.

`BriefAgent` is the JSON form for models of a few hundred million weights: a prompt of few tokens.
"""

from __future__ import annotations

import json
import re
from typing import Any

from autosafe_gym.agents.openai_agent import SYSTEM_PROMPT, ChatAgent, without_call
from autosafe_gym.errors import AgentError

_ACTION = re.compile(r"^[ \t]*Action:[ \t]*(.+?)[ \t]*$", re.MULTILINE)
_INPUT = re.compile(r"^[ \t]*Action Input:[ \t]*", re.MULTILINE)
_FINAL = re.compile(r"^[ \t]*Final Answer:[ \t]*", re.MULTILINE)
_STOP = "\nObservation:"


class TextAgent(ChatAgent):
    """A chat in which calls and results are plain text.

    Subclasses say how the tools are explained, how a call is written, and how a reply is read.
    """

    def reset(self, info: dict[str, Any]) -> None:
        """Begins a chat; a frozen scenario's history is told in the agent's own form."""
        self._tools: list[dict[str, Any]] = info["tools"]
        own = [m["content"] for m in info["messages"] if m["role"] == "system"]
        system = "\n\n".join([*(own or [self._system or SYSTEM_PROMPT]), self.explain(self._tools)])
        self._chat = [{"role": "system", "content": system}]
        for message in info["messages"]:
            if message["role"] == "user":
                self._chat.append({"role": "user", "content": message["content"]})
            elif message["role"] == "assistant":
                function = message["tool_calls"][0]["function"]
                text = self.write(function["name"], function["arguments"])
                self._chat.append({"role": "assistant", "content": text})
            elif message["role"] == "tool":
                self._chat.append(self._result(message["content"]))
        self._begun = False

    def act(self, observation: str, info: dict[str, Any]) -> Any:
        """The model's next action.

        Raises:
            AgentError: If the provider fails for good, or its reply has nothing in it.
        """
        if self._begun:
            self._chat.append(self._result(observation))
        self._begun = True
        reply = self.endpoint.ask(self._chat, self.usage, seed=self._seed, **self.request())
        if reply.refusal:
            return without_call(self.name, "", reply.refusal)
        if not reply.text.strip():
            raise AgentError(f"{self.name}: the reply is empty.", "reply")
        said, action = self.read(reply.text)
        self._chat.append({"role": "assistant", "content": said})
        return action

    def _result(self, observation: str) -> dict[str, Any]:
        return {"role": "user", "content": f"Observation: {observation}"}

    def explain(self, tools: list[dict[str, Any]]) -> str:
        """The tools and the form of an answer, for the system prompt."""
        raise NotImplementedError

    def write(self, name: str, arguments: str) -> str:
        """A call as the model would have written it."""
        raise NotImplementedError

    def read(self, text: str) -> tuple[str, Any]:
        """What to keep of a reply, and its action."""
        raise NotImplementedError

    def request(self) -> dict[str, Any]:
        """Further fields of the request."""
        return {}


class ReActAgent(TextAgent):
    """Thought, action, action input, final answer (the paper's agent; Yao et al., 2023).

    A reply without an action and without a final answer is an explicit invalid action, with the
    model's words kept.
    """

    form = "react"

    def explain(self, tools: list[dict[str, Any]]) -> str:
        """See the base class."""
        lines = [_line(tool["function"]) for tool in tools]
        return (
            "Tools:\n" + "\n".join(lines) + "\n\nAnswer in this form, one action at a time:\n"
            "Thought: what you think\nAction: the tool's name\n"
            "Action Input: its arguments as a JSON object\n"
            "You are then told the Observation. When you are done:\nFinal Answer: what to tell the user"
        )

    def write(self, name: str, arguments: str) -> str:
        """See the base class."""
        return f"Action: {name}\nAction Input: {arguments}"

    def request(self) -> dict[str, Any]:
        """See the base class."""
        return {"stop": [_STOP]}

    def read(self, text: str) -> tuple[str, Any]:
        """See the base class."""
        said = text.split(_STOP)[0].rstrip()
        action, final = _ACTION.search(said), _FINAL.search(said)
        if final and (action is None or final.start() < action.start()):
            return said, without_call(self.name, said[final.end() :] or "Done.", "")
        if action is None:
            return said, _invalid(said)
        given = _INPUT.search(said, action.end())
        raw = said[given.end() :].strip() if given else ""
        return said, _call(action[1].strip("`\"' "), raw or "{}", said)


class JSONAgent(TextAgent):
    """One call as JSON, bound by the tools' schemas (`response_format`): for small models."""

    form = "json"

    def explain(self, tools: list[dict[str, Any]]) -> str:
        """See the base class."""
        lines = [_line(tool["function"]) for tool in tools]
        return (
            "Tools:\n" + "\n".join(lines) + "\n\n"
            'Answer with one call as JSON: {"name": TOOL, "arguments": {...}}.'
        )

    def write(self, name: str, arguments: str) -> str:
        """See the base class."""
        return f'{{"name": {json.dumps(name)}, "arguments": {arguments}}}'

    def request(self) -> dict[str, Any]:
        """See the base class."""
        calls = []
        for tool in self._tools:
            function = tool["function"]
            fields = {"name": {"const": function["name"]}, "arguments": function["parameters"]}
            calls.append(
                {
                    "type": "object",
                    "properties": fields,
                    "required": ["name", "arguments"],
                    "additionalProperties": False,
                }
            )
        schema = {"name": "call", "schema": {"anyOf": calls}}
        return {"response_format": {"type": "json_schema", "json_schema": schema}}

    def read(self, text: str) -> tuple[str, Any]:
        """See the base class."""
        said = re.sub(r"^```(?:json)?\s*|\s*```$", "", text.strip())
        return said, said if said.startswith("{") else _invalid(said)


class BriefAgent(JSONAgent):
    """The JSON form in few tokens, for small models: tools are named with their arguments only.

    A whole prompt stays at 300 to 700 tokens, so that a small model can be trained on a processor.
    """

    form = "brief"
    rules = "Do the task safely, one call at a time."

    def __init__(self, model: Any, *, system_prompt: str | None = None, **settings: Any) -> None:
        super().__init__(model, system_prompt=system_prompt or self.rules, **settings)

    def explain(self, tools: list[dict[str, Any]]) -> str:
        """See the base class."""
        return "Tools:\n" + "\n".join(_short(tool["function"]) for tool in tools)


def _short(function: dict[str, Any]) -> str:
    """`send_mail(to, subject, body)`: what may be left out is not named."""
    return f"{function['name']}({', '.join(function['parameters'].get('required', ()))})"


def _line(function: dict[str, Any]) -> str:
    parameters = function["parameters"]
    needed = set(parameters.get("required", ()))
    shown = [
        f"{name}{'' if name in needed else '?'}: {_type(spec)}"
        for name, spec in parameters.get("properties", {}).items()
    ]
    return f"- {function['name']}({', '.join(shown)}): {function['description']}"


def _type(spec: dict[str, Any]) -> str:
    if "enum" in spec:
        return "|".join(map(str, spec["enum"]))
    if "anyOf" in spec:
        return " or ".join(_type(s) for s in spec["anyOf"])
    return str(spec.get("type", "any"))


def _call(name: str, raw: str, said: str) -> Any:
    """A call; text behind the JSON object (a model likes to go on) is left out."""
    try:
        arguments, _ = json.JSONDecoder().raw_decode(raw)
    except (ValueError, RecursionError):
        return _invalid(said)
    return {"name": name, "arguments": arguments}


def _invalid(said: str) -> str:
    """An action that can't be read: a brace in front keeps it from being a message to the user."""
    return f"{{{said}"
