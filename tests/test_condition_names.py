"""Conditions name what there is: verbs, fields and tables, in data from outside and in the tables here."""

import ast
import importlib
import inspect
import json
import re

import pytest
from helpers import RISKY

from autosafe_gym import registry
from autosafe_gym.errors import DataError, ScenarioError
from autosafe_gym.library.family import all_families
from autosafe_gym.library.packs import load_file
from autosafe_gym.ots.scenario import RiskScenario
from autosafe_gym.tools_mock import described, dialogue, people
from autosafe_gym.tools_mock.condition_names import check_conditions, faults
from autosafe_gym.tools_mock.effects import BY_PEOPLE, DERIVED, EVERYWHERE, LEFT_BY
from autosafe_gym.tools_mock.tables import TABLES
from autosafe_gym.tools_mock.toolkit import Toolkit, register_toolkit, shipped_toolkits

CENTRAL = {"told", "recorded", "lost"}  # Derived by the engine, from no toolkit's code.
# Verbs that are not written where the effect is left: a variable, or a record of the scenario.
ELSEWHERE = {"state": ["locked", "unlocked"], "DELIVERED": [described.DELIVERED]}
FROM_RECORDS = {"act['verb']", "effect['verb']"}


def left_in(module):
    """The effects that a module's code leaves: (verb, fields)."""
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".sends"):
            yield "delivered", {"to", "text", "attachments"}
            continue
        if not (isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".effect")):
            continue
        verb = node.args[0]
        fields = {k.arg for k in node.keywords if k.arg != "kind"}
        if ast.unparse(verb) in FROM_RECORDS:
            continue
        options = [verb.body, verb.orelse] if isinstance(verb, ast.IfExp) else [verb]
        for one in options:
            for said in [one.value] if isinstance(one, ast.Constant) else ELSEWHERE[one.id]:
                yield said, fields


def test_the_table_of_effects_is_what_the_toolkits_code_leaves():
    fields = {}
    kits = {name: importlib.import_module(kit.module) for name, kit in shipped_toolkits().items()}
    del kits["dialogue"]
    for name, module in kits.items():
        left = list(left_in(module))
        assert set(LEFT_BY[name]) == {verb for verb, _ in left}, name
        for verb, some in left:
            fields.setdefault(verb, set()).update(some)
    assert set(LEFT_BY) == set(kits)
    said = [*left_in(dialogue), *left_in(people)]
    assert set(BY_PEOPLE) == {verb for verb, _ in said}
    for verb, some in [*said, *left_in(described)]:
        fields.setdefault(verb, set()).update(some)
    assert {v: f for v, f in DERIVED.items() if v not in CENTRAL} == fields
    assert set(EVERYWHERE) == {*BY_PEOPLE, *CENTRAL}


def test_the_tables_are_those_of_the_toolkits_docstrings():
    for name, tables in TABLES.items():
        about = importlib.import_module(shipped_toolkits()[name].module).__doc__
        documented = {t: set(re.findall(r"\w+", f)) for t, f in documented_in(about)}
        assert documented.keys() == tables.keys(), name
        for table, fields in tables.items():
            # One field is told apart in a sentence of its own: nothing shows it.
            assert fields - documented[table] <= {"hollow"}, table
            assert documented[table] - fields <= {"and", "the", "columns"}, table


def documented_in(text):
    flat = " ".join(text.split())
    for found in re.finditer(r"`(\w+\.\w+)` \([^{]*->\s*\{", flat):
        depth, end = 1, found.end()
        while depth:
            depth += {"{": 1, "}": -1}.get(flat[end], 0)
            end += 1
        yield found[1], re.sub(r": (\{[^}]*\}|\[\w+\])", "", flat[found.end() : end - 1])


def test_worlds_and_conditions_of_the_library_name_what_there_is():
    for family in all_families().values():
        known = {t: f for kit in family.toolkits for t, f in TABLES[kit].items()}
        for seed, twin in ((0, False), (1, False), (0, True)):
            scenario = family.sample(seed, twin=twin)
            check_conditions(scenario, family.id)
            for table, records in scenario.world.items():
                assert table in known, (family.id, table)
                if table != "database.rows":
                    assert {f for r in records.values() for f in r} <= known[table], (
                        family.id,
                        table,
                    )


def happens(*verbs, **where):
    return {"op": "happens", "verb": verbs, "where": {k: {"eq": v} for k, v in where.items()}}


def nested(inner):
    """Inside everything that holds conditions."""
    never = {"op": "never_until", "event": happens("finish"), "until": inner}
    return {"op": "not", "of": {"op": "any", "of": [happens("finish"), never]}}


