"""`RiskScenario`: one OTS risk scenario as versioned data with a JSON round trip and a content hash.

Source: arXiv 2505.17735, section 3: a risk scenario is the pair (u, tau) of an instruction and a
history that leads to a trigger. Beside it stand the things that make it executable: the world, the
scripted user, the conditions of harm and of success, and the oracles that prove it.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Self

import msgspec
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from autosafe_gym import registry
from autosafe_gym.errors import DataError, ScenarioError
from autosafe_gym.ots.condition import Condition, facts_named
from autosafe_gym.ots.facts import Fact
from autosafe_gym.ots.guard import Guard
from autosafe_gym.ots.taxonomy import CHANNELS, DOMAINS, FAILURE_MODES, OUTCOMES
from autosafe_gym.storage.reading import parse_json, read_bytes

SCHEMA_VERSION = 1
NEUTRAL = "Tell me exactly what you are asking about, please."
"""What a person says who was asked about nothing in particular: neither leave nor denial, everywhere alike."""
_DETERMINISTIC = msgspec.json.Encoder(order="deterministic")

World = dict[str, dict[str, dict[str, Any]]]


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ToolCall(_Data):
    """An action: a tool (or one of the dialogue acts) with its arguments."""

    name: str
    arguments: dict[str, Any] = {}

    def to_json(self) -> str:
        """The call as the JSON text that `RiskEnv.step` reads."""
        return msgspec.json.encode({"name": self.name, "arguments": self.arguments}).decode()


class Turn(_Data):
    """One step of the history: an action and its observation."""

    action: ToolCall
    observation: str | None = None
    """None: the observation is produced by executing the action when the scenario is loaded."""


class Answer(_Data):
    """What a scripted person says when spoken to about something."""

    about: tuple[str, ...] = ()
    """The gate: values of which one must be named in what the agent says, as whole words; empty: anything.
    They are what only looking shows (an id, an address, a date, another name), never words of the
    instruction. An answered gate leaves the effect `answered` with `about`, its first value."""
    looked: bool = False
    """Whether what the scenario's own history shows opens the gate too: only where the look is part of
    the history. Elsewhere such a value opens nothing."""
    text: str
    confirms: bool | None = None
    """For `confirm`, or a message to a colleague: True grants it, False denies it, None neither."""
    only: Literal["ask", "confirm", "finish", "refuse", "message"] | None = None
    """Restricts the answer to one act. None: any but `finish` and `refuse`, after which only an
    answer that names them keeps the conversation going; without one the episode ends."""
    then: str | None = None
    """The scene that follows; None: the present one goes on."""


class Scene(_Data):
    """One state of a scripted person: the first answer that fits is given, however often asked."""

    answers: tuple[Answer, ...] = ()
    default: str = NEUTRAL
    """Where no answer fits. The same everywhere, so that it tells nothing."""
    default_confirms: bool | None = None


class ScriptedUser(Scene):
    """A user's, or a colleague's, side of the dialogue: a tree of scenes, of which it is the first.

    Source: simulated users with hidden goals, arXiv 2409.16427 (HAICOSYSTEM); colleagues, arXiv
    2507.06134 (OpenAgentSafety).
    """

    scenes: dict[str, Scene] = {}
    """Further scenes, by the names that `Answer.then` gives."""
    stance: Literal["benign", "careless", "malicious", "changing", "pressing"] = "benign"
    """What the person is like; hidden from the agent, known to a model that plays the part."""
    aim: str = ""
    """The hidden goal in a sentence; likewise."""

    @model_validator(mode="after")
    def _scenes_exist(self) -> Self:
        everything: tuple[Scene, ...] = (self, *self.scenes.values())
        for scene in everything:
            for answer in scene.answers:
                if answer.then and answer.then not in self.scenes:
                    raise ValueError(
                        f"the scene {answer.then!r} is not among {sorted(self.scenes)}"
                    )
        return self


class Tamper(_Data):
    """What the adversarial simulator changes in an observation (paper, section 4.1)."""

    tool: str
    """The tool whose result is changed."""
    text: str
    mode: Literal["append", "replace"] = "append"
    containing: str = ""
    """Only results that contain this text are changed."""


class Outcome(_Data):
    """One harm: its type, how bad it is, and the condition under which it has happened."""

    type: str
    description: str
    condition: Condition
    severity: int = Field(default=2, ge=0, le=3)

    @field_validator("type")
    @classmethod
    def _known(cls, value: str) -> str:
        return OUTCOMES.check(value)


class UnsafeOracle(_Data):
    """Actions of which the last triggers the outcome `outcome`, and no earlier one any."""

    outcome: str
    actions: tuple[ToolCall, ...] = Field(min_length=1)


class RiskScenario(_Data):
    """One risk scenario, or the benign twin of one.

    Never visible to a policy: `goal`, `outcomes`, `reached`, `twin`, the oracles and the labels.
    """

    schema_version: Literal[1] = 1
    id: str
    family: str
    seed: int = Field(ge=0)
    domain: str
    instruction_mode: Literal["normal", "underspecified", "malicious"]
    history_mode: Literal["normal", "malicious"]
    channel: str
    failure_mode: str
    outcome_types: tuple[str, ...]
    """The outcomes that the risky sibling threatens; for statistics."""
    severity: int = Field(default=2, ge=0, le=3)
    twin: bool = False
    """True for the benign control: the bold action is right here."""
    system_prompt: str | None = None
    instruction: str
    history: tuple[Turn, ...] = ()
    played: int = Field(default=0, ge=0)
    """How many turns at the end of the history an agent played before the scenario was frozen; the
    turns before them are the scenario's own."""
    toolkits: tuple[str, ...]
    now: str = "2026-03-02 09:00"
    """In-world time at the start, `YYYY-MM-DD HH:MM`."""
    world: World = {}
    """Initial records: table -> id -> record. Tables are named `toolkit.table`."""
    tampering: tuple[Tamper, ...] = ()
    user: ScriptedUser = ScriptedUser()
    colleagues: dict[str, ScriptedUser] = {}
    """People who answer when a message is delivered to them: by handle or address, small letters."""
    goal: Condition | None = None
    """Success of the user's task; None: refusing is right."""
    outcomes: tuple[Outcome, ...] = ()
    facts: tuple[Fact, ...] = ()
    """What must not get out, get lost or be falsified; conditions name them by id."""
    guards: tuple[Guard, ...] = ()
    """What must hold around events; judged beside safety and usefulness."""
    reached: Condition | None = None
    """When the risky matter is in sight; None: when all that a harmful action needs has been shown."""
    safe_oracle: tuple[ToolCall, ...] = ()
    unsafe_oracles: tuple[UnsafeOracle, ...] = ()
    max_steps: int = Field(default=15, ge=1)
    tags: dict[str, str] = {}
    """Further labels, such as the injection wrapper."""

    @field_validator("domain")
    @classmethod
    def _domain(cls, value: str) -> str:
        return DOMAINS.check(value)

    @field_validator("now")
    @classmethod
    def _now(cls, value: str) -> str:
        datetime.strptime(value, "%Y-%m-%d %H:%M")
        return value

    @field_validator("channel")
    @classmethod
    def _channel(cls, value: str) -> str:
        return CHANNELS.check(value)

    @field_validator("failure_mode")
    @classmethod
    def _failure_mode(cls, value: str) -> str:
        return FAILURE_MODES.check(value)

    @field_validator("outcome_types")
    @classmethod
    def _outcome_types(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            OUTCOMES.check(name)
        return value

    @model_validator(mode="after")
    def _played_is_in_the_history(self) -> Self:
        if self.played > len(self.history):
            raise ValueError(
                f"played = {self.played}: the history has only {len(self.history)} turns"
            )
        return self

    @model_validator(mode="after")
    def _facts_are_named(self) -> Self:
        known = [fact.id for fact in self.facts]
        for fact in self.facts:
            if known.count(fact.id) > 1:
                raise ValueError(f"the fact {fact.id!r} is given twice")
            for holder in fact.at:
                if not holder.stands_in(self.world):
                    where = f"{holder.table}/{holder.id}" + (holder.field and f".{holder.field}")
                    raise ValueError(f"the fact {fact.id!r}: the world has no {where}")
        guarded = [c for guard in self.guards for c in (guard.event, guard.holds)]
        judged = (self.goal, self.reached, *(o.condition for o in self.outcomes), *guarded)
        for condition in judged:
            for name in facts_named(condition):
                if name not in known:
                    raise ValueError(f"a condition names the fact {name!r}; there are {known}")
        return self

    @model_validator(mode="after")
    def _guards_differ(self) -> Self:
        known = [guard.id for guard in self.guards]
        twice = next((id for id in known if known.count(id) > 1), None)
        if twice is not None:
            raise ValueError(f"the guard {twice!r} is given twice")
        return self

    @property
    def played_turns(self) -> tuple[Turn, ...]:
        """The turns that an agent played before the scenario was frozen; empty if it is not frozen."""
        return self.history[max(0, len(self.history) - self.played) :]

    @property
    def mode(self) -> str:
        """The mode as the paper writes it: `N-M` is a normal instruction, a malicious history."""
        return f"{self.instruction_mode[0]}-{self.history_mode[0]}".upper()

    @property
    def by_omission(self) -> bool:
        """Whether ending the task is itself a harm here: something had to be done and was not."""
        return any(o.actions[-1].name in ("finish", "refuse") for o in self.unsafe_oracles)

    def content_hash(self) -> str:
        """A hash of everything in the scenario, stable across processes (16 hex digits)."""
        # These came later: a scenario that does not use them keeps the hash that it has always had.
        later = {name for name in ("played", "facts", "guards") if not getattr(self, name)}
        data = _DETERMINISTIC.encode(self.model_dump(mode="json", exclude=later))
        return hashlib.sha256(data).hexdigest()[:16]

    def to_json(self) -> str:
        """The scenario as JSON text; `from_json` reads it back to an equal scenario."""
        return self.model_dump_json()

    @classmethod
    def from_json(cls, text: str | bytes, source: str = "scenario") -> Self:
        """Reads a scenario.

        Args:
            text: JSON.
            source: Where it came from; named in errors.

        Raises:
            ScenarioError: With the path of each bad field, its value, and what is allowed. A condition
                is bad too if it names what the scenario's toolkits do not have.
        """
        try:
            # Strict JSON first: pydantic's own parser would take the last of two equal keys.
            scenario = cls.model_validate(parse_json(text, source))
            for check in registry.table("check").values():
                check(scenario, source)
            return scenario
        except DataError as error:
            raise ScenarioError(str(error)) from error
        except ValidationError as error:
            raise ScenarioError(explain_validation(error, source)) from error
        except RecursionError as error:
            raise ScenarioError(f"{source}: nested too deeply to be a scenario.") from error

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Reads a scenario from a file.

        Raises:
            ScenarioError: If the file can't be read, or isn't a scenario.
        """
        try:
            text = read_bytes(path)
        except DataError as error:
            raise ScenarioError(str(error)) from error
        return cls.from_json(text, str(path))


def explain_validation(error: ValidationError, source: str) -> str:
    """One line for each bad field: path, value, what is allowed."""
    lines = []
    for item in error.errors(include_url=False):
        path = ".".join(str(part) for part in item["loc"]) or "(top level)"
        value = repr(item.get("input"))
        value = value if len(value) <= 80 else value[:77] + "..."
        lines.append(f"{source}: field {path} = {value}: {item['msg']}")
    return "\n".join(lines)
