"""How far a training stage is: its clock, and what keeps clock, log and checkpoints together."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transformers import TrainerCallback

from autosafe_gym.storage.reading import json_lines, read_object
from autosafe_gym.storage.writing import write_whole
from autosafe_gym.training.llm.recipe import StagePart

Report = Callable[[str, int, int], None]
_FLOOR = 0.05


@dataclass
class Clock:
    """How far a stage is: by minutes, steps or epochs, whichever is further."""

    stage: StagePart
    steps: int
    elapsed: float = 0.0
    started: float = 0.0
    tokens: int = 0

    def start(self, checkpoint: Path | None) -> None:
        """Goes on from a checkpoint's clock, or from nothing."""
        if checkpoint is not None:
            kept = read_object(checkpoint / "clock.json")
            self.elapsed, self.tokens = float(kept["seconds"]), int(kept["tokens"])
        self.started = time.monotonic()

    def seconds(self) -> float:
        """Since the stage began, earlier sessions included."""
        return self.elapsed + (time.monotonic() - self.started if self.started else 0.0)

    def progress(self, step: int) -> float:
        """Between 0 and 1."""
        timed = self.seconds() / (60 * self.stage.minutes) if self.stage.minutes else 0.0
        return min(1.0, max(timed, step / self.steps))

    def factor(self, step: int) -> float:
        """Of the learning rate: warm-up, then linearly down."""
        done, warmup = self.progress(step), self.stage.warmup
        if done < warmup:
            return max(0.1, done / warmup)
        return _FLOOR + (1 - _FLOOR) * (1 - done) / (1 - warmup)


class Keeper(TrainerCallback):  # type: ignore[misc]
    """Stops by the clock, writes `metrics.jsonl`, keeps the clock with each checkpoint."""

    def __init__(self, name: str, clock: Clock, folder: Path, report: Report | None) -> None:
        self.name, self.clock, self.report = name, clock, report
        self.file = folder / "metrics.jsonl"
        self.rows: list[dict[str, Any]] = []

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Drops what was logged after the checkpoint that is gone on from."""
        if self.file.is_file():
            known = [row for _, row in json_lines(self.file)]
            self.rows = [row for row in known if row["step"] <= state.global_step]
        write_whole(self.file, "".join(json.dumps(row) + "\n" for row in self.rows))

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Stops when the time is up."""
        done = self.clock.progress(state.global_step)
        if self.report is not None:
            self.report(self.name, int(1000 * done), 1000)
        if done >= 1.0:
            control.should_training_stop = True

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:
        """One line for each step."""
        if not logs or "loss" not in logs:
            return
        row = {
            "stage": self.name,
            "step": state.global_step,
            "loss": round(float(logs["loss"]), 5),
            "learning_rate": logs.get("learning_rate"),
            "grad_norm": logs.get("grad_norm"),
            "seconds": round(self.clock.seconds(), 1),
            "tokens": self.clock.tokens,
            **({"reward": logs["reward"]} if "reward" in logs else {}),
        }
        self.rows.append(row)
        with self.file.open("a") as log:
            log.write(json.dumps(row) + "\n")

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """The clock, last: a checkpoint without one is not gone on from."""
        where = Path(args.output_dir) / f"checkpoint-{state.global_step}"
        kept = {"seconds": self.clock.seconds(), "tokens": self.clock.tokens}
        write_whole(where / "clock.json", json.dumps(kept))


def last_checkpoint(folder: Path) -> Path | None:
    """The newest whole checkpoint of a stage's folder."""
    found = [p for p in folder.glob("checkpoint-*") if (p / "clock.json").is_file()]
    return max(found, key=lambda p: int(p.name.split("-")[1]), default=None)
