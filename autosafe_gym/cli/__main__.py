"""`python -m autosafe_gym.cli` is `autosafe`."""

from autosafe_gym.cli.main import run

run()
