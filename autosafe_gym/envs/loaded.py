"""A scenario made ready to run: its world, its tools, its conditions compiled, its history replayed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec

from autosafe_gym.envs.bounds import MAX_OBSERVATION, MAX_RESULT, fitting
from autosafe_gym.envs.ending import (
    records_held,
    something_done,
    wants_more_than_an_end,
    wants_refusal,
)
from autosafe_gym.envs.guarding import Guards
from autosafe_gym.envs.reach import Needs, left_after, needs_of
from autosafe_gym.errors import ActionError, AgentError, ScenarioError, ToolCodeError, ToolError
from autosafe_gym.ots.compiling import (
    Predicate,
    adds_up,
    compile_condition,
    compile_trigger,
    compile_when_asked,
    of_one_effect,
    verbs_of,
)
from autosafe_gym.ots.condition import facts_named
from autosafe_gym.ots.scenario import RiskScenario, ToolCall
from autosafe_gym.tools_mock.canonical import NONE, canonical_fields, check_days
from autosafe_gym.tools_mock.consequences import Consequences
from autosafe_gym.tools_mock.people import Scripted, hear
from autosafe_gym.tools_mock.standing import Trials
from autosafe_gym.tools_mock.tool import Tool
from autosafe_gym.tools_mock.toolset import toolset
from autosafe_gym.tools_mock.world import USER, Effect, Person, World

Trigger = tuple[int, Predicate, bool]
"""Index of the outcome, its test, and whether the test wants the newest effects only."""
_NOBODY: list[Trigger] = []
_LIVE = (
    "scenario",
    "_held",
    "_opening",
    "_proposed",
    "_standing",
    "info",
    "mark",
    "observation",
    "turns",
)
"""Attributes that are neither compiled from the scenario nor part of its world; a copy carries them over."""


People = Callable[[RiskScenario], dict[str, Person]]
"""Gives the user (by `USER`) and the colleagues of a scenario."""


Declines = Callable[[str], bool]
"""Whether the words that end a task decline it."""


class Exchange(NamedTuple):
    """What an agent did and what came back.

    Attributes:
        action: The call; None: it could not be read.
        observation: What came back.
        words: The agent's own words; "" for none.
        plain: Whether the words stand in place of a call, not beside it.
    """

    action: ToolCall | None
    observation: str
    words: str = ""
    plain: bool = False


def scripted(scenario: RiskScenario) -> dict[str, Person]:
    """The people of a scenario, each following the script."""
    people: dict[str, Person] = {USER: Scripted(scenario.user)}
    for who, script in scenario.colleagues.items():
        people[who] = Scripted(script)
    return people


def _consequences(scenario: RiskScenario, world: World) -> Consequences:
    guarded = [c for guard in scenario.guards for c in (guard.event, guard.holds)]
    wanted = [scenario.goal, *(outcome.condition for outcome in scenario.outcomes), *guarded]
    losable = [name for condition in wanted for name in facts_named(condition, "lost")]
    return Consequences(world, scenario.facts, losable)


class Loaded:
    """One scenario in one environment. The world is this environment's own.

    Args:
        scenario: The scenario. It is not changed.
        people: Who plays the user and the colleagues; the scripts by default.
        declines: Whether the words of an ending decline; `speech.declines` by default.

    Raises:
        UnknownNameError: If it names a toolkit that isn't registered.
        ScenarioError: If an action of its history can't be read.
    """

    __slots__ = (
        "_busy",
        "_consequences",
        "_has_colleagues",
        "_held",
        "_opening",
        "_orders",
        "_proposed",
        "_standing",
        "_sums",
        "_trials",
        "always",
        "by_verb",
        "goal",
        "guards",
        "harmful",
        "info",
        "mark",
        "noting",
        "observation",
        "outcomes",
        "reached",
        "reached_at_once",
        "scenario",
        "tampering",
        "tools",
        "turns",
        "world",
    )

    def __init__(
        self,
        scenario: RiskScenario,
        people: People | None = None,
        declines: Declines | None = None,
    ) -> None:
        self._prepare(scenario, people, declines)
        self.mark = self.world.mark()
        self.turns = self._replay()
        own = self.turns[: len(self.turns) - scenario.played]
        self.world.shown = "\n".join([observation for _, observation in own])
        goal = scenario.goal
        self._held = frozenset() if goal is None else records_held(goal, self.world.tables)
        self.mark = self.world.mark()
        self.observation = self._first_observation()
        self.info: dict[str, Any] = {
            "instruction": scenario.instruction,
            "now": self.world.now,
            "max_steps": scenario.max_steps,
        }

    def _prepare(
        self, scenario: RiskScenario, people: People | None, declines: Declines | None
    ) -> None:
        """Sets up the world at its start, and compiles what watches it."""
        self.scenario = scenario
        self.tools = toolset(scenario.toolkits)
        # Records are replaced, never changed in depth, so two levels of copying are enough.
        tables = {
            table: {key: dict(record) for key, record in records.items()}
            for table, records in scenario.world.items()
        }
        self.world = World(tables, scenario.now)
        self.world.people = (people or scripted)(scenario)
        if declines is not None:
            self.world.declines = declines
        self._trials = Trials(self.world, self.tools.orders, self.tools.tools)
        self._orders = self._trials.tables
        self._consequences = _consequences(scenario, self.world) if scenario.facts else None
        self._has_colleagues = bool(scenario.colleagues)
        self._busy = self._has_colleagues or self._consequences is not None
        self.outcomes = scenario.outcomes
        self.tampering = scenario.tampering
        self.by_verb: dict[str, list[Trigger]] = {}
        self.always: list[Trigger] = []
        for index, outcome in enumerate(scenario.outcomes):
            predicate, newest = compile_trigger(outcome.condition)
            verbs = verbs_of(outcome.condition)
            if verbs is None:
                self.always.append((index, predicate, newest))
            for verb in verbs or ():
                self.by_verb.setdefault(verb, []).append((index, predicate, newest))
        goal, reached = scenario.goal, scenario.reached
        self.goal = None if goal is None else compile_when_asked(goal, proposed=False)
        self.reached = None if reached is None else compile_condition(reached, proposed=True)
        self.reached_at_once = reached is not None and of_one_effect(reached)
        # Effects with other verbs can do no harm (None: any may).
        self.harmful = None if self.always else frozenset(self.by_verb)
        self._opening: tuple[bool, Needs] | None = None
        # What the newest call triggers, where that was found out before something was undone.
        self._proposed: list[int] | None = None
        self._standing: frozenset[int] = frozenset()
        self.guards = Guards(scenario.guards) if scenario.guards else None
        self.noting = bool(self.always or self.guards)
        self._sums = any(map(adds_up, (outcome.condition for outcome in self.outcomes)))

    # -- copies ----------------------------------------------------------------------------------
    def __getstate__(self) -> dict[str, Any]:
        """What can't be made again from the scenario; compiled conditions can."""
        state = {name: getattr(self, name) for name in _LIVE}
        state["world"] = {name: getattr(self.world, name) for name in World.__slots__}
        state["consequences"] = self._consequences and self._consequences.live
        state["guards"] = self.guards and self.guards.live
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        # Nothing is executed again: a model may have played the people.
        self._prepare(state["scenario"], None, None)
        for name in _LIVE:
            setattr(self, name, state[name])
        for name in World.__slots__:
            setattr(self.world, name, state["world"][name])
        self._trials = Trials(self.world, self.tools.orders, self.tools.tools)
        self._orders = self._trials.tables
        if self._consequences is not None:
            self._consequences.live = state["consequences"]
        if self.guards is not None:
            self.guards.live = state["guards"]

    # -- running ---------------------------------------------------------------------------------
    def execute(self, call: Any) -> tuple[str, Tool, bool]:
        """Runs a decoded call on the journal: effects are proposed, records change.

        A call that fails is judged by the records as it would have left them, before they are undone.

        Returns:
            The observation, the tool, and whether the tool succeeded. A failed call leaves its
            effects in the ledger as attempted, and no change in the records.

        Raises:
            ToolCodeError: If the tool's code failed. The world is as it was before.
        """
        tool: Tool = call.tool
        world = self.world
        fields = tool.fields(call.arguments)
        world.joined = canonical_fields(fields, tool.canonical) if tool.canonical else NONE
        effects = world.effects
        start, changes = len(effects), len(world.journal)
        effects.append(Effect(tool.name, tool.kind, fields))
        self._proposed = None
        problem: str | None = None
        try:
            if tool.days:
                check_days(fields, tool.days)
            observation = tool.function(world, **fields)
        except ToolError as error:
            problem = str(error)
        except OverflowError:
            # Only a call's own figures are as large: no fault of the tool, and no way out of being judged.
            problem = "A number, a day or a time in this call is out of range."
        except AgentError:
            self._put_back(start, changes)
            raise  # A simulator's model failed, not the tool's code.
        except (Exception, SystemExit) as error:
            self._put_back(start, changes)
            raise self._fault(tool, fields, error) from error
        if world.joined and problem is None and not world.problems and world.keeps_joined(changes):
            world.unless(True, f"{next(iter(world.joined))!r}: one at a time; call it for each.")
        if world.problems:
            # The first reason is what the real thing would have said; the rest ran as if it had worked.
            problem = world.problems[0]
            world.problems.clear()
        if self._busy:
            if self._consequences is not None:
                self._consequences.derive(start, changes)
            if problem is None and self._has_colleagues:
                observation += hear(world, effects[start:])
        for records in self._orders:
            if records:  # Most worlds have no standing order, and most calls make none.
                try:
                    self._try_orders(start, changes)
                except (Exception, SystemExit) as error:
                    self._put_back(start, changes)
                    raise self._fault(tool, fields, error) from error
                break
        if problem is not None:
            self._proposed = self.triggered(effects[start:])
            world.undo_records(changes)
            for effect in effects[start:]:
                effect.executed = False
            observation = f"Error: {problem}"
        if len(observation) > MAX_RESULT or not observation.isascii():
            observation = fitting(observation, MAX_RESULT)
        world.minutes += 1
        if self.tampering:
            observation = self._tamper(tool.name, observation)
        return observation, tool, problem is None

    def _put_back(self, start: int, changes: int) -> None:
        """Undoes a call whose code failed.

        Args:
            start: The ledger's length before the call.
            changes: The journal's length before the call.
        """
        self.world.undo_records(changes)
        del self.world.effects[start:]
        self.world.problems.clear()

    def _fault(self, tool: Tool, fields: dict[str, Any], error: BaseException) -> ToolCodeError:
        return ToolCodeError(
            f"Tool {tool.name!r} failed in scenario {self.scenario.id!r} "
            f"with {type(error).__name__}: {error}. Arguments: {str(fields)[:200]}."
        )

    def _try_orders(self, start: int, changes: int) -> None:
        """Tries what the newest call has ordered for later, and judges it with the call.

        What it would bring about stays in the ledger as attempted: an outcome may match it, no goal does.

        Args:
            start: The ledger's length before the call.
            changes: The journal's length before the call.
        """
        trials, world = self._trials, self.world
        orders = trials.new(changes)
        if not orders and not self._sums:
            return
        # What earlier orders of this episode will do adds to sums, and is judged no second time.
        left = [order for order in trials.new(self.mark[0]) if order not in orders]
        if not orders and not left:
            return
        effects = world.effects
        tried, kept, minutes = len(effects), len(world.journal), world.minutes
        trials.run(left)
        since, changed = len(effects), len(world.journal)
        trials.run(orders)
        # An order may give an order in turn; that is as far as it goes.
        trials.run(trials.new(changed))
        if self._consequences is not None:
            self._consequences.derive(since, changed)
        self._proposed = self.triggered([*effects[start:tried], *effects[since:]])
        world.undo_records(kept)
        world.minutes = minutes
        del effects[tried:since]
        for effect in effects[tried:]:
            effect.executed = False

    def triggered(self, new: list[Effect]) -> list[int]:
        """Indices of the outcomes that these effects, the ledger's newest, trigger."""
        if self._proposed is not None:
            return self._proposed
        by_verb, world = self.by_verb, self.world
        hit: list[int] = []
        for effect in new:
            for index, predicate, new_only in by_verb.get(effect.verb, _NOBODY):
                if index not in hit and predicate(new if new_only else world.effects, world.tables):
                    hit.append(index)
        for index, predicate, _ in self.always:
            if index not in self._standing and predicate(world.effects, world.tables):
                hit.append(index)
        return hit

    def settle(self) -> None:
        """Takes in that an action is over; needed only where `noting`."""
        if self.guards is not None:
            self.guards.note(self.world.effects, self.world.tables)
        self._let_stand()

    def _let_stand(self) -> None:
        """Notes which outcomes that any action may bring about hold now: they can't be triggered again."""
        if self.always:
            effects, tables = self.world.effects, self.world.tables
            self._standing = frozenset(i for i, test, _ in self.always if test(effects, tables))

    def completed(self, outcome: int, new: list[Effect]) -> bool:
        """Whether an outcome that was just triggered has come about, not merely been attempted.

        Args:
            outcome: Its index.
            new: The effects that triggered it, the ledger's newest.
        """
        condition = self.outcomes[outcome].condition
        holds = compile_condition(condition, proposed=False)
        effects = new if of_one_effect(condition) else self.world.effects
        return holds(effects, self.world.tables)

    def goal_holds(self) -> bool:
        """Whether the goal holds now; False where there is none."""
        return self.goal is not None and self.goal(self.world.effects, self.world.tables)

    def opening(self) -> tuple[bool, Needs]:
        """Whether the risk is in sight from the start, and if not, what is still to be seen.

        Asked at the start of an episode only: it looks at the ledger.
        """
        if self._opening is None:
            test = self.reached
            if test is not None:
                self._opening = test(self.world.effects, self.world.tables), ()
            else:
                needs = needs_of(self.scenario)
                left = left_after(needs, self.observation) if needs and all(needs) else ()
                self._opening = not left, left
        return self._opening

    def words_stand(self) -> bool:
        """Whether words of declining are to be believed: nothing that was asked for has happened."""
        goal = self.scenario.goal
        if goal is None:
            return True
        new = self.world.effects[self.mark[1] :]
        if not wants_more_than_an_end(goal):
            return all(e.kind == "read" or not e.executed for e in new)
        if self.goal_holds():
            return wants_refusal(goal)
        return not something_done(goal, new, self.world.tables, self._held)

    def rewind(self) -> None:
        """Takes the world back to the start of the episode."""
        self.world.rollback(self.mark)
        self._let_stand()
        if self.guards is not None:
            self.guards.begin(self.world.effects, self.world.tables)

    def as_tool_call(self, call: Any) -> ToolCall:
        """A decoded call as the data model's `ToolCall`; arguments left at their default stay out."""
        tool: Tool = call.tool
        defaults = tool.defaults
        arguments = tool.fields(call.arguments)
        given = {k: v for k, v in arguments.items() if k not in defaults or defaults[k] != v}
        return ToolCall(name=tool.name, arguments=given)

    # -- presentation ----------------------------------------------------------------------------
    def messages(self, turns: Sequence[Exchange] = ()) -> list[dict[str, Any]]:
        """The chat so far, OpenAI style: system, instruction, then each call with its result.

        Plain text and what could not be read as a call stand there as they were said, with the
        user's answer or the error behind them.

        Args:
            turns: Turns after the scenario's own history.
        """
        scenario = self.scenario
        chat: list[dict[str, Any]] = []
        if scenario.system_prompt is not None:
            chat.append({"role": "system", "content": scenario.system_prompt})
        chat.append({"role": "user", "content": scenario.instruction})
        for own, result in self.turns:
            _add_call(chat, own, result)
        for action, observation, words, plain in turns:
            if action is not None and not plain:
                _add_call(chat, action, observation, words)
                continue
            chat.append({"role": "assistant", "content": words})
            chat.append({"role": "user", "content": observation.removeprefix("User: ")})
        return chat

    def _first_observation(self) -> str:
        scenario = self.scenario
        parts = [] if scenario.system_prompt is None else [scenario.system_prompt, ""]
        parts.append(scenario.instruction)
        for action, observation in self.turns:
            parts += ["", f"Action: {action.to_json()}", f"Observation: {observation}"]
        return fitting("\n".join(parts), MAX_OBSERVATION)

    def _tamper(self, tool: str, observation: str) -> str:
        for change in self.tampering:
            if change.tool == tool and change.containing in observation:
                if change.mode == "append":
                    observation = f"{observation}\n{change.text}"
                else:
                    observation = change.text
        return fitting(observation, MAX_RESULT)

    def _replay(self) -> list[tuple[ToolCall, str]]:
        turns: list[tuple[ToolCall, str]] = []
        for position, turn in enumerate(self.scenario.history):
            try:
                call = self.tools.decode(turn.action)
            except ActionError as error:
                raise ScenarioError(
                    f"{self.scenario.id}: field history.{position}.action: {error}"
                ) from error
            observation, _, _ = self.execute(call)
            turns.append(
                (turn.action, observation if turn.observation is None else turn.observation)
            )
        return turns


def _add_call(
    chat: list[dict[str, Any]], action: ToolCall, observation: str, words: str = ""
) -> None:
    """Adds a call and its result to a chat; ids count the messages."""
    call_id = f"call_{len(chat)}"
    arguments = msgspec.json.encode(action.arguments).decode()
    function = {"name": action.name, "arguments": arguments}
    call = {"id": call_id, "type": "function", "function": function}
    chat.append({"role": "assistant", "content": words, "tool_calls": [call]})
    chat.append({"role": "tool", "tool_call_id": call_id, "content": observation})
