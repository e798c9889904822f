"""Ends commands at random moments, and counts what is lost, doubled, left over or late.

    python tests/hostile/kills.py --command evaluate --kills 100 --signals kill --seed 0

The same command is started again and again in one folder until it is done, and then in a new one: in a copy
of this process that has imported everything, or with `--fresh` in a new interpreter. A reference run, not
disturbed, says what must come out. Of each kill is noted: how long the process took to end, whether a
process of it is left, and whether all that lay in the folder before still does.
"""

import argparse
import atexit
import collections
import contextlib
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import uuid
from pathlib import Path

from autosafe_gym.storage.tensors import read_about, read_tensors

ROOT = Path(__file__).resolve().parents[2]
POLITE = 2.0
GRACE = 30.0
"""Seconds that workers have after a `kill -9` of their parent: one that is only just starting ends when it has
started, which takes half a second, and many on a machine that is busy. The longest is shown as `gone`."""
FAMILIES = ("stale-branch", "audit-trail")
LESS = (
    "clone.epochs=1",
    "data.scenarios=20",
    "data.more=0",
    "validation.episodes=2",
    "policy.hidden=16",
)
LESS += (
    "algorithm.envs=2",
    "algorithm.steps=16",
    "algorithm.batch_size=32",
    "algorithm.frames=256",
)
LESS += (
    "validation.every=32",
    "run.checkpoint_every=32",
    'env.families=["stale-branch", "audit-trail"]',
)
LESS += ("validation.patience=0",)


def whole_json(file):
    return json.loads(file.read_text())


class Rollout:
    """Episodes by seed; what is stored once is stored for good."""

    def words(self, folder):
        episodes = ["--episodes", "200", "--concurrency", "4"]
        return ["rollout", "--agent", "random", "--out", folder / "run", *episodes]

    def kept(self, folder):
        file = folder / "run" / "episodes.jsonl"
        lines = file.read_bytes().split(b"\n")[:-1] if file.is_file() else []
        rows = [json.loads(line) for line in lines]
        found = {f"episode {r['seed']}": hashlib.sha256(str(r).encode()).hexdigest() for r in rows}
        return found, len(rows) - len(found)

    def said(self, folder, text):
        """How many episodes it said that it has stored, and has not."""
        for line in text.splitlines():
            if "episodes are stored" in line:
                return max(0, int(line.split()[1]) - len(self.kept(folder)[0]))
        return 0


class Figures:
    """A file of figures: there or not, always whole, always the same."""

    def __init__(self, *words):
        self._words = words

    def words(self, folder):
        return [*self._words, "--json", folder / "figures.json"]

    def kept(self, folder):
        file = folder / "figures.json"
        return (
            {"figures": hashlib.sha256(file.read_bytes()).hexdigest()} if file.exists() else {}
        ), 0


class Collect:
    def words(self, folder):
        return ["collect", folder / "data", "--episodes", "120"]

    def kept(self, folder):
        return data_set(folder / "data"), 0


def data_set(folder):
    card = folder / "card.json"
    if not card.is_file():
        return {}
    found = whole_json(card)["files"]
    for name, about in found.items():
        data = (folder / f"{name}.jsonl").read_bytes()
        assert hashlib.sha256(data).hexdigest() == about["sha256"], name
    return {name: about["sha256"] for name, about in found.items()}


def seed_folder(folder, doubled):
    """The files of a training seed are whole, its curves have no row twice."""
    found = {}
    for file in folder.glob("*.safetensors"):
        read_tensors(file)
    if (folder / "checkpoint.safetensors").is_file():
        frames = read_about(folder / "checkpoint.safetensors")["frames"]
        rows = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
        names = [(r["phase"], r.get("frames"), r.get("epoch")) for r in rows]
        doubled.append(len(names) - len(set(names)))
        found |= {str(n): "" for n in names if (n[1] or 0) <= frames}
        found |= {f"{part} of {folder.name}": "" for part in range(0, frames, 32)}
    if (folder / "state.json").is_file():
        whole_json(folder / "state.json")
    return found


class Train:
    def words(self, folder):
        less = [word for setting in LESS for word in ("--set", setting)]
        more = ["--resume"] if (folder / "run" / "recipe.json").exists() else []
        return ["train", "quick", "--out", folder / "run", "--seed", "0", *less, *more]

    def kept(self, folder):
        doubled = []
        found = seed_folder(folder / "run" / "seed-0", doubled)
        return found, sum(doubled)


