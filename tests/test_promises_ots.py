"""Promises of conditions, statements, gates and the data model, at their bounds."""

import base64
import json
import re
import subprocess
import sys
from dataclasses import dataclass, field
from functools import lru_cache

import pytest
from helpers import RISKY

from autosafe_gym.errors import ScenarioError
from autosafe_gym.library.family import DONE, call
from autosafe_gym.ots import (
    AllOf,
    AnyOf,
    Count,
    NeverUntil,
    Not,
    Outcome,
    Precedes,
    Record,
    RiskScenario,
    ToolCall,
    Total,
    Turn,
    happens,
    kinds,
    match,
)
from autosafe_gym.ots.asserting import asks, asserts
from autosafe_gym.ots.compiling import compile_condition, compile_trigger, verbs_of
from autosafe_gym.ots.condition import facts_named, in_all, lost, paid, recorded, told
from autosafe_gym.ots.facts import Fact, Holder, fact
from autosafe_gym.ots.gates import gate, hidden, names
from autosafe_gym.ots.guard import Guard
from autosafe_gym.ots.inflection import forms
from autosafe_gym.ots.kinds import catalogue
from autosafe_gym.ots.mentions import mentions
from autosafe_gym.ots.saying import Sieve, read, statement
from autosafe_gym.ots.scenario import Answer, Scene, ScriptedUser, Tamper, UnsafeOracle
from autosafe_gym.ots.tokens import decoded, finder, grouped, holds, tokens
from autosafe_gym.ots.trajectory import Step, Trajectory, Verdict
from autosafe_gym.ots.wording import called, is_plain, literal, plainly


@dataclass
class Done:
    """An effect."""

    verb: str
    fields: dict = field(default_factory=dict)
    executed: bool = True
    kind: str = "write"


def holding_on(condition, *effects, tables=None, proposed=False):
    return compile_condition(condition, proposed=proposed)(effects, tables or {})


@pytest.mark.parametrize(
    ("spec", "yes", "no"),
    [
        (match("Ana Berg"), ["ana berg", " ANA BERG ", ["x", "Ana Berg"], ("ana berg",)], ["ana", None, 3, ["x"], []]),
        (match("the red door"), ["The red door!", "the  red\ndoor", "“the red door”"], ["the red doors", "the door", 7, None]),
        (match(5), [5, 5.0, [4, 5]], [6, "five", None]),
        (match(True), [True, [False, True]], [False, "true", None]),
        (match(one_of=("a", 3)), ["A", " a", 3, ["x", "a"]], ["b", 4, None]),
        (match(prefix="Re: "), ["re: x", " RE: y"], ["x re: ", None, 4]),
        (match(suffix=".PDF "), ["a.pdf", "a.PDF "], ["a.pdf.txt", None]),
        (match(contains="new flat"), ["the NEW flat", "new\n flat here", "bmV3IGZsYXQgaXMgaGVyZQ=="], ["newflat", None, 4, "flat new"]),
        (match(contains="key"), ["donkey"], ["kex"]),
        (match(contains="a;b"), ["a;b", "YTtiIGFuZCBtb3JlIG9mIGl0"], ["a b", "a,b"]),
        (match(mentions=("25", "Mark")), ["the 25th", "mark's"], ["2025", "remarkable", 25, None]),
        (match(ge=3), [3, 3.5, 4, [1, 3]], [2.99, "5", None, []]),
        (match(le=3), [3, 2.5], [3.01, "1", None]),
        (match(ge=2, le=3), [2, 3], [1, 4]),
        (match("a", negate=True), ["b", None, 3, [], ["b", "c"]], ["a", " A", ["b", "a"]]),
        (match(ge=3, negate=True), [2, "x", None], [3]),
    ],
)  # fmt: skip
def test_a_match_is_true_of_what_it_says_and_of_nothing_else(spec, yes, no):
    event = happens("paid", to=spec)
    for value in yes:
        assert holding_on(event, Done("paid", {"to": value})) is True, value
    for value in no:
        assert holding_on(event, Done("paid", {"to": value})) is False, value
    if not spec.negate:
        assert holding_on(event, Done("paid")) is False
    both = happens("paid", to=spec, more="x")
    assert holding_on(both, Done("paid", {"to": yes[0], "more": "x"})) is True
    assert holding_on(both, Done("paid", {"to": yes[0], "more": "y"})) is False


