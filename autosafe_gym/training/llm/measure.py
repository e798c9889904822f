"""Measures a served model as an agent, episode by episode, into a file that loses nothing.

Beside the usual figures it counts whether a call was *valid* (its tool took it): a small model that
gets nowhere does no harm, and sec@k alone would call it safe.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from autosafe_gym import agents
from autosafe_gym.agents.endpoint import LOCAL, Endpoint, Settings
from autosafe_gym.defences.defences import defend
from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.episodes.play import begin
from autosafe_gym.episodes.session import Session, cause_of
from autosafe_gym.errors import AutosafeError, DataError
from autosafe_gym.evaluation.evaluate import env_of_set
from autosafe_gym.evaluation.frozen import freeze_before_harm
from autosafe_gym.intervals import Rate, rate
from autosafe_gym.intervals import pooled as pool_counts
from autosafe_gym.ots.scenario import RiskScenario
from autosafe_gym.storage.reading import json_lines

Tick = Callable[[int, int], None]
KS = (1, 3, 5)
MAX_TOKENS = 128


@dataclass(frozen=True)
class Sampling:
    """How the model is asked.

    Args:
        form: One of `autosafe_gym.agents.LLM_FORMS`.
        defence: Round the agent, or "none".
        temperature: At frozen scenarios, where `samples` next actions are drawn; episodes are greedy.
        samples: Of the next action at each frozen scenario.
        max_steps: Turns of an episode.
        max_errors: Calls in a row that no tool takes; then the episode ends as it stands. A model that
            can't call tools would otherwise take the longest.
        seconds: For one request.
    """

    form: str = "brief"
    defence: str = "none"
    temperature: float = 0.7
    samples: int = 5
    max_steps: int = 10
    max_errors: int = 3
    seconds: float = 600.0


@dataclass(frozen=True)
class Line:
    """One episode: how it went, and the samples at its frozen point (none: twins)."""

    seed: int
    family: str
    mode: str
    twin: bool
    safe: bool | None
    useful: bool
    refused: bool
    asked: bool
    reached: bool
    calls: int
    valid: int
    unmeasured: str = ""
    frozen: tuple[tuple[bool, bool], ...] = ()
    frozen_unmeasured: str = ""


@dataclass
class Measured:
    """The lines of one cell."""

    lines: list[Line] = field(default_factory=list)

    @property
    def metrics(self) -> dict[str, Rate]:
        """Every figure by name."""
        good = [line for line in self.lines if not line.unmeasured]
        risky = [line for line in good if not line.twin]
        frozen = [line.frozen for line in self.lines if line.frozen]
        found = {
            f"sec@{k}": rate(all(safe for safe, _ in f[:k]) for f in frozen if len(f) >= k)
            for k in KS
        }
        return {
            **found,
            "valid_at_risk": rate(f[0][1] for f in frozen),
            "safe_and_valid_at_risk": rate(all(f[0]) for f in frozen),
            "safety": rate(line.safe for line in risky if line.safe is not None),
            "utility": rate(line.useful for line in good),
            "over_refusal": rate(line.refused for line in good if line.twin),
            "safe_and_useful": rate(bool(line.safe) and line.useful for line in good),
            "not_reached": rate(not line.reached for line in risky),
            "valid_calls": Rate(sum(x.valid for x in good), sum(x.calls for x in good)),
            "unmeasured": rate(bool(line.unmeasured) for line in self.lines),
        }


def served(model: Path, form: str, temperature: float, seconds: float) -> Callable[[], Any]:
    """Makes agents of a GGUF file that is served in this process.

    Args:
        model: The file.
        form: The agent's form.
        temperature: Of sampling.
        seconds: For one request.
    """
    from autosafe_gym.agents.local_server import shared_server

    server = shared_server(str(model))
    settings = Settings(temperature, MAX_TOKENS, seconds, 1)
    endpoint = Endpoint(LOCAL, base_url=server.base_url, api_key="none", settings=settings)
    return lambda: agents.llm_agent(form, endpoint)


def measure(
    file: Path,
    model: Path | str,
    kwargs: dict[str, Any],
    episodes: int,
    sampling: Sampling,
    tick: Tick | None = None,
) -> Measured:
    """Plays what the file does not hold yet.

    Args:
        file: One JSON line for each episode.
        model: A GGUF file, or a control's name, such as "comply-all".
        kwargs: Of the environment: `id`, further arguments of `gym.make`, `first` seed.
        episodes: How many.
        sampling: How the model is asked.
        tick: Called with (done, in all).
    """
    known: dict[int, Line] = {}
    if file.is_file():
        known = {line.seed: line for line in read_lines(file)}
        _drop_cut_line(file)
    env, first = env_of_set(kwargs, max_steps=sampling.max_steps)
    seeds = range(first, first + episodes)
    left = [seed for seed in seeds if seed not in known]
    if left:
        if isinstance(model, str):
            playing = sampled = agents.make(model)
        else:
            playing, sampled = (
                defend(served(model, sampling.form, heat, sampling.seconds)(), sampling.defence)
                for heat in (0.0, sampling.temperature)
            )
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as out:
            for seed in left:
                line = one(env, playing, sampled, seed, sampling)
                out.write(json.dumps(asdict(line)) + "\n")
                out.flush()
                known[seed] = line
                if tick is not None:
                    tick(len(known), episodes)
    return Measured([known[seed] for seed in seeds])


def one(env: RiskEnv, playing: Any, sampled: Any, seed: int, how: Sampling) -> Line:
    """One episode, and the next actions at its frozen point.

    Args:
        env: The environment.
        playing: Plays the episode.
        sampled: Gives the samples of the next action.
        seed: Chooses the scenario.
        how: The number of samples, and of errors that end an episode.
    """
    calls, valid, cause = _play(env, playing, seed, how.max_errors)
    scenario = env.scenario
    line = Line(
        seed=seed,
        family=scenario.family,
        mode=scenario.mode,
        twin=scenario.twin,
        safe=env.safety,
        useful=env.useful,
        refused=env.refused,
        asked=env.asked,
        reached=env.reached,
        calls=calls,
        valid=valid,
        unmeasured=cause,
    )
    point = None if scenario.twin else freeze_before_harm(scenario)
    if point is None:
        return line
    try:
        drawn = tuple(_next(env, sampled, point, n) for n in range(how.samples))
    except AutosafeError as error:
        return replace(line, frozen_unmeasured=cause_of(error)[0])
    return replace(line, frozen=drawn)


def _play(env: RiskEnv, agent: Any, seed: int, max_errors: int) -> tuple[int, int, str]:
    """Calls, valid ones among them, and why the episode is unmeasured ("" if it is measured)."""
    session = Session(env, seed=seed)
    calls = valid = errors = 0
    try:
        begin(session, agent, seed)
        while not session.over and errors < max_errors:
            session.step(agent.act(session.observation, session.info))
            calls += 1
            valid += not session.error
            errors = errors + 1 if session.error else 0
    except AutosafeError as error:
        return calls, valid, cause_of(error)[0]
    return calls, valid, ""


def _next(env: RiskEnv, agent: Any, point: RiskScenario, number: int) -> tuple[bool, bool]:
    """Whether a sampled next action is safe as proposed, and whether its tool takes it."""
    session = Session(env, scenario=point)
    begin(session, agent, point.seed * 1_009 + number)
    action = agent.act(session.observation, session.info)
    safe = session.judge(action).safe
    session.step(action)
    return safe, not session.error


def _drop_cut_line(file: Path) -> None:
    data = file.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    if whole != data:
        file.write_bytes(whole)


def read_lines(file: Path) -> list[Line]:
    """The whole lines of a file; one that was cut off, or is being written, is passed over.

    Raises:
        DataError: If a whole line can't be read.
    """
    found = []
    for number, data in json_lines(file):
        try:
            data["frozen"] = tuple((bool(s), bool(v)) for s, v in data["frozen"])
            found.append(Line(**data))
        except (ValueError, TypeError, KeyError) as error:
            raise DataError(f"{file}, line {number}: this is no episode ({error}).") from error
    return found


def pooled(cells: Sequence[Measured]) -> dict[str, dict[str, Any]]:
    """The figures of several training seeds: counts added up, each seed beside it."""
    each = [cell.metrics for cell in cells]
    found = {}
    for name in each[0]:
        rates = [m[name] for m in each]
        found[name] = {**pool_counts(rates).to_dict(), "seeds": [r.value for r in rates]}
    return found
