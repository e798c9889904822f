"""Runs lose nothing: folders of other runs, damaged lines, full disks, locks, kills at any moment."""

import ctypes
import errno
import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import kills
import pytest

from autosafe_gym import agents
from autosafe_gym.cli.main import app
from autosafe_gym.errors import AutosafeError, DataError
from autosafe_gym.library.registration import risk_env
from autosafe_gym.pipeline.datasets import collect, read_trajectories, write_dataset
from autosafe_gym.processes import workers
from autosafe_gym.runs.runner import player, run_episodes
from autosafe_gym.runs.store import EpisodeStore, read_config, read_episodes
from autosafe_gym.storage import writing
from autosafe_gym.storage.writing import locked, only_writer, whole_file, write_whole

COMMAND = [sys.executable, "-m", "autosafe_gym.cli"]


def play(folder, seeds=range(6), agent="comply-all", **more):
    store = EpisodeStore(folder, {"agent": agent})
    try:
        made = lambda: player(risk_env("autosafe/All-v0"), agents.make(agent))  # noqa: E731
        return run_episodes(made, store, seeds, **more)
    finally:
        store.close()


def seeds_of(folder):
    return sorted(t.seed for t in read_episodes(folder))


# -- whose episodes these are ----------------------------------------------------------------------
def test_episodes_without_a_configuration_are_nobodys(tmp_path):
    """Another agent's run was begun in such a folder, and reported its episodes as that agent's."""
    play(tmp_path)
    (tmp_path / "run.json").unlink()
    with pytest.raises(DataError, match=r"no run\.json"):
        play(tmp_path, agent="refuse-all")
    with pytest.raises(DataError, match="no run"):
        list(read_episodes(tmp_path))
    assert not (tmp_path / "run.json").exists()


def test_a_configuration_that_was_changed_or_damaged_is_refused(tmp_path):
    play(tmp_path)
    file = tmp_path / "run.json"
    whole = file.read_text()
    file.write_text(whole.replace("comply-all", "refuse-all"))
    with pytest.raises(DataError, match=r"run\.json was changed"):
        play(tmp_path, agent="refuse-all")
    for damaged in (whole[:-9], "", "[" * 100_000, "[]", '{"format": 1}\x00'):
        file.write_text(damaged)
        with pytest.raises(DataError, match=r"run\.json"):
            play(tmp_path)
    file.write_text(whole)
    assert play(tmp_path).episodes == 6
    assert read_config(tmp_path) == {"format": 1, "agent": "comply-all"}


def test_episodes_of_another_run_are_found_out(tmp_path):
    play(tmp_path / "a")
    play(tmp_path / "b", range(9), "refuse-all")
    mine, other = ((tmp_path / name / "episodes.jsonl").read_bytes() for name in "ab")
    file, last = tmp_path / "a" / "episodes.jsonl", other.splitlines(keepends=True)[-1]
    plain = b"{" + last.partition(b",")[2]  # As a version without marks wrote it.
    for lines, number in ((other, 1), (mine + last, 7), (mine + plain, 7)):
        file.write_bytes(lines)
        with pytest.raises(
            DataError, match=f"line {number} is an episode of another configuration"
        ):
            play(tmp_path / "a")
    file.write_bytes(mine)
    assert play(tmp_path / "a").episodes == 6


def test_a_damaged_line_is_named_and_costs_its_own_episode_alone(tmp_path):
    play(tmp_path)
    file = tmp_path / "episodes.jsonl"
    whole = file.read_bytes()
    lines = whole.splitlines(keepends=True)
    for damaged in (
        lines[2][:50] + b"\n",
        b"\x00" * 99 + b"\n",
        b"\n",
        lines[2].replace(b"seed", b"sEEd"),
    ):
        file.write_bytes(b"".join([*lines[:2], damaged, *lines[3:]]))
        before = file.read_bytes()
        with pytest.raises(DataError, match=r"line 3 is damaged .*(?s:.)*Delete that line"):
            play(tmp_path)
        assert file.read_bytes() == before
    file.write_bytes(b"".join([*lines[:2], *lines[3:], b'{"run":"torn'] * 1))
    assert play(tmp_path).episodes == 6 and seeds_of(tmp_path) == [*range(6)]


def test_a_run_of_the_first_version_goes_on(tmp_path):
    play(tmp_path)
    config = read_config(tmp_path)
    (tmp_path / "run.json").write_text(json.dumps(config))
    file = tmp_path / "episodes.jsonl"
    lines = [b"{" + line.partition(b",")[2] for line in file.read_bytes().splitlines(keepends=True)]
    file.write_bytes(b"".join(lines))
    assert play(tmp_path, range(8)).episodes == 8 and seeds_of(tmp_path) == [*range(8)]


# -- disks and folders -----------------------------------------------------------------------------
class Full:
    """A file on a disk that is full after some bytes."""

    def __init__(self, file, room):
        self._file, self.room = file, room

    def __getattr__(self, name):
        return getattr(self._file, name)

    def write(self, data):
        if not self.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        part = bytes(data[: self.room])
        self.room -= len(part)
        return self._file.write(part)


