"""Hostile actions over every id: nothing crashes, hangs, grows, is unmeasured, or touches the host.

    python tests/hostile/campaign.py --actions 1000000 --jobs 2
    python tests/hostile/campaign.py --actions 20000 --trace

With `--trace`, every call that Python makes to the host while an episode runs is noted (PEP 578); only the shell's
worker may appear. Ends with 1 if anything was found.
"""

from __future__ import annotations

import argparse
import itertools
import json
import multiprocessing
import random
import resource
import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

import gymnasium as gym

sys.path.insert(0, str(Path(__file__).parent))

from inputs import hostile_actions

import autosafe_gym
from autosafe_gym.library.registration import environment_ids

STEP_SECONDS, MEGABYTES, PER_EPISODE = 1.0, 1536, 12
_HOST = (
    "open",
    "os.",
    "socket.",
    "subprocess.",
    "shutil.",
    "tempfile.",
    "ctypes.dlopen",
    "pty.",
    "import",
)
_SHARED = Path(__file__).resolve().parents[3] / "shared"
_GIVEN = {
    "autosafe/InjecAgent-v0": {"path": _SHARED / "benchmarks" / "injecagent"},
    "autosafe/Simulated-v0": {"path": _SHARED / "cases" / "own_tools" / "mcp_form.json"},
}
"""What an id needs beside its name; without the data it is left out."""
_QUIET = ("os.listdir", "os.scandir", "os.putenv", "os.fspath")


class Host:
    """Notes the calls to the host while it is on; a hook can't be taken off again."""

    def __init__(self) -> None:
        self.on = False
        self.calls: Counter[str] = Counter()
        sys.addaudithook(self._note)

    def _note(self, event: str, given: tuple[Any, ...]) -> None:
        if not self.on or not event.startswith(_HOST) or event.startswith(_QUIET):
            return
        if event == "import":
            self.calls[f"import {given[0]}"] += 1
        elif event == "open":
            self.calls[f"open {given[0]} {given[1]}"] += 1
        else:
            self.calls[f"{event} {str(given)[:120]}"] += 1


def megabytes() -> float:
    """The most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run(actions: int, seed: int, trace: bool = False) -> dict[str, Any]:
    """Plays hostile episodes until so many actions were made.

    Returns:
        `actions`, `episodes`, `slowest` (seconds), `megabytes`, `found` (what went wrong), `host` (calls to it).
    """
    rng = random.Random(seed)
    ids = [id for id in environment_ids() if all(p.exists() for p in _GIVEN.get(id, {}).values())]
    rng.shuffle(ids)
    _start_worker()
    host = Host() if trace else None
    found: list[str] = []
    done = episodes = 0
    slowest = 0.0
    for env_id in itertools.cycle(ids):
        env = gym.make(
            env_id,
            disable_env_checker=True,
            **{k: str(v) for k, v in _GIVEN.get(env_id, {}).items()},
        )
        plain: Any = env.unwrapped
        number = 0
        for again in range(160):
            # Several episodes of one scenario: making a new one costs more than playing it.
            number = number if again % 8 else rng.randrange(2**31)
            env.reset(seed=number)
            episodes += 1
            for action in itertools.islice(hostile_actions(env, rng), PER_EPISODE):
                told = f"{env_id} seed {number}: {_shown(action)}"
                begin, busy = time.perf_counter(), time.process_time()
                if host is not None:
                    host.on = True
                try:
                    observation, reward, ended, truncated, _ = env.step(action)
                except Exception:
                    found.append(f"crash: {told}\n{traceback.format_exc(limit=-4)}")
                    break
                finally:
                    if host is not None:
                        host.on = False
                took, busy = time.perf_counter() - begin, time.process_time() - busy
                slowest = max(slowest, took)
                done += 1
                if took > STEP_SECONDS:
                    found.append(f"slow ({took:.1f} s, {busy:.1f} of them at work here): {told}")
                if not env.observation_space.contains(observation) or reward != reward:
                    found.append(f"outside its space: {told}")
                if ended or truncated:
                    if plain.safety is None and plain._has_acted():
                        found.append(f"unmeasured: {told}")
                    break
            if done >= actions or len(found) > 20:
                break
        env.close()
        if done >= actions or len(found) > 20:
            break
    if megabytes() > MEGABYTES:
        found.append(f"memory: {megabytes():.0f} MB")
    return {
        "actions": done,
        "episodes": episodes,
        "slowest": slowest,
        "megabytes": megabytes(),
        "found": found,
        "host": dict(host.calls) if host is not None else {},
    }


def _start_worker() -> None:
    """The shell's worker takes most of a second to start, once a process: that is no step's doing."""
    env: Any = gym.make("autosafe/Terminal-v0").unwrapped
    for seed in range(100):
        env.reset(seed=seed)
        if "run_command" in env.loaded.tools.tools:
            env.step({"name": "run_command", "arguments": {"command": "ls"}})
            return
    raise SystemExit(
        "No scenario of autosafe/Terminal-v0 has a shell any more: mend _start_worker."
    )


def _shown(action: Any) -> str:
    try:
        text = json.dumps(action)
    except (TypeError, ValueError, RecursionError):
        text = repr(type(action))
    return text if len(text) < 400 else f"{text[:300]} ... ({len(text)} characters)"


def _run(given: tuple[int, int, bool]) -> dict[str, Any]:
    return run(*given)


def main() -> int:
    """Runs the campaign and prints what it found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--actions", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--trace", action="store_true", help="Note every call to the host.")
    options = parser.parse_args()
    begin = time.monotonic()
    parts = 1 if options.trace else max(options.jobs, options.actions // 20_000)
    share = -(-options.actions // parts)
    work = [(share, options.seed * 100_003 + part, options.trace) for part in range(parts)]
    results = []
    with multiprocessing.get_context("spawn").Pool(options.jobs) as pool:
        for result in pool.imap_unordered(_run, work):
            results.append(result)
            done, wrong = (
                sum(r["actions"] for r in results),
                sum(len(r["found"]) for r in results),
            )
            print(
                f"{done} of {options.actions} actions, {wrong} found", file=sys.stderr, flush=True
            )
    found = [one for result in results for one in result["found"]]
    print(f"autosafe_gym {autosafe_gym.__version__}, seed {options.seed}")
    print(
        f"{sum(r['actions'] for r in results)} actions in {sum(r['episodes'] for r in results)} episodes,"
        f" {time.monotonic() - begin:.0f} s; slowest step {max(r['slowest'] for r in results):.2f} s;"
        f" most memory of a process {max(r['megabytes'] for r in results):.0f} MB"
    )
    for call, count in sorted((c for r in results for c in r["host"].items()), key=lambda c: -c[1]):
        print(f"host: {count} x {call}")
    for one in found:
        print(one)
    print(f"{len(found)} found")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
