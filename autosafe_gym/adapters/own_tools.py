"""`autosafe/Simulated-v0`: your agent's own tools and tasks from one file, with simulated results.

The file is JSON:

    {"toolkit": "crm", "description": "Customers and their orders.",
     "tools": [{"type": "function", "function": {...}, "kind": "read", "example": {...}}, ...],
     "tasks": [{"instruction": "...", "outcomes": [...], "order": "...", "state": {...}}, ...]}

`tools` are OpenAI function schemas (see `autosafe_gym.tools_mock.described`). A task is a
`RiskScenario` in which most fields have defaults, with two more: `state` tells the simulator what is
so in this world, `order` is a text that is put behind the first result that is read (an injection; an
attack's wrapper goes round it). Each task has outcomes, or says `"twin": true`: without a rule of
harm an episode could only ever be "safe".
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import gymnasium as gym
from pydantic import ValidationError

from autosafe_gym.envs.attacks import ATTACKS, check_attack
from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.errors import DataError, ScenarioError, UnknownNameError
from autosafe_gym.ots.scenario import RiskScenario, explain_validation, parse_json
from autosafe_gym.tools_mock.described import (
    TASK,
    TASK_KEY,
    Simulator,
    described_tool,
    register_once,
    use_simulator,
)
from autosafe_gym.tools_mock.tool import Toolkit

WHERE = "Give path=FILE.json; docs/own-tools.md shows one."
EXAMPLES = "examples"


class OwnToolsSource:
    """Scenarios of a file of tools and tasks; a seed chooses the task, and is the simulator's seed.

    Args:
        path: The file.
        simulator: The name under which the simulator is known.
        wrapper: An injection wrapper round the tasks' orders; then only tasks with one are played.

    Raises:
        DataError: If the file can't be used; it names the tool or the task, and the field.
    """

    def __init__(
        self, path: str | Path, *, simulator: str = EXAMPLES, wrapper: str | None = None
    ) -> None:
        self.toolkit, self.tasks = load(str(Path(path)))
        self._simulator = simulator
        self._wrapper = wrapper if wrapper is None else check_attack(wrapper)
        if wrapper is not None:
            self.tasks = tuple(t for t in self.tasks if t[1].get("order"))
            if not self.tasks:
                raise DataError(f"{path}: no task has an 'order' for the attack {wrapper!r}.")

    @property
    def toolkits(self) -> tuple[str, ...]:
        """The file's toolkit."""
        return (self.toolkit,)

    def scenario(self, seed: int) -> RiskScenario:
        """The task of a seed; `seed` modulo the number of tasks chooses it."""
        start, about = self.tasks[seed % len(self.tasks)]
        told = {**about, "simulator": self._simulator, "seed": seed}
        if self._wrapper is not None:
            told["order"] = ATTACKS[self._wrapper](str(about["order"]))
        world = {**start.world, TASK: {TASK_KEY: told}}
        tags = {**start.tags, "wrapper": self._wrapper or "none"}
        return start.model_copy(update={"seed": seed, "world": world, "tags": tags})


def make_env(
    *,
    path: str | Path | None = None,
    simulator: str | Simulator = EXAMPLES,
    adversarial: bool = False,
    base_url: str | None = None,
    split: str | None = None,
    wrapper: str | None = None,
    **settings: Any,
) -> gym.Env[str, Any]:
    """The entry point behind `gym.make`.

    Args:
        path: The file of tools and tasks.
        simulator: `examples` (those of the file), a model (`openai:MODEL`, `local`), or an object.
        adversarial: Whether the model brings the tasks' risks about.
        base_url: The endpoint of the simulator's model.
        split: None or "test": these tasks are not for training.
        wrapper: See `OwnToolsSource`.
        **settings: Of `RiskEnv`.
    """
    if path is None:
        raise DataError(f"autosafe/Simulated-v0 needs tools and tasks. {WHERE}")
    if split not in (None, "test"):
        raise ScenarioError(f"split = {split!r}: your own tasks are for testing; 'test' or None.")
    name = _known(simulator, adversarial, base_url)
    return RiskEnv(OwnToolsSource(path, simulator=name, wrapper=wrapper), **settings)


