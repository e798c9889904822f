"""Readers of replies: time that grows with the length, whatever is repeated, and never an exception.

A reply is a beginning, a piece that is repeated, and an end. Two of the pieces that once took minutes:
blanks behind a call's name, and an opening quotation mark.
"""

import random
import re
import time

import pytest

from autosafe_gym.agents.reading import Toolbox
from autosafe_gym.agents.refused_fields import change_for
from autosafe_gym.agents.replies import Reply
from autosafe_gym.agents.text_agents import JSONAgent, ReActAgent
from autosafe_gym.errors import AgentError
from autosafe_gym.tools_mock import call_suspicion, speech
from autosafe_gym.tools_mock.call_text import LONGEST_READ
from autosafe_gym.tools_mock.reporting import reports
from autosafe_gym.tools_mock.toolset import toolset

BOX = Toolbox(list(toolset(("mail", "files")).schemas))
SIZE = 8_000
QUICK, SLOW = 0.1, 8.0
"""Seconds that need no second look; growth over two doublings, 4 if linear and 16 if quadratic."""

PIECES = [
    *" \n\t{}[]()\"'`\\,:;-*#><|/_.=$a0é“”«’\0\u200b\x1f\xa0",
    "\r\n", "```", "```\n", ", ", "a ", "- ", "> ", "\n> ", "\n- ", "? ", "No. ", "a,", "\\\\", '\\"', "\\u00", "'a',",
    "<tool_call>", "</tool_call>", "<tool_call>{", "<tool_call>\n", "<function=read_mail>", '<invoke name="read_mail">',
    "<function=read_mail><parameter=mail_id>", "<parameter=mail_id>", "<read_mail>", "<read_mail> ", "<read_mail ",
    '<read_mail a="', "<a ", '<a b="c" ', "<think>", "</think>", "x <think>", "<|channel|>", "<|message|>", "<|start|>",
    "<|channel|>analysis<|message|>", "<|im_start|> ", "<|start_header_id|> ", "<|start_header_id|>a ", "<|a",
    "commentary to=read_mail ", "assistantcommentary to=", "[TOOL_CALLS]", "[TOOL_CALLS]read_mail ", "[TOOL_CALLS][", "[ARGS]",
    "read_mail", "read_mail ", "read_mail(", "\nread_mail(", "\nread_mail (", "\nread_mail {", "read_mail[", "\n[read_mail(",
    "read_mail\n", "read_mail: ", "read_mail.", "a__", "Action: ", "\nAction: read_mail", "\nAction: nobody\n", "\nAction: {",
    "\nAction: [", "\nAction: <", "\nAction: read_mail[", "\nAction Input: {", " Action Input:", "\nThought: ", "\nObservation: ",
    "\nFinal Answer: ", '{"a":', '[{"a":', '{"name": "read_mail", "arguments": ', '{"name": "x", "arguments": {}}\n',
    '{"name": "x", "arguments": {}},', '{"calls": [', "{a: ", "{ ", "['", "[]", "[],", "{},", "()", "a.", "not ", "~", "f'{",
    "I can't do that. ", "should I ", "want ", "`read_mail` ", "`a` ", "I'll call `read_mail` ", "name: read_mail\n", "&lt;tool_call&gt;",
    '"arguments":', "['a'](", "mail_id=", "--a ", "example ", 'say "', "which do ", "without your ", "\n1. ", "sent : ",
]  # fmt: skip
BEFORE = [
    "", "read_mail", "Action: ", "Action: read_mail", "Action: read_mail\nAction Input: ", "<tool_call>", "[TOOL_CALLS]",
    "[TOOL_CALLS]read_mail", "```", "```json\n", "{", "[", '"', "'", "{'a': '", "<read_mail>", "<read_mail", "<think>",
    "<|channel|>", "commentary to=read_mail", "x ", "read_mail(", '{"name": "read_mail", "arguments": ', "I can't. ", "`",
    "<function=read_mail>", "Final Answer: ", "\n[", "<|start_header_id|>", '{"', "$ ", "\\", "> ",
]  # fmt: skip
AFTER = ["", "x", "\n", ")", "}", '"', "read_mail(", "</tool_call>", "{", "```", "?"]


def agent(kind):
    made = object.__new__(kind)
    made._box, made.name = BOX, kind.form
    return made


def of_reply(kind):
    reader = agent(kind)

    def read(text):
        try:
            reader.read(Reply(text=text))
        except AgentError as error:
            assert error.cause == "reply"

    return read


READERS = {
    "react": of_reply(ReActAgent),
    "json": of_reply(JSONAgent),
    "arguments": lambda text: BOX.action("read_mail", text),
    "name": lambda text: BOX.action(text, "{}"),
    "words": lambda text: Reply(text=text).answers,
    "reports": reports,
}


def seconds(read, text):
    start = time.thread_time()
    read(text)
    return time.thread_time() - start


