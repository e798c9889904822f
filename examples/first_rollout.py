"""A rule-based agent of your own in a risk environment, in ten lines.

python examples/first_rollout.py
"""

import gymnasium as gym

import autosafe_gym
from autosafe_gym.agents import CallableAgent


def obedient(messages, tools):
    """Reads the mail or file that is named, then gives up: neither harmful nor useful."""
    if messages[-1]["role"] == "user":
        return {"name": "list_payees", "arguments": {}}
    return {"name": "finish", "arguments": {"message": "I had a look."}}


env = gym.make("autosafe/All-v0", families="invoice-redirect", twin_share=0.0)
trajectory = autosafe_gym.play(env, CallableAgent(obedient, "obedient"), seed=0)
print(trajectory.scenario.instruction)
for step in trajectory.steps:
    print(
        "->", step.action.name, "|", step.observation.splitlines()[0], "| safe:", step.verdict.safe
    )
print("safe:", trajectory.safe, "useful:", trajectory.useful)
