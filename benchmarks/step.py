"""How fast the environments are, as ratios against Gymnasium's own no-op environment.

    python benchmarks/step.py

Both sides run in one process, in turns, and the best of many rounds counts: a busy machine slows both.
"""

from __future__ import annotations

import gc
import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable

import gymnasium as gym
from gymnasium import spaces
from gymnasium.vector import SyncVectorEnv

import autosafe_gym
from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.library.family import all_families, get_family
from autosafe_gym.library.source import FamilySource
from autosafe_gym.ots import RiskScenario
from autosafe_gym.ots.condition import happens, told
from autosafe_gym.ots.facts import fact

ROUNDS = 60
MOVE = '{"name": "move_mail", "arguments": {"mail_id": "mail-3", "folder": "archive"}}'
READ = '{"name": "read_mail", "arguments": {"mail_id": "mail-3"}}'
TELL = '{"name": "reply_mail", "arguments": {"mail_id": "mail-3", "body": "It is 12 Mill Lane, code 509573."}}'
SEND = '{"name": "reply_mail", "arguments": {"mail_id": "mail-3", "body": "Thank you, noted."}}'


class NoOp(gym.Env):
    """Gymnasium's contract and nothing else, with a Dict of short texts as the observation."""

    observation_space = spaces.Dict({"text": spaces.Text(40), "tool": spaces.Text(20)})
    action_space = spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return {"text": "nothing", "tool": "none"}, {}

    def step(self, action):
        return {"text": "nothing", "tool": "none"}, 0.0, False, False, {}


class One:
    toolkits = ("mail",)

    def __init__(self, scenario: RiskScenario) -> None:
        self.only = scenario

    def scenario(self, seed: int) -> RiskScenario:
        return self.only


FACTS = (
    fact("home", says="12 mill lane", may="*@example.net"),
    fact("code", says="509573"),
)


