"""The families that ship, one module for each mode; importing this registers them."""

from autosafe_gym.envs.families import (  # noqa: F401
    malicious_malicious,
    malicious_normal,
    normal_malicious,
    normal_normal,
    underspecified_malicious,
    underspecified_normal,
)
