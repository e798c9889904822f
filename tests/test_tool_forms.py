"""Tools in other people's forms: what loads, what is refused, and which calls are taken."""

import json
import re
import string
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from schema_calls import objects

from autosafe_gym.adapters.own_tasks import own_toolkit
from autosafe_gym.errors import ActionError, DataError
from autosafe_gym.tools_mock.described import register_file
from autosafe_gym.tools_mock.json_schema import ArgumentSchema
from autosafe_gym.tools_mock.tool_forms import read_tools
from autosafe_gym.tools_mock.tool_kinds import guess_kind
from autosafe_gym.tools_mock.toolset import Toolset

SHARED = Path(__file__).parents[2] / "shared" / "benchmarks"
MCP = json.loads((Path(__file__).parent / "mcp_tool_lists.json").read_text())
TO = {"type": "object", "properties": {"to": {"type": "string"}}, "required": ["to"]}


def loaded(name, tools):
    """A toolset with these tools."""
    own = own_toolkit(name, "", read_tools(tools))
    return Toolset((register_file(own.kit, repr(tools)),)), own


def taken(toolset, name, arguments):
    """Whether a call is taken; the words of the refusal if not."""
    try:
        toolset.decode(json.dumps({"name": name, "arguments": arguments}))
    except ActionError as error:
        return str(error)
    return True


def play(files):
    """Loads each file and makes every call that its schemas allow: files, tools, calls."""
    tools = calls = 0
    for name, data in files.items():
        toolset, own = loaded(name, data)
        for tool in own.kit.tools.values():
            tools += 1
            root = tool.arguments.root
            for arguments in objects(root, root):
                calls += 1
                assert taken(toolset, tool.name, arguments) is True, (name, tool.name, arguments)
            for missing in tool.required:
                some = next(objects(root, root))
                some.pop(missing)
                assert "is missing" in taken(toolset, tool.name, some)
    return len(files), tools, calls


def test_the_tool_lists_of_mcp_servers():
    files, tools, calls = play(MCP)
    assert (files, tools) == (12, 152)
    assert calls > 900
    _, own = loaded("filesystem", MCP["filesystem"])
    kinds = {t.name: (t.kind, t.irreversible) for t in own.kit.tools.values()}
    assert kinds["read_media_file"] == ("read", False)
    assert kinds["filesystem_write_file"] == (
        "write",
        True,
    )  # `write_file` ships with this package.
    _, own = loaded("playwright", MCP["playwright"])
    assert own.kit.tools["browser_click"].kind == "external"


@pytest.mark.skipif(not SHARED.exists(), reason="the benchmarks are not here")
def test_the_raw_files_of_toolemu_and_agent_safetybench():
    raw = json.loads((SHARED / "toolemu" / "all_toolkits.json").read_text())
    files = sorted((SHARED / "agent-safetybench" / "environments").glob("*.json"))
    environments = {file.stem: json.loads(file.read_text()) for file in files}
    assert play({"toolemu": raw})[1] == 330
    assert play({kit["toolkit"]: [kit] for kit in raw})[:2] == (38, 330)
    assert play(environments)[:2] == (174, 958)


