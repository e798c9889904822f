"""`Session`: one episode seen from outside, and the only caller of `env.step` beside vector environments and collectors.

An agent that owns its loop (a framework, a server, a notebook) calls the session's tools; `play` is the loop for
agents that do not. Proofs, search and scoring use the same session, so that a step means the same everywhere.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

import gymnasium as gym

from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.envs.source import Single
from autosafe_gym.envs.unwrapping import risk_env_of
from autosafe_gym.errors import AgentError, ToolCodeError
from autosafe_gym.masking import masked_model
from autosafe_gym.ots.scenario import RiskScenario
from autosafe_gym.ots.trajectory import Step, Trajectory, Verdict
from autosafe_gym.plain_text import storable
from autosafe_gym.tools_mock.dialogue import DIALOGUE_ACTS
from autosafe_gym.tools_mock.signature import dressed, given_arguments
from autosafe_gym.tools_mock.tool import Tool

_LONGEST_DETAIL = 2_000
OVER = "The task is over: nothing more can be done."


def cause_of(error: BaseException) -> tuple[str, str]:
    """Why an episode is unmeasured, from what was raised in it.

    Args:
        error: The exception.

    Returns:
        The cause (an `AgentError`'s own, `tool-code`, or `agent` for whatever somebody's agent raises) and details.
    """
    said = str(error)[:_LONGEST_DETAIL]
    if isinstance(error, AgentError):
        return error.cause, said
    if isinstance(error, ToolCodeError):
        return "tool-code", said
    return "agent", f"{type(error).__name__}: {said}"


class Session:
    """One episode.

    Args:
        env: A risk environment, wrapped or not; it is reset. The session steps it as it is given.
        seed: Chooses the scenario.
        scenario: Plays this one instead, frozen or not.
        agent: The agent's name in the trajectory.

    Attributes:
        env: The environment, as given.
        risk: The `RiskEnv` inside it.
        observation: The newest event.
        info: The newest info; `opening` is that of the reset, with messages and tools.
        over: Whether the episode has ended.
        truncated: Whether its limit of steps ended it.
        error: Whether the newest action could not be read, or its tool said no.
        cause: Why it is unmeasured, if it is.

    Example:
        >>> import gymnasium as gym
        >>> import autosafe_gym
        >>> session = Session(gym.make("autosafe/Finance-v0"), seed=3)
        >>> session.say("I can't do that.") is None or session.over
        True
        >>> session.trajectory.ending
        'refused-in-words'
    """

    def __init__(
        self,
        env: gym.Env[Any, Any],
        *,
        seed: int | None = None,
        scenario: RiskScenario | None = None,
        agent: str = "external",
    ) -> None:
        self.env = env
        self.risk = risk_env_of(env)
        self.seed = seed
        self.agent = agent
        self._lock = threading.Lock()
        self._start(scenario)

    @classmethod
    def of(cls, scenario: RiskScenario, **settings: Any) -> Session:
        """A session on one scenario, in an environment of its own.

        Args:
            scenario: The scenario.
            **settings: Of `RiskEnv`.
        """
        return cls(RiskEnv(Single(scenario), **settings))

    def _start(self, scenario: RiskScenario | None) -> None:
        options = None if scenario is None else {"scenario": scenario}
        self.observation, self.opening = self.env.reset(seed=self.seed, options=options)
        self.info = self.opening
        self.over = self.truncated = self.error = False
        self._made: list[tuple[int, str, float, dict[str, Any]]] = []
        self.cause: tuple[str, str] | None = None

    def restart(self, scenario: RiskScenario | None = None) -> Session:
        """Begins anew.

        Args:
            scenario: With this scenario; by default the same again.

        Returns:
            This session.
        """
        self._start(self.risk.scenario if scenario is None else scenario)
        return self

    # -- acting ------------------------------------------------------------------------------------
    def step(self, action: Any) -> Any:
        """Runs one action; see `RiskEnv.step` for its forms.

        Args:
            action: The action, or what a wrapper round the environment takes in its place.

        Returns:
            The observation. Past the end, a sentence that says so; nothing happens then.

        Raises:
            ToolCodeError: If a tool's code failed; the session is unmeasured then.
        """
        if self.over or self.cause is not None:
            self.error = True
            return OVER
        before = len(self.risk.triggered)
        try:
            observation, reward, ended, truncated, info = self.env.step(action)
        except ToolCodeError as error:
            self.fail(*cause_of(error))
            raise
        self._made.append((before, self.risk.words, float(reward), info["reward_components"]))
        self.observation, self.info = observation, info
        self.over, self.truncated, self.error = ended or truncated, truncated, info["error"]
        return observation

    def run(self, actions: Iterable[Any]) -> Session:
        """Runs actions until they or the episode end.

        Returns:
            This session.
        """
        for action in actions:
            if self.over:
                break
            self.step(action)
        return self

    def judge(self, action: Any) -> Verdict:
        """The verdict on an action as proposed; nothing happens."""
        return self.risk.judge(action)

    def call(self, name: str, arguments: dict[str, Any] | str) -> str:
        """Calls a tool, as a framework's loop does: a failure is text, never an exception.

        Args:
            name: The tool.
            arguments: Its arguments, or JSON text of them.

        Returns:
            The observation, or a sentence that says that the episode is over.
        """
        action: Any = {"name": name, "arguments": arguments}
        with self._lock:  # Frameworks push synchronous tools into threads.
            try:
                return str(self.step(action))
            except ToolCodeError as error:
                return f"Error: {error}"

    def say(self, text: str, *, refused: bool = False) -> str | None:
        """What an agent says in plain text, such as the final answer of its loop.

        Args:
            text: The words. What asks goes to the user; the rest ends the episode, unless the user goes on.
            refused: Whether a provider marked them as a refusal.

        Returns:
            What the user says to it; None: the episode is over.
        """
        action = {"name": "refuse", "arguments": {"reason": text}} if refused else text or "Done."
        with self._lock:
            said = str(self.step(action))
        return None if self.over else said.removeprefix("User: ")

    def fail(self, cause: str, detail: str) -> None:
        """Says that the agent, its framework or its provider failed: the episode is unmeasured.

        Args:
            cause: The kind of failure; the first one stays.
            detail: What happened.
        """
        self.cause = self.cause or (cause, detail)

    # -- the tools ---------------------------------------------------------------------------------
    @property
    def schemas(self) -> list[dict[str, Any]]:
        """The tools in OpenAI's form."""
        found: list[dict[str, Any]] = self.opening["tools"]
        return found

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The chat so far in OpenAI's form."""
        return self.risk.messages

    def functions(
        self, *, dialogue: bool = True, asynchronous: bool = False
    ) -> list[Callable[..., Any]]:
        """The tools as functions with names, typed parameters and docstrings, for frameworks.

        Args:
            dialogue: Whether asking, confirming, declining and ending are among them; a framework that takes
                plain text for these leaves them out.
            asynchronous: Coroutine functions. They have no await point, so that the calls of one reply run
                whole and in order.
        """
        tools = self.risk.loaded.tools.tools.values()
        return [
            self._function(tool, asynchronous)
            for tool in tools
            if dialogue or tool.name not in DIALOGUE_ACTS
        ]

    def _function(self, tool: Tool, asynchronous: bool) -> Callable[..., Any]:
        def sync(**given: Any) -> str:
            return self.call(tool.name, given_arguments(tool, given))

        async def coroutine(**given: Any) -> str:
            return sync(**given)

        return dressed(tool, coroutine if asynchronous else sync)

    # -- the end -----------------------------------------------------------------------------------
    @property
    def steps(self) -> list[Step]:
        """What was done so far."""
        risk = self.risk
        begins = [before for before, *_ in self._made]
        ends = [*begins[1:], len(risk.triggered)][: len(begins)]
        return [
            Step(
                action=call,
                text=words,
                observation=observation,
                reward=reward,
                components=components,
                verdict=risk.verdict_of(risk.triggered[before:end], valid=call is not None),
            )
            for (call, observation), (before, words, reward, components), end in zip(
                risk.turns, self._made, ends, strict=True
            )
        ]

    @property
    def total(self) -> float:
        """The sum of rewards so far."""
        return sum(reward for _, _, reward, _ in self._made)

    @property
    def trajectory(self) -> Trajectory:
        """The episode so far, as data; known keys are masked in it."""
        risk, steps, (cause, detail) = self.risk, self.steps, self.cause or (None, "")
        found = Trajectory(
            scenario=risk.scenario,
            agent=storable(self.agent),
            seed=self.seed,
            steps=steps,
            safe=risk.safety,
            useful=risk.useful,
            reached=risk.reached,
            grade=risk.grade,
            ending=risk.ending,
            refused=risk.refused,
            asked=risk.asked,
            guards=risk.guards,
            truncated=self.truncated,
            unmeasured=cause,
            unmeasured_detail=storable(detail),
            people="scripts" if risk.people is None else "model",
            declines=_decided(risk, steps),
        )
        # Judged by what was said; from here on it may be written anywhere.
        return masked_model(found)


def _decided(env: RiskEnv, steps: list[Step]) -> dict[str, bool]:
    """What a model found of the words in these steps; the list's findings can be had again."""
    said: dict[str, bool] = getattr(env.declines, "said", {})
    texts = (v for s in steps if s.action is not None for v in s.action.arguments.values())
    return {text: said[text] for text in texts if isinstance(text, str) and text in said}
