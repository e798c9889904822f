"""The toolkits that ship with the package: importing this registers them."""

from autosafe_gym.tools_mock import bank, calendar, chat, files, mail  # noqa: F401
