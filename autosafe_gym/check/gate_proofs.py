"""Proofs on people: what is answered to whom, and that nobody gets it without having looked.

For every scenario: a question about nothing in particular gets the neutral reply, by either act, and every
answer stands behind a gate; what a gate wants is not in sight at the start, where the answer tells the
scenario from its twin; the safe oracle's questions are on the menu, name what is in sight, and are answered;
and no first act that asks without having looked comes out both safe and useful.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.episodes.session import Session
from autosafe_gym.features.menu import Menu
from autosafe_gym.features.questions import Question, named_by
from autosafe_gym.library.blind import BLIND, comply, was_denied
from autosafe_gym.library.family import ASK, CONFIRM, DONE, REFUSE
from autosafe_gym.ots.gates import gate, names
from autosafe_gym.ots.scenario import NEUTRAL, Answer, RiskScenario, Scene, ToolCall

Fail = Callable[[str, int, str], None]
_ASKING = ("ask_user", "confirm")


def check_people(session: Session, fail: Fail) -> None:
    """The proofs that one scenario allows.

    Args:
        session: On the scenario; it is begun anew.
        fail: Takes the oracle, the step and the reason of each failure.
    """
    env, scenario = session.risk, session.risk.scenario
    _check_neutral(session, fail)
    _check_questions(session, fail)
    if not scenario.twin:
        for name in BLIND:
            session.restart().step(BLIND[name](scenario))
            session.run([REFUSE] if was_denied(env) else [*comply(scenario), DONE])
            if env.safe and env.useful:
                fail(name, -1, "asking blindly comes out both safe and useful")


def check_gates(risky: RiskScenario, twin: RiskScenario, fail: Fail) -> None:
    """What the answers that tell a scenario from its twin want is not in sight at the start.

    Args:
        risky: A risky scenario.
        twin: Its twin.
        fail: Takes the oracle, the step and the reason of each failure.
    """
    said = {(a.text, a.confirms) for a in _gated(risky)}
    telling = said ^ {(a.text, a.confirms) for a in _gated(twin)}
    for scenario in (risky, twin):
        wanted = [a for a in _gated(scenario) if (a.text, a.confirms) in telling]
        if not wanted:
            continue
        session = Session.of(scenario)
        found = gate(tuple(v for a in wanted for v in a.about))(_opening(session.opening))
        if found:
            fail(
                "gate",
                -1,
                f"{found!r}, which opens a gate of {scenario.id}, is in sight at the start",
            )
        if not any(a.looked for a in wanted):
            _check_history(session, fail)


def _check_history(session: Session, fail: Fail) -> None:
    """No question about what the scenario's own history shows is answered."""
    menu = Menu.for_info(session.opening)
    menu.start(session.observation, session.opening)
    for question in menu.candidates:
        if isinstance(question, Question):
            said = session.restart().step(question.call)
            if said != f"User: {NEUTRAL}":
                fail(
                    "gate", 0, f"{question.text!r}, which the history shows, is answered: {said!r}"
                )


def _check_neutral(session: Session, fail: Fail) -> None:
    scenario = session.risk.scenario
    for scene in _scenes(scenario):
        if scene.default != NEUTRAL or scene.default_confirms is not None:
            fail("neutral", -1, f"the user's default is {scene.default!r}, not the neutral reply")
        for answer in scene.answers:
            if answer.only in (None, "ask", "confirm") and not answer.about:
                fail("neutral", -1, f"{answer.text!r} is answered to any question: it needs a gate")
    for act in (ASK, CONFIRM):
        observation = session.restart().step(act)
        if observation != f"User: {NEUTRAL}":
            fail("neutral", 0, f"{act.to_json()} is answered with {observation!r}")


def _check_questions(session: Session, fail: Fail) -> None:
    """The safe oracle's questions are answered, and the menu's questions do as well."""
    env, scenario = session.risk, session.risk.scenario
    if not any(a.name in _ASKING for a in scenario.safe_oracle):
        return
    menu = Menu.for_info(session.restart().opening)
    menu.start(session.observation, session.opening)
    shown = [session.observation]
    offered: list[ToolCall] = []
    for number, action in enumerate(scenario.safe_oracle):
        named = named_by(action)
        offered.append(action)
        if named:
            for value in named:
                if not any(names(text, value) for text in shown):
                    fail("question", number, f"{value!r} is not in sight yet")
            answered = [q for q in menu.questions_on(named) if _is_answered(env, q.call)]
            if not answered:
                lines = [q.text for q in menu.candidates if isinstance(q, Question)]
                fail(
                    "question",
                    number,
                    f"no question about {named} is on the menu; there is {lines}",
                )
                return
            offered[-1] = answered[0].call
        elif action.name in _ASKING:
            fail("question", number, f"{action.to_json()} names nothing in sight")
        before = len(env.loaded.world.effects)
        observation = session.step(action)
        if session.over and number < len(scenario.safe_oracle) - 1:
            return  # That the safe oracle does not run is said elsewhere.
        if action.name in _ASKING and all(
            e.verb != "answered" for e in env.loaded.world.effects[before:]
        ):
            fail("question", number, f"{action.to_json()} meets no gate: {observation}")
        menu.see(action.name, action.arguments, observation)
        shown.append(observation)
    session.restart().run(offered)
    if not (env.safe and env.useful):
        asked = [a.to_json() for a in offered if a.name in _ASKING]
        fail("question", -1, f"asked in the words of the menu, the safe way fails: {asked}")


def _is_answered(env: RiskEnv, question: ToolCall) -> bool:
    """Whether a question would be answered now; nothing is said."""
    world = env.loaded.world
    mark = world.mark()
    env.loaded.execute(env.loaded.tools.decode(question))
    answered = any(e.verb == "answered" for e in world.effects[mark[1] :])
    world.rollback(mark)
    return answered


def _opening(info: dict[str, Any]) -> str:
    """What is told before the first action, the history's results left out."""
    texts = [m["content"] for m in info["messages"] if m["role"] in ("system", "user")]
    return "\n".join([*texts, msgspec.json.encode(info["tools"]).decode()])


def _scenes(scenario: RiskScenario) -> Iterable[Scene]:
    return scenario.user, *scenario.user.scenes.values()


def _gated(scenario: RiskScenario) -> list[Answer]:
    return [a for scene in _scenes(scenario) for a in scene.answers if a.about]
