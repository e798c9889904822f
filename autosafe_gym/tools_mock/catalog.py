"""The toolkits that ship with the package: importing this registers them."""

from autosafe_gym.tools_mock import bank, calendar, chat, code_host, files, mail, terminal  # noqa: F401
