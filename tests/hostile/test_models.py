"""Saved policies: the same to the bit, and nothing in a file runs, hangs or fills the memory."""

import base64
import io
import json
import os
import pickle
import zipfile

import numpy as np
import pytest
from hostile_files import refused, running

pytest.importorskip("sb3_contrib")

import torch

from autosafe_gym.episodes.play import play
from autosafe_gym.errors import DataError
from autosafe_gym.features.features import spaces_version
from autosafe_gym.library.registration import risk_env
from autosafe_gym.storage.tensors import read_tensors, tensor_bytes
from autosafe_gym.training.agent import PolicyAgent, load_agent
from autosafe_gym.training.algorithms import make_model, training_envs
from autosafe_gym.training.checkpoints import go_on
from autosafe_gym.training.model_file import CHECKPOINT, MODEL, about_model
from autosafe_gym.training.recipe import read_recipe
from autosafe_gym.training.run_folder import claim, convert, save
from autosafe_gym.training.trainer import train_recipe

TINY = {
    "env": {"families": ["invoice-redirect", "which-draft"]},
    "policy": {"hidden": 16},
    "algorithm": {"frames": 64, "envs": 2, "steps": 16, "batch_size": 16, "epochs": 1},
}


def recipe_of(algorithm):
    return read_recipe(TINY).with_(algorithm={"name": algorithm})


def trained(algorithm, seed=1):
    recipe = recipe_of(algorithm)
    envs = training_envs(recipe, seed)
    model = make_model(recipe, envs, seed)
    model.learn(64)
    envs.close()
    return model, recipe


@pytest.fixture(scope="module")
def one(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    model, recipe = trained("maskable-ppo")
    for name in (MODEL, CHECKPOINT):
        save(model, folder / name, recipe)
    return model, recipe, folder


def played(agent, episodes=3):
    env = risk_env("autosafe/All-v0", split="test")
    return [play(env, agent, seed=seed).steps for seed in range(episodes)]


# -- the same to the bit --------------------------------------------------------------------------
@pytest.mark.parametrize("algorithm", ["maskable-ppo", "a2c", "dqn"])
def test_a_saved_policy_acts_the_same_and_training_goes_on_from_it(tmp_path, algorithm):
    model, recipe = trained(algorithm)
    save(model, tmp_path / MODEL, recipe)
    save(model, tmp_path / CHECKPOINT, recipe)
    before = torch.random.get_rng_state()
    loaded = load_agent(tmp_path / MODEL)
    assert torch.equal(torch.random.get_rng_state(), before)
    ours, theirs = model.policy.state_dict(), loaded._models[0].policy.state_dict()
    assert list(ours) == list(theirs)
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)
    assert played(loaded) == played(PolicyAgent(model))
    assert played(load_agent(tmp_path / CHECKPOINT)) == played(loaded)
    # A checkpoint has the optimiser and the counters too.
    envs = training_envs(recipe, 1)
    again = make_model(recipe, envs, 1)
    go_on(again, tmp_path / CHECKPOINT)
    first, second = (m.policy.optimizer.state_dict() for m in (model, again))
    assert first["state"].keys() == second["state"].keys() != set()
    for index, state in first["state"].items():
        for key, value in state.items():
            assert np.array_equal(np.asarray(value), np.asarray(second["state"][index][key])), key
    for name in ("num_timesteps", "_n_updates", "_episode_num", "exploration_rate", "_n_calls"):
        assert getattr(again, name, None) == getattr(model, name, None)
    assert [e["r"] for e in again.ep_info_buffer] == [e["r"] for e in model.ep_info_buffer]
    again.learn(32, reset_num_timesteps=False)
    assert again.num_timesteps >= 96
    envs.close()


def test_the_file_is_one_that_safetensors_reads(one):
    safetensors = pytest.importorskip("safetensors.numpy")
    ours, about = read_tensors(one[2] / MODEL)
    theirs = safetensors.load_file(one[2] / MODEL)
    assert ours.keys() == theirs.keys()
    assert all(np.array_equal(ours[name], theirs[name]) for name in ours)
    assert tensor_bytes(ours, about) == (one[2] / MODEL).read_bytes()


# -- what 0.1 saved -------------------------------------------------------------------------------
def old_zip(model, recipe, file):
    about = about_model(model, recipe)
    del about["format"], about["hidden"]
    model.autosafe = about
    model.save(file)
    del model.autosafe