@pytest.mark.parametrize("room", [0, 1, 5_000])
def test_what_a_full_disk_does_not_take_leaves_no_trace(tmp_path, room):
    play(tmp_path, range(2))
    (third,) = played(tmp_path.parent / f"{tmp_path.name}-more", [2])
    store = EpisodeStore(tmp_path, {"agent": "comply-all"})
    before = (tmp_path / "episodes.jsonl").read_bytes()
    whole, store._file = store._file, Full(store._file, room)
    with pytest.raises(DataError, match="No space left on device"):
        store.add(third)
    assert (tmp_path / "episodes.jsonl").read_bytes() == before and len(store.episodes) == 2
    # There is room again: the next line stands after whole ones.
    store._file = whole
    store.add(third)
    store.close()
    assert seeds_of(tmp_path) == [0, 1, 2]


def played(folder, seeds):
    play(folder, seeds)
    return read_episodes(folder)


def limited(words, size, **more):
    """A command that can't write files of more than a size: the disk of a test is never full."""

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return subprocess.run(
        [*COMMAND, *map(str, words)], preexec_fn=limit, capture_output=True, text=True, **more
    )


def test_commands_end_with_one_line_on_a_full_disk_and_go_on_after_it(tmp_path):
    rollout = ["rollout", "--agent", "comply-all", "--episodes", "20"]
    done = limited([*rollout, "--out", tmp_path / "run"], 100_000)
    assert done.returncode == 2 and "can't be written" in done.stderr, done.stderr
    assert "Traceback" not in done.stderr
    kept = {t.seed: t for t in read_episodes(tmp_path / "run")}
    assert 0 < len(kept) < 20
    done = limited([*rollout, "--out", tmp_path / "run"], resource.RLIM_INFINITY)
    assert done.returncode == 0, done.stderr
    after = {t.seed: t for t in read_episodes(tmp_path / "run")}
    assert [*sorted(after)] == [*range(20)] and all(after[s] == t for s, t in kept.items())

    done = limited(["collect", tmp_path / "data", "--episodes", "10"], 50_000)
    assert done.returncode == 2 and "can't be written" in done.stderr, done.stderr
    assert not (tmp_path / "data" / "card.json").exists()
    assert {f.name for f in (tmp_path / "data").glob(".*")} <= {".lock"}
    found = collect(risk_env("autosafe/All-v0"), agents.make("comply-all"), episodes=2, seed=0)
    write_dataset(found, tmp_path / "data", {})
    assert read_trajectories(tmp_path / "data")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_an_output_that_can_not_be_written_is_an_error_too():
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*COMMAND, "list", "--json", "-"], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode == 2 and "No space left" in done.stderr
    assert "Traceback" not in done.stderr and "Exception ignored" not in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="takes root's leave away as Linux does")
def test_a_folder_without_leave_is_one_line(tmp_path):
    prctl = ctypes.CDLL(None).prctl

    def as_others():
        # Root may write anywhere by these two capabilities, which the next program is not to have.
        prctl(24, 1, 0, 0, 0)
        prctl(24, 2, 0, 0, 0)

    tmp_path.chmod(0o555)
    words = ["rollout", "--agent", "random", "--episodes", "2", "--out", tmp_path / "run"]
    done = subprocess.run(
        [*COMMAND, *map(str, words)], capture_output=True, text=True, preexec_fn=as_others
    )
    tmp_path.chmod(0o755)
    assert done.returncode == 2 and "Permission denied" in done.stderr, done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_is_whole_or_not_there_and_what_the_dead_left_goes(tmp_path, monkeypatch):
    file = tmp_path / "figures.json"
    write_whole(file, "old")
    monkeypatch.setattr(
        os, "fsync", lambda _: (_ for _ in ()).throw(OSError(errno.EDQUOT, "Quota"))
    )
    with pytest.raises(DataError, match=r"figures\.json: can't be written \(Quota\)"):
        write_whole(file, "new")
    monkeypatch.undo()
    assert file.read_text() == "old" and os.listdir(tmp_path) == ["figures.json"]
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    (tmp_path / f".figures.json.{dead.pid}-0.tmp").write_text("half")
    (tmp_path / f".figures.json.{os.getppid()}-0.tmp").write_text("somebody is writing this")
    with whole_file(file) as temporary:
        temporary.write_text("new")
        writing.discard_temporaries()  # As at an interrupt.
        assert not temporary.exists()
        temporary.write_text("new")
    assert file.read_text() == "new"
    assert sorted(os.listdir(tmp_path)) == [f".figures.json.{os.getppid()}-0.tmp", "figures.json"]


# -- two at once -----------------------------------------------------------------------------------
def test_one_process_at_a_time_writes_to_a_folder(tmp_path, monkeypatch):
    env = risk_env("autosafe/All-v0")
    found = collect(env, agents.make("comply-all"), episodes=3, seed=0)
    with locked(tmp_path / "data"), pytest.raises(DataError, match="another process"):
        write_dataset(found, tmp_path / "data", {})
    pytest.importorskip("sb3_contrib")
    from autosafe_gym.training import trainer
    from autosafe_gym.training.recipe import load_recipe

    monkeypatch.setattr(trainer, "_PATIENCE", 0.1)
    with locked(tmp_path / "run" / "seed-0"), pytest.raises(DataError, match="another process"):
        trainer.train_recipe(load_recipe("quick"), tmp_path / "run", seed=0)


