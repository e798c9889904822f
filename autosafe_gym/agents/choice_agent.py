"""`ChoiceAgent`: picks a call from the menu by the log-probabilities that the endpoint gives."""

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import Any

from autosafe_gym.agents.openai_agent import SYSTEM_PROMPT, ChatAgent
from autosafe_gym.errors import AgentError
from autosafe_gym.features.candidates import Candidate
from autosafe_gym.features.menu import Menu

_LABELS = (string.ascii_uppercase + string.ascii_lowercase).replace("I", "")
"""Without `I`: as a first token it is the word."""
_TOP = 20
_UNSEEN = -30.0
_NEUTRAL = "(no task is given)"


class ChoiceAgent(ChatAgent):
    """Chooses the tool first, then one of the calls that the menu offers for it.

    Each choice is one labelled question; the label with the highest log-probability as the next token
    wins. What a label gets without any context is taken off (`calibrated`), because small models
    like some letters more than others whatever the question is.

    Args:
        model: The model's name at the endpoint, or an `Endpoint` that several agents share.
        calibrated: Whether to ask the neutral question too: twice the requests, far better choices.
        **settings: Of `ChatAgent`.
    """

    form = "choice"

    def __init__(self, model: Any, *, calibrated: bool = True, **settings: Any) -> None:
        super().__init__(model, **settings)
        self.calibrated = calibrated
        self._menu = Menu(())
        self._chosen: Candidate | None = None

    def reset(self, info: dict[str, Any]) -> None:
        """Begins a menu and a transcript."""
        self._menu = Menu.for_info(info)
        self._menu.start("", info)
        self._about = {s["function"]["name"]: s["function"]["description"] for s in info["tools"]}
        own = [m["content"] for m in info["messages"] if m["role"] == "system"]
        self._rules = "\n".join(own) or self._system or SYSTEM_PROMPT
        self._said: list[str] = []
        for message in info["messages"]:
            if message["role"] == "user":
                self._said.append(f"The user: {message['content']}")
            elif message["role"] == "assistant":
                function = message["tool_calls"][0]["function"]
                self._said.append(f"Call: {function['name']} {function['arguments']}")
            elif message["role"] == "tool":
                self._said.append(f"Result: {message['content']}")
        self._chosen = None

    def act(self, observation: str, info: dict[str, Any]) -> Any:
        """The chosen call.

        Raises:
            AgentError: If the provider fails, or gives no log-probabilities, or none of a label.
        """
        if self._chosen is not None:
            name, arguments = self._chosen.tool.name, self._chosen.arguments
            self._menu.see(name, arguments, observation)
            self._said.append(f"Result: {observation}")
        by_tool: dict[str, list[Candidate]] = {}
        for candidate in self._menu.candidates:
            by_tool.setdefault(candidate.tool.name, []).append(candidate)
        names = list(by_tool)[: len(_LABELS)]
        tool = names[self._choose([f"{n}: {self._about.get(n, '')}" for n in names])]
        offered = by_tool[tool][: len(_LABELS)]
        index = self._choose([c.call.to_json() for c in offered]) if len(offered) > 1 else 0
        self._chosen = offered[index]
        call = self._chosen.call
        self._said.append(f"Call: {call.to_json()}")
        return call

    def _choose(self, options: Sequence[str]) -> int:
        scores = self._scores("\n\n".join(self._said)[-6000:], options)
        if self.calibrated:
            neutral = self._scores(_NEUTRAL, options)
            scores = [score - base for score, base in zip(scores, neutral, strict=True)]
        return max(range(len(options)), key=scores.__getitem__)

    def _scores(self, context: str, options: Sequence[str]) -> list[float]:
        lines = [f"{label}. {option}" for label, option in zip(_LABELS, options, strict=False)]
        question = (
            f"{context}\n\nWhat comes next?\n" + "\n".join(lines) + "\n\nAnswer with one letter."
        )
        chat = [
            {"role": "system", "content": self._rules},
            {"role": "user", "content": question},
        ]
        more = {"logprobs": True, "top_logprobs": _TOP, "max_tokens": 1}
        reply = self.endpoint.ask(chat, self.usage, seed=self._seed, **more)
        if not reply.logprobs:
            raise AgentError(
                f"{self.name}: the endpoint gives no log-probabilities; take openai:, react: or "
                "json: for this model.",
                "reply",
            )
        labels = _LABELS[: len(options)]
        found: dict[str, float] = {}
        for token, value in reply.logprobs:
            label = label_of(token)
            found[label] = max(value, found.get(label, value))
        if not found.keys() & {*labels}:
            shown = ", ".join(repr(token) for token, _ in reply.logprobs[:5])
            raise AgentError(
                f"{self.name}: no label is among the candidates for the first token ({shown}); take "
                "openai:, react: or json: for this model.",
                "reply",
            )
        return [found.get(label, _UNSEEN) for label in labels]


def label_of(token: str) -> str:
    """The label that a token is, without the space, bracket or full stop that belongs to it; else ""."""
    bare = token.strip().lstrip("▁Ġ([{*_`\"'").rstrip(")]}.:,*_`\"'").strip()
    return bare if len(bare) == 1 and bare in _LABELS else ""