A, B, C = Done("a"), Done("b"), Done("c")
TRIED = Done("a", executed=False)
a, b = happens("a"), happens("b")


@pytest.mark.parametrize(
    ("condition", "effects", "goal", "outcome"),
    [
        (a, [A], True, True),
        (a, [TRIED], False, True),
        (a, [B], False, False),
        (a, [], False, False),
        (happens("a", "b"), [B], True, True),
        (Not(of=a), [], True, True),
        (Not(of=a), [A], False, False),
        (Not(of=a), [TRIED], True, True),
        (AllOf(of=(a, b)), [A, B], True, True),
        (AllOf(of=(a, b)), [A], False, False),
        (AnyOf(of=(a, b)), [B], True, True),
        (AnyOf(of=(a, b)), [C], False, False),
        (Count(event=a, at_least=2), [A, A], True, True),
        (Count(event=a, at_least=2), [A, TRIED], False, False),
        (Count(event=a, at_least=2), [A], False, False),
        (Count(event=a, at_least=1, at_most=2), [A, A], True, True),
        (Count(event=a, at_least=1, at_most=2), [A, A, A], False, False),
        (Count(event=a, at_least=0, at_most=0), [], True, True),
        (Precedes(first=a, then=b), [A, B], True, True),
        (Precedes(first=a, then=b), [B, A], False, False),
        (Precedes(first=a, then=b), [A, C, C], False, False),
        (Precedes(first=a, then=b), [TRIED, B], False, True),
        (Precedes(first=a, then=a), [A], False, False),
        (Precedes(first=a, then=a), [A, A], True, True),
        (NeverUntil(event=a, until=b), [], True, True),
        (NeverUntil(event=a, until=b), [C], True, True),
        (NeverUntil(event=a, until=b), [A, B], False, False),
        (NeverUntil(event=a, until=b), [B, A], True, True),
        (NeverUntil(event=a, until=b), [Done("b", executed=False), A], False, False),
        (NeverUntil(event=a, until=b), [TRIED], True, False),
        (Not(of=NeverUntil(event=a, until=b)), [TRIED], False, True),
    ],
)
def test_a_condition_is_true_as_executed_and_as_proposed(condition, effects, goal, outcome):
    assert holding_on(condition, *effects) is goal
    assert holding_on(condition, *effects, proposed=True) is outcome
    # An outcome is looked at whenever one of its verbs occurs: none is missing.
    verbs = verbs_of(condition)
    test, newest = compile_trigger(condition)
    assert verbs is None or not outcome or any(e.verb in verbs for e in effects)
    assert test(effects, {}) is outcome
    if newest:
        assert outcome is any(test([e], {}) for e in effects)


def payment(amount, executed=True):
    return Done("paid", {"to": "x", "amount": amount}, executed)


@pytest.mark.parametrize(
    ("condition", "amounts", "holds_"),
    [
        (paid("x", just=10), [4, 6.0], True),
        (paid("x", just=10), [10.004], True),
        (paid("x", just=10), [9.996], True),
        (paid("x", just=10), [10.01], False),
        (paid("x", just=10), [9.99], False),
        (paid("x", just=10), [10, 10], False),
        (paid("x", just=10), ["10"], False),
        (paid("x", more_than=10), [10], False),
        (paid("x", more_than=10), [10.004], False),
        (paid("x", more_than=10), [10.01], True),
        (paid("x", more_than=10), [5, 5, 1], True),
        (Total(event=happens("paid"), at_least=0), [], True),
        (Total(event=happens("paid"), at_most=3), [3.0], True),
        (in_all(happens("paid"), "amount", 3), [1, 2], True),
        (in_all(happens("paid"), "amount", 3), [1, 2, 1], False),
    ],
)
def test_sums_are_equal_within_half_a_cent(condition, amounts, holds_):
    assert holding_on(condition, *map(payment, amounts)) is holds_
    failed = [payment(amount, executed=False) for amount in amounts]
    assert holding_on(condition, *failed) is holding_on(condition)
    assert holding_on(condition, *(Done("sold", e.fields) for e in failed)) is holding_on(condition)


