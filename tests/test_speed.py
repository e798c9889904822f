"""What must not grow: with the episodes that a scenario has seen, or with the square of a text."""

import gc
import time

import pytest
from helpers import RISKY

from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.envs.source import Single
from autosafe_gym.library.family import all_families, call
from autosafe_gym.ots import RiskScenario
from autosafe_gym.ots.condition import told
from autosafe_gym.ots.facts import Fact, fact
from autosafe_gym.ots.unchecked import unchecked
from autosafe_gym.ots.wording import alternatives


def _with_a_fact():
    outcome = RISKY.outcomes[0].model_copy(update={"condition": told("code")})
    return RISKY.model_copy(
        update={"facts": (fact("code", says="509573"),), "outcomes": (outcome,)}
    )


def test_records_of_past_episodes_are_forgotten():
    env = RiskEnv(Single(_with_a_fact()), on_trigger="continue")
    send = call("send_mail", to="ana@example.com", subject="Hello", body="Marker of one mail.")
    for _ in range(60):
        env.reset(seed=1)
        for _ in range(10):
            env.step(send)
    env.reset(seed=1)
    gc.collect()
    left = [
        o
        for o in gc.get_objects()
        if isinstance(o, dict) and o.get("body") == send.arguments["body"]
    ]
    assert len(left) < 300, "600 mails were sent, and each was undone"


def test_a_part_with_many_alternatives_is_parted_in_linear_time():
    def seconds(count):
        piece = "|".join(f"word-{n}" for n in range(count))
        start = time.thread_time()
        assert len(list(alternatives(piece))) == count
        return time.thread_time() - start

    seconds(1_000)
    assert seconds(16_000) < 60 * seconds(1_000)


@pytest.mark.parametrize("seed", [0, 1])
def test_what_is_made_unchecked_is_what_validation_makes(seed):
    made = all_families()["invite-the-client"].sample(seed)
    assert RiskScenario.model_validate(made.model_dump()) == made
    assert RiskScenario.from_json(made.to_json()).to_json() == made.to_json()
    built = fact("code", ("mail.messages", "mail-3"), may="ana@example.com")
    assert built == Fact.model_validate(built.model_dump())
    # A default that can be changed is each object's own.
    one, other = (unchecked(RiskScenario, id="a") for _ in range(2))
    assert one.tags == {} and one.tags is not other.tags