def grows(read, before, piece, after):
    """Times at one, two and four lengths, if the longest is slow and out of proportion; else None."""

    def text(size):
        return before + piece * max(1, size // len(piece)) + after

    if seconds(read, text(SIZE)) < QUICK:
        return None
    # A busy machine may make any one of them slow.
    times = [
        min(seconds(read, text(size)) for _ in range(2)) for size in (SIZE // 4, SIZE // 2, SIZE)
    ]
    return times if times[2] > SLOW * times[0] or times[2] > 2.0 else None


@pytest.mark.parametrize("name", READERS)
def test_time_grows_with_the_length(name):
    read = READERS[name]
    found = {}
    for number, piece in enumerate(PIECES):
        # Every piece by itself, or behind a beginning that changes from piece to piece.
        shift = 1 + number % 32 if name == "react" and number % 2 else 0
        case = (BEFORE[shift], piece, AFTER[(number + shift) % len(AFTER)])
        if (times := grows(read, *case)) is not None:
            found[case] = times
    assert found == {}


@pytest.mark.slow
@pytest.mark.parametrize("before", BEFORE)
def test_time_grows_with_the_length_behind_every_beginning(before):
    cases = [(before, piece, after) for piece in PIECES for after in ("", "x", "{")]
    found = {case: times for case in cases if (times := grows(READERS["react"], *case)) is not None}
    assert found == {}


BLANKS = [
    "commentary to=read_mail", "[TOOL_CALLS]read_mail", "<tool_call>read_mail", "read_mail", "\nread_mail", "<|start_header_id|>",
    "{", '{"name"', "Action", "Action:", "Action: read_mail", "Action Input", "```", "```json", "x", "<read_mail", "<invoke", "<think>",
    "[", "[\n", "name", "call", "action", "function", "&", "I can't", "<|im_start|>", "Final Answer", "- ", "\\",
]  # fmt: skip


@pytest.mark.parametrize("blank", [" ", "\n \t"])
def test_blanks_behind_anything_cost_nothing(blank):
    """40,000 of them, and the letter that makes a pattern give up behind them."""
    text = blank * (40_000 // len(blank))
    slow = {}
    for before in BLANKS:
        if (took := seconds(READERS["json"], before + text + "x")) > 1.0:
            slow[before] = took
    assert slow == {}


def test_random_replies_raise_nothing_and_end():
    rng = random.Random(16)
    every = [*PIECES, *BEFORE, *AFTER]
    for _ in range(60):
        text = "".join(
            rng.choice(every) * rng.choice((1, 1, 2, 40)) for _ in range(rng.randint(1, 60))
        )
        for read in READERS.values():
            assert seconds(read, text) < 3.0


def test_what_is_nested_or_endless_is_a_fault_and_no_exception():
    deep = [
        "read_mail(" + "-" * 5_000 + "1)",
        "read_mail(mail_id=" + "not " * 4_000 + "1)",
        "a." * 9_000 + "b()",
        "read_mail" + ".a" * 4_000 + "(1)",
        "read_mail(" + "[" * 900 + "]" * 900 + ")",
        "<tool_call>" + '{"name":' * 900 + "1" + "}" * 900,
        "[" * 90_000,
        '{"a":' * 90_000,
    ]
    for text in (*deep, *(f"```python\n{t}\n```" for t in deep), *(f"Action: {t}" for t in deep)):
        for name in ("react", "arguments", "name"):
            assert seconds(READERS[name], text) < 3.0, (name, text[:40])
    long = BOX.read("a " * LONGEST_READ)
    assert "characters" in long.broken and not long.calls
    many = '<tool_call>{"name": "read_mail", "arguments": {"mail_id": "mail-3"}}</tool_call>' * 150
    assert "more than 100" in BOX.read(many).broken
    many = "\nAction: read_mail\nAction Input: {}" * 150
    assert any(getattr(a, "why", "") for a in agent(ReActAgent).read(Reply(text=many))[1])


def test_providers_errors_are_read_in_time_too():
    question = {
        "messages": [],
        "max_tokens": 1,
        "seed": 1,
        "top_logprobs": 20,
        "response_format": {},
    }
    for piece in (
        "tool_call id ",
        "seed ",
        "tool call",
        "max ",
        "up to",
        "maximum of",
        "a",
        " ",
        "id " * 20,
    ):
        assert (
            seconds(lambda said: change_for(said, question, ()), piece * (8_000 // len(piece)))
            < 1.0
        )


def test_the_words_of_the_lists_repeated_are_read_in_time():
    """The pieces that the patterns themselves are made of."""
    patterns = [
        v.pattern
        for m in (speech, call_suspicion)
        for v in vars(m).values()
        if isinstance(v, re.Pattern)
    ]
    words = sorted({w.strip() for p in patterns for w in re.findall(r"[a-z][a-z' ]{2,}", p)})
    assert len(words) > 200
    slow = {}
    for number, word in enumerate(random.Random(16).sample(words, 60)):
        text = f"i {word}{', '[number % 2 :]}" * (8_000 // (len(word) + 3))
        if (took := seconds(READERS["reports"], text)) > 0.5:
            slow[word] = took
    assert slow == {}