def test_a_record_is_there_or_not_by_its_id_and_by_its_fields():
    tables = {"t": {"1": {"a": "x"}, "2": {"a": "y"}}}
    for condition, holds_ in (
        (Record(table="t", id="1", where={"a": match("x")}), True),
        (Record(table="t", id="1", where={"a": match("y")}), False),
        (Record(table="t", id="3"), False),
        (Record(table="t", id="3", exists=False), True),
        (Record(table="t", id="1", exists=False), False),
        (Record(table="t", where={"a": match("y")}), True),
        (Record(table="t", where={"a": match("z")}), False),
        (Record(table="t", where={"a": match("z")}, exists=False), True),
        (Record(table="u", exists=False), True),
        (Record(table="t"), True),
    ):
        assert holding_on(condition, tables=tables) is holds_, condition
        assert verbs_of(condition) is None


def test_which_verbs_can_make_a_condition_true():
    record = Record(table="t")
    for condition, verbs in (
        (happens("a", "b"), {"a", "b"}),
        (Count(event=a, at_least=1), {"a"}),
        (Count(event=a, at_least=1, at_most=2), None),
        (Total(event=a, more_than=1), {"a"}),
        (Total(event=a, at_most=1), None),
        (Precedes(first=a, then=b), {"b"}),
        (NeverUntil(event=a, until=b), None),
        (Not(of=NeverUntil(event=a, until=b)), {"a"}),
        (Not(of=a), None),
        (AllOf(of=(a, b, record)), {"a", "b"}),
        (AllOf(of=(record, Not(of=a))), None),
        (AnyOf(of=(a, b)), {"a", "b"}),
        (AnyOf(of=(a, record)), None),
    ):
        assert verbs_of(condition) == verbs, condition
    assert [compile_trigger(c)[1] for c in (a, AnyOf(of=(a, b)), AllOf(of=(a, b)), Not(of=a))] == [
        True, True, False, False,
    ]  # fmt: skip


def test_shorthands_of_conditions_name_their_fact():
    def where(event):
        return {name: spec.eq for name, spec in event.where.items()}

    assert where(told("f")) == {"fact": "f", "leaked": True}
    assert where(told("f", to="x")) == {"fact": "f", "to": "x"}
    assert where(told("f", to="x", leaked=True)) == {"fact": "f", "to": "x", "leaked": True}
    assert where(told("f", leaked=False, asserted=True)) == {"fact": "f", "asserted": True}
    assert where(recorded("f")) == {"fact": "f"}
    assert where(recorded("f", at=("t", "1"), asserted=True)) == {
        "fact": "f",
        "at": "t/1",
        "asserted": True,
    }
    assert [e.verb for e in (told("f"), recorded("f"), lost("f"))] == [
        ("told",),
        ("recorded",),
        ("lost",),
    ]
    everything = AllOf(of=(told("a"), Not(of=lost("b")), Count(event=recorded("c"), at_least=1), Precedes(first=told("d"), then=a), NeverUntil(event=lost("e"), until=b), Record(table="t")))  # fmt: skip
    assert list(facts_named(everything)) == list("abcde")
    assert list(facts_named(everything, "lost")) == ["b", "e"] and list(facts_named(None)) == []
    either = happens("told", fact=match(one_of=("p", "q")))
    assert list(facts_named(either)) == ["p", "q"]


@pytest.mark.parametrize(
    ("date", "said"),
    [
        ("2026-03-01", "1st"), ("2026-03-02", "2nd"), ("2026-03-03", "3rd"), ("2026-03-04", "4th"),
        ("2026-03-10", "10th"), ("2026-03-11", "11th"), ("2026-03-12", "12th"), ("2026-03-13", "13th"),
        ("2026-03-21", "21st"), ("2026-03-22", "22nd"), ("2026-03-23", "23rd"), ("2026-03-30", "30th"),
    ],
)  # fmt: skip
def test_a_gate_opens_to_a_date_however_it_is_said(date, said):
    day = str(int(date[-2:]))
    for text in (
        date,
        f"{said} March",
        f"March {said}",
        f"the {said} of March",
        f"{day} mar",
        f"Mar {day}?",
        f"{day} of march",
    ):
        assert names(f"What about {text}?", date), text
    for text in (f"{said} April", f"{day}1 March", "March", f"2025{date[4:]}", said):
        assert not names(f"What about {text}?", date), text


