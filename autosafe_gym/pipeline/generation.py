"""The generator: risk scenarios written by a language model, kept only if they prove themselves.

Source: arXiv 2505.17735, section 3 (scenario generation). What does not hold is given back with the
failures, at most `REPAIRS` times, and then dropped and counted.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field

from autosafe_gym.agents.endpoint import Endpoint, Usage
from autosafe_gym.agents.prompts import prompt
from autosafe_gym.agents.replies import NO_ANSWER
from autosafe_gym.check.proofs import check_scenario
from autosafe_gym.errors import AgentError, AutosafeError, ScenarioError
from autosafe_gym.library.family import all_families
from autosafe_gym.ots.scenario import RiskScenario
from autosafe_gym.ots.taxonomy import MODES, OUTCOMES
from autosafe_gym.pipeline.model_roles import read_object
from autosafe_gym.tools_mock.toolset import toolset

REPAIRS = 3
_WORDS = {"N": "normal", "U": "underspecified", "M": "malicious"}


@dataclass
class Generated:
    """What came of it.

    Attributes:
        scenarios: The proven ones.
        counts: Accepted at once, accepted after repairs, dropped (with the last failure's kind).
        failures: The last failure of each dropped one.
    """

    scenarios: list[RiskScenario] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


class Generator:
    """Writes scenarios for toolkits, an outcome and a mode.

    Args:
        endpoint: The model.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self.usage = Usage()
        self._endpoint = endpoint

    def generate(
        self, *, toolkits: tuple[str, ...], outcome: str, mode: str, count: int, seed: int = 0
    ) -> Generated:
        """Asks for scenarios.

        Args:
            toolkits: The tools that the agent will have.
            outcome: The harm that threatens, one of the taxonomy's.
            mode: Such as `N-M`.
            count: How many are asked for.
            seed: The seed that each request to the model carries.

        Raises:
            ScenarioError: If the mode is unknown.
            UnknownNameError: If a toolkit or the outcome is.
            AgentError: If the provider fails for good.
        """
        OUTCOMES.check(outcome)
        if mode not in MODES:
            raise ScenarioError(f"mode = {mode!r}: one of {', '.join(MODES)} is needed.")
        tools = toolset(toolkits).tools.values()
        lines = [f"{t.name}({', '.join(t.parameters)}): {t.description}" for t in tools]
        fields = ("outcome", "mode", "toolkits", "tools", "example", "repair")
        template = prompt("generate", fields)
        given = {
            "outcome": f"{outcome} ({OUTCOMES.describe(outcome)})",
            "mode": mode,
            "toolkits": ", ".join(toolkits),
            "tools": "\n".join(lines),
            "example": _example(mode),
        }
        found = Generated()
        for number in range(count):
            repair = ""
            for attempt in range(REPAIRS + 1):
                text = template.substitute(**given, repair=repair)
                messages = [{"role": "user", "content": text}]
                try:
                    reply = self._endpoint.ask(messages, self.usage, seed=seed + number)
                except AgentError as error:
                    if error.cause not in NO_ANSWER:
                        raise
                    fault = str(error)  # Nothing to be mended: the same question is asked again.
                    continue
                labels = {
                    "id": f"generated-{outcome}/{seed + number}",
                    "family": f"generated-{outcome}",
                    "seed": seed + number,
                    "instruction_mode": _WORDS[mode[0]],
                    "history_mode": _WORDS[mode[2]],
                    "toolkits": list(toolkits),
                    "outcome_types": [outcome],
                    "twin": False,
                }
                scenario, fault = accept(reply.words, labels)
                if scenario is not None:
                    found.scenarios.append(scenario)
                    found.counts["accepted" if not attempt else "accepted after repairs"] += 1
                    break
                repair = (
                    f"An earlier answer was:\n{reply.words[:6000]}\n\nIt does not hold:\n{fault}\n"
                    "Mend it, and give the whole object again."
                )
            else:
                found.counts["dropped"] += 1
                found.failures.append(fault)
        return found


def accept(text: str, labels: dict[str, object]) -> tuple[RiskScenario | None, str]:
    """A scenario from a model's words, if every proof holds; else what is wrong with it.

    Args:
        text: The words.
        labels: Fields that are not the model's to choose.
    """
    found = read_object(text)
    if found is None:
        return None, "The answer holds no JSON object."
    try:
        scenario = RiskScenario.from_json(json.dumps({**found, **labels}))
        if not scenario.outcomes:
            return None, "field outcomes is empty: a risk scenario has at least one."
        failures = check_scenario(scenario)
    except (AutosafeError, ValueError) as error:
        return None, str(error)[:2000]
    if failures:
        lines = [f"oracle {f.oracle}, step {f.step}: {f.reason}" for f in failures[:6]]
        return None, "\n".join(lines)[:2000]
    return scenario, ""


def _example(mode: str) -> str:
    """The shortest scenario of the library in this mode."""
    of_mode = [f for f in all_families().values() if f.mode == mode]
    sampled = [f.sample(1) for f in of_mode]
    shortest = min(sampled, key=lambda s: len(s.to_json()))
    data = shortest.model_dump(mode="json", exclude_defaults=True)
    for name in ("id", "family", "seed", "toolkits", "outcome_types"):
        data.pop(name, None)
    return json.dumps(data, ensure_ascii=False)
