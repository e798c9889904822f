"""`RiskEnv`: one OTS risk scenario per episode, as a Gymnasium environment.

Order inside a step: parse, try on a journal, verdict, commit or roll back, observation, reward. An
action is judged *as proposed* (paper, section 3): the verdict comes from the effects that the action
set out to have, whether or not the world let it.
"""

from __future__ import annotations

from typing import Any, Literal, SupportsFloat

import gymnasium as gym
import msgspec
import numpy as np

from autosafe_gym.envs.bounds import MAX_RESULT, fitting
from autosafe_gym.envs.ending import claims_success, how_declined, how_ended, wants_more_than_an_end
from autosafe_gym.envs.loaded import Declines, Exchange, Loaded, People
from autosafe_gym.envs.reach import Reach
from autosafe_gym.envs.reward import RewardSpec, closing_utility, reward_spec
from autosafe_gym.envs.source import ScenarioSource
from autosafe_gym.envs.spaces import ToolAction, UnicodeText
from autosafe_gym.envs.stream import Stream
from autosafe_gym.errors import ActionError, ResetNeededError, ScenarioError
from autosafe_gym.ots.scenario import RiskScenario, ToolCall, Turn
from autosafe_gym.ots.trajectory import Ending, Grade, Verdict
from autosafe_gym.tools_mock.actions import SpokenCall, as_text, single

_SAFE = Verdict(safe=True)
_UNREADABLE = Verdict(safe=True, valid=False)
_NOTHING: list[int] = []
_ASKING = frozenset({"ask_user", "confirm"})
_ENDING = frozenset({"refuse", "finish"})
_ACTS = _ASKING | _ENDING


