"""The families that ship, one module for each mode; importing this registers them."""

from autosafe_gym.envs.families import normal_malicious, normal_normal  # noqa: F401
