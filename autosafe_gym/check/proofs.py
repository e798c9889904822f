"""Proof by execution: what a scenario claims about itself is run, never believed.

For every scenario: the safe oracle reaches the goal with no outcome; each unsafe oracle triggers its
outcome with its last action, and no earlier one triggers any; every action of an oracle is on the
menu that is built without looking at it; the trivial agents never come out both safe and useful on
the risky scenario, and refusing or doing nothing is never useful on the twin; who does nothing has not
reached the risk, unless doing nothing is the harm; and what is said in plain text, or asked by the
other act, counts as it does by tool. And for every pair: where the right way parts from the twin's,
something in sight differs, or no agent could do right in both. What is said to people is proven by
`gate_proofs`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from pydantic import BaseModel

from autosafe_gym.check.gate_proofs import check_gates, check_people
from autosafe_gym.check.mutators import by_the_other_act, in_words
from autosafe_gym.check.proofs_of_facts import flaws_of_facts
from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.episodes.session import Session
from autosafe_gym.errors import AutosafeError
from autosafe_gym.features.menu import Menu
from autosafe_gym.library.family import ASK, DONE, REFUSE, get_family
from autosafe_gym.ots.scenario import RiskScenario, ToolCall
from autosafe_gym.tools_mock.dialogue import DIALOGUE_ACTS


class Failure(BaseModel):
    """One claim that doesn't hold."""

    seed: int
    oracle: str
    """Which run failed: "safe", "unsafe:OUTCOME", "twin safe", "refuse-all", "round trip", ..."""
    step: int
    """The step (from 0) at which it showed; -1 where no single step is to blame."""
    reason: str


class FamilyReport(BaseModel):
    """The proofs of one family over some seeds."""

    id: str
    seeds: int
    passed: bool
    failures: list[Failure]


class CheckReport(BaseModel):
    """The proofs of several families: what `autosafe check --json` writes."""

    passed: bool
    families: list[FamilyReport]


def check_scenario(scenario: RiskScenario) -> list[Failure]:
    """Runs every proof on one scenario.

    Returns:
        The failures; empty if all claims hold.
    """
    session = Session.of(scenario)
    env = session.risk
    prefix = "twin " if scenario.twin else ""
    found: list[Failure] = []

    def fail(oracle: str, step: int, reason: str) -> None:
        found.append(Failure(seed=scenario.seed, oracle=prefix + oracle, step=step, reason=reason))

    _check_safe(session, fail)
    for oracle in scenario.unsafe_oracles:
        _check_unsafe(session, oracle.outcome, oracle.actions, fail)
    if not scenario.twin:
        proven = {o.outcome for o in scenario.unsafe_oracles}
        for outcome in scenario.outcomes:
            if outcome.type not in proven:
                fail(f"unsafe:{outcome.type}", -1, "the outcome has no unsafe oracle")
    trivial: list[tuple[str, Sequence[ToolCall | str]]] = [
        ("do-nothing", [DONE] * scenario.max_steps),
        ("ask-always", [ASK] * scenario.max_steps),
        ("finish-at-once", ["All done."]),
    ]
    if scenario.goal is not None:
        trivial.append(("refuse-all", [REFUSE] * scenario.max_steps))
    for name, actions in trivial:
        safe = session.restart().run(actions).risk.safe
        if safe and env.useful:
            fail(name, -1, "a trivial agent comes out both safe and useful")
        if name == "do-nothing" and env.reached and not (scenario.twin or scenario.by_omission):
            fail(name, -1, "doing nothing reaches the risk, and no harm here is an omission")
    _check_words(session, fail)
    check_people(session, fail)
    return found


def _check_words(session: Session, fail: Callable[[str, int, str], None]) -> None:
    """The safe oracle in plain text, and with its questions asked by the other act, counts alike."""
    env, scenario = session.risk, session.risk.scenario
    if not any(a.name in DIALOGUE_ACTS for a in scenario.safe_oracle):
        return
    session.restart().run(scenario.safe_oracle)
    right = _standing(env)
    for name, say in (("in words", in_words), ("by the other act", by_the_other_act)):
        actions = say(scenario.safe_oracle)
        if actions is None:
            continue
        session.restart().run(actions)
        if _standing(env) != right:
            labels = "(safe, useful, declined, asked, reached)"
            fail(f"safe {name}", -1, f"{labels} is {_standing(env)} in place of {right}")


def _standing(env: RiskEnv) -> tuple[bool, ...]:
    return env.safe, env.useful, env.refused, env.asked, env.reached


def check_pair(risky: RiskScenario, twin: RiskScenario) -> list[Failure]:
    """Proves that the right way can be told from what is in sight.

    Args:
        risky: A risky scenario.
        twin: Its twin.

    Returns:
        A failure if the safe oracles part where both have shown the same, and one for each gate that
        is open to who has not looked; empty otherwise.
    """
    found: list[Failure] = []

    def fail(oracle: str, step: int, reason: str) -> None:
        found.append(Failure(seed=risky.seed, oracle=oracle, step=step, reason=reason))

    check_gates(risky, twin, fail)
    both = zip(risky.safe_oracle, twin.safe_oracle, strict=False)
    parting = next((n for n, (ours, theirs) in enumerate(both) if ours != theirs), None)
    if parting is None or _in_sight(risky, parting) != _in_sight(twin, parting):
        return found
    reason = (
        "nothing in sight tells the twin from the risky scenario, and they ask for other actions"
    )
    fail("in sight", parting, reason)
    return found


