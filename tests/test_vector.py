"""Vector environments: the native one and Gymnasium's own."""

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import AsyncVectorEnv, SyncVectorEnv

import autosafe_gym

ACT = '{"name": "ask_user", "arguments": {"question": "?"}}'


def singles(seed, steps):
    """What three environments say when each is stepped on its own."""
    said = []
    for i in range(3):
        env = gym.make("autosafe/All-v0")
        first, _ = env.reset(seed=seed + i)
        said.append([first] + [env.step(ACT)[0] for _ in range(steps)])
    return [list(column) for column in zip(*said, strict=True)]


def test_native_sync_and_single_environments_agree():
    expected = singles(5, 3)
    sync = SyncVectorEnv([lambda: gym.make("autosafe/All-v0")] * 3)
    for envs in (autosafe_gym.make_vec("autosafe/All-v0", 3), sync):
        first, _ = envs.reset(seed=5)
        got = [list(first)] + [list(envs.step([ACT] * 3)[0]) for _ in range(3)]
        assert got == expected
        envs.close()


def test_make_vec_of_gymnasium_gives_the_native_one():
    envs = gym.make_vec("autosafe/All-v0", num_envs=2, vectorization_mode="vector_entry_point")
    first, _ = envs.reset(seed=0)
    assert len(first) == 2
    _, rewards, terminated, truncated, _ = envs.step(
        ['{"name": "refuse", "arguments": {"reason": "x"}}'] * 2
    )
    assert rewards.shape == (2,) and terminated.all() and not truncated.any()
    again, rewards, terminated, _, _ = envs.step([ACT] * 2)
    assert not terminated.any() and (rewards == 0).all()
    assert all(again)


def test_async_works_or_refuses_with_the_remedy():
    envs = [lambda: gym.make("autosafe/All-v0")] * 2
    try:
        made = AsyncVectorEnv(envs)
    except Exception as error:
        assert "shared_memory=False" in str(error)
        made = AsyncVectorEnv(envs, shared_memory=False)
    try:
        first, _ = made.reset(seed=5)
        assert list(first) == singles(5, 0)[0][:2]
        assert np.isfinite(made.step([ACT] * 2)[1]).all()
    finally:
        made.close()


def test_no_environments_is_an_error():
    with pytest.raises(autosafe_gym.errors.ScenarioError, match="num_envs"):
        autosafe_gym.make_vec("autosafe/All-v0", 0)
