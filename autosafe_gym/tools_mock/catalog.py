"""The toolkits that ship with the package: importing this registers them."""

from autosafe_gym.tools_mock import mail  # noqa: F401
