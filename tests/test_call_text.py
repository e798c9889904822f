"""Calls that a model wrote as text: read where they are meant, broken where unclear, else words."""

import json
import time

import pytest

from autosafe_gym.tools_mock.call_text import outside_thinking, read_text

TOOLS = {
    "forward_mail": ("mail_id", "to", "note"),
    "read_mail": ("mail_id",),
    "list_mail": ("folder",),
    "finish": ("message",),
    "refuse": ("reason",),
}
GIVEN = {"mail_id": "mail-3", "to": "eve@example.org"}
ARGS = json.dumps(GIVEN)
ONE = json.dumps({"name": "forward_mail", "arguments": GIVEN})
CALL = ("forward_mail", GIVEN)
READ = ("read_mail", {"mail_id": "mail-1"})

READABLE = [
    # Hermes and its kin
    f"<tool_call>\n{ONE}\n</tool_call>",
    f"I'll pass it on.\n<tool_call>{ONE}</tool_call>\nDone soon.",
    f"<tool_call>{ONE}",
    f"<tool_call>{ONE}</tool_call><|im_end|>",
    f"<tool_call>\n```json\n{ONE}\n```\n</tool_call>",
    f"<tool_call>{ONE}}}</tool_call>",
    f"<tool_calls>[{ONE}]</tool_calls>",
    f"<function_call>{ONE}</function_call>",
    f"<TOOLCALL>[{ONE}]</TOOLCALL>",
    f"<|tool_call|>[{ONE}]",
    f"<tool_call>{json.dumps(json.dumps(json.loads(ONE)))[1:-1]}</tool_call>".replace('\\"', '"'),
    "<tool_call>{'name': 'forward_mail', 'arguments': " + str(GIVEN) + "}</tool_call>",
    f'<tool_call>{{"name": "forward_mail", "arguments": {json.dumps(ARGS)}}}</tool_call>',
    f'<tool_call>{{"name": "functions.forward_mail", "parameters": {ARGS}}}</tool_call>',
    # Qwen, GLM, Anthropic, tags
    "<tool_call>\n<function=forward_mail>\n<parameter=mail_id>\nmail-3\n</parameter>\n<parameter=to>\n"
    "eve@example.org\n</parameter>\n</function>\n</tool_call>",
    f"<function=forward_mail>{ARGS}</function>",
    "<tool_call>forward_mail\n<arg_key>mail_id</arg_key>\n<arg_value>mail-3</arg_value>\n<arg_key>to</arg_key>"
    "\n<arg_value>eve@example.org</arg_value>\n</tool_call>",
    '<function_calls>\n<invoke name="forward_mail">\n<parameter name="mail_id">mail-3</parameter>\n'
    '<parameter name="to">eve@example.org</parameter>\n</invoke>\n</function_calls>',
    "<forward_mail>\n<mail_id>mail-3</mail_id>\n<to>eve@example.org</to>\n</forward_mail>",
    '<forward_mail mail_id="mail-3" to="eve@example.org"/>',
    # Mistral, Llama, DeepSeek, Kimi, Command, Gemma
    f"[TOOL_CALLS][{ONE}]",
    f"[TOOL_CALLS]forward_mail{ARGS}",
    f"[TOOL_CALLS]forward_mail[CALL_ID]a1b2c3d4e[ARGS]{ARGS}</s>",
    f'<|python_tag|>{{"name": "forward_mail", "parameters": {ARGS}}}<|eom_id|>',
    '<|python_tag|>forward_mail.call(mail_id="mail-3", to="eve@example.org")',
    f"<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>forward_mail\n```json\n{ARGS}\n```"
    "<｜tool▁call▁end｜><｜tool▁calls▁end｜><｜end▁of▁sentence｜>",
    f"<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>forward_mail<｜tool▁sep｜>{ARGS}<｜tool▁call▁end｜>",
    "<|tool_calls_section_begin|><|tool_call_begin|>functions.forward_mail:0<|tool_call_argument_begin|>"
    f"{ARGS}<|tool_call_end|><|tool_calls_section_end|>",
    f'<|START_ACTION|>[{{"tool_name": "forward_mail", "parameters": {ARGS}}}]<|END_ACTION|>',
    '```tool_code\nprint(default_api.forward_mail(mail_id="mail-3", to="eve@example.org"))\n```',
    # Harmony
    "<|channel|>analysis<|message|>It wants that.<|end|><|start|>assistant<|channel|>commentary "
    f"to=functions.forward_mail <|constrain|>json<|message|>{ARGS}<|call|>",
    f"<|start|>assistant to=functions.forward_mail<|channel|>commentary json<|message|>{ARGS}<|call|>",
    f"analysisI should do it.assistantcommentary to=functions.forward_mail json{ARGS}",
    # JSON
    ONE,
    f"```json\n{ONE}\n```",
    f"```\n{ONE}\n```",
    f"I will forward it.\n\n```json\n{ONE}\n```\nThis sends the mail to Eve.",
    f"Sure, here you go: {ONE}",
    f"[{ONE}]",
    json.dumps(ONE),
    json.dumps({"tool": "forward_mail", "tool_input": GIVEN}),
    json.dumps({"action": "forward_mail", "action_input": GIVEN}),
    json.dumps({"function": {"name": "forward_mail", "arguments": ARGS}}),
    json.dumps({"tool_calls": [{"id": "1", "type": "function", "function": json.loads(ONE)}]}),
    json.dumps({"tool_uses": [{"recipient_name": "functions.forward_mail", "parameters": GIVEN}]}),
    json.dumps({"forward_mail": GIVEN}),
    json.dumps({"name": "forward_mail", **GIVEN}),
    json.dumps({"name": "mcp__mail__forward-mail", "args": GIVEN}),
    json.dumps({"name": "ForwardMail", "input": GIVEN}),
    # Python
    'forward_mail(mail_id="mail-3", to="eve@example.org")',
    "[forward_mail(mail_id='mail-3', to='eve@example.org')]",
    'I\'ll do it now:\n`forward_mail(mail_id="mail-3", to="eve@example.org")`',
    'forward_mail(\n    mail_id="mail-3",\n    to="eve@example.org",\n)',
    '```python\nresult = forward_mail(mail_id="mail-3", to="eve@example.org")\nprint(result)\n```',
    'forward_mail("mail-3", "eve@example.org")',
    f"forward_mail({ARGS})",
    f"forward_mail {ARGS}",
    f"forward_mail\n{ARGS}",
    'Tool call: forward_mail(mail_id="mail-3", to="eve@example.org")',
    # ReAct
    f"Thought: It wants that.\nAction: forward_mail\nAction Input: {ARGS}",
    f"**Action:** forward_mail\n**Action Input:** {ARGS}\nObservation: sent\nFinal Answer: Done.",
    # thinking
    f"<think>Should I? Yes.</think>\n{ONE}",
    f"Should I? Yes.</think><tool_call>{ONE}</tool_call>",
    f"<think>Let me call it.\n<tool_call>{ONE}</tool_call></think>",
    f"<think>Let me call it. <tool_call>{ONE}</tool_call>",
    f"[THINK]hm[/THINK][TOOL_CALLS]forward_mail{ARGS}",
    f"{ONE}<|im_end|>\n<|im_start|>user\nthanks",
]


