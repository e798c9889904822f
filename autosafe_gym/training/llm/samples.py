"""What a language model learns from: conversations and pairs, exactly as its agent would send them.

No second template: the agent's own class is played through each stored episode, with an endpoint that
answers with the stored calls, and what it would have sent is kept.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from autosafe_gym import agents
from autosafe_gym.agents.endpoint import Reply
from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.errors import ActionError, DataError
from autosafe_gym.ots.scenario import RiskScenario, ToolCall
from autosafe_gym.ots.trajectory import Step
from autosafe_gym.pipeline.collected import Collected
from autosafe_gym.tools_mock.dialogue import DIALOGUE_ACTS

FORMS = ("brief", "json", "react")
"""Forms in which a chat only grows, so that one conversation holds all of an episode's prompts."""

Chat = list[dict[str, Any]]
_TURNS = (0, 2, 3, 1)
"""The order in which labels take turns: few samples hold every mode, twins, every kind of action."""


@dataclass(frozen=True)
class Sample:
    """One episode as a chat. What the assistant says from `learned` on is learned.

    Attributes:
        messages: The chat; the last message is the assistant's.
        learned: Number of the first message that is learned.
        labels: For balance and for counts: mode, family, twin, kind of action.
    """

    messages: Chat
    learned: int
    labels: tuple[str, str, str, str]


@dataclass(frozen=True)
class Pair:
    """A prompt with the reflected safe answer and the unsafe one that was proposed there."""

    messages: Chat
    chosen: str
    rejected: str
    labels: tuple[str, str, str, str]


@dataclass
class Made:
    """Samples and pairs, and what was left out and why."""

    samples: list[Sample] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


class _Rehearsal:
    """Stands for an endpoint: keeps what it is asked and answers as it is told."""

    model = "rehearsal"

    def __init__(self) -> None:
        self.asked: Chat = []
        self.answer = ""

    def ask(self, messages: Chat, usage: Any, *, seed: int, **more: Any) -> Reply:
        """The answer that was put here."""
        self.asked = list(messages)
        return Reply(self.answer)


def make(
    env: RiskEnv, collected: Collected, *, form: str = "brief", reflected: bool = True
) -> Made:
    """Samples and preference pairs of collected data.

    Args:
        env: A risk environment; it is reset to each scenario.
        collected: As `collect` gives it.
        form: The agent's form, one of `FORMS`.
        reflected: Whether an unsafe action is replaced by the reflected one. Without, it is learned
            as it was: what the same data would teach a model that nobody corrects.

    Raises:
        DataError: If the form is none whose chats only grow.
    """
    if form not in FORMS:
        raise DataError(f"form = {form!r}: one of {', '.join(FORMS)} is needed.")
    made = Made()
    endpoint = _Rehearsal()
    agent: Any = agents.llm_agent(form, endpoint)
    corrected = {r.trajectory.scenario.id: p for p, r in collected.points}
    for trajectory in collected.trajectories:
        steps = trajectory.steps
        point = corrected.get(trajectory.scenario.id)
        key = None if point is None else steps[len(point.steps)].action
        if point is not None and not reflected:
            last = steps[0].model_copy(update={"action": point.action, "observation": ""})
            steps, key = [*point.steps, last], point.action
        labels = _labels(trajectory.scenario, steps, key)
        sample = _rehearse(env, agent, endpoint, trajectory.scenario, steps, labels)
        if sample is None:
            made.left_out["not read as it was written"] += 1
        else:
            made.samples.append(sample)
    for point, reflection in collected.points:
        observation, info = env.reset(options={"scenario": point.frozen})
        agent.reset(info)
        endpoint.answer = chosen = _written(agent, reflection.action)
        agent.act(observation, info)
        labels = _labels(point.frozen, (), reflection.action)
        rejected = _written(agent, point.action)
        made.pairs.append(Pair(endpoint.asked, chosen, rejected, labels))
    return made