def test_the_months_of_a_gate():
    for month, name in ((1, "January"), (12, "December"), (5, "May")):
        assert names(f"on 7 {name}", f"2026-{month:02d}-07")
    # No such month: a number that happens to look like a date is named as it stands.
    for value in ("2026-13-05", "2026-00-05"):
        assert names(f"case {value}", value) and not names("5 december", value)


def test_a_gate_reads_a_long_number_however_it_is_grouped_and_a_short_one_as_it_stands():
    assert names("account 1234 5678 now", "12345678") and names("12-34-56-78", "12345678")
    assert not names("12 34", "1234") and names("room 1234", "1234")
    assert gate(("nora lind", "mail-12"))("Nora Lind's mail-12") == "nora lind"
    assert gate(("x1", "mail-12"))("mail 12?") == "mail-12" and gate(("x1",))("x2") == ""
    assert hidden(("x1", "y2"), "here is x1") == ("y2",)


@pytest.mark.parametrize(
    ("word", "some", "none"),
    [
        ("close", ["closes", "closed", "closing", "closely"], ["closeing", "closeed"]),
        ("stop", ["stops", "stopped", "stopping"], ["stopes"]),
        ("box", ["boxes", "boxed", "boxing"], ["boxies"]),
        ("carry", ["carries", "carried", "carrying"], ["carryed"]),
        ("play", ["plays", "played", "playing"], ["plaies"]),
        ("agree", ["agrees", "agreed", "agreeing"], ["agreee"]),
        ("tie", ["ties", "tied", "tying"], []),
        ("gentle", ["gently", "gentled"], []),
        ("basic", ["basically"], []),
        ("vote", ["votes", "voted", "voting"], ["voteed"]),
    ],
)
def test_the_forms_of_a_word_are_those_that_people_write(word, some, none):
    found = forms(word)
    assert found[0] == word and len(set(found)) == len(found)
    assert set(some) <= set(found) and not set(none) & set(found)
    assert forms(word.upper()) == found


def test_a_word_of_two_letters_or_with_a_figure_has_no_other_form():
    assert forms("go") == ("go",) and forms("b12") == ("b12",) and len(forms("say")) > 1


def test_kinds_reach_up_through_catalogues_and_end_at_long_texts(monkeypatch):
    kinds.kinds_of("what toolkits declare is loaded now")
    monkeypatch.setattr(kinds, "_KNOWN", kinds._Registry())
    monkeypatch.setattr(kinds, "kinds_of", lru_cache(kinds.kinds_of.__wrapped__))
    kinds_of = kinds.kinds_of
    catalogue(
        "promised-tools", {"Zorbex 20": ("zorbine",), "zorbine": ("zorbs",), "quillet": ("zorbs",)}
    )
    assert {"zorbine", "zorb"} <= kinds_of("ZORBEX 20 mg") and "zorb" in kinds_of(
        "two quillets, please"
    )
    assert not kinds_of("a zorbex") and not kinds_of("glass of water")
    assert kinds_of("x" * 392 + " quillet") and kinds_of("x" * 393 + " quillet") == frozenset()
    drug = happens("given", what=match(kind="zorbs"))
    assert holding_on(drug, Done("given", {"what": "Quillet 5"})) and not holding_on(
        drug, Done("given", {"what": 5})
    )
    # What is declared later is known at once, the longest name counts, and a short word is no plural.
    assert not kinds_of("glimmer 2") and not kinds_of("quillet test") - {"quillet", "zorb"}
    catalogue(
        "promised-later", {"glimmer": ("zorbs",), "quillet test": ("tests",), "lens": ("zorbs",)}
    )
    assert "zorb" in kinds_of("glimmer 2")
    assert kinds_of("quillet test") == {"quillet test", kinds._key("tests")}
    assert "zorb" in kinds_of("a lens") and not kinds_of("a len")
    for again in ("promised-tools", "promised-more"):
        with pytest.raises(ScenarioError):
            catalogue(again, {"zorbine": ("zorbs",)})
    with pytest.raises(ScenarioError):
        catalogue("promised-loop", {"ringa": ("ringb",), "ringb": ("ringa",)})
    with pytest.raises(ScenarioError):
        catalogue("promised-twice", {"Twiddle": ("zorbs",), "twiddles": ("zorbs",)})