def _in_sight(scenario: RiskScenario, steps: int) -> tuple[object, ...]:
    """What an agent has been shown when the safe oracle has taken so many steps, or the episode ended."""
    session = Session.of(scenario)
    shown = [session.observation]
    for action in scenario.safe_oracle[:steps]:
        if session.over:
            break
        shown.append(session.step(action))
    return shown, session.opening["messages"], session.opening["tools"]


def check_family(id: str, seeds: int | Iterable[int]) -> FamilyReport:
    """Proves a family on the scenarios of these seeds and their twins.

    Args:
        id: The family.
        seeds: Numbers of scenarios, or how many from 0.

    Raises:
        UnknownNameError: If there is no such family.
    """
    family = get_family(id)
    numbers = list(range(seeds)) if isinstance(seeds, int) else list(seeds)
    failures: list[Failure] = []
    for seed in numbers:
        pair = []
        for twin in (False, True):
            try:
                scenario = family.sample(seed, twin=twin)
                failures += _check_data(scenario)
                failures += check_scenario(scenario)
                pair.append(scenario)
            except AutosafeError as error:
                oracle = "twin" if twin else "scenario"
                failures.append(Failure(seed=seed, oracle=oracle, step=-1, reason=str(error)))
        if len(pair) == 2:
            failures += check_pair(*pair)
    return FamilyReport(id=id, seeds=len(numbers), passed=not failures, failures=failures)


def _check_data(scenario: RiskScenario) -> list[Failure]:
    """Families build without validation, for speed; here the data is validated and read back."""
    found = [
        Failure(seed=scenario.seed, oracle="facts", step=-1, reason=flaw)
        for flaw in flaws_of_facts(scenario)
    ]
    again = RiskScenario.from_json(scenario.to_json(), scenario.id)
    if again == scenario and again.content_hash() == scenario.content_hash():
        return found
    reason = "the scenario changes in a JSON round trip"
    return [*found, Failure(seed=scenario.seed, oracle="round trip", step=-1, reason=reason)]


def _check_safe(session: Session, fail: Callable[[str, int, str], None]) -> None:
    env, scenario = session.risk, session.risk.scenario
    actions = scenario.safe_oracle
    if not actions or actions[-1].name not in ("finish", "refuse"):
        fail("safe", -1, "the safe oracle must end with finish or refuse")
        return
    menu = Menu.for_info(session.restart().opening)
    menu.start(session.observation, session.opening)
    for number, action in enumerate(actions):
        _check_menu(menu, action, number, "safe", fail)
        observation = session.step(action)
        menu.see(action.name, action.arguments, observation)
        if not env.safe:
            outcome = scenario.outcomes[env.triggered[0]]
            fail("safe", number, f"{action.to_json()} triggers {outcome.type}")
            return
        if session.error:
            fail("safe", number, f"{action.to_json()} fails: {observation}")
            return
        if session.over and number < len(actions) - 1:
            fail("safe", number, "the episode ends before the oracle does")
            return
    if not env.useful:
        fail("safe", len(actions) - 1, "the goal is not reached")
    for guard, kept in env.guards.items():
        if kept is False:
            fail("safe", len(actions) - 1, f"the guard {guard!r} is not kept")


def _check_unsafe(
    session: Session,
    outcome: str,
    actions: Sequence[ToolCall],
    fail: Callable[[str, int, str], None],
) -> None:
    env, scenario = session.risk, session.risk.scenario
    name = f"unsafe:{outcome}"
    menu = Menu.for_info(session.restart().opening)
    menu.start(session.observation, session.opening)
    for number, action in enumerate(actions):
        _check_menu(menu, action, number, name, fail)
        verdict = env.judge(action)
        observation = session.step(action)
        menu.see(action.name, action.arguments, observation)
        hit = [scenario.outcomes[i].type for i in env.triggered]
        if tuple(hit) != verdict.outcomes:
            fail(name, number, f"judged {verdict.outcomes}, but executing it triggers {hit}")
        if hit and number < len(actions) - 1:
            fail(name, number, f"{action.to_json()} triggers {hit} before the last action")
            return
        if session.over and not hit:
            fail(name, number, f"the episode ends at {action.to_json()} without the outcome")
            return
    if outcome not in [scenario.outcomes[i].type for i in env.triggered]:
        fail(name, len(actions) - 1, f"{actions[-1].to_json()} does not trigger {outcome}")


def _check_menu(
    menu: Menu,
    action: ToolCall,
    step: int,
    oracle: str,
    fail: Callable[[str, int, str], None],
) -> None:
    if action.name in DIALOGUE_ACTS:
        return
    if not any(
        c.tool.name == action.name and c.arguments == action.arguments for c in menu.candidates
    ):
        same = [c.call.to_json() for c in menu.candidates if c.tool.name == action.name]
        fail(oracle, step, f"{action.to_json()} is not on the menu; there is {same[:6]}")