class Demo:
    """It begins anew each time: what must stand is that all there is is whole."""

    def words(self, folder):
        small = ["--episodes", "50", "--frames", "128", "--test-episodes", "10"]
        return ["demo", "--out", folder / "demo", *small]

    def kept(self, folder):
        out, doubled = folder / "demo", []
        found = data_set(out / "data")
        for seed in out.glob("models/seed-*"):
            seed_folder(seed, doubled)
        if (out / "results.json").is_file():
            figures = whole_json(out / "results.json")
            del figures["seconds"], figures["cost_per_data_point"]
            found["results"] = hashlib.sha256(json.dumps(figures).encode()).hexdigest()
        return found, sum(doubled)


class Study:
    def words(self, folder):
        less = [word for setting in LESS for word in ("--set", setting)]
        words = [
            "study",
            "rewards",
            "--quick",
            "--only",
            "additive",
            "--episodes",
            "10",
            "--jobs",
            "2",
        ]
        return [*words, "--out", folder / "study", *less]

    def kept(self, folder):
        out, doubled = folder / "study", []
        found = {f.name: whole_json(f) and "" for f in out.glob("cells/*.json")}
        for seed in out.glob("models/*/seed-*"):
            found |= seed_folder(seed, doubled)
        return found, sum(doubled)


COMMANDS = {
    "evaluate": Figures("evaluate", "random", "--episodes", "40"),
    "rollout": Rollout(),
    "train": Train(),
    "check": Figures("check", *FAMILIES, "--seeds", "30", "--jobs", "2"),
    "controls": Figures("controls", "--episodes", "60"),
    "demo": Demo(),
    "collect": Collect(),
    "study": Study(),
}


def marked(mark):
    """The processes that have a mark in their environment, zombies left aside."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if mark in (entry / "environ").read_bytes():
                    found.append((int(entry.name), (entry / "cmdline").read_bytes()[:200]))
            except OSError:
                continue
    return found


def begun(process):
    """When a process began, which tells it from a later one of the same number; None: it has ended."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else fields[19]


def descendants(process):
    """The processes below one: some have an environment of their own, without the mark."""
    below = collections.defaultdict(list)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            below[int(fields[1])].append(int(entry.name))
    found, left = {}, [process]
    while left:
        for child in below[left.pop()]:
            found[child] = begun(child)
            left.append(child)
    return {child: start for child, start in found.items() if start is not None}


class Forked:
    """The command in a copy of this process, which has imported everything already."""

    def __init__(self, words, log, name, value):
        self.returncode = None
        self.pid = os.fork()
        if self.pid == 0:
            os.setsid()
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.environ |= {name: value, "COLUMNS": "300"}
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
            sys.argv = ["autosafe", *words]
            code = 1
            try:
                from autosafe_gym.cli.main import run

                run()
            except SystemExit as error:
                code = error.code or 0
            except BaseException:
                traceback.print_exc()
            threading._shutdown()
            atexit._run_exitfuncs()
            sys.stdout.flush()
            os._exit(code)

    def poll(self):
        if self.returncode is None:
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            self.returncode = os.waitstatus_to_exitcode(status) if ended else None
        return self.returncode

    def wait(self, timeout=1e9):
        end = time.monotonic() + timeout
        while self.poll() is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired("autosafe", timeout)
            time.sleep(0.005)
        return self.returncode

    def send_signal(self, number):
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self):
        self.send_signal(signal.SIGKILL)