def test_a_lock_is_waited_for_as_long_as_is_said(tmp_path):
    guard = only_writer(tmp_path)
    start = time.monotonic()
    with pytest.raises(DataError, match="another process"):
        only_writer(tmp_path, 0.3)
    assert time.monotonic() - start > 0.3
    guard.close()
    only_writer(tmp_path, 0.3).close()


def test_a_data_set_of_other_settings_is_not_half_replaced(tmp_path, monkeypatch):
    env = risk_env("autosafe/All-v0")
    found = collect(env, agents.make("comply-all"), episodes=4, seed=0)
    write_dataset(found, tmp_path, {"seed": 0})
    from autosafe_gym.pipeline import datasets

    class Killed(BaseException):
        pass

    def killed(path, data):
        if path.name == "trajectories.jsonl":
            raise Killed
        write_whole(path, data)

    monkeypatch.setattr(datasets, "write_whole", killed)
    with pytest.raises(Killed):
        write_dataset(found, tmp_path, {"seed": 1}, overwrite=True)
    assert not (tmp_path / "card.json").exists()


# -- a training's files ----------------------------------------------------------------------------
TINY = {
    "data": {"scenarios": 20, "more": 0},
    "clone": {"epochs": 1},
    "policy": {"hidden": 16},
    "env": {"families": ["stale-branch", "audit-trail"]},
    "algorithm": {"frames": 128, "envs": 2, "steps": 16, "batch_size": 32},
    "validation": {"episodes": 2, "every": 32, "patience": 0},
    "run": {"checkpoint_every": 32},
}


@pytest.mark.parametrize("at", [3, 4, 5, 7, 8, 10])
def test_a_kill_between_the_files_of_a_checkpoint_loses_and_doubles_nothing(
    tmp_path, monkeypatch, at
):
    pytest.importorskip("sb3_contrib")
    from autosafe_gym.training import run_folder, trainer
    from autosafe_gym.training.recipe import read_recipe

    class Killed(BaseException):
        pass

    count = 0
    known = run_folder.write_whole

    def write(*words):
        nonlocal count
        count += 1
        if count == at:
            raise Killed
        return known(*words)

    monkeypatch.setattr(run_folder, "write_whole", write)
    recipe = read_recipe(TINY)
    with pytest.raises(Killed):
        trainer.train_recipe(recipe, tmp_path, seed=0)
    done = trainer.train_recipe(recipe, tmp_path, seed=0, resume=True)
    names = [(row["phase"], row.get("frames"), row.get("epoch")) for row in done.rows]
    assert len(names) == len(set(names)), names
    frames = [row["frames"] for row in done.rows if row["phase"] == "validation"]
    assert frames == [0, 32, 64, 96, 128]
    state = json.loads((tmp_path / "seed-0" / "state.json").read_text())
    assert (state["frames"], state["stopped"]) == (128, "frames")


def test_models_without_a_recipe_are_nobodys(tmp_path):
    pytest.importorskip("sb3_contrib")
    from autosafe_gym.training.recipe import read_recipe
    from autosafe_gym.training.trainer import train_recipe

    (tmp_path / "seed-0").mkdir()
    (tmp_path / "seed-0" / "model.safetensors").write_bytes(b"PK")
    with pytest.raises(DataError, match=r"seed-0/model\.safetensors and no recipe\.json"):
        train_recipe(read_recipe(TINY), tmp_path, seed=1)


# -- processes -------------------------------------------------------------------------------------
def test_a_worker_that_is_ended_from_outside_is_said_so():
    with pytest.raises(AutosafeError, match="ended from outside"), workers(1) as pool:
        pool.submit(os.kill, pool.submit(os.getpid).result(), signal.SIGKILL).result()


def killed(commands, number):
    """What the script counts; it is a process of its own, because it copies itself."""
    if {"train", "demo", "study"} & {*commands}:
        pytest.importorskip("sb3_contrib")
    script = [sys.executable, kills.__file__, "--kills", number, "--command", *commands]
    script += ["--signals", "kill", "int", "term", "--seed", 1]
    done = subprocess.run([*map(str, script)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = [json.loads(line[line.index("{") :]) for line in done.stdout.splitlines()]
    assert [f["kills"] for f in found] == [number] * len(commands)
    return found, {f[k] for f in found for k in ("lost", "doubled", "left", "wrong", "tracebacks")}


def test_kills_lose_nothing_double_nothing_leave_nothing():
    found, bad = killed(["rollout", "evaluate", "check", "train"], 3)
    assert bad == {0}, found


@pytest.mark.slow
@pytest.mark.parametrize("command", ["demo", "study", "collect", "controls"])
def test_more_kills(command):
    found, bad = killed([command], 10)
    assert bad == {0}, found


def test_the_commands_are_those_that_the_script_ends():
    known = {command.name or command.callback.__name__ for command in app.registered_commands}
    assert kills.COMMANDS.keys() <= known