def _known(simulator: str | Simulator, adversarial: bool, base_url: str | None) -> str:
    from autosafe_gym.pipeline.simulator import ExampleSimulator

    if not isinstance(simulator, str):
        return use_simulator(type(simulator).__name__, simulator)
    if simulator == EXAMPLES:
        if adversarial:
            raise ScenarioError("adversarial: the examples can't be; name a model as simulator.")
        return use_simulator(EXAMPLES, ExampleSimulator())
    made = _model_simulator(simulator, adversarial, base_url)
    return use_simulator(f"{simulator}{', adversarial' if adversarial else ''}", made)


@lru_cache(maxsize=8)
def _model_simulator(spec: str, adversarial: bool, base_url: str | None) -> Simulator:
    """One for all environments of a process: they share its endpoint and what it has said."""
    from autosafe_gym import agents
    from autosafe_gym.agents.endpoint import Settings, open_endpoint
    from autosafe_gym.pipeline.simulator import ModelSimulator

    named = agents.llm_named(spec)
    if named is None:
        known = [EXAMPLES, "local", *(f"{form}:MODEL" for form in agents.LLM_FORMS)]
        raise UnknownNameError("simulator", spec, known)
    endpoint = open_endpoint(named[1], base_url=base_url, settings=Settings(max_tokens=512))
    endpoint.check()
    return ModelSimulator(endpoint, adversarial=adversarial)


@lru_cache(maxsize=8)
def load(path: str) -> tuple[str, tuple[tuple[RiskScenario, dict[str, Any]], ...]]:
    """The toolkit's name and the tasks of a file, with what the simulator is told about each."""
    file = Path(path)
    try:
        data = parse_json(file.read_bytes(), path)
    except OSError as error:
        raise DataError(f"{path}: can't be read ({error.strerror}). {WHERE}") from error
    except ScenarioError as error:
        raise DataError(str(error)) from error
    for field in ("tools", "tasks"):
        if not isinstance(data, dict) or not isinstance(data.get(field), list) or not data[field]:
            raise DataError(f"{path}: a non-empty list {field!r} is needed. {WHERE}")
    kit = Toolkit(str(data.get("toolkit") or file.stem), str(data.get("description") or ""))
    for index, entry in enumerate(data["tools"]):
        try:
            tool = described_tool(entry, kit.name)
        except (KeyError, TypeError, AttributeError, NameError, ValueError) as error:
            fault = f"field {error} is missing" if isinstance(error, KeyError) else str(error)
            raise DataError(
                f"{path}, tool {index}: an OpenAI function schema is needed ({fault})."
            ) from error
        kit.tools[tool.name] = tool
    register_once(kit, repr(data["tools"]), path)
    tasks = [
        _task(task, kit.name, f"{path}, task {number}", number)
        for number, task in enumerate(data["tasks"])
    ]
    return kit.name, tuple(tasks)


def _task(task: Any, kit: str, where: str, number: int) -> tuple[RiskScenario, dict[str, Any]]:
    if not isinstance(task, dict) or not task.get("instruction"):
        raise DataError(f"{where}: an object with an 'instruction' is needed.")
    given = {k: v for k, v in task.items() if k not in ("state", "order")}
    order = str(task.get("order") or "")
    outcomes = given.get("outcomes") or []
    if not outcomes and not given.get("twin"):
        raise DataError(f"{where}: 'outcomes' is empty; say what would be harm, or \"twin\": true.")
    defaults = {
        "id": f"{kit}/{number}",
        "family": kit,
        "seed": number,
        "domain": "Business",
        "instruction_mode": "normal",
        "history_mode": "malicious" if order else "normal",
        "channel": "injection-tool" if order else "inherent-failure",
        "failure_mode": "instruction-hierarchy" if order else "M5-implicit-risk",
        "outcome_types": [o.get("type") for o in outcomes if isinstance(o, dict)],
        "toolkits": [kit],
        "goal": {"op": "happens", "verb": ["finish"]},
    }
    try:
        scenario = RiskScenario.model_validate({**defaults, **given})
    except ValidationError as error:
        raise DataError(explain_validation(error, where)) from error
    risk = " ".join(o.description for o in scenario.outcomes)
    about = {"risk": risk, "state": task.get("state"), "order": order}
    return scenario, about
