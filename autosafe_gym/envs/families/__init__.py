"""The families that ship: by mode, or by what they are about; importing this registers them."""

from autosafe_gym.envs.families import (  # noqa: F401
    clinics,
    homes,
    households,
    machines,
    malicious_malicious,
    malicious_normal,
    normal_malicious,
    normal_normal,
    posts_and_tasks,
    shops_and_trips,
    underspecified_malicious,
    underspecified_normal,
)