MAIL = {"op": "record", "table": "mail.messages", "where": {"folder": {"eq": "trash"}}}
BAD = [
    ({"goal": happens("paied")}, r"goal\.verb\.0 = 'paied': Unknown verb .*Known"),
    ({"goal": happens("deliverd")}, r"Did you mean 'delivered'"),
    ({"goal": happens("paid")}, r"It is left by bank, .*: add one to the toolkits"),
    ({"goal": happens("transfer")}, r"It is a tool of 'bank': add that"),
    ({"goal": happens("delivered", too="x")}, r"goal\.where\.too = .*Did you mean 'to'"),
    ({"goal": happens("send_mail", boddy="x")}, r"Did you mean 'body'"),
    ({"reached": happens("ask_user", qestion="x")}, r"reached\.where\..*'question'"),
    ({"goal": nested(happens("finnish"))}, r"goal\.of\.of\.1\.until\.verb\.0 = .*'finish'"),
    ({"goal": {**MAIL, "table": "mail.mesages"}}, r"goal\.table = .*'mail\.messages'"),
    ({"goal": {**MAIL, "where": {"foldr": {"eq": 1}}}}, r"goal\.where\.foldr = .*'folder'"),
    (
        {"goal": {"op": "total", "event": happens("delivered"), "field": "tto", "at_least": 1}},
        r"goal\.field = 'tto'",
    ),
    (
        {"goal": {"op": "all", "of": [MAIL, happens("paied"), happens("delivered", too=1)]}},
        r".*paied[^\n]*\n[^\n]*where\.too =",
    ),
]


@pytest.mark.parametrize(("change", "said"), BAD)
def test_an_unknown_name_in_a_condition_is_refused_with_its_path(tmp_path, change, said):
    data = json.loads(RISKY.to_json())
    file = tmp_path / "mine.json"
    file.write_text(json.dumps({**data, **change}))
    with pytest.raises(ScenarioError, match=f"{re.escape(str(file))}: field .*{said}"):
        RiskScenario.load(file)
    outcome = {**data["outcomes"][0], "condition": next(iter(change.values()))}
    with pytest.raises(ScenarioError, match=r"field outcomes\.0\.condition\."):
        RiskScenario.from_json(json.dumps({**data, "outcomes": [outcome]}))


def test_what_a_world_brings_along_is_known():
    does = [{"verb": "waxed", "kind": "write", "fields": {"record": 1}, "take": {"by": "fld-1"}}]
    data = {
        **json.loads(RISKY.to_json()),
        "toolkits": ["browser", "database"],
        "world": {
            "browser.buttons": {"btn-1": {"effects": does}, "btn-2": {"effects": [{"verb": 3}]}},
            "database.tables": {"orders": {"columns": ["due"]}, "odd": {"columns": 3}},
            "own.table": {"a": {"colour": "red"}},
        },
        "outcomes": [],
    }
    rows = {"op": "record", "table": "database.rows", "where": {"due": {"eq": 1}}}
    own = {"op": "record", "table": "own.table", "where": {"colour": {"eq": "red"}}}
    right = {"op": "all", "of": [happens("waxed", record=1, by=2), rows, own]}
    RiskScenario.from_json(json.dumps({**data, "goal": right, "reached": None}))
    for wrong in (happens("waxed", bye=1), {**rows, "where": {"day": {"eq": 1}}}):
        with pytest.raises(ScenarioError, match="Unknown field"):
            RiskScenario.from_json(json.dumps({**data, "goal": wrong, "reached": None}))


def test_a_pack_may_say_what_its_toolkit_leaves_and_is_believed_where_it_does_not(request):
    request.addfinalizer(registry.snapshot())
    said = Toolkit("lending", "x", effects={"lent": ("to",)}, tables={"lending.items": ("title",)})
    silent = Toolkit("renting", "x")
    for kit in (said, silent):
        register_toolkit(kit)
    condition = (
        type(RISKY).model_validate({**RISKY.model_dump(), "goal": happens("lendt", to="x")}).goal
    )
    assert "Did you mean 'lent'" in faults({"goal": condition}, ["lending"], {})[0]
    assert not faults({"goal": condition}, ["renting"], {})
    assert not faults({"goal": condition}, ["nobody-has-registered-it"], {})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("happens: read_mail", "happens: reed_mail"), r"happens = 'reed_mail': .*'read_mail'"),
        (('mail_id: "{id.a}"}\n', 'mail: "{id.a}"}\n'), r"reached\.mail = .*'mail_id'"),
    ],
)
def test_a_yaml_family_is_refused_too(tmp_path, change, said):
    from test_authoring import EXAMPLE

    text = EXAMPLE.read_text().replace("family: forwarded", "family: backwarded")
    start, _, end = text.partition("reached:")
    changed = start.replace(*change) + "reached:" + end.replace(*change)
    assert changed != text
    file = tmp_path / "mine.yaml"
    file.write_text(changed)
    with pytest.raises(DataError, match=f"mine.yaml: field .*{said}"):
        load_file(file)
