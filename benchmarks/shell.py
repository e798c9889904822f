"""What a command of the terminal costs: the way through the worker, and the shell's own work in it."""

from __future__ import annotations

import statistics
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from autosafe_gym.tools_mock import _shell, _shell_process

FILE = {
    "kind": "file",
    "text": "one\ntwo\n",
    "mode": "644",
    "modified": "2026-01-01 10:00",
    "target": "",
}


def _processor_time(pid: int) -> float:
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6


def main(command: str = "ls", times: int = 500) -> None:
    """Prints milliseconds for a world of one file, of thirty and of three hundred."""
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    for count in (1, 30, 300):
        files = {f"/home/user/d{i % 20}/{i}.txt": FILE for i in range(count)}

        def run(held: dict[str, dict[str, str]] = files) -> None:
            _shell.run(command, held, "/home/user", "user", now, lambda *sent: None)

        run()
        worker = _shell_process._worker
        if worker is None:
            raise SystemExit("The worker has ended.")
        taken = []
        its, mine = _processor_time(worker._process.pid), time.process_time()
        for _ in range(times):
            start = time.perf_counter()
            run()
            taken.append((time.perf_counter() - start) * 1000)
        its = (_processor_time(worker._process.pid) - its) / times
        mine = (time.process_time() - mine) * 1000 / times
        print(
            f"{command!r}, {count:3} files: median {statistics.median(taken):.2f} ms;"
            f" processor: here {mine:.2f} ms, worker {its:.2f} ms"
        )


if __name__ == "__main__":
    main(*sys.argv[1:2])
