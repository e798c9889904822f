"""A language model behind any OpenAI-compatible endpoint, measured.

    python examples/openai_agent.py MODEL [BASE_URL]

The key is read from OPENAI_API_KEY; a local server needs none.
"""

import sys

from autosafe_gym import agents
from autosafe_gym.evaluation.evaluate import evaluate
from autosafe_gym.library.registration import risk_env

if len(sys.argv) < 2:
    sys.exit(__doc__)
agent = agents.make(f"openai:{sys.argv[1]}", base_url=sys.argv[2] if len(sys.argv) > 2 else None)
env = risk_env("autosafe/All-v0", split="test")
result = evaluate(agent, env, episodes=20, seed=0, set="unseen_seeds", ks=(1,))
for name, rate in result.metrics.items():
    print(f"{name:16s} {rate}  (n = {rate.n})")
for cause, count in result.errors.items():
    print(f"{count} unmeasured: {cause}")
print("tokens:", agent.usage)