def test_an_old_zip_is_refused_and_with_trust_acts_the_same(one, tmp_path):
    model, recipe, folder = one
    file = tmp_path / "old.zip"
    old_zip(model, recipe, file)
    with refused(r"old\.zip: .*pickles.*autosafe convert .*old\.zip --trust"):
        load_agent(file)
    known = played(load_agent(folder / MODEL))
    assert played(load_agent(file, trust=True)) == known
    new = tmp_path / "new.safetensors"
    with refused("--trust"):
        convert(file, new, trust=False)
    convert(file, new, trust=True)
    assert played(load_agent(new)) == known
    ours, theirs = read_tensors(new)[0], read_tensors(folder / MODEL)[0]
    assert all(np.array_equal(ours[name], theirs[name]) for name in {*ours, *theirs})
    with refused("is there already"):
        convert(file, new, trust=True)


def repacked(file, target, **members):
    """An archive with some members changed."""
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in members:
                new.writestr(name, old.read(name))
        for name, data in members.items():
            new.writestr(name, data)
    return target


def test_even_with_trust_no_pickle_runs(one, tmp_path):
    model, recipe, _ = one
    canary = tmp_path / "canary"
    pickle.loads(running(canary))
    assert canary.exists()  # So the file of the pickle would be seen below.
    canary.unlink()
    old = tmp_path / "old.zip"
    old_zip(model, recipe, old)
    with zipfile.ZipFile(old) as archive:
        data = json.loads(archive.read("data"))
    data["lr_schedule"] = {":serialized:": base64.b64encode(running(canary)).decode()}
    load_agent(repacked(old, tmp_path / "a.zip", data=json.dumps(data)), trust=True)
    with refused("more than tensors"):
        inner = io.BytesIO()
        with zipfile.ZipFile(inner, "w") as archive:
            archive.writestr("archive/data.pkl", running(canary))
            archive.writestr("archive/version", "3\n")
        load_agent(
            repacked(old, tmp_path / "b.zip", **{"policy.pth": inner.getvalue()}), trust=True
        )
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data/0", bytes(200 << 20))
    with refused(r"policy\.pth: it unpacks to 209,715,200 bytes"):
        load_agent(repacked(old, tmp_path / "c.zip", **{"policy.pth": bomb.getvalue()}), trust=True)
    assert not canary.exists()


# -- files that are none --------------------------------------------------------------------------
def hostile(folder, model_file):
    """Files by name, and what the refusal must say."""
    canary = folder / "canary"
    good = model_file.read_bytes()
    tensors, about = read_tensors(model_file)
    name = "policy/features_extractor.score.bias"

    def header(**changes):
        entry = {"dtype": "F32", "shape": [1], "data_offsets": [0, 4], **changes}
        text = json.dumps({"__metadata__": {"autosafe": json.dumps(about)}, "x": entry}).encode()
        return len(text).to_bytes(8, "little") + text + bytes(4)

    def with_about(**changes):
        return tensor_bytes(tensors, {**about, **changes})

    def with_tensor(array, key=name):
        return tensor_bytes({**tensors, key: array}, about)

    deep = b'{"__metadata__":' + b"[" * 100_000
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("data", json.dumps({"autosafe": about}))
        archive.writestr("policy.pth", running(canary))
    flat = np.float32(np.nan)
    return canary, {
        "pickle.safetensors": (running(canary), "a Python pickle"),
        "torch.pt": (zipped.getvalue(), "--trust"),
        "zip.safetensors": (zipped.getvalue(), "--trust"),
        "empty.safetensors": (b"", "not a saved model"),
        "short.safetensors": (good[:300], "cut off"),
        "cut.safetensors": (good[:-4], "damaged"),
        "longer.safetensors": (good + b"0000", "damaged"),
        "huge header.safetensors": (b"\xff" * 7 + b"\x7f" + b"{", "cut off"),
        "big header.safetensors": ((2 << 20).to_bytes(8, "little") + b"{" * (3 << 20), "header"),
        "deep.safetensors": (len(deep).to_bytes(8, "little") + deep, "nested too deeply"),
        "list.safetensors": (b"\x02\0\0\0\0\0\0\0[]", "not a saved model"),
        "foreign.safetensors": (b"\x02\0\0\0\0\0\0\0{}", "not saved by autosafe"),
        "pickled tensor.safetensors": (header(dtype="O"), "F32 is needed"),
        "half.safetensors": (header(dtype="F16", shape=[2]), "F32 is needed"),
        "elsewhere.safetensors": (header(data_offsets=[4, 8]), "begins at 4, not at 0"),
        "negative.safetensors": (header(data_offsets=[-4, 0]), "must be numbers"),
        "shape.safetensors": (header(shape=[1 << 20, 1 << 20]), "does not fit"),
        "axes.safetensors": (header(shape=[1] * 50), "short lists"),
        "text.safetensors": (header(shape=["1"]), "must be numbers"),
        "true.safetensors": (header(shape=[True]), "must be numbers"),
        "nan.safetensors": (with_tensor(np.full(1, flat, np.float32)), "NaN or infinite"),
        "wide.safetensors": (with_tensor(np.zeros(2, np.float32)), r"is \(2,\) in the file"),
        "more.safetensors": (with_tensor(np.zeros(2, np.float32), "policy/os"), "'os' is"),
        "format.safetensors": (with_about(format=99), "format 99"),
        "algorithm.safetensors": (with_about(algorithm="os:system"), "'os:system' is none of"),
        "hidden.safetensors": (with_about(hidden=10**9), "hidden = 1000000000"),
        "groups.safetensors": (with_about(spaces={"groups": [["os"]]}), "features that are not"),
        "spaces.safetensors": (with_about(spaces="x" * 900_000), "version 1"),
    }


