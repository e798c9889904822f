"""The families that ship, by mode (those of machines apart); importing this registers them."""

from autosafe_gym.envs.families import (  # noqa: F401
    machines,
    malicious_malicious,
    malicious_normal,
    normal_malicious,
    normal_normal,
    underspecified_malicious,
    underspecified_normal,
)