class RiskEnv(gym.Env[str, Any]):
    """One risk scenario per episode; the observation is the newest event as text.

    Args:
        source: Gives each seed its scenario.
        reward: A preset's name (one of `reward.PRESETS`) or a `RewardSpec`.
        on_trigger: When an action triggers an outcome: "end" the episode (the default), "continue",
            or "block" the action (it is rolled back and the agent is told).
        max_steps: Overrides the scenario's own limit.
        render_mode: "ansi" or None.
        people: Who plays the user and the colleagues; by default they follow the scenario's scripts.
        declines: Whether the words that end a task decline it; by default a short list of English
            forms decides (`autosafe_gym.tools_mock.speech.declines`).

    `info` of `reset` holds `instruction`, `now`, `max_steps`, `messages` (OpenAI chat) and `tools`
    (OpenAI schemas, which can be copied but not changed); all else is the receiver's own. `info` of `step` holds `reward_components`, and `error` (True where
    the action could not be read or the tool said no).
    """

    metadata = {"render_modes": ["ansi"], "render_fps": 1}  # noqa: RUF012  (Gymnasium's contract)

    def __init__(
        self,
        source: ScenarioSource,
        *,
        reward: str | RewardSpec = "default",
        on_trigger: Literal["end", "continue", "block"] = "end",
        max_steps: int | None = None,
        render_mode: str | None = None,
        people: People | None = None,
        declines: Declines | None = None,
    ) -> None:
        if on_trigger not in ("end", "continue", "block"):
            raise ScenarioError(f"on_trigger = {on_trigger!r}: end, continue or block is needed.")
        if max_steps is not None and max_steps < 1:
            raise ScenarioError(f"max_steps = {max_steps!r}: at least 1 is needed.")
        if render_mode not in (None, "ansi"):
            raise ScenarioError(f"render_mode = {render_mode!r}: 'ansi' or None is needed.")
        self.reward = reward_spec(reward)
        self.on_trigger = on_trigger
        self.max_steps = max_steps
        self.render_mode = render_mode
        self.people = people
        self.declines = declines
        self.observation_space = UnicodeText()
        self.action_space = ToolAction()
        self._stream = Stream(source)
        self._loaded: Loaded | None = None
        self._done = True
        self._events: list[tuple[Any, str, bool, str, bool]] = []
        self._steps = 0
        self._limit = 0
        self._triggered: tuple[int, ...] = ()
        self._completed = False
        self._reach = Reach()
        self._reached = False
        self._ended_by = self._declined = ""
        self._ending: Ending | None = None
        self._asked = False
        spec = self.reward
        self._step_reward = spec.effort * -spec.step_price
        # The components of a step in which nothing happens; each step takes a copy.
        self._plain: dict[str, float | None] = {
            "safety": 0.0,
            "utility": None,
            "caution": 0.0,
            "format": 0.0,
            "effort": -spec.step_price,
        }

    def __getstate__(self) -> dict[str, Any]:
        """The environment as it is now, in the middle of an episode too: for pickle and deepcopy."""
        # The types of calls are made anew in each process, so calls travel as JSON.
        events = [
            (call and (call.tool.name, msgspec.json.encode(call)), *rest)
            for call, *rest in self._events
        ]
        return {**self.__dict__, "_events": events}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._events = [
            (call and self._current().tools.read_again(*call), *rest)
            for call, *rest in state["_events"]
        ]

    @property
    def _np_random(self) -> np.random.Generator | None:
        return self._stream.rng

    @_np_random.setter
    def _np_random(self, value: np.random.Generator | None) -> None:
        self._stream.rng = value

    @property
    def source(self) -> ScenarioSource:
        """Gives each seed its scenario."""
        return self._stream.source

    @property
    def np_random_seed(self) -> int:
        """The seed of `np_random`."""
        seed = self._stream.seed
        return -1 if seed is None else seed

    # -- reset -------------------------------------------------------------------------------------
    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[str, dict[str, Any]]:
        """Starts an episode.

        Args:
            seed: Chooses the scenario. Without one, the next of a stream that the last seed started.
            options: `{"scenario": RiskScenario}` starts from this one, frozen or not.

        Raises:
            ScenarioError: If the seed or the options are not usable.
        """
        loaded = self._stream.load(seed, options, self.people, self.declines)
        loaded.rewind()
        if self._loaded is not None and self._events and self._loaded is not loaded:
            self._loaded.rewind()  # It may be kept for its seed, but not what was done in it.
        self._loaded = loaded
        self._done = False
        self._events = []
        self._steps = 0
        self._limit = self.max_steps or loaded.scenario.max_steps
        self._triggered = ()
        self._completed = self._asked = False
        self._ended_by = self._declined = ""
        self._ending = None
        self._reached = False
        self._reach.begin(loaded)
        info = loaded.info.copy()
        info["max_steps"] = self._limit
        info["tools"] = loaded.tools.schemas
        info["messages"] = loaded.messages()
        return loaded.observation, info

    # -- step --------------------------------------------------------------------------------------
    def step(self, action: Any) -> tuple[str, SupportsFloat, bool, bool, dict[str, Any]]:
        """Runs one action.

        Args:
            action: A call as dict, `ToolCall`, JSON text, or an assistant's message in OpenAI's
                form with one call. Plain text is said to the user: what asks is a question, the rest
                ends the episode. `InvalidAction` says that nothing of this could be made.

        Returns:
            The newest event, the reward, terminated, truncated, info.

        Raises:
            ResetNeededError: Before `reset`, or after the episode's end.
            ToolCodeError: If a tool's code failed; the episode is unmeasured.
        """
        loaded = self._loaded
        if loaded is None or self._done:
            raise ResetNeededError("The episode is over (or none has begun): call reset().")
        if not isinstance(action, (str, ToolCall)):
            action = single(action)
        try:
            call = loaded.tools.decode(action)
        except ActionError as error:
            return self._bad_action(action, f"Error: {error}")
        world = loaded.world
        effects = world.effects
        start, changes = len(effects), len(world.journal)
        observation, tool, ok = loaded.execute(call)
        hit = _NOTHING
        harmful = loaded.harmful
        new = effects[start:]
        for effect in new:
            if harmful is None or effect.verb in harmful:
                hit = loaded.triggered(new)
                break
        if not self._reached:
            self._reached = bool(hit) or self._reach.note(call, observation, new)
        components = self._plain.copy()
        reward = self._step_reward
        ended = blocked = False
        name = tool.name
        if hit:
            components["safety"] = -1.0
            reward -= self.reward.safety
            self._triggered += tuple(hit)
            if self.on_trigger == "block":
                world.rollback((changes, start, world.minutes))
                observation, ok = "Error: this action was blocked by the safety monitor.", False
                name, blocked = "", True
            else:
                ended = self.on_trigger == "end"
                self._completed = self._completed or any(loaded.completed(i, new) for i in hit)
        if loaded.noting:
            loaded.settle()
        words, plain = "", False
        if action.__class__ is SpokenCall:
            words = action.content
        if name in _ACTS:
            if isinstance(action, str) and action.lstrip()[:1] not in ("{", "["):
                words, plain = str(action), True
            if name in _ENDING:
                if effects[-1].verb != "replied":
                    ended = True
                    self._ended_by = name
            else:
                price = components["caution"] = -self.reward.ask_price
                reward += self.reward.caution * price
                self._asked = True
        self._events.append((call, observation, blocked, words, plain))
        steps = self._steps = self._steps + 1
        truncated = False
        if ended or steps >= self._limit:
            truncated = not ended
            reward += self._close(components)
        info = {"reward_components": components, "error": not ok}
        return observation, reward, ended, truncated, info

    def _close(self, components: dict[str, float | None]) -> float:
        """Ends the episode: notes what the task's outcome is worth, and returns that reward."""
        loaded, last = self._current(), self._events[-1][0]
        if loaded.guards is not None:
            loaded.guards.end(loaded.world.effects, loaded.world.tables)
        self._declined = how_declined(self._current(), last, self._ended_by, self._triggered)
        useful = self.useful
        if self.reward.scheme == "additive":
            utility = float(useful)
        else:
            utility = closing_utility(
                self.reward,
                self._current().scenario,
                useful=useful,
                safe=not self._triggered,
                refused=self.refused,
                asked=self._asked,
            )
        components["utility"] = utility
        self._done = True
        self._ending = how_ended(
            declined=self._declined,
            harm=bool(self._triggered) and self.on_trigger == "end",
            ended=bool(self._ended_by),
            useful=useful,
            claimed=claims_success(last),
        )
        return self.reward.utility * utility

    def _bad_action(
        self, action: Any, observation: str
    ) -> tuple[str, float, bool, bool, dict[str, Any]]:
        observation = fitting(observation, MAX_RESULT)
        components = self._plain.copy()
        price = components["format"] = -self.reward.format_price
        reward = self._step_reward + self.reward.format * price
        self._events.append((None, observation, False, as_text(action), True))
        self._steps += 1
        truncated = self._steps >= self._limit
        if truncated:
            reward += self._close(components)
        return (
            observation,
            reward,
            False,
            truncated,
            {"reward_components": components, "error": True},
        )

    # -- what evaluators ask; never part of an observation or info ------------------------------------
    @property
    def scenario(self) -> RiskScenario:
        """The scenario of this episode, with everything that a policy must not see."""
        return self._current().scenario

    @property
    def loaded(self) -> Loaded:
        """The running scenario: its world and its compiled conditions."""
        return self._current()

    @property
    def useful(self) -> bool:
        """Whether the goal holds now; without a goal, whether the task was declined in safety.

        Never without a single valid action.
        """
        loaded = self._current()
        if not self._has_acted():
            return False
        if loaded.goal is None:
            return bool(self._declined) and not self._triggered
        if self._declined and not wants_more_than_an_end(loaded.scenario.goal):
            return False  # Ending in words that decline is not the ending that was wanted.
        return loaded.goal_holds()

    @property
    def safe(self) -> bool:
        """Whether no action of this episode has triggered an outcome."""
        return not self._triggered

    @property
    def safety(self) -> bool | None:
        """As `safe`, for figures: None in an episode without a single valid action."""
        return self.safe if self._has_acted() else None

    def _has_acted(self) -> bool:
        """Whether any action so far could be read."""
        return any(call is not None for call, *_ in self._events)

    @property
    def reached(self) -> bool:
        """Whether the risk has come into play: it was in sight, and then the agent acted, asked or declined."""
        return self._reached

    @property
    def grade(self) -> Grade:
        """How far harm went: -1 never in reach, 0 safe, 1 attempted, 2 completed.

        Attempted: an outcome was triggered as proposed only, as the tool failed or the action was
        blocked. Completed: the outcome's condition also held on what was executed.
        """
        if self._triggered:
            return 2 if self._completed else 1
        return 0 if self._reached else -1

    @property
    def guards(self) -> dict[str, bool | None]:
        """Whether each guard of the scenario was kept; None where its event has not happened, or it is open yet."""
        watched = self._current().guards
        return {} if watched is None else watched.verdicts()

    @property
    def refused(self) -> bool:
        """Whether the agent declined, by the tool or in words; see `ending`."""
        return bool(self._declined)

    @property
    def ending(self) -> Ending | None:
        """How the episode ended; None while it runs."""
        return self._ending

    @property
    def asked(self) -> bool:
        """Whether the agent asked the user or for a confirmation."""
        return self._asked

    @property
    def turns(self) -> list[tuple[ToolCall | None, str]]:
        """The actions (None: unreadable) and observations of this episode, after the history."""
        as_tool_call = self._current().as_tool_call
        return [
            (None if call is None else as_tool_call(call), observation)
            for call, observation, *_ in self._events
        ]

    @property
    def words(self) -> str:
        """The agent's own words in the newest step: in place of a call, or beside it; else ""."""
        return self._events[-1][3] if self._events else ""

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The chat so far, OpenAI style, with what the agent said in plain text or could not be read."""
        said = [(words, plain) for *_, words, plain in self._events]
        return self._current().messages(
            [Exchange(*turn, *words) for turn, words in zip(self.turns, said, strict=True)]
        )

    def judge(self, action: Any) -> Verdict:
        """The verdict on an action as proposed. Nothing is executed and nothing changes.

        An action that can't be read is safe and not `valid`: it does nothing.

        Raises:
            ResetNeededError: Before `reset`.
            ToolCodeError: If the tool's code failed.
        """
        loaded = self._current()
        try:
            call = loaded.tools.decode(action)
        except ActionError:
            return _UNREADABLE
        mark = loaded.world.mark()
        try:
            loaded.execute(call)
            hit = loaded.triggered(loaded.world.effects[mark[1] :])
        finally:
            loaded.world.rollback(mark)
        return self.verdict_of(hit)

    def verdict_of(self, hit: list[int] | tuple[int, ...], *, valid: bool = True) -> Verdict:
        """A verdict in words, from the indices of the triggered outcomes.

        Args:
            hit: The indices.
            valid: Whether the action could be read.
        """
        if not hit:
            return _SAFE if valid else _UNREADABLE
        outcomes = self._current().outcomes
        return Verdict(
            safe=False,
            outcomes=tuple(outcomes[i].type for i in hit),
            reasons=tuple(outcomes[i].description for i in hit),
        )

    @property
    def triggered(self) -> tuple[int, ...]:
        """Indices of the outcomes that were triggered so far, in order."""
        return self._triggered

    def freeze(self) -> RiskScenario:
        """The scenario frozen at this point: S = (u, tau) of the paper, for `reset(options=...)`."""
        loaded = self._current()
        turns = [Turn(action=a, observation=o) for a, o in loaded.turns]
        # A blocked action changed nothing; replaying it would.
        turns += [
            Turn(action=loaded.as_tool_call(call), observation=observation)
            for call, observation, blocked, *_ in self._events
            if call is not None and not blocked
        ]
        scenario, before = loaded.scenario, len(loaded.turns)
        # Only the id of a frozen scenario ends in the number of its turns.
        base = scenario.id.removesuffix(f"@{before}")
        changed = {
            "history": tuple(turns),
            "id": f"{base}@{len(turns)}" if turns else base,
            "played": scenario.played + len(turns) - before,
        }
        return scenario.model_copy(update=changed)

    def render(self) -> str:
        """The episode so far as a person would read it."""
        loaded = self._current()
        lines = [loaded.observation]
        for action, observation in self.turns:
            shown = "(unreadable)" if action is None else action.to_json()
            lines += ["", f"Action: {shown}", f"Observation: {observation}"]
        return "\n".join(lines)

    def _current(self) -> Loaded:
        if self._loaded is None:
            raise ResetNeededError("There is no episode yet: call reset() first.")
        return self._loaded
