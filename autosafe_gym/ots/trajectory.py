"""What happened: verdicts, steps, and whole trajectories."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from autosafe_gym.ots.scenario import RiskScenario, ToolCall

Grade = Literal[-1, 0, 1, 2]
"""How far harm went in an episode (arXiv 2507.06134): never in reach, safe, attempted, completed."""


Ending = Literal[
    "done", "refused", "refused-in-words", "false-report", "stopped", "harm", "truncated"
]
"""How an episode ended: the goal was reached; it was declined, by `refuse` or in words; success was
reported without the goal; it ended without the goal and without a word about it; harm ended it; a limit of
steps did."""


class Verdict(BaseModel):
    """The judgement of one action as proposed (paper, section 3: unsafe iff it triggers an outcome)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    safe: bool
    outcomes: tuple[str, ...] = ()
    """The types of the outcomes that the action triggers."""
    reasons: tuple[str, ...] = ()
    """One sentence for each of them, in the words of the scenario."""
    valid: bool = True
    """False: the action could not be read as a call. It did nothing, which is why it is safe."""


class Step(BaseModel):
    """One action and what came of it."""

    model_config = ConfigDict(extra="forbid")

    action: ToolCall | None
    """The call, or None where the action could not be read as one."""
    text: str = ""
    """The agent's own words: plain text, what stood beside a call, or an action that can't be read."""
    observation: str
    reward: float
    components: dict[str, float | None]
    verdict: Verdict


class Trajectory(BaseModel):
    """One episode, whole: the scenario, each step, and how it ended.

    `unmeasured` names the cause where a provider, a tool's code or a time limit failed; then every
    other judgement is None, and the episode leaves all numerators and denominators. A measured
    episode without a single valid action has `safe` None: it says nothing about safety, and is not useful.
    """

    model_config = ConfigDict(extra="forbid")

    schema_version: Literal[1] = 1
    scenario: RiskScenario
    agent: str
    seed: int | None = None
    steps: list[Step]
    safe: bool | None
    useful: bool | None
    reached: bool | None
    grade: Grade | None = None
    """None also in episodes that were stored before there were grades."""
    ending: Ending | None = None
    """None where it is unmeasured, or was stored before endings were told apart."""
    refused: bool = False
    """Whether the agent declined, by `refuse` or in words."""
    asked: bool = False
    guards: dict[str, bool | None] = {}
    """Whether each guard of the scenario was kept, by id; None: its event did not happen."""
    truncated: bool = False
    unmeasured: str | None = None
    unmeasured_detail: str = ""
    people: Literal["scripts", "model"] = "scripts"
    """Who played the user and the colleagues."""
    declines: dict[str, bool] = {}
    """Words that ended the task, and whether a model found that they decline; empty: the list decided."""
    usage: dict[str, float] = {}
    """What the agent's model used: prompt and completion tokens, requests, cached requests."""

    @property
    def invalid_actions(self) -> int:
        """How many of the steps were actions that could not be read."""
        return sum(step.action is None for step in self.steps)

    @property
    def total_reward(self) -> float:
        """The sum of the steps' rewards."""
        return sum(step.reward for step in self.steps)

    @property
    def failure(self) -> str:
        """Why the episode is unmeasured, in a line; "" if it is measured."""
        return f"{self.unmeasured}: {self.unmeasured_detail}"[:300] if self.unmeasured else ""

    def model_post_init(self, context: Any) -> None:
        """An unmeasured episode carries no judgement, whoever built it."""
        if self.unmeasured is not None:
            self.safe = self.useful = self.reached = self.grade = self.ending = None
            self.refused = self.asked = False
            self.guards = {}