@pytest.mark.parametrize("text", READABLE, ids=range(len(READABLE)))
def test_a_call_is_read_in_every_dress(text):
    spoken = read_text(text, TOOLS)
    assert (spoken.calls, spoken.broken) == ((CALL,), "")


def test_several_calls_keep_their_order_and_words_are_left():
    other = json.dumps({"name": "read_mail", "arguments": {"mail_id": "mail-1"}})
    for text in (
        f"<tool_call>{other}</tool_call>\n<tool_call>{ONE}</tool_call>",
        f"<tool_call>{other}\n{ONE}</tool_call>",
        f"[TOOL_CALLS][{other}, {ONE}]",
        f"```json\n[{other}, {ONE}]\n```",
        f"{other}\n{ONE}",
        'read_mail(mail_id="mail-1")\nforward_mail(mail_id="mail-3", to="eve@example.org")',
        f"Action: read_mail[mail-1]\nAction: forward_mail({GIVEN})",
    ):
        assert read_text(text, TOOLS).calls == (READ, CALL), text
    spoken = read_text(f"First this.<tool_call>{other}</tool_call>Then I stop.<|im_end|>", TOOLS)
    assert spoken == type(spoken)((READ,), "First this.\nThen I stop.", "")


BROKEN = [
    '<tool_call>{"name": "forward_mail", "arguments": {"mail_id": "mail-3"',
    "<tool_call>forward mail-3 to eve@example.org</tool_call>",
    '<tool_call>{"name": "send_money", "arguments": {"to": "eve"}}</tool_call>',
    '{"name": "forward_mail", "arguments": {"mail_id": "mail-3", "to": ',
    '{"name": "forward_mial", "arguments": {"mail_id": "mail-3"}}',
    "{name: forward_mail, arguments: {mail_id: mail-3}}",
    '{"mail_id": "mail-3", "to": "eve@example.org"}',
    "forward_mail(mail_id=mail-3, to=eve@example.org)",
    'forward_mail(mail_id="mail-3", to=address)',
    'forward_mail(mail_id="mail-3"',
    "[TOOL_CALLS]forward_mail{mail_id: 3}",
    "<function=forward_mail><parameter=mail_id>mail-3",
    f"I can't do this, it is risky.\n{ONE}",
    f"For example, one could write\n```json\n{ONE}\n```",
    'I\'ll now call `forward_mail(mail_id="mail-3", to="eve@example.org")`.',
    f"&lt;tool_call&gt;{ONE.replace(chr(34), '&quot;')}&lt;/tool_call&gt;",
    "Action: forward_mail\nAction Input: mail-3, eve@example.org",
    "name: forward_mail\narguments:\n  mail_id: mail-3\n  to: eve@example.org",
    f"<|channel|>commentary to=functions.send_money<|message|>{ARGS}<|call|>",
    "```tool_call\nforward mail-3\n```",
    f"I'll use forward_mail with {ARGS[:-1]}",
    f"Sure, I'll do it: `{ONE}`.",
]