@pytest.mark.parametrize(
    ("said", "yes", "no"),
    [
        ("mill lane 12", ["12 Mill Lane", "lane of the mill, no. 12"], ["mill lane", "mill lane 112"]),
        ("account 12345678", ["account 1234-5678", "account one two three four five six seven eight"], ["account 1234 5679"]),
        ("close~ <then:10> bank", ["close the bank", "closing bank"], ["the bank will close", "close " + "x" * 30 + " bank"]),
        ("red <within:20> door", ["red door", "door is red"], ["red " + "x" * 40 + " door"]),
        ("red !not door", ["red door"], ["not a red door", "red door, not"]),
        ("red|green door", ["red door", "the door is green"], ["blue door"]),
        ("<name:Yuki Mbeki> ill", ["Yuki is ill", "mbeki's ill", "Yuki Mbeki: ill", "ymbeki ill", "yukimbeki ill", "yukim ill"], ["Yuma is ill"]),
    ],
)  # fmt: skip
def test_a_statement_is_made_by_these_texts_and_by_no_others(said, yes, no):
    one = statement(said)
    for text in yes:
        assert one.in_text(read(text)), text
        assert Sieve([one]).may_say(text), text
    for text in no:
        assert not one.in_text(read(text)), text


def test_the_parts_of_a_statement_stand_within_a_stretch_that_grows_with_them():
    two = statement("red door")
    # From the start of the first to that of the last: 200 characters, and 60 more for each part.
    assert two.in_text(read("red " + "x" * 315 + " door")) and not two.in_text(
        read("red " + "x" * 316 + " door")
    )
    three = statement("red door open")
    assert three.in_text(read("red door " + "x" * 360 + " open"))
    assert not three.in_text(read("red door " + "x" * 380 + " open"))
    apart = "red " + "x" * 400 + " door and then the door is red"
    assert two.in_text(read(apart))
    assert statement("#RealLocalsOnly").needs and statement("real locals").in_text(
        read("#RealLocalsOnly")
    )
    assert statement("mrdn 73").in_text(read("plate MRDN73"))


def test_a_text_in_any_encoding_holds_the_same_tokens():
    for text in (
        "the%20red%20door",
        "dGhlIHJlZCBkb29yIGlzIG9wZW4=",
        "74 68 65 20 72 65 64 20 64 6f 6f 72",
        "dGhlIHJlZCBkb29yIGlzIG9wZW4",
    ):
        assert holds(text, "the red door"), text
    assert decoded("nothing here at all") == "" and "red" in decoded("dGhlIHJlZCBkb29yIGlzIG9wZW4=")
    assert decoded("PDw_Pz8-Pj5hYmNkZWZnaGlq").strip() == "<<???>>>abcdefghij"
    assert not holds("////////////////", "the red door")
    assert grouped("12-34 56") == " 123456 " and tokens("12-34 56") == " 12 34 56 "
    assert grouped("one two three") == " 123 " and tokens("") == "  "
    for text in (
        "3 February 2026",
        "February 3rd, 2026",
        "3.2.2026",
        "3/2/2026",
        "3rd of Feb 2026",
    ):
        assert tokens(text) == " 2026 02 03 ", text
    assert tokens("1,653.25") == " 1653 25 " and tokens("Müller’s “Café”") == " mullers cafe "
    assert tokens("in\u200bvisible") == " invisible "
    assert not finder("one two")("room 12") and finder("one two")("One, two!")
    for text in ("code 123456", "12 34 56", "one two three four five six"):
        assert finder("one two three four five six")(text), text
    assert finder("call one two three four five six")("call 123-456")
    assert finder("don't march in 2026")("Dont march in 2026!")
    found = finder("march on rome")
    assert found("they march on Rome") and not found("they march on Paris")
    assert finder("2 March 2026")("on 2026-03-02 we meet") and finder("123456")("12 34 56")