FORMS = {
    "openai chat": {"type": "function", "function": {"name": "pay", "parameters": TO}},
    "openai responses": {"type": "function", "name": "pay", "parameters": TO, "strict": False},
    "bare": {"name": "pay", "description": "Pays.", "parameters": TO},
    "anthropic": {"name": "pay", "input_schema": TO},
    "mcp": {"name": "pay", "inputSchema": TO, "annotations": {"destructiveHint": True}},
    "langchain args": {"name": "pay", "args": {"to": {"title": "To", "type": "string"}}},
    "langchain schema": {"name": "pay", "args_schema": {"title": "Pay", **TO}},
    "plain schema": {"title": "pay", **TO},
    "toolemu": {
        "toolkit": "Bank",
        "tools": [
            {
                "name": "pay",
                "summary": "Pays.",
                "returns": [],
                "exceptions": [],
                "parameters": [{"name": "to", "type": "string", "required": True}],
            }
        ],
    },
    "required beside": {
        "name": "pay",
        "parameters": {"properties": TO["properties"]},
        "required": ["to"],
    },
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("listed", [False, True])
def test_every_form_has_the_same_arguments(form, listed):
    tools = {"result": {"tools": [FORMS[form]]}} if listed else [FORMS[form]]
    toolset, own = loaded(f"form {form}", tools)
    assert taken(toolset, "pay", {"to": "eve"}) is True
    assert "to is missing" in taken(toolset, "pay", {})
    assert "Did you mean 'to'?" in taken(toolset, "pay", {"to": "eve", "too": "x"})
    assert "string is needed" in taken(toolset, "pay", {"to": 5})
    assert own.kit.tools["pay"].irreversible is (form == "mcp")
    assert own.kit.tools["pay"].kind == "external"


@pytest.mark.parametrize(
    ("tool", "said"),
    [
        ({"name": "x", "paramters": TO}, "did you mean 'parameters'"),
        ({"name": "x", "inputschema": TO}, "did you mean 'inputSchema'"),
        ({"name": "x", "schema": TO}, "'schema' is not read"),
        ({"name": "x", "input": {}}, "'input' is not read"),
        ({"name": "x", "parameters": {"type": "object", "propertys": {}}}, "is 'properties' meant"),
        ({"name": "x", "parameters": {"propertes": {"to": {}}}}, "is 'properties' meant"),
        ({"name": "x", "parameters": {"to": "string"}}, "a schema such as"),
        ({"name": "x", "args_schema": "PayInput"}, "model_json_schema"),
        ({"name": "x", "parameters": {"type": "strin"}}, "Did you mean 'string'"),
        ({"name": "x", "parameters": {"type": "string"}}, "'object' is needed"),
        (
            {"name": "x", "parameters": {"$ref": "#/$defs/Inptu", "$defs": {"Input": TO}}},
            "mean 'Input'",
        ),
        ({"name": "x", "parameters": {"$ref": "#"}}, "defined by itself"),
        ({"name": "x", "parameters": {"required": "to", "properties": {}}}, "a list of names"),
        ({"name": "x", "parameters": TO, "input_schema": TO}, "both describe"),
        ({"name": "send mail", "parameters": TO}, "write 'send_mail'"),
        ({"nmae": "x"}, "is 'nmae' meant for it"),
        ({"name": "x", "annotations": [1]}, "an object is needed"),
        ("x", "an object is needed"),
    ],
)
def test_what_can_not_be_read_is_refused(tool, said):
    with pytest.raises(DataError, match=said):
        read_tools([tool])


def test_two_of_one_name_are_refused_and_those_of_two_toolkits_get_a_prefix():
    with pytest.raises(DataError, match="tool 2 and tool 0 have the same name 'x'"):
        read_tools([{"name": "x"}, {"name": "y"}, {"name": "x"}])
    kits = [
        {"toolkit": k, "tools": [{"name": "Send", "parameters": []}]} for k in ("Chat", "My Mail")
    ]
    _, own = loaded("both", kits)
    assert [*own.kit.tools] == ["Chat_Send", "My_Mail_Send"]
    assert own.names["Send"] == ["Chat_Send", "My_Mail_Send"]


TREE = {
    "$ref": "#/$defs/Node",
    "$defs": {
        "Node": {
            "type": "object",
            "required": ["name"],
            "properties": {
                "name": {"type": "string"},
                "kids": {"type": "array", "items": {"$ref": "#/$defs/Node"}},
            },
        }
    },
}
SCHEMAS = [
    (TREE, {"name": "a", "kids": [{"name": "b", "kids": []}]}, True),
    (TREE, {"name": "a", "kids": [{"name": "b", "kids": [{"nmae": "c"}]}]}, r"kids\[0\].kids\[0\].name"),
    ({"allOf": [TO, {"properties": {"cc": {"type": "string"}}}]}, {"to": "a", "cc": "b"}, True),
    ({"allOf": [TO, {"required": ["cc"]}]}, {"to": "a"}, "cc is missing"),
    ({"anyOf": [TO, {"properties": {"id": {"type": "integer"}}, "required": ["id"]}]}, {"id": 1}, True),
    ({"anyOf": [TO, {"properties": {"id": {"type": "integer"}}, "required": ["id"]}]}, {}, "is missing"),
    ({**TO, "oneOf": [{"required": ["to"]}]}, {"to": "a", "b": 1}, "no argument 'b'"),
    ({**TO, "anyOf": [{"properties": {"b": {}}}, {"properties": {"c": {}}}]}, {"to": "a", "b": 1}, True),
    ({"properties": {"a": {"type": ["string", "null"]}}, "required": ["a"]}, {"a": None}, True),
    ({"properties": {"a": {"type": "string", "nullable": True}}, "required": ["a"]}, {"a": None}, True),
    ({"properties": {"a": {"type": "string"}}, "required": ["a"]}, {"a": None}, "string is needed, not null"),
    ({"properties": {"a": {"type": "string"}}}, {"a": None}, True),
    ({"properties": {"a": {"const": "x"}}}, {"a": "y"}, "one of 'x'"),
    ({"properties": {"a": {"enum": [1, 2.5]}}}, {"a": 2.5}, True),
    ({"properties": {"a": {"enum": [1, 2]}}}, {"a": True}, "one of 1, 2"),
    ({"properties": {"a": {"type": "integer"}}}, {"a": True}, "integer is needed, not boolean"),
    ({"properties": {"a": {"type": "integer"}}}, {"a": 3.0}, True),
    ({"properties": {"a": {"type": "integer"}}}, {"a": 3.5}, "integer is needed"),
    ({"properties": {"a": {"type": "number"}}}, {"a": "5"}, "number is needed"),
    ({"properties": {"a": {"type": "array", "prefixItems": [{"type": "string"}]}}}, {"a": [1]}, r"a\[0\]"),
    ({"properties": {"a": {"type": "object"}}}, {"a": {"b": {"c": 1}}}, True),
    ({"properties": {"a": {"anyOf": [{"type": "string"}, TO]}}}, {"a": {"to": 1}}, "a.to: string"),
    ({"properties": {"a": True}}, {"a": [1]}, True),
    ({"type": "object"}, {"free": 1}, True),
    ({"type": "object", "properties": {}, "additionalProperties": False}, {"free": 1}, "no argument"),
    ({"properties": {"a": {}}, "additionalProperties": {"type": "integer"}}, {"b": "x"}, "b: integer"),
    ({"properties": {"a": {}}, "patternProperties": {"^x": {}}}, {"x1": "x"}, True),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "arguments", "said"), SCHEMAS)
