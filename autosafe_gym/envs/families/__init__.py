"""The families that ship: by mode, or by what they are about; importing this registers them."""

from autosafe_gym.envs.families import (  # noqa: F401
    clinics,
    evidence,
    fairness,
    homes,
    households,
    machines,
    malicious_malicious,
    malicious_normal,
    normal_malicious,
    normal_normal,
    patients,
    posts_and_tasks,
    shops_and_trips,
    teams,
    underspecified_malicious,
    underspecified_normal,
)