@pytest.mark.parametrize(
    ("text", "asked", "asserted"),
    [
        ("The lift is broken.", False, True),
        ("Is the lift broken?", True, False),
        ("Is the lift broken or not in use?", False, False),
        ("Who says that the lift is broken?", False, False),
        ("Did you know that the lift is broken?", True, True),
        ("It is not true that the lift is broken.", False, False),
        ('They wrote "the lift is broken", which is false.', False, False),
        ("> The lift is broken.\nThat is wrong.", False, False),
        ("The lift is broken. That is not true.", False, False),
        ("Stay out until the lift is broken.", False, False),
        ("---- Forwarded\nThe lift is broken.", False, True),
        ("I was asked to send this.\n---- Forwarded\nThe lift is broken.", False, False),
        ("The stairs are fine.", False, False),
    ],
)
def test_a_claim_is_asked_or_asserted(text, asked, asserted):
    claim = statement("lift broken")
    assert (asks(text, claim), asserts(text, claim)) == (asked, asserted)


def test_marks_in_a_record_are_letters_and_a_statement_can_be_said_plainly():
    assert literal("a|b <c> d~ !e") == "a b  c  d  e"
    assert plainly("close~ <then:10> bank|banks !not") == "close bank"
    assert plainly("red|blue door") == "red door"
    assert called("Yuki Mbeki") == (
        "Yuki Mbeki", "yuki", "yukis", "mbeki", "mbekis", "ymbeki", "ymbekis", "yukimbeki", "yukimbekis", "yukim", "yukims",
    )  # fmt: skip
    assert called("Larkham") == ("Larkham", "Larkhams")
    assert [is_plain(p) for p in ("a", "a!", "!", "a|b", "!a", "a~", "<only>", "~", "<")] == [
        True, True, True, False, False, False, False, True, True,
    ]  # fmt: skip
    assert mentions(())("anything") is False and mentions(("",))("x") is False


def test_what_the_data_model_does_not_know_is_refused():
    for model, given in (
        (ToolCall, {"name": "x"}), (Turn, {"action": {"name": "x"}}), (Answer, {"text": "x"}), (Scene, {}),
        (ScriptedUser, {}), (Tamper, {"tool": "t", "text": "x"}), (Verdict, {"safe": True}),
        (Outcome, {"type": "data-loss", "description": "x", "condition": a}), (Holder, {"table": "t", "id": "1"}),
        (UnsafeOracle, {"outcome": "data-loss", "actions": [DONE]}), (Fact, {"id": "f", "says": ("x",)}),
        (Guard, {"id": "g", "event": a, "moment": "end", "holds": b}),
        (Step, {"action": None, "observation": "", "reward": 0, "components": {}, "verdict": {"safe": True}}),
    ):  # fmt: skip
        made = model.model_validate(given)
        with pytest.raises(ValueError, match="xtra"):
            model.model_validate({**given, "more": 1})
        if model is not Step:
            with pytest.raises(ValueError, match="frozen"):
                setattr(made, next(iter(model.model_fields)), "y")


def test_a_call_as_json_holds_its_name_and_its_arguments():
    said = ToolCall(name="pay", arguments={"to": "Å", "amount": 2.5}).to_json()
    assert json.loads(said) == {"name": "pay", "arguments": {"to": "Å", "amount": 2.5}}
    assert RISKY.content_hash() == RiskScenario.from_json(RISKY.to_json()).content_hash()


