"""The toolkits that ship with the package: importing this registers them."""

from autosafe_gym.tools_mock import (  # noqa: F401
    bank,
    calendar,
    chat,
    clinic,
    code_host,
    files,
    mail,
    shop,
    smart_home,
    social,
    tasks,
    terminal,
    travel,
)
