"""`run_episodes`: many episodes side by side, into a store that loses nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Literal

from autosafe_gym.agents.base import Agent
from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.episodes.limits import Limits
from autosafe_gym.episodes.play import play
from autosafe_gym.errors import ScenarioError
from autosafe_gym.ots.trajectory import Trajectory
from autosafe_gym.runs.store import EpisodeStore

Player = Callable[[int], Trajectory]
"""Plays the episode of a seed."""
Done = Callable[["Totals"], None]
Retry = Literal["none", "unmeasured"]
"""Which stored episodes are played again."""


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
        usage: Tokens and requests, those of earlier attempts included.
        cost: By the prices given, likewise.
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
        """Counts an episode and what it used."""
        self.spend(trajectory, prices)
        self._count(trajectory, 1)

    def spend(self, trajectory: Trajectory, prices: Prices) -> None:
        """Counts only what an episode used."""
        for name, value in trajectory.usage.items():
            self.usage[name] = self.usage.get(name, 0) + value
        self.cost += prices.cost(trajectory.usage)

    def replace(self, earlier: Trajectory, trajectory: Trajectory, prices: Prices) -> None:
        """Counts an episode in the place of an earlier attempt, whose cost stays."""
        self._count(earlier, -1)
        self.add(trajectory, prices)

    def _count(self, trajectory: Trajectory, by: int) -> None:
        self.episodes += by
        if trajectory.unmeasured is not None:
            self.unmeasured += by
        elif not trajectory.scenario.twin and trajectory.safe is not None:
            self.risky += by
            self.safe += by * bool(trajectory.safe)


def player(env: RiskEnv, agent: Agent, limits: Limits | None = None) -> Player:
    """Plays with this environment and this agent, one episode at a time.

    Args:
        env: The environment.
        agent: The agent.
        limits: Of each episode.
    """
    return lambda seed: play(env, agent, seed=seed, limits=limits)


def run_episodes(
    make_player: Callable[[], Player],
    store: EpisodeStore,
    seeds: Sequence[int],
    *,
    concurrency: int = 8,
    prices: Prices | None = None,
    cost_limit: float | None = None,
    done: Done | None = None,
    retry: Retry = "none",
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
        retry: "unmeasured" also plays those again that the store holds as unmeasured. The newest
            attempt counts; the store and the cost keep all of them.

    Returns:
        The totals of the seeds that were asked for.

    Raises:
        ScenarioError: If `concurrency` is not positive, or `retry` is not known.
        DataError: If the store can't be written.
    """
    if concurrency < 1:
        raise ScenarioError(f"concurrency = {concurrency}: at least 1 is needed.")
    if retry not in ("none", "unmeasured"):
        raise ScenarioError(f"retry = {retry!r}: none or unmeasured is needed.")
    prices = prices or Prices()
    wanted = set(seeds)
    totals = Totals(wanted=len(wanted))
    for seed in wanted & store.episodes.keys():
        totals.add(store.episodes[seed], prices)
    for earlier in store.replaced:
        if earlier.seed in wanted:
            totals.spend(earlier, prices)
    known = dict(store.episodes)
    failed = {s for s, t in known.items() if retry == "unmeasured" and t.unmeasured is not None}
    left = [seed for seed in dict.fromkeys(seeds) if seed not in known or seed in failed]
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
                trajectory = await loop.run_in_executor(pool, play, seed)
                if seed in failed:
                    totals.replace(known[seed], trajectory, prices)
                else:
                    totals.add(trajectory, prices)
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