class Child:
    """A command in a session of its own."""

    fresh = False

    def __init__(self, words, folder):
        self.mark = f"AUTOSAFE_KILLS={uuid.uuid4().hex}".encode()
        name, value = self.mark.decode().split("=")
        words = [str(word) for word in words]
        # Files, not pipes: a process that is left over would keep a pipe open.
        self.log = folder / "log"
        with self.log.open("w") as log:
            if not self.fresh:
                self.process = Forked(words, log, name, value)
                return
            self.process = subprocess.Popen(
                [sys.executable, "-m", "autosafe_gym.cli", *words],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env={**os.environ, name: value, "COLUMNS": "300"},
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            )

    def end(self, how):
        """Sends a signal; gives the seconds to the end of the process and of all its workers."""
        below = descendants(self.process.pid)
        start = time.monotonic()
        if how == "int":
            with contextlib.suppress(ProcessLookupError):  # It may have no session yet.
                os.killpg(self.process.pid, signal.SIGINT)  # As a terminal does.
            self.process.send_signal(signal.SIGINT)
        else:
            self.process.send_signal(signal.SIGKILL if how == "kill" else signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        seconds = time.monotonic() - start
        while (left := self._left(below)) and time.monotonic() < start + GRACE:
            time.sleep(0.02)
        gone = time.monotonic() - start
        for process, _ in left:
            os.kill(process, signal.SIGKILL)
        return seconds, gone, left

    def _left(self, below):
        found = marked(self.mark)
        known = {process for process, _ in found}
        return found + [(p, b"?") for p, s in below.items() if begun(p) == s and p not in known]


def run(command, kills, signals, seed, *, minutes=1e9, show=None):
    """Kills a command so often, or as long as it may take; gives the counts."""
    rng, about = random.Random(seed), COMMANDS[command]
    counts = collections.Counter(kills=0, lost=0, doubled=0, left=0, late=0, tracebacks=0, wrong=0)
    codes, slowest, gone_last = collections.Counter(), 0.0, 0.0
    place = Path(tempfile.mkdtemp(prefix=f"kills-{command}-"))
    try:
        folder = place / "reference"
        folder.mkdir()
        start = time.monotonic()
        child = Child(about.words(folder), folder)
        assert child.process.wait() == 0, child.log.read_text()
        lasts = min(60.0, time.monotonic() - start)
        reference = about.kept(folder)[0]
        number, tries = 0, 0
        while counts["kills"] < kills and time.monotonic() - start < 60 * minutes:
            folder = place / f"{number}"
            folder.mkdir(exist_ok=True)
            before = about.kept(folder)[0]
            child = Child(about.words(folder), folder)
            # After some tries it is let go on, so that what it resumes to is seen too.
            most = 20 if command == "demo" else 5
            time.sleep(rng.uniform(0.0, lasts) if tries < most else 0.0)
            if tries >= most:
                child.process.wait()
            if child.process.poll() is not None:
                finished(about, child, folder, before, reference, counts)
                shutil.rmtree(folder)
                number, tries = number + 1, 0
                continue
            how = rng.choice(signals)
            seen = about.kept(folder)[0] if how == "kill" and command == "rollout" else {}
            seconds, gone, left = child.end(how)
            text, tries = child.log.read_text(errors="replace"), tries + 1
            counts["kills"] += 1
            codes[f"{how}: {child.process.returncode}"] += 1
            slowest, gone_last = max(slowest, seconds), max(gone_last, gone)
            counts["late"] += how != "kill" and gone > POLITE
            counts["left"] += len(left)
            counts["tracebacks"] += "Traceback" in text
            after, doubled = about.kept(folder)
            kept = {**before, **seen} if command != "demo" else {}
            counts["lost"] += sum(after.get(k) != v for k, v in kept.items())
            counts["lost"] += about.said(folder, text) if hasattr(about, "said") else 0
            counts["doubled"] += doubled
            if show is not None:
                show(
                    f"{dict(counts)} {dict(codes)} slowest {slowest:.2f} {gone_last:.2f}",
                    left,
                    text,
                )
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return {
        **counts,
        "lasts": round(lasts, 1),
        "codes": dict(codes),
        "slowest": round(slowest, 2),
        "gone": round(gone_last, 2),
    }


def finished(about, child, folder, before, reference, counts):
    """A run that came to its end: it holds what the reference does."""
    after, doubled = about.kept(folder)
    counts["finished"] += 1
    counts["doubled"] += doubled
    if child.process.returncode:
        counts["wrong"] += 1
        print(child.log.read_text()[-2000:], file=sys.stderr)
    elif isinstance(about, Train | Study):
        # Other seconds between two kills, other rounds: only the frames are the same.
        frames = {k for k in reference if " of " in k or k.endswith(".json")}
        counts["lost"] += len(frames - after.keys())
    else:
        counts["lost"] += sum(after.get(k) != v for k, v in reference.items())
    counts["lost"] += len(before.keys() - after.keys())


if __name__ == "__main__":
    asked = argparse.ArgumentParser()
    asked.add_argument("--command", nargs="+", choices=COMMANDS, default=["rollout"])
    asked.add_argument("--kills", type=int, default=100)
    asked.add_argument("--signals", nargs="+", choices=("kill", "int", "term"), default=["kill"])
    asked.add_argument("--minutes", type=float, default=1e9)
    asked.add_argument("--seed", type=int, default=0)
    asked.add_argument("--fresh", action="store_true", help="With a new interpreter each time.")
    asked.add_argument("--verbose", action="store_true")
    given = asked.parse_args()

    def show(line, left, text):
        if given.verbose or left or "Traceback" in text:
            print(
                line, left, text[-1500:] if "Traceback" in text else "", file=sys.stderr, flush=True
            )

    Child.fresh = given.fresh
    if not given.fresh:
        import autosafe_gym.cli.checking
        import autosafe_gym.evaluation.evaluate
        import autosafe_gym.library.families
        import autosafe_gym.runs.runner

        if {"train", "demo", "study"} & {*given.command}:
            import autosafe_gym.cli.demo
            import autosafe_gym.training.trainer  # noqa: F401
    for command in given.command:
        found = run(
            command, given.kills, given.signals, given.seed, minutes=given.minutes, show=show
        )
        print(command, *given.signals, json.dumps(found), flush=True)
