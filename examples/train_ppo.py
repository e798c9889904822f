"""MaskablePPO of sb3-contrib on a risk environment, without the command line.

python examples/train_ppo.py
"""

from sb3_contrib import MaskablePPO
from stable_baselines3.common.vec_env import DummyVecEnv

from autosafe_gym.evaluation.evaluate import evaluate
from autosafe_gym.library.registration import risk_env
from autosafe_gym.training.agent import PolicyAgent
from autosafe_gym.training.algorithms import feature_env
from autosafe_gym.training.policy import MaskableCandidatePolicy

envs = DummyVecEnv([lambda: feature_env("autosafe/Finance-v0")] * 8)
model = MaskablePPO(
    MaskableCandidatePolicy, envs, n_steps=128, batch_size=256, seed=0, device="cpu"
)
model.learn(8_192)
result = evaluate(
    PolicyAgent(model),
    risk_env("autosafe/Finance-v0", split="test"),
    episodes=100,
    seed=0,
    set="test",
)
print({name: str(rate) for name, rate in result.metrics.items()})
