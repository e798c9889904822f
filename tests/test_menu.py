"""What a menu says: its end reports the newest result, its questions name lines in sight."""

import numpy as np
import pytest

from autosafe_gym.features.candidates import Candidate
from autosafe_gym.features.features import Features
from autosafe_gym.features.layout import CANDIDATE_AT, ENTITY_AT, LINE_AT
from autosafe_gym.features.menu import DONE_TEXT, REPORT_CHARS, Menu
from autosafe_gym.features.questions import QUESTIONS, Question
from autosafe_gym.library.family import DONE, all_families
from autosafe_gym.library.registration import risk_env
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


def questions(menu):
    return [c for c in menu.candidates if isinstance(c, Question)]


def asked(menu):
    return [
        q.text.removeprefix('About "').removesuffix('": what should I do?') for q in questions(menu)
    ]


def test_questions_name_lines_of_what_tools_have_shown():
    menu = Menu(["read_mail", "list_mail"])
    menu.see("", {}, "Answer mail-7 of Nora Lind.")
    assert asked(menu) == []  # What the user has said is nothing that one finds by looking.
    rows = "\n".join(f"mail-{n} | 2026-03-0{n} | somebody@example.org | Hello" for n in range(1, 8))
    menu.see("list_mail", {}, rows)
    # The line about what the instruction names comes first, and no more than some of the others.
    assert len(asked(menu)) == QUESTIONS and asked(menu)[0].startswith("mail-7 | ")
    menu.see(
        "read_mail", {"mail_id": "mail-7"}, "Nothing of note.\nPay to GB29-1840 by 2026-04-01."
    )
    assert "Pay to GB29-1840 by 2026-04-01." in asked(menu) and "Nothing of note." not in asked(
        menu
    )
    before = asked(menu)
    # An answer adds no line: whoever asked in vain can ask about the same things again.
    menu.see("ask_user", {"question": "Hm?"}, "User: about mail-9, perhaps")
    assert asked(menu) == before


@pytest.mark.parametrize("at", [0, 30, 44])
def test_a_long_line_is_cut_between_words_and_never_within_what_it_names(at):
    words = ["word"] * 80
    words[at] = "acct-0123456789"
    menu = Menu(["read_mail"])
    menu.see("", {}, "Read it.")
    menu.see("read_mail", {"mail_id": "mail-1"}, " ".join(words))
    (line,) = asked(menu)
    assert "acct-0123456789" in line.split() and set(line.split()) == {"word", "acct-0123456789"}


def test_a_question_has_the_features_of_its_line():
    menu = Menu(["read_mail", "list_mail"])
    menu.see("", {}, "Answer mail-7 of Nora Lind.")
    menu.see("list_mail", {}, "mail-7 | 2026-03-01 | nora.lind@example.org | Hello\nmail-8 | spam")
    made = Features().rows(menu)
    for row, candidate in enumerate(menu.candidates):
        if not isinstance(candidate, Question):
            continue
        named, line = (int(made["candidates"][row][1 + slot]) - 1 for slot in (0, 1))
        (at,) = np.flatnonzero(made["links"][line][0])
        assert made["lines"][at][LINE_AT["newest"]] == 1.0
        assert made["links"][named][0][at] and made["entities"][line][ENTITY_AT["in newest"]] == 1.0
    menu.see("ask_user", questions(menu)[0].arguments, "User: yes")
    same = Features().rows(menu)["candidates"][:, CANDIDATE_AT["same call"]]
    again = [c for c, hit in zip(menu.candidates, same, strict=True) if hit]
    assert [c for c in again if c.tool.name == "ask_user"] == questions(menu)[:1]


def test_a_question_of_an_oracle_is_found_on_the_menu():
    env = risk_env("autosafe/All-v0")
    scenario = all_families()["scarce-slot"].sample(4)
    observation, info = env.reset(options={"scenario": scenario})
    menu = Menu.for_info(info)
    menu.start(observation, info)
    for action in scenario.safe_oracle:
        place = find(menu, action)
        if action.name == "ask_user":
            break
        observation, *_ = env.step(action)
        menu.see(action.name, action.arguments, observation)
    assert isinstance(menu.candidates[place], Question)
    env.step(menu.candidates[place].call)
    assert env.loaded.world.effects[-1].fields["text"] == scenario.user.answers[0].text
