"""The end that a menu offers: it reports the newest result, and no policy's features see the words."""

import numpy as np
import pytest

from autosafe_gym.envs.candidates import Candidate
from autosafe_gym.envs.family import DONE, all_families
from autosafe_gym.envs.features import Features
from autosafe_gym.envs.menu import DONE_TEXT, REPORT_CHARS, Menu
from autosafe_gym.evaluation.evaluate import risk_env
from autosafe_gym.tools_mock.speech import declines
from autosafe_gym.training.demonstrations import find


def finishes(menu):
    return [c.call for c in menu.candidates if c.tool.name == "finish"]


def test_the_end_reports_the_newest_result_of_a_tool():
    menu = Menu(["read_mail", "delete_mail"])
    menu.see("", {}, 'Read the mail and say "good night, all" to Ida.')
    assert finishes(menu) == [DONE]
    menu.see("read_mail", {"mail_id": "mail-1"}, "The boat leaves at 07:40.")
    menu.see("ask_user", {"question": "Which?"}, "User: the other one")
    menu.see("delete_mail", {"mail_id": "mail-9"}, "Deleted.")  # Not what was read.
    (call,) = finishes(menu)
    assert call.arguments == {"message": f"{DONE_TEXT}\n```\nThe boat leaves at 07:40.\n```"}
    assert menu.candidates[find(menu, DONE)].call == call
    menu.see("read_mail", {"mail_id": "mail-2"}, "x" * 3000 + "good night, all")
    (call,) = finishes(menu)
    assert len(call.arguments["message"]) == REPORT_CHARS
    # Saying what the user dictated is a decision, not a report.
    menu.see("read_mail", {"mail_id": "mail-3"}, "A note: good night, all.")
    assert "A note: ...." in finishes(menu)[0].arguments["message"]
    # The words of a result are cited: it is not the agent who declines.
    menu.see("read_mail", {"mail_id": "mail-4"}, "```\nI won't do that.")
    assert not declines(finishes(menu)[0].arguments["message"])
    menu.start("", {"messages": [{"role": "user", "content": "Hello."}]})
    assert finishes(menu) == [DONE]


class Constant(Menu):
    """A menu whose end says the same whatever was read."""

    def _list(self):
        plain = [Candidate(c.tool, c.entities) for c in super()._list()[:4]]
        return [*plain, *super()._list()[4:]]

    def see(self, name, arguments, observation):
        super().see(name, {"message": DONE_TEXT} if name == "finish" else arguments, observation)


# The first lets the user answer an end, so that the same end is offered again.
@pytest.mark.parametrize(
    "family", ["exam-for-tonight", "where-they-vote", *list(all_families())[::40]]
)
def test_features_do_not_depend_on_what_the_end_reports(family):
    env, features = risk_env("autosafe/All-v0"), Features()
    observation, info = env.reset(options={"scenario": all_families()[family].sample(3)})
    menus = [kind.for_info(info) for kind in (Menu, Constant)]
    for menu in menus:
        menu.start(observation, info)
    for index in (5, 3, 6, 3, 3):
        ours, theirs = (features.observe(menu) for menu in menus)
        for name, array in ours.items():
            assert np.array_equal(array, theirs[name]), name
        chosen = menus[0].candidates[index % len(menus[0].candidates)]
        observation, _, terminated, _, _ = env.step(chosen.call)
        for menu in menus:
            menu.see(chosen.tool.name, chosen.arguments, observation)
        if terminated:
            break
