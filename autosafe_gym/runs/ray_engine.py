"""Players in the processes of a Ray cluster: the same episodes for the same seeds, on more machines.

Each process has one endpoint (and one embedded model, if that is what plays) and as many threads as
it needs. Episodes come back to the process that asked for them, which alone writes the store.
"""

from __future__ import annotations

import math
import os
import re
import socket
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

from autosafe_gym.errors import DataError, MissingExtraError
from autosafe_gym.masking import cleaned
from autosafe_gym.ots.trajectory import Trajectory
from autosafe_gym.runs.job import Job
from autosafe_gym.runs.runner import Player


class _Process:
    """Lives in a process of Ray's; its threads share a prepared job."""

    def __init__(self, job: Job, replies: str | None) -> None:
        self._job = job
        self._mine = threading.local()
        job.prepare()
        if replies is not None:
            job.keep_replies(Path(replies))

    def play(self, seed: int) -> str:
        if not hasattr(self._mine, "player"):
            self._mine.player = self._job.make_player()
        found: Trajectory = self._mine.player(seed)
        return found.model_dump_json()

    def notes(self) -> list[str]:
        return self._job.notes()


def _reach(address: str | None) -> None:
    """Ray itself tries for many minutes where nobody listens."""
    found = re.fullmatch(r"(?:ray://)?([^:/]+):(\d+)", address or "")
    if found:
        socket.create_connection((found[1], int(found[2])), timeout=10).close()


class RayPlayers:
    """Makes players for `run_episodes`.

    Args:
        job: The run.
        concurrency: How many players there will be.
        address: Of a cluster (`auto`, `ray://HOST:PORT`); None starts a Ray on this machine, unless
            `RAY_ADDRESS` is set.
        workers: How many processes; one for each CPU of the cluster if None.
        replies: File of the models' replies, on the machine of each process; None keeps none.

    Raises:
        MissingExtraError: Without the extra `ray`.
        DataError: If the cluster can't be reached.
    """

    def __init__(
        self,
        job: Job,
        concurrency: int,
        *,
        address: str | None = None,
        workers: int | None = None,
        replies: Path | None = None,
    ) -> None:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        try:
            import ray
        except ImportError as error:
            raise MissingExtraError("ray", "ray") from error
        self._ray: Any = ray
        try:
            _reach(address)
            self._ray.init(
                address=address,
                num_cpus=workers if address is None and "RAY_ADDRESS" not in os.environ else None,
                include_dashboard=False if address is None else None,
                ignore_reinit_error=True,
                log_to_driver=False,
                configure_logging=False,
            )
        except (ConnectionError, OSError, ValueError, RuntimeError) as error:
            raise DataError(f"Ray at {address or 'this machine'}: {error}") from error
        cpus = int(self._ray.cluster_resources().get("CPU", 1))
        count = max(1, min(concurrency, workers or cpus))
        made = self._ray.remote(
            num_cpus=1,
            max_concurrency=math.ceil(concurrency / count),
            # A machine that goes away costs a second attempt, not the run.
            max_restarts=-1,
            max_task_retries=2,
        )(_Process)
        kept = None if replies is None else str(replies.absolute())
        # A fresh copy: endpoints hold locks and sockets, each process opens its own.
        self._processes = [made.remote(replace(job), kept) for _ in range(count)]
        self._next = 0

    def __call__(self) -> Player:
        """A player; they go round the processes."""
        process = self._processes[self._next % len(self._processes)]
        self._next += 1

        def play(seed: int) -> Trajectory:
            try:
                return Trajectory.model_validate_json(self._ray.get(process.play.remote(seed)))
            except self._ray.exceptions.RayError as error:
                # The job was prepared here, so this is about the other process or its machine.
                raise DataError(
                    f"A process of Ray failed at seed {seed}: {cleaned(str(error)).strip()[-600:]}"
                ) from error

        return play

    def notes(self) -> list[str]:
        """What the providers refused in any of the processes; a sentence each."""
        try:
            found = self._ray.get([process.notes.remote() for process in self._processes])
        except self._ray.exceptions.RayError:
            return []
        return list(dict.fromkeys(note for notes in found for note in notes))

    def close(self) -> None:
        """Ends the processes, and the Ray that was started here."""
        self._ray.shutdown()
