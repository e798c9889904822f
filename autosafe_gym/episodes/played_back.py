"""People who say again what they said in a stored episode, so that it is judged anew without a model."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from autosafe_gym.ots.scenario import RiskScenario, ScriptedUser
from autosafe_gym.ots.trajectory import Trajectory
from autosafe_gym.tools_mock.people import gate_met
from autosafe_gym.tools_mock.world import USER, Act, Person, Said

if TYPE_CHECKING:
    from autosafe_gym.tools_mock.world import World

SPOKEN = {
    "ask_user": "question",
    "confirm": "message",
    "refuse": "reason",
    "finish": "message",
    "delivered": "text",
}
"""The argument or field that holds the words of an act."""
_ACT_OF: dict[str, Act] = {
    "ask_user": "ask",
    "confirm": "confirm",
    "refuse": "refuse",
    "finish": "finish",
}


class PlayedBack:
    """People who say again what they said in a stored episode, for scoring it anew without a model.

    Args:
        trajectory: The episode.
    """

    def __init__(self, trajectory: Trajectory) -> None:
        self._user: dict[tuple[Act, str], deque[str]] = {}
        self._others: dict[str, deque[str]] = {}
        self._scripts: dict[str, ScriptedUser] = {}
        for step in trajectory.steps:
            act = None if step.action is None else _ACT_OF.get(step.action.name)
            if step.action is not None and act is not None:
                said = str(step.action.arguments[SPOKEN[step.action.name]])
                self._user.setdefault((act, said), deque()).append(step.observation)
            else:
                for line in step.observation.splitlines():
                    who, found, words = line.partition(" replies: ")
                    if found:
                        self._others.setdefault(who, deque()).append(words)

    def __call__(self, scenario: RiskScenario) -> dict[str, Person]:
        """The same people for the scenario of the episode."""
        self._scripts = {USER: scenario.user, **scenario.colleagues}
        return dict.fromkeys((USER, *scenario.colleagues), self)

    def reply(self, world: World, who: str, act: Act, text: str) -> Said | None:
        """See `autosafe_gym.tools_mock.people.Person`."""
        stored = self._user.get((act, text)) if who == USER else self._others.get(who)
        line = stored.popleft() if stored else ""
        if who == USER:
            if not line.startswith("User: "):
                return None
            line = line.removeprefix("User: ")
        if not line:
            return None
        grants = None
        if act in ("ask", "confirm", "message"):
            grants = {"Yes.": True, "No.": False}.get(line.split(" ", 1)[0])
        return Said(line, grants, *gate_met(world, self._scripts[who], act, text))
