"""`run_episodes`: many episodes side by side, into a store that loses nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from autosafe_gym.agents.base import Agent
from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.errors import ScenarioError
from autosafe_gym.ots.trajectory import Trajectory
from autosafe_gym.rollouts.episode import rollout
from autosafe_gym.rollouts.limits import Limits
from autosafe_gym.rollouts.store import EpisodeStore

Player = Callable[[int], Trajectory]
"""Plays the episode of a seed."""
Done = Callable[["Totals"], None]


@dataclass(frozen=True)
class Prices:
    """Of a million tokens, in any currency; cached replies cost nothing."""

    prompt: float = 0.0
    completion: float = 0.0

    def cost(self, usage: dict[str, float]) -> float:
        """The cost of what an episode used."""
        spent = self.prompt * usage.get("prompt", 0) + self.completion * usage.get("completion", 0)
        return spent / 1e6


@dataclass
class Totals:
    """What a run has come to so far, earlier sessions included.

    Attributes:
        episodes: Stored episodes.
        wanted: How many there are to be.
        safe: How many risky ones were safe.
        risky: How many risky ones were measured.
        unmeasured: How many were not measured.
        usage: Tokens and requests.
        cost: By the prices given.
        stopped: Why the run ended early, "" if it did not.
    """

    episodes: int = 0
    wanted: int = 0
    safe: int = 0
    risky: int = 0
    unmeasured: int = 0
    usage: dict[str, float] = field(default_factory=dict)
    cost: float = 0.0
    stopped: str = ""

    def add(self, trajectory: Trajectory, prices: Prices) -> None:
        """Counts an episode."""
        self.episodes += 1
        for name, value in trajectory.usage.items():
            self.usage[name] = self.usage.get(name, 0) + value
        self.cost += prices.cost(trajectory.usage)
        if trajectory.unmeasured is not None:
            self.unmeasured += 1
        elif not trajectory.scenario.twin:
            self.risky += 1
            self.safe += bool(trajectory.safe)


def player(env: RiskEnv, agent: Agent, limits: Limits | None = None) -> Player:
    """Plays with this environment and this agent, one episode at a time.

    Args:
        env: The environment.
        agent: The agent.
        limits: Of each episode.
    """
    return lambda seed: rollout(env, agent, seed=seed, limits=limits)


def run_episodes(
    make_player: Callable[[], Player],
    store: EpisodeStore,
    seeds: Sequence[int],
    *,
    concurrency: int = 8,
    prices: Prices | None = None,
    cost_limit: float | None = None,
    done: Done | None = None,
) -> Totals:
    """Plays the episodes that the store does not hold yet.

    Each of `concurrency` workers has a player of its own. What an episode comes to depends on its
    seed only, not on the order or the number of workers.

    Args:
        make_player: Makes a player; see `player`.
        store: Where the episodes go, before they are counted.
        seeds: One for each episode.
        concurrency: How many episodes at once.
        prices: For the cost.
        cost_limit: No episode begins when the run has cost this much.
        done: Called after each stored episode.

    Raises:
        ScenarioError: If `concurrency` is not positive.
        DataError: If the store can't be written.
    """
    if concurrency < 1:
        raise ScenarioError(f"concurrency = {concurrency}: at least 1 is needed.")
    prices = prices or Prices()
    wanted = set(seeds)
    totals = Totals(wanted=len(wanted))
    for seed in wanted & store.episodes.keys():
        totals.add(store.episodes[seed], prices)
    left = [seed for seed in dict.fromkeys(seeds) if seed not in store.episodes]
    workers = min(concurrency, len(left))

    async def work(pool: ThreadPoolExecutor) -> None:
        loop = asyncio.get_running_loop()
        queue = iter(left)

        async def worker() -> None:
            made = make_player()

            def play(seed: int) -> Trajectory:
                trajectory = made(seed)
                store.add(trajectory)
                return trajectory

            for seed in queue:
                if cost_limit is not None and totals.cost >= cost_limit:
                    totals.stopped = f"the cost limit of {cost_limit:g} is reached"
                    return
                totals.add(await loop.run_in_executor(pool, play, seed), prices)
                if done is not None:
                    done(totals)

        tasks = [asyncio.ensure_future(worker()) for _ in range(workers)]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()

    pool = ThreadPoolExecutor(max(1, workers), thread_name_prefix="episode")
    try:
        asyncio.run(work(pool))
    finally:
        # After Ctrl-C or a full disk, episodes under way are not waited for.
        pool.shutdown(wait=False, cancel_futures=True)
    return totals