def test_no_hostile_file_is_loaded_or_run(one, tmp_path):
    canary, every = hostile(tmp_path, one[2] / MODEL)
    for name, (data, said) in every.items():
        file = tmp_path / name
        file.write_bytes(data)
        with refused(said) as found:
            load_agent(file)
        assert name in str(found.value) and len(str(found.value)) < 2_000, name
        assert not canary.exists(), name


def test_what_is_no_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.safetensors")
    with refused("a regular file is needed"):
        load_agent(tmp_path / "pipe.safetensors")
    with refused("a regular file is needed"):
        load_agent("/dev/zero")
    sparse = tmp_path / "sparse.safetensors"
    with sparse.open("wb") as file:
        file.write((64).to_bytes(8, "little") + b"{")
        file.truncate(1 << 34)
    with refused("at most 134,217,728 are read"):
        load_agent(sparse)


def test_a_checkpoint_of_something_else_is_refused(one, tmp_path):
    _, recipe, folder = one
    tensors, about = read_tensors(folder / CHECKPOINT)
    some = next(n for n in tensors if n.endswith("exp_avg"))
    lost = {n: t for n, t in tensors.items() if n != some}
    wrong = {
        "none of the optimiser's": ({**tensors, "optimiser/9999/exp_avg": tensors[some]}, about),
        "is needed": ({**tensors, some: np.zeros(3, np.float32)}, about),
        "not \\['exp_avg'": (lost, about),
        "neither the policy": ({**tensors, "more": tensors[some]}, about),
        "counters are missing": (tensors, {**about, "training": None}),
        "num_timesteps = -1": (
            tensors,
            {**about, "training": {**about["training"], "counters": {"num_timesteps": -1}}},
        ),
        "latest returns": (tensors, {**about, "training": {**about["training"], "recent": [1]}}),
    }
    envs = training_envs(recipe, 1)
    for said, (parts, told) in wrong.items():
        file = tmp_path / CHECKPOINT
        file.write_bytes(tensor_bytes(parts, told))
        with pytest.raises(DataError, match=said):
            go_on(make_model(recipe, envs, 1), file)
    file.unlink()
    file.symlink_to(folder / CHECKPOINT)
    with pytest.raises(DataError, match="a symbolic link"):
        go_on(make_model(recipe, envs, 1), file)
    envs.close()


def test_a_run_of_the_earlier_version_is_not_gone_on_with(tmp_path):
    recipe = recipe_of("ppo")
    claim(tmp_path, recipe, {"spaces": spaces_version(recipe.groups)}, resume=False)
    (tmp_path / "seed-1").mkdir()
    (tmp_path / "seed-1" / "checkpoint.zip").write_bytes(b"PK")
    with refused(r"seed-1: autosafe 0\.1 began this run.*autosafe convert .*model\.zip --trust"):
        train_recipe(recipe, tmp_path, seed=1, resume=True)
    assert not (tmp_path / "seed-1" / MODEL).exists()