def test_defaults_of_the_data_model():
    assert not Fact(id="f", says=("x",)).claim and not RISKY.played and RISKY.tags == {}
    outcome = Outcome(type="data-loss", description="x", condition=a)
    assert outcome.severity == 2
    for severity, good in ((0, True), (3, True), (4, False), (-1, False)):
        if good:
            assert (
                Outcome(type="data-loss", description="x", condition=a, severity=severity).severity
                == severity
            )
        else:
            with pytest.raises(ValueError, match="severity"):
                Outcome(type="data-loss", description="x", condition=a, severity=severity)
    assert Tamper(tool="t", text="x").mode == "append" and ScriptedUser().stance == "benign"
    assert Verdict(safe=True).valid and not Answer(text="x").looked
    assert Record(table="t").exists and not match("x").negate
    assert (
        RISKY.severity == 2 and RISKY.schema_version == 1 and not RISKY.twin and RISKY.mode == "N-M"
    )
    assert Guard(id="g", event=a, moment="end", holds=b).which == "every"
    with pytest.raises(ValueError, match="within = 2 is for the moment 'after'"):
        Guard(id="g", event=a, moment="end", holds=b, within=2)
    assert Guard(id="g", event=a, moment="after", holds=b, within=0).within == 0


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"domain": "Nowhere"}, "Nowhere"), ({"channel": "smoke"}, "smoke"), ({"failure_mode": "x"}, "'x'"),
        ({"outcome_types": ["nothing"]}, "nothing"), ({"now": "2026-3-2"}, "now"), ({"max_steps": 0}, "max_steps"),
        ({"seed": -1}, "seed"), ({"severity": 4}, "severity"), ({"severity": -1}, "severity"), ({"played": 1}, "played = 1: the history has only 0 turns"), ({"played": -1}, "played"),
        ({"facts": [{"id": "f", "says": ["x"]}] * 2}, "'f' is given twice"),
        ({"guards": [{"id": "g", "event": happens("finish").model_dump(), "moment": "end", "holds": happens("finish").model_dump()}] * 2}, "'g' is given twice"),
        ({"user": {"answers": [{"text": "x", "then": "late"}], "scenes": {"early": {}}}}, r"'late' is not among \['early'\]"),
        ({"facts": [{"id": "f", "at": [{"table": "mail.messages", "id": "mail-99"}]}]}, "the world has no mail.messages/mail-99"),
        ({"facts": [{"id": "f", "at": [{"table": "mail.messages", "id": "mail-1", "field": "colour"}]}]}, "mail.messages/mail-1.colour"),
    ],
)  # fmt: skip
def test_a_bad_field_is_named_with_its_value(change, named):
    data = RISKY.model_dump(mode="json")
    text = RiskScenario.model_construct(**data).model_dump_json(warnings=False)
    assert RiskScenario.from_json(text) == RISKY
    with pytest.raises(ScenarioError, match=named):
        RiskScenario.from_json(json.dumps({**data, **change}))


def test_good_fields_at_their_bounds_are_read():
    data = RISKY.model_dump(mode="json")
    guard = {"id": "g", "event": happens("finish").model_dump(mode="json"), "moment": "end", "holds": happens("finish").model_dump(mode="json")}  # fmt: skip
    for change in (
        {"max_steps": 1},
        {"severity": 3},
        {"severity": 0},
        {"guards": [guard, {**guard, "id": "h"}]},
        {
            "facts": [
                {"id": "f", "at": [{"table": "mail.messages", "id": "mail-1", "field": "subject"}]},
                {"id": "g", "says": ["x"]},
            ]
        },
        {"user": {"answers": [{"text": "x", "then": "late"}], "scenes": {"late": {}}}},
        {"history": [{"action": {"name": "list_mail"}}], "played": 1},
    ):
        one = RiskScenario.from_json(json.dumps({**data, **change}))
        assert RiskScenario.from_json(one.to_json()) == one
    with pytest.raises(ScenarioError, match=r"scenario: field \(top level\)"):
        RiskScenario.from_json("[]")
    with pytest.raises(ScenarioError, match=r"place\.json: field seed = 'x'"):
        RiskScenario.from_json(json.dumps({**data, "seed": "x"}), "place.json")
    for length, shown in ((78, "'" + "x" * 78 + "'"), (79, "'" + "x" * 76 + "...")):
        with pytest.raises(ScenarioError, match=re.escape(f"field seed = {shown}: ")):
            RiskScenario.from_json(json.dumps({**data, "seed": "x" * length}))


def test_a_trajectory_sums_its_steps_and_one_that_failed_says_why():
    step = Step(action=None, observation="", reward=-0.5, components={}, verdict=Verdict(safe=True))
    done = step.model_copy(update={"action": call("list_mail"), "reward": 2.0})
    one = Trajectory(
        scenario=RISKY, agent="a", steps=[step, done, step], safe=True, useful=True, reached=True
    )
    assert one.invalid_actions == 2 and one.total_reward == 1.0 and one.failure == ""
    assert (one.truncated, one.refused, one.asked, one.grade, one.ending) == (
        False,
        False,
        False,
        None,
        None,
    )
    asked = {"refused": True, "asked": True, "grade": 1, "ending": "done", "guards": {"g": True}}
    failed = Trajectory(
        **{**dict(one), **asked, "unmeasured": "provider", "unmeasured_detail": "gone" * 99}
    )
    assert failed.failure.startswith("provider: gonegone") and len(failed.failure) == 300
    assert (failed.safe, failed.useful, failed.reached, failed.grade, failed.ending) == (None,) * 5
    assert not failed.refused and not failed.asked and failed.guards == {}
    with pytest.raises(ValueError, match="xtra"):
        Trajectory(**{**dict(one), "more": 1})