def test_the_whole_schema_counts(schema, arguments, said):
    toolset, _ = loaded(
        f"whole {hash(repr((schema, arguments)))}", [{"name": "x1", "parameters": schema}]
    )
    found = taken(toolset, "x1", arguments)
    assert found is True if said is True else re.search(said, str(found))
    root = toolset.tools["x1"].schema["function"]["parameters"]
    assert root["type"] == "object"
    assert not {"$ref", "anyOf", "oneOf", "allOf"} & {*root}  # Providers refuse them at the root.


LETTERS = string.ascii_letters + string.digits + "_$.-/:"
NAMES = st.text(LETTERS, min_size=1, max_size=20) | st.sampled_from(
    [
        "self",
        "world",
        "about",
        "tool",
        "name",
        "arguments",
        "from",
        "class",
        "__init__",
        "$filter",
        "@id",
    ]
)


@settings(max_examples=60, deadline=None)
@given(
    names=st.lists(NAMES, min_size=1, max_size=4, unique=True), tool=st.text(LETTERS, min_size=1)
)
def test_any_name_of_an_argument_is_taken_and_shown_as_it_was_written(names, tool):
    schema = {
        "type": "object",
        "properties": {n: {"type": "string"} for n in names},
        "required": names,
    }
    tool = f"t{tool}"[:60]
    toolset, own = loaded("any names", [{"name": tool, "parameters": schema}])
    (made,) = own.kit.tools.values()
    arguments = dict.fromkeys(names, "v")
    call = toolset.decode({"name": made.name, "arguments": arguments})
    assert made.schema["function"]["parameters"] == schema
    assert made.fields(call.arguments) == arguments
    assert made.name == tool


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("crm_find_customers", "read"),
        ("getUser", "read"),
        ("API-get-users", "read"),
        ("update_list", "external"),
        ("mark_as_read", "external"),
        ("SendEmail", "external"),
        ("browser_snapshot", "read"),
        ("frobnicate", "external"),
    ],
)
def test_a_kind_is_guessed_by_the_first_verb(name, kind):
    assert guess_kind(name) == kind


LEAVES = st.sampled_from(
    [{"type": t} for t in ("string", "integer", "number", "boolean", "null")]
    + [{"enum": ["a", 1, None]}, {"const": "a"}, {"type": ["string", "null"]}, {}, True]
)
ANY = st.recursive(
    LEAVES,
    lambda inner: (
        st.builds(lambda s: {"type": "array", "items": s}, inner)
        | st.builds(lambda a, b: {"anyOf": [a, b]}, inner, inner)
        | st.builds(
            lambda a, b, r: {"type": "object", "properties": {"a": a, "b": b}, "required": r,
                             "additionalProperties": False},
            inner, inner, st.sampled_from([[], ["a"], ["a", "b"]]))
    ),
    max_leaves=5,
)  # fmt: skip
DATA = st.recursive(
    st.sampled_from(["a", "b", 1, 2.5, 3.0, True, None]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=2)
    ),
    max_leaves=5,
)


@settings(max_examples=300, deadline=None)
@given(schema=ANY, value=DATA)
def test_what_is_valid_is_told_as_the_standard_tells_it(schema, value):
    jsonschema = pytest.importorskip("jsonschema")
    root = {"type": "object", "properties": {"x": schema}, "required": ["x"]}
    valid = jsonschema.Draft202012Validator(root).is_valid({"x": value})
    assert (ArgumentSchema(root).fault({"x": value}) is None) is valid


def test_what_one_choice_alone_requires_is_optional():
    one, two = ({"properties": {"a": {}, "b": {}}, "required": r} for r in (["a", "b"], ["a"]))
    schema = ArgumentSchema({"anyOf": [one, two, {"type": "null"}]})
    assert schema.shape.required == {"a"}
    assert schema.fault({"a": 1}) is None
