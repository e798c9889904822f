"""OTS risk scenarios as Gymnasium environments: test, reflect on and train LLM agents for safety."""

from autosafe_gym.envs.registration import register_environments

__version__ = "0.1.0"

register_environments()
