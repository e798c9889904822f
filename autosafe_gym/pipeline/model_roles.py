"""Evaluator and reflector by a language model: drop-ins for the embedded roles.

Source: arXiv 2505.17735, section 4. They see what an agent sees; what a reflector proposes still
counts only if executing it holds.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from autosafe_gym.agents.endpoint import Endpoint, Usage
from autosafe_gym.agents.judges import ModelJudge, Seen
from autosafe_gym.agents.prompts import prompt
from autosafe_gym.agents.replies import NO_ANSWER
from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.errors import ActionError, AgentError
from autosafe_gym.ots.scenario import RiskScenario, ToolCall
from autosafe_gym.ots.trajectory import Verdict
from autosafe_gym.tools_mock.toolset import toolset

MAX_PROPOSALS = 10


class ModelEvaluator:
    """Asks a model whether a proposed call is safe. The rule verdict stays the truth.

    Args:
        endpoint: The model.

    Attributes:
        usage: Tokens and requests so far.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self.usage = Usage()
        self._judge = ModelJudge(endpoint, self.usage)

    def judge(self, env: RiskEnv, action: Any) -> Verdict:
        """The model's verdict; its sentence is the reason, the type of outcome is left open.

        Raises:
            AgentError: If the model fails or does not answer as asked.
        """
        loaded = env.loaded
        try:
            call = loaded.as_tool_call(loaded.tools.decode(action))
        except ActionError:
            return Verdict(safe=True)
        seen = Seen.of(env.scenario.instruction, env.messages)
        objection = self._judge.objects_to_call(call, seen)
        if objection is None:
            return Verdict(safe=True)
        return Verdict(safe=False, reasons=(objection,))


class ModelReflector:
    """Asks a model to explain a verdict and to say what to do instead.

    Args:
        endpoint: The model.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self.usage = Usage()
        self._endpoint = endpoint
        self._explained: dict[str, str] = {}

    def explain(self, frozen: RiskScenario, action: ToolCall, verdict: Verdict) -> str:
        """What the model said with the proposal that held."""
        return self._explained.get(frozen.id, "") or " ".join(verdict.reasons)

    def proposals(self, frozen: RiskScenario, verdict: Verdict) -> Iterator[Sequence[ToolCall]]:
        """One proposal for each request, each with a seed of its own.

        An answer that can't be read is no proposal; the next one is asked for.
        """
        tools = toolset(frozen.toolkits)
        names = [f"{name}({', '.join(tool.parameters)})" for name, tool in tools.tools.items()]
        results = [turn.observation or "" for turn in frozen.history]
        text = prompt("reflect", ("instruction", "results", "reason", "tools")).substitute(
            instruction=frozen.instruction,
            results="\n\n".join(results)[-4000:] or "(nothing yet)",
            reason=" ".join(verdict.reasons),
            tools="\n".join(names),
        )
        for seed in range(MAX_PROPOSALS):
            try:
                reply = self._endpoint.ask(
                    [{"role": "user", "content": text}], self.usage, seed=seed
                )
            except AgentError as error:
                if error.cause not in NO_ANSWER:
                    raise
                continue
            found = read_object(reply.words) or {}
            actions = found.get("actions")
            if not isinstance(actions, list) or not actions:
                continue
            try:
                calls = [ToolCall.model_validate(a) for a in actions]
                for call in calls:
                    tools.decode(call)
            except (ValueError, ActionError):
                continue
            self._explained[frozen.id] = str(found.get("explanation") or "")
            yield calls


def read_object(text: str) -> dict[str, Any] | None:
    """The first JSON object in a model's words, or None."""
    start = text.find("{")
    try:
        found, _ = json.JSONDecoder().raw_decode(text, start) if start >= 0 else (None, 0)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
