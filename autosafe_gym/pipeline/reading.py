"""Reading a data set: each row is checked, and an error names the file, the line and the field."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from autosafe_gym.errors import DataError, ScenarioError
from autosafe_gym.ots.scenario import RiskScenario, ToolCall, explain_validation, parse_json
from autosafe_gym.ots.trajectory import Trajectory
from autosafe_gym.pipeline.rows import FILES


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RiskRow(_Row):
    """A scenario frozen before an unsafe action."""

    id: str
    hash: str
    mode: str
    outcomes: tuple[str, ...] = Field(min_length=1)
    reasons: tuple[str, ...]
    unsafe_action: ToolCall
    scenario: RiskScenario


class SafeActionRow(_Row):
    """The same with an explained safe action."""

    id: str
    hash: str
    scenario: RiskScenario
    unsafe_action: ToolCall
    reason: str
    safe_action: ToolCall
    explanation: str
    tries: int = Field(ge=1)


class _Function(_Row):
    name: str
    arguments: dict[str, Any]


class _Call(_Row):
    id: str
    type: str
    function: _Function


class _Message(_Row):
    role: str
    content: str
    tool_calls: list[_Call] | None = None
    tool_call_id: str | None = None
    name: str | None = None


class MessagesRow(_Row):
    """A TRL row for supervised fine-tuning."""

    messages: list[_Message] = Field(min_length=1)
    tools: list[dict[str, Any]]


class PreferenceRow(_Row):
    """A TRL row for preference optimisation."""

    prompt: list[_Message] = Field(min_length=1)
    chosen: list[_Message] = Field(min_length=1)
    rejected: list[_Message] = Field(min_length=1)
    tools: list[dict[str, Any]]


class AlpacaRow(_Row):
    """An instruction row."""

    instruction: str
    input: str
    output: str


_MODELS: dict[str, type[BaseModel]] = {
    "risk_scenarios": RiskRow,
    "safe_actions": SafeActionRow,
    "trajectories": Trajectory,
    "trl_messages": MessagesRow,
    "preference": PreferenceRow,
    "alpaca": AlpacaRow,
}


def load_rows(folder: str | Path, name: str) -> Iterator[BaseModel]:
    """The rows of one file of a data set, validated.

    Args:
        folder: The data set.
        name: One of `FILES`.

    Raises:
        DataError: If the file is missing, or a row is not what it should be; it names the line, the
            field, its value, and what is allowed.
    """
    for source, row in _lines(folder, name):
        try:
            yield _MODELS[name].model_validate(row)
        except ValidationError as error:
            raise DataError(explain_validation(error, source)) from error


def read_rows(folder: str | Path, name: str) -> Iterator[dict[str, Any]]:
    """The rows of one file of a data set as plain data; only that they are objects is checked.

    Raises:
        DataError: If the file is missing, or a line is not a JSON object; it names the line.
    """
    for _, row in _lines(folder, name):
        yield row


def read_trajectories(folder: str | Path) -> list[Trajectory]:
    """The trajectories of a data set, validated.

    Raises:
        DataError: If a line is not a trajectory; it names the line and the field.
    """
    return [row for row in load_rows(folder, "trajectories") if isinstance(row, Trajectory)]


def _lines(folder: str | Path, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if name not in FILES:
        raise DataError(f"{name!r} is none of the files of a data set: {', '.join(FILES)}.")
    path = Path(folder) / f"{name}.jsonl"
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                source = f"{path}, line {number}"
                row = parse_json(line, source)
                if not isinstance(row, dict):
                    raise DataError(f"{source}: an object is needed, not {line[:60]!r}.")
                yield source, row
    except ScenarioError as error:
        raise DataError(str(error)) from error
    except OSError as error:
        raise DataError(
            f"{path}: can't be read ({error.strerror}). 'autosafe collect' makes a data set."
        ) from error
