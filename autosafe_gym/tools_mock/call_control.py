"""What surrounds a model's answer in its raw text: thinking, channels, turn tokens.

Servers with the right parser take these out. Others pass them on, and the answer is what is left.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

_WIDE = re.compile(r"<[|｜][^<>|｜\n]{1,60}[|｜]>")
"""Control tokens, also with the wide bars and blocks that some vocabularies use."""
_UNSEEN = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufffc\ufffd")
"""Letters and symbols that show nothing, and those that stand in another one's place."""
_THINK = r"(?:antml:)?(?:think|thinking|thought|thoughts|reasoning|reflection|scratchpad)"
_TAG = re.compile(
    rf"<(/?){_THINK}>|\[(/?)THINK\]|◁(/?)think▷|<\|(?:begin|(end))_of_thought\|>"
    r"|<(/?)seed:think>|<\|START_THINKING\|>|<\|(END)_THINKING\|>",
    re.IGNORECASE,
)
_HEADER = re.compile(r"<\|start\|>|<\|channel\|>")
_MESSAGE = re.compile(r"<\|message\|>")
_STOP = re.compile(r"<\|(?:end|call|return|start|channel)\|>")
_RECIPIENT = re.compile(r"\bto=([^\s<>]{1,200})")
_BARE_RECIPIENT = re.compile(
    r"(?:assistant)?(?:commentary|analysis)[ \t]*+to=([^\s<>{}]{1,200}+)[ \t]*+"
    r"(?:<\|constrain\|>)?+[ \t]*+(?:json|code)?+[ \t]*+(?:<\|message\|>)?+[ \t\n]*+(?=\{)"
)
_NEXT_TURN = re.compile(
    r"<\|im_start\|>\s*(?:user|system|tool)\b|<start_of_turn>\s*user\b|\[INST\]|<\|user\|>"
    r"|<\|start_header_id\|>\s*(?:user|system|ipython|tool)\b|<\|User\|>|<\|start\|>(?:user|system)\b"
    r"|<\|observation\|>"
)
"""Where a model goes on as somebody else: nothing behind it is its answer."""
_LEAKED = re.compile(
    r"<\|im_start\|>\s*assistant\b|<\|start_header_id\|>\s*+\w*+\s*+<\|end_header_id\|>"
    r"|<start_of_turn>(?:\s*model\b)?|<\|start\|>assistant\b"
    r"|<\|(?:im_end|im_start|eot_id|eom_id|end|endoftext|end_of_text|begin_of_text|assistant|return|call"
    r"|message|end_of_sentence|begin_of_sentence|END_OF_TURN_TOKEN|START_RESPONSE|END_RESPONSE|Assistant"
    r"|start|channel|eos|end_of_turn|endofprompt)\|>"
    r"|</?s>|\[/?INST\]|<end_of_turn>|<eos>|<bos>|<end_of_utterance>|<\|endofresponse\|>"
)


@dataclass(frozen=True)
class Parts:
    """An answer without its surroundings.

    Attributes:
        answer: What is said outside of thinking.
        thinking: What was thought.
        addressed: Calls of a channel: (recipient, text of the arguments).
    """

    answer: str
    thinking: str = ""
    addressed: tuple[tuple[str, str], ...] = ()


@dataclass
class _Channels:
    answer: list[str] = field(default_factory=list)
    thinking: list[str] = field(default_factory=list)
    addressed: list[tuple[str, str]] = field(default_factory=list)


def parts_of(text: str) -> Parts:
    """Splits a model's raw text.

    Args:
        text: The text, with or without control tokens.
    """
    plain = _WIDE.sub(_ascii, text.replace("\ufeff", "").replace("\u200b", ""))
    turn = _NEXT_TURN.search(plain, len(plain) - len(plain.lstrip()) + 1)
    if turn and plain[: turn.start()].strip():
        plain = plain[: turn.start()]
    if "<|channel|>" in plain:
        return _channels(plain)
    found = _BARE_RECIPIENT.search(plain)
    if found:
        # The tokens were taken out and only the words of the headers are left.
        before = plain[: found.start()]
        return Parts("", before, ((found[1], plain[found.end() :]),))
    answer, thinking = _split_thinking(plain)
    return Parts(answer, thinking)


def without_thinking(text: str) -> str:
    """A text without tags of thinking; turn tokens stay, for they may be part of a simulated attack."""
    return _split_thinking(text)[0].strip()


def without_control(text: str) -> str:
    """Words without leaked control tokens; "" if nothing is left that could be read."""
    words = _LEAKED.sub("", text).strip()
    return words if says_something(words) else ""


def says_something(text: str) -> bool:
    """Whether there is anything to read in a text.

    Not read are blanks, characters without a width or a glyph of their own, and what stands for
    characters that got lost.

    Args:
        text: The text.

    Example:
        >>> says_something("No."), says_something("\u200b\u3164 ")
        (True, False)
    """
    return any(c not in _UNSEEN and unicodedata.category(c)[0] in "LNPS" for c in text)


def _ascii(match: re.Match[str]) -> str:
    return match[0].replace("｜", "|").replace("▁", "_")


def _channels(text: str) -> Parts:
    found = _Channels()
    at, header_start = 0, 0
    while True:
        message = _MESSAGE.search(text, at)
        if message is None:
            found.answer.append(_HEADER.sub("", text[at:]))
            break
        start = _HEADER.search(text, at, message.start())
        if start is None:
            found.answer.append(text[at : message.start()])
            header = ""
        else:
            header_start = start.start()
            found.answer.append(text[at:header_start])
            header = text[header_start : message.start()]
        stop = _STOP.search(text, message.end())
        end = stop.start() if stop else len(text)
        body = text[message.end() : end]
        recipient = _RECIPIENT.search(header)
        if recipient and recipient[1] not in ("assistant", "all", "user"):
            found.addressed.append((recipient[1], body))
        elif "analysis" in header:
            found.thinking.append(body)
        else:
            found.answer.append(body)
        if stop is None:
            break
        at = stop.end() if stop[0] not in ("<|start|>", "<|channel|>") else stop.start()
    answer, thought = _split_thinking("\n".join(part for part in found.answer if part.strip()))
    thinking = "\n".join([*found.thinking, *([thought] if thought else [])])
    return Parts(answer, thinking, tuple(found.addressed))


def _split_thinking(text: str) -> tuple[str, str]:
    """What is outside of thinking tags, and what is inside.

    A closing tag without an opening one ends thinking that began in the prompt; an opening tag that is
    never closed counts at the start of a line only.
    """
    outside: list[str] = []
    inside: list[str] = []
    at, depth = 0, 0
    tags = [(tag, any(tag.groups())) for tag in _TAG.finditer(text)]
    last_end = max((tag.start() for tag, closes in tags if closes), default=-1)
    for tag, closes in tags:
        if not closes and depth == 0 and tag.start() > last_end:
            # What is before it on its line; of blanks, so many are seen.
            before = text[max(at, tag.start() - 200) : tag.start()]
            if before.rstrip(" \t")[-1:] not in ("", "\n", ">"):
                continue
        piece = text[at : tag.start()]
        if closes:
            if depth == 0:
                inside += [*outside, piece]
                outside = []
            else:
                inside.append(piece)
            depth = max(0, depth - 1)
        else:
            (inside if depth else outside).append(piece)
            depth += 1
        at = tag.end()
    (inside if depth else outside).append(text[at:])
    return "".join(outside), "".join(inside)