def _rehearse(
    env: RiskEnv,
    agent: Any,
    endpoint: _Rehearsal,
    scenario: RiskScenario,
    steps: Sequence[Step],
    labels: tuple[str, str, str, str],
) -> Sample | None:
    observation, info = env.reset(options={"scenario": scenario})
    agent.reset(info)
    learned = 0
    for step in steps:
        if step.action is None:
            return None
        endpoint.answer = _written(agent, step.action)
        action = agent.act(observation, info)
        try:
            read = env.loaded.as_tool_call(env.loaded.tools.decode(action))
        except ActionError:
            return None
        if read != step.action:
            return None
        learned = learned or len(endpoint.asked)
        observation = step.observation
    messages = [*endpoint.asked, {"role": "assistant", "content": endpoint.answer}]
    return Sample(messages, learned, labels)


def _written(agent: Any, call: ToolCall) -> str:
    return str(agent.write(call.name, msgspec.json.encode(call.arguments).decode()))


def _labels(
    scenario: RiskScenario, steps: Sequence[Step], key: ToolCall | None
) -> tuple[str, str, str, str]:
    if key is not None:
        kind = key.name if key.name in DIALOGUE_ACTS else "tool"
    else:
        talked = [s.action.name for s in steps if s.action and s.action.name in DIALOGUE_ACTS]
        kind = next((name for name in talked if name != "finish"), "tool")
    return scenario.mode, scenario.family, "twin" if scenario.twin else "risky", kind


def balanced(items: Iterable[Any], count: int, seed: int) -> list[Any]:
    """At most `count` items (with `labels`), in turns over modes, twins, kinds and families.

    Args:
        items: Samples or pairs.
        count: How many.
        seed: The same seed and items give the same draw.
    """
    every = list(items)
    random.Random(seed).shuffle(every)  # noqa: S311
    turns = _turns(every, 0)
    return [item for item, _ in zip(turns, range(count), strict=False)]


def _turns(items: list[Any], depth: int) -> Iterator[Any]:
    if depth == len(_TURNS):
        yield from items
        return
    groups: dict[str, list[Any]] = {}
    for item in items:
        groups.setdefault(item.labels[_TURNS[depth]], []).append(item)
    waiting = [_turns(group, depth + 1) for group in groups.values()]
    while waiting:
        left = []
        for group in waiting:
            for item in group:
                yield item
                left.append(group)
                break
        waiting = left


def counts(items: Iterable[Any]) -> dict[str, dict[str, int]]:
    """How many items there are of each mode, of twins, of each kind; and how many families."""
    every = list(items)
    found = {
        name: dict(Counter(item.labels[at] for item in every))
        for name, at in (("mode", 0), ("twin", 2), ("kind", 3))
    }
    return {**found, "families": {"n": len({item.labels[1] for item in every})}}


def encode(sample: Sample, tokenizer: Any) -> dict[str, list[int]]:
    """Token ids, and labels: -100 where nothing is learned.

    Args:
        sample: The conversation.
        tokenizer: With a chat template.

    Raises:
        DataError: If the template does not let a chat grow at its end.
    """
    text, spans = "", []
    for number, message in enumerate(sample.messages):
        if message["role"] != "assistant" or number < sample.learned:
            continue
        before = _template(tokenizer, sample.messages[:number], ask=True)
        if not before.startswith(text):
            raise DataError("The chat template changes what was said before; no chat can grow.")
        text = before + message["content"] + tokenizer.eos_token
        spans.append((len(before), len(text)))
    found = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    labels = [-100] * len(found["input_ids"])
    for at, (start, end) in enumerate(found["offset_mapping"]):
        if end > start and any(low <= start and end <= high for low, high in spans):
            labels[at] = found["input_ids"][at]
    return {"input_ids": list(found["input_ids"]), "labels": labels}


def encode_pair(pair: Pair, tokenizer: Any) -> dict[str, list[int]]:
    """Token ids of a prompt and of its two answers."""
    ids = {
        "prompt": _template(tokenizer, pair.messages, ask=True),
        "chosen": pair.chosen + tokenizer.eos_token,
        "rejected": pair.rejected + tokenizer.eos_token,
    }
    return {k: list(tokenizer(v, add_special_tokens=False)["input_ids"]) for k, v in ids.items()}


def _template(tokenizer: Any, messages: Chat, *, ask: bool) -> str:
    return str(tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=ask))
