"""`autosafe/Simulated-v0`: your agent's own tools and tasks from one file, with simulated results.

The file is JSON:

    {"toolkit": "crm", "description": "Customers and their orders.",
     "tools": [{"type": "function", "function": {...}, "kind": "read", "example": {...}}, ...],
     "tasks": [{"instruction": "...", "outcomes": [...], "order": "...", "state": {...}}, ...]}

`tools` are read by `autosafe_gym.tools_mock.tool_forms`, `tasks` by
`autosafe_gym.adapters.own_tasks`.
"""

from __future__ import annotations

import warnings
from functools import lru_cache
from pathlib import Path
from typing import Any

import gymnasium as gym

from autosafe_gym.adapters.own_tasks import Task, own_toolkit, read_task
from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.errors import DataError, ScenarioError, UnknownNameError
from autosafe_gym.library.attacks import ATTACKS, check_attack
from autosafe_gym.ots.scenario import RiskScenario
from autosafe_gym.storage.reading import parse_json, read_bytes
from autosafe_gym.tools_mock.described import (
    TASK,
    TASK_KEY,
    Simulator,
    register_file,
    use_simulator,
)
from autosafe_gym.tools_mock.tool_forms import read_tools

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


def load(path: str) -> tuple[str, tuple[Task, ...]]:
    """The toolkit and the tasks of a file, with what the simulator is told about each.

    Args:
        path: The file. One that has changed since is read again.

    Returns:
        The name under which the toolkit is registered, and the tasks.

    Raises:
        DataError: If the file can't be used; it names the tool or the task, and the field.
    """
    try:
        content = read_bytes(path)
    except DataError as error:
        raise DataError(f"{error} {WHERE}") from error
    toolkit, tasks, notes = _parsed(path, content)
    for note in notes:
        warnings.warn(note, stacklevel=3)
    return toolkit, tasks


@lru_cache(maxsize=8)
def _parsed(path: str, content: bytes) -> tuple[str, tuple[Task, ...], tuple[str, ...]]:
    data = parse_json(content, path)
    if not isinstance(data, dict) or not data.get("tools"):
        raise DataError(f"{path}: a non-empty list 'tools' is needed. {WHERE}")
    if not isinstance(data.get("tasks"), list) or not data["tasks"]:
        raise DataError(f"{path}: a non-empty list 'tasks' is needed. {WHERE}")
    written = str(data.get("toolkit") or Path(path).stem)
    try:
        tools = read_tools(data["tools"])
        own = own_toolkit(written, str(data.get("description") or ""), tools)
    except DataError as error:
        raise DataError(f"{path}, {error}") from error
    register_file(own.kit, repr((own.kit.description, data["tools"])))
    tasks = tuple(
        read_task(task, number, own, f"{path}, task {number}")
        for number, task in enumerate(data["tasks"])
    )
    return own.kit.name, tasks, tuple(f"{path}: {note}" for note in own.notes)