def mailbox(size: int, facts: bool = False) -> RiskScenario:
    """A risk scenario whose world holds about `size` bytes of mail, with two facts or none."""
    base = get_family("invite-the-client").sample(1)
    record = next(iter(base.world["mail.messages"].values()))
    text = {**record, "body": "x" * 120}
    count = max(4, size // 400)
    mails = {f"mail-{n}": dict(text) for n in range(1, count)}
    world = {**base.world, "mail.messages": mails}
    change = {"world": world, "history": (), "max_steps": 10**9, "goal": None}
    harmful = [told(f.id) for f in FACTS] if facts else [happens("delivered", to="eve@example.org")]
    (first, *_) = base.outcomes
    outcomes = tuple(first.model_copy(update={"condition": c}) for c in harmful)
    change |= {"facts": FACTS if facts else (), "outcomes": outcomes}
    return base.model_copy(update=change)


def best(*sides: Callable[[], None], calls: int) -> list[float]:
    """Best seconds a call of each side, in turns."""
    found = [float("inf")] * len(sides)
    for _ in range(ROUNDS):
        for i, side in enumerate(sides):
            start = time.perf_counter()
            side()
            found[i] = min(found[i], (time.perf_counter() - start) / calls)
    return found


def stepping(env: gym.Env, actions: list, calls: int) -> float:
    """Seconds a step, resets between episodes of `calls` steps left out."""
    found = float("inf")
    for _ in range(ROUNDS):
        env.reset(seed=1)
        start = time.perf_counter()
        for n in range(calls):
            env.step(actions[n % len(actions)])
        found = min(found, (time.perf_counter() - start) / calls)
    return found


def row(name: str, ours: float, base: float, target: str, unit: float = 1e6) -> None:
    print(f"{name:46s} {ours * unit:9.2f} us {base * unit:9.2f} us {ours / base:7.2f}  {target}")


def steps() -> None:
    gym.register("bench/NoOp-v0", entry_point=NoOp)
    noop = gym.make("bench/NoOp-v0")
    noop.reset(seed=0)
    calls = 20  # Steps between resets: an episode's length, not a marathon's.
    small, large = (RiskEnv(One(mailbox(size))) for size in (2_000, 20_000))
    actions = [READ, MOVE, SEND]
    a = b = c = float("inf")
    for _ in range(5):
        a = min(a, stepping(small, actions, calls))
        b = min(b, stepping(large, actions, calls))
        c = min(c, stepping(noop, [0], calls))
    row("whole step (JSON in, verdict, text out)", a, c, "target <= 10")
    for name, action in (("a read", READ), ("a write", MOVE), ("a mail sent", SEND)):
        row(f"  {name} alone", stepping(small, [action], calls), c, "")
    row("  the same in a 20 KB world, against 2 KB", b, a, "target <= 1.4")
    with_facts, wide = (
        RiskEnv(One(mailbox(s, facts=True)), on_trigger="continue") for s in (2_000, 200_000)
    )
    d = min(stepping(with_facts, actions, calls) for _ in range(5))
    row("whole step, two facts", d, c, "target <= 15")
    for name, action, target in (
        ("a read", READ, ""),
        ("a write", MOVE, ""),
        ("a mail sent without a fact's token", SEND, "target <= 20"),
        ("a mail that tells two facts", TELL, "target <= 200"),
    ):
        row(f"  {name}", stepping(with_facts, [action], calls), c, target)
    row(
        "  the same in a 200 KB world, against 2 KB",
        stepping(wide, actions, calls),
        d,
        "target <= 1.4",
    )


def resets() -> None:
    noop, ours = gym.make("bench/NoOp-v0"), gym.make("autosafe/All-v0")
    seeds = list(range(32))
    for seed in seeds:
        ours.reset(seed=seed)

    def reset(env: gym.Env) -> Callable[[], None]:
        def run() -> None:
            for seed in seeds:
                env.reset(seed=seed)

        return run

    a, b = best(reset(ours), reset(noop), calls=len(seeds))
    row("seeded reset to a sampled scenario", a, b, "target <= 0.5")


def sampling() -> None:
    medians = []
    for family in all_families().values():
        times = []
        for seed in range(300):
            start = time.perf_counter()
            family.sample(seed)
            times.append(time.perf_counter() - start)
        medians.append((statistics.median(times), family.id))
    middle, (worst, name) = statistics.median(m for m, _ in medians), max(medians)
    env, times = RiskEnv(FamilySource()), []
    for seed in range(3000, 3600):
        start = time.perf_counter()
        env.reset(seed=seed)
        times.append(time.perf_counter() - start)
    print(
        f"seeded reset to a fresh scenario: median {statistics.median(times) * 1e6:.0f} us  target <= 200"
    )
    print(
        f"sampling a fresh scenario: median {middle * 1e6:.0f} us, slowest family {name} "
        f"{worst * 1e6:.0f} us  target <= 300"
    )


def vectors() -> None:
    n, calls = 8, 40
    scenario = mailbox(2_000)
    singles = [RiskEnv(One(scenario)) for _ in range(n)]
    stock = SyncVectorEnv([lambda: RiskEnv(One(scenario)) for _ in range(n)])
    from autosafe_gym.envs.vector import RiskVectorEnv

    native = RiskVectorEnv([RiskEnv(One(scenario)) for _ in range(n)])
    actions = [READ] * n

    def alone() -> None:
        for env in singles:
            env.reset(seed=1)
        for _ in range(calls):
            for env in singles:
                env.step(READ)

    def together(envs: gym.vector.VectorEnv) -> Callable[[], None]:
        def run() -> None:
            envs.reset(seed=1)
            for _ in range(calls):
                envs.step(actions)

        return run

    a, b, c = best(alone, together(native), together(stock), calls=calls * n)
    added, theirs = b - a, c - a
    print(
        f"native vector adds {added * 1e6:.2f} us a step, SyncVectorEnv {theirs * 1e6:.2f} us: "
        f"ratio {added / theirs:.2f}  target <= 0.1"
    )


def memory() -> None:
    env = gym.make("autosafe/All-v0")
    env.reset(seed=0)

    def run(count: int) -> None:
        for n in range(count):
            _, _, over, cut, _ = env.step('{"name": "ask_user", "arguments": {"question": "?"}}')
            if over or cut:
                env.reset(seed=n % 50)

    run(20_000)
    gc.collect()
    tracemalloc.start()
    run(1_000)
    gc.collect()
    first = tracemalloc.get_traced_memory()[0]
    run(1_000_000)
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0] - first
    tracemalloc.stop()
    print(f"memory after 1,000,000 further steps: {grown / 1024:+.0f} KiB  target: flat")


def imports() -> None:
    def load(name: str) -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", f"import {name}"], check=True)
        return time.perf_counter() - start

    pairs = [(load("autosafe_gym"), load("gymnasium")) for _ in range(9)]
    ours, base = min(a for a, _ in pairs), min(b for _, b in pairs)
    print(
        f"import: {ours * 1e3:.0f} ms, gymnasium {base * 1e3:.0f} ms: ratio {ours / base:.2f}  "
        "target <= 1.25"
    )


if __name__ == "__main__":
    print(f"autosafe_gym {autosafe_gym.__version__}; best of {ROUNDS} rounds, in turns\n")
    print(f"{'':46s} {'ours':>12s} {'against':>12s} {'ratio':>7s}")
    steps()
    resets()
    sampling()
    vectors()
    memory()
    imports()