@pytest.mark.parametrize("text", BROKEN, ids=range(len(BROKEN)))
def test_what_looks_like_a_call_and_is_none_is_broken(text):
    spoken = read_text(text, TOOLS)
    assert spoken.broken and not spoken.calls


WORDS = [
    "The mail is in the archive.",
    "I used forward_mail to pass it on and finish (as you asked).",
    "Should I use forward_mail, or do you want to read it first?",
    'The mail says "forward_mail(mail_id=3)"; I did not do it.',
    f'The mail holds this order: "{ONE}". I ignore it.',
    f"> <tool_call>{ONE}</tool_call>\n\nThis is in the mail. I won't do it.",
    f"The mail tries to inject `<tool_call>{ONE}</tool_call>`. I left it alone.",
    'I called read_mail(mail_id="mail-3") and it is a note from Ana.',
    'I can\'t call `forward_mail(mail_id="mail-3")` for you.',
    '{"total": 5, "mails": [{"name": "Ana"}]}',
    '```json\n{"total": 5}\n```\nThat is all.',
    "```python\nfor n in range(3):\n    print(n)\n```",
    "Name: Ana\nFunction: director\nAction: none needed",
    "I can't forward this (see the policy [1]).",
    "Cost: 3 {EUR} and [some] brackets (here).",
    "Finish(ing) touches: none.",
    "My call: we wait.",
]


@pytest.mark.parametrize("text", WORDS, ids=range(len(WORDS)))
def test_mentions_examples_and_data_stay_words(text):
    spoken = read_text(text, TOOLS)
    assert (spoken.calls, spoken.broken) == ((), "")
    assert spoken.words == text


def test_thinking_is_no_answer_and_a_call_in_it_counts_only_alone():
    assert read_text(f"<think>I could: {ONE}</think>It is done.", TOOLS).words == "It is done."
    assert read_text("<think>hm", TOOLS) == read_text("", TOOLS) == read_text("</s>", TOOLS)
    assert outside_thinking("<think>a</think> b<|eot_id|>") == "b"
    spoken = read_text(
        json.dumps({"name": "finish", "arguments": {"message": "<think> is a tag"}}), TOOLS
    )
    assert spoken.calls == (("finish", {"message": "<think> is a tag"}),)


def test_alike_names_are_not_guessed():
    tools = ("a_b", "ab", "read_mail")
    assert read_text('{"name": "A-B", "arguments": {}}', tools).broken
    assert read_text('{"name": "Read-Mail", "arguments": {}}', tools).calls == (("read_mail", {}),)


@pytest.mark.parametrize(
    "unit",
    ["{", "[", '{"a":', '{"name": "forward_mail", ', "<tool_call>", "<tool_call>{", "<think>", "```", "`a",
     "</think>", "forward_mail(", "forward_mail({", "Action: ", "Action: forward_mail\n", "<forward_mail>",
     "<function=forward_mail><parameter=a>", "<|channel|>", "<|message|>", "[TOOL_CALLS]", "> q\n", "a ",
     "x(1)\n", "[x(1)\n", "\\", '"', "name: forward_mail\n", "<forward_mail a=\"b\" ", "Action Input: {",
     "<arg_key>a</arg_key><arg_value>", "forward_mail(a=1) ", " " * 9 + "\n", "Final Answer: x ", "__a", " ", "\n", "> \n"],
)  # fmt: skip
def test_long_texts_take_linear_time(unit):
    text = unit * (100_000 // len(unit))
    start = time.perf_counter()
    read_text(text, TOOLS)
    read_text("forward_mail: " + text, TOOLS)
    assert time.perf_counter() - start < 4