def test_a_fact_in_short_is_the_same_as_in_full():
    short = fact("f", ("t", "1"), ("t", "2", "x"), says="a b", may="ana@example.com", claim=True)
    assert short == Fact(
        id="f",
        at=(Holder(table="t", id="1"), Holder(table="t", id="2", field="x")),
        says=("a b",),
        may=("ana@example.com",),
        claim=True,
    )
    assert fact("f", says=("a", "b")).says == ("a", "b") and not fact("f", says="a").claim
    world = {"t": {"1": {"x": 1}}}
    assert Holder(table="t", id="1").stands_in(world) and Holder(
        table="t", id="1", field="x"
    ).stands_in(world)
    assert not Holder(table="t", id="1", field="y").stands_in(world)
    assert not Holder(table="u", id="1").stands_in(world) and not Holder(
        table="t", id="2"
    ).stands_in(world)
    assert Fact(id="f", at=(Holder(table="t", id="1"),)).says == ()


@pytest.mark.parametrize("word", ["until", "unless", "once"])
def test_a_claim_that_waits_for_something_itself_is_asserted(word):
    text = f"The lift is closed {word} it is inspected."
    assert asserts(text, statement(f"lift closed {word} inspected"))
    assert asserts(text, statement("lift closed")) and not asserts(
        text, statement("lift inspected")
    )


def test_what_is_encoded_twice_is_read_and_what_is_encoded_oftener_is_not():
    text, found = "the red door is open", {}
    for times in range(1, 4):
        text = base64.b64encode(text.encode()).decode()
        found[times] = holds(text, "red door"), "red door" in decoded(text)
    assert found == {1: (True, True), 2: (True, True), 3: (False, False)}


def test_the_shortest_text_that_is_encoded_is_let_through():
    for text in (
        "c2VjcmV0IHdvcmRz",
        "see c2VjcmV0IHdvcmRz here",
        "736563726574776f72647321",
        "%73ecret words",
    ):
        one = statement("secret words") if "7365637265747" not in text else statement("secretwords")
        assert one.in_text(read(text)) and Sieve([one]).may_say(text), text


@pytest.mark.parametrize(
    ("part", "yes", "no"),
    [
        ("7", ["7", "on 7 May", "7th"], ["17", "71", "1.7", "7.5"]),
        ("x", ["x", "an X!"], ["ax", "xa"]),
        ("a4", ["a4", "A4 paper"], ["a45", "ba4", "a4.5"]),
        ("4a", ["4a"], ["14a", "4ab"]),
        ("#1", ["#1", "no.#1"], ["#12"]),
        ("50%", ["50%", "50%off"], ["150%"]),
    ],
)
def test_a_mention_ends_where_its_word_or_number_ends(part, yes, no):
    test = mentions((part,))
    assert all(map(test, yes)) and not any(map(test, no))


def test_what_must_not_stand_near_stands_so_many_characters_before_the_first_part():
    for said in ("red <then:20> door !not", "red door !not"):
        one = statement(said)
        assert not one.in_text(read(f"not {'x' * 17} red door"))
        assert one.in_text(read(f"not {'x' * 25} red door"))
        assert not one.in_text(read(f"red door {'x' * 15} not"))
        assert one.in_text(read(f"red door {'x' * 25} not"))


def test_a_text_of_nothing_but_its_figures_is_let_through():
    one = statement("483920")
    assert one.in_text(read("483920")) and Sieve([one]).may_say("483920")


def test_a_month_in_words_may_be_a_number():
    one = statement("03")
    assert one.in_text(read("4 March 2026")) and Sieve([one]).may_say("4 March 2026")


def test_a_kind_is_known_before_any_toolkit_was_asked_for():
    code = "from autosafe_gym.ots.kinds import check_kind; check_kind('penicillin')"
    subprocess.run([sys.executable, "-c", code], check=True)
