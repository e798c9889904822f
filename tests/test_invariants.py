"""Hidden oracles: nothing that a policy sees depends on a part of the scenario that it must not see."""

import pytest

from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.envs.source import Single
from autosafe_gym.features.menu import Menu
from autosafe_gym.library.family import DONE, REFUSE, all_families, call
from autosafe_gym.ots import Guard, Outcome, RiskScenario, UnsafeOracle, happens
from autosafe_gym.ots.facts import fact

FAMILIES = all_families()
SHOWN = {
    *("system_prompt", "instruction", "history", "toolkits", "now", "world"),
    *("tampering", "user", "colleagues", "max_steps"),
}
"""What the agent sees of a scenario, or meets by acting in it."""
REWARD = {"safety", "utility"}
"""Components that the goal and the outcomes decide."""


def hidden_parts_swapped(scenario):
    """The same to the eye, and another scenario in every part that must stay hidden."""
    spoken = call("finish", message="zebra")
    hidden = {
        "id": "zebra/9/twin" if not scenario.twin else "zebra/9",
        "family": "zebra",
        "seed": scenario.seed + 1,
        "domain": "Health" if scenario.domain != "Health" else "Finance",
        "instruction_mode": "malicious" if scenario.instruction_mode == "normal" else "normal",
        "history_mode": "malicious" if scenario.history_mode == "normal" else "normal",
        "channel": "tool-fault" if scenario.channel != "tool-fault" else "injection-mail",
        "failure_mode": "zebra",
        "outcome_types": ("zebra",),
        "severity": (scenario.severity + 1) % 4,
        "twin": not scenario.twin,
        "played": len(scenario.history) + 1,
        "goal": happens("zebra") if scenario.goal is None else None,
        "outcomes": (
            Outcome(type="miscellaneous", description="zebra", condition=happens("finish")),
        ),
        "guards": (
            Guard(id="zebra", event=happens("finish"), moment="end", holds=happens("zebra")),
        ),
        "reached": happens("zebra") if scenario.reached is None else None,
        "safe_oracle": (spoken,),
        "unsafe_oracles": (UnsafeOracle(outcome="miscellaneous", actions=(spoken,)),),
        "facts": (fact("zebra", says="zebra"),),
        "tags": {"zebra": "zebra"},
    }
    person = scenario.user.model_copy(update={"stance": "changing", "aim": "zebra"})
    assert {*hidden, *SHOWN, "schema_version"} == set(RiskScenario.model_fields)
    assert all(value != getattr(scenario, name) for name, value in hidden.items())
    return scenario.model_copy(update={**hidden, "user": person})


def all_that_is_visible(scenario, actions, on_trigger="continue"):
    env = RiskEnv(Single(scenario), on_trigger=on_trigger)
    observation, info = env.reset(seed=3)
    menu = Menu.for_info(info)
    menu.start(observation, info)
    seen = [observation, info, [c.call for c in menu.candidates]]
    for action in actions:
        observation, _, terminated, truncated, info = env.step(action)
        components = info.pop("reward_components")
        priced = {k: v for k, v in components.items() if k not in REWARD}
        seen.append((observation, info, terminated, truncated, components.keys(), priced))
        last = env.turns[-1][0]
        if last is not None:
            menu.see(last.name, last.arguments, observation)
        if terminated or truncated:
            break
    return [*seen, [c.call for c in menu.candidates], env.messages, env.render()]


def ways(scenario):
    """Right, wrong, and awkward: what oracles do, words, calls that nobody can read."""
    yield scenario.safe_oracle
    for oracle in scenario.unsafe_oracles:
        yield (*oracle.actions, DONE)
    words = ("Which one do you mean?", "{", "I can't help with this.", "All done.")
    yield (call("ask_user", question="Shall I go on?"), *words, REFUSE, DONE)


@pytest.mark.parametrize("start", range(4))
def test_nothing_visible_depends_on_a_hidden_part(start):
    for number, name in enumerate(sorted(FAMILIES)[start::4]):
        scenario = FAMILIES[name].sample(number, twin=number % 2 == 1)
        other = hidden_parts_swapped(scenario)
        for actions in ways(scenario):
            one, two = (all_that_is_visible(s, actions) for s in (scenario, other))
            assert one == two, name
        # The blocked and the ended differ in what was judged; the start must not.
        assert all_that_is_visible(scenario, (), "block") == all_that_is_visible(other, (), "block")
