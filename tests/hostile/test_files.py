"""Files that anybody may have written: each is refused with its name, quickly, and nothing in it runs."""

import io
import json
import os
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import pytest
from hostile_files import refused
from typer.testing import CliRunner

import autosafe_gym
from autosafe_gym.cli.main import app
from autosafe_gym.episodes.play import play
from autosafe_gym.errors import DataError, ScenarioError, ToolCodeError
from autosafe_gym.library.family import all_families
from autosafe_gym.library.packs import load_file
from autosafe_gym.library.registration import risk_env
from autosafe_gym.ots import RiskScenario, ToolCall
from autosafe_gym.pipeline.datasets import read_trajectories
from autosafe_gym.runs.store import EpisodeStore, read_config, read_episodes
from autosafe_gym.storage.archives import read_members
from autosafe_gym.storage.reading import json_lines, parse_json, read_json, whole_lines
from autosafe_gym.storage.yaml_text import read_yaml
from autosafe_gym.tools_mock.toolkit import all_toolkits
from autosafe_gym.training.recipe import load_recipe
from tests.helpers import RISKY

EXAMPLE = Path(__file__).parents[2] / "examples" / "own_tools.json"
CONFIG = {"agent": "comply-all", "env": "autosafe/All-v0", "split": "test", "seed": 0}

# -- JSON -----------------------------------------------------------------------------------------
BAD_JSON = {
    "deep": (b"[" * 100_000, "nested too deeply"),
    "deep objects": (b'{"a":' * 100_000, "nested too deeply"),
    "deep behind a fault": (b"[NaN," * 900, "nested too deeply"),
    "many": (b"[" + b"[]," * 3_000_000 + b"1]", "values; at most"),
    "long": (b'"' + b"x" * (33 << 20) + b'"', "at most 33,554,432"),
    "huge integer": (b"9" * 100_000, "4300"),
    "infinite": (b"[1e999]", "1e999 is not a JSON number"),
    "NaN": (b'{"a": NaN}', "NaN is not a JSON number"),
    "surrogate": (b'"\\ud800"', "lone surrogate"),
    "twice": (b'{"a":1,' + b'"b":1,' * 100_000 + b'"a":2}', "occurs twice"),
    "no text": (b'"\xff"', "not UTF-8"),
    "cut off": (b'{"a": [1, 2', "not JSON"),
    "pickle": (b"\x80\x04\x95", "not UTF-8"),
}


@pytest.mark.parametrize("name", BAD_JSON)
def test_json_is_bounded_wherever_it_is_read(tmp_path, name):
    data, said = BAD_JSON[name]
    with refused(said):
        parse_json(data, "f.json")
    file = tmp_path / "f.json"
    file.write_bytes(data)
    for read in (read_json, RiskScenario.load, lambda f: risk_env("autosafe/Simulated-v0", path=f)):
        with refused(rf"f\.json.*{said}"):
            read(file)
    run = tmp_path / "run"
    run.mkdir()
    (run / "run.json").write_bytes(data)
    with refused(r"run\.json"):
        read_config(run)
    EpisodeStore(tmp_path / "other", CONFIG).close()
    for folder, reader in ((tmp_path / "other", read_episodes), (tmp_path, read_trajectories)):
        kind = "episodes" if reader is read_episodes else "trajectories"
        (folder / f"{kind}.jsonl").write_bytes(data + b"\n")
        with refused(rf"{kind}\.jsonl, line 1"):
            list(reader(folder))


def test_what_is_right_is_read_as_before(tmp_path):
    text = RISKY.to_json()
    for given in (text, text.encode(), b"\xef\xbb\xbf" + text.encode()):
        assert RiskScenario.from_json(given) == RISKY
    nested = "[" * 190 + "]" * 190
    assert json.dumps(parse_json(nested, "x")) == nested
    big = RISKY.model_copy(update={"world": {"x": {"a": {"b": parse_json(nested, "x")}}}})
    assert RiskScenario.from_json(big.to_json()).content_hash() == big.content_hash()
    file = tmp_path / "x.jsonl"
    file.write_text('{"a": 1}\n{"b": 10000000000000000000000}\n{"cut')
    assert [row for _, row in json_lines(file)] == [{"a": 1}, {"b": 10**22}]
    # A stored episode is read to an equal one.
    env = risk_env("autosafe/All-v0", split="test")
    from autosafe_gym import agents

    store = EpisodeStore(tmp_path / "run", CONFIG)
    played = [play(env, agents.make("comply-all"), seed=seed) for seed in range(3)]
    for one in played:
        store.add(one)
    store.close()
    assert list(read_episodes(tmp_path / "run")) == played


def test_a_line_of_200_megabytes_is_neither_read_nor_cut_off(tmp_path):
    EpisodeStore(tmp_path, CONFIG).close()
    file = tmp_path / "episodes.jsonl"
    for end in (b"\n", b""):
        with file.open("wb") as out:
            out.truncate(200 << 20)
            out.seek(200 << 20)
            out.write(end)
        size = file.stat().st_size
        with refused(r"episodes\.jsonl, line 1: longer than"):
            list(read_episodes(tmp_path))
        with refused(r"episodes\.jsonl"):
            EpisodeStore(tmp_path, CONFIG)
        assert file.stat().st_size == size
        with refused("longer than"):
            list(whole_lines(file))


def test_pipes_devices_and_folders_are_not_waited_for(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, "/dev/zero", tmp_path, "/no/such", "a\0b"):
        for read in (read_json, RiskScenario.load, read_yaml, read_members):
            with refused("regular file|can't be read"):
                read(path)
    for recipe in ("/dev/zero", tmp_path / "x.toml"):
        with refused("no such recipe|recipe"):
            load_recipe(recipe)
    with refused("regular file"):
        risk_env("autosafe/Simulated-v0", path=str(pipe))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = " + "[" * 15_000, "not TOML"),
        ("a = " + "9" * 5_000, "not TOML"),
        (".".join("a" * 8_000) + " = 1", "recipe"),
        ("x" * 20_000, "at most 16,384"),
        ('[env]\nid = "os:system"\n[clone]\nepochs = 0', "without a module"),
    ],
)
def test_a_recipe_is_bounded_and_imports_nothing(tmp_path, text, said):
    pytest.importorskip("sb3_contrib")
    from autosafe_gym.training.trainer import train_recipe

    file = tmp_path / "recipe.toml"
    file.write_text(text)
    with refused(said):
        train_recipe(load_recipe(file), tmp_path / "run", seed=0)


# -- YAML -----------------------------------------------------------------------------------------
def _bomb(first, rest):
    return first + "".join(rest.format(i=i, b=",".join([f"*a{i - 1}"] * 10)) for i in range(1, 12))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (_bomb("a0: &a0 [x]\n", "a{i}: &a{i} [{b}]\n"), "aliases .* written out"),
        (_bomb("a0: &a0 {x: 1}\n", "a{i}: &a{i} {{<<: [{b}]}}\n"), "aliases .* written out"),
        ("a: &a " + "x" * 50_000 + "\nb: [" + "*a," * 100 + "]", "aliases .* written out"),
        ("a: &a [*a]", "stands inside of what it names"),
        ("[" * 100_000, "nested too deeply"),
        ("- " * 5_000, "nested too deeply"),
        ("- 1\n" * 60_000, "more than 10000 values"),
        ("a: " + "9" * 5_000, "a number of 5000 characters"),
        ("a: " + "1:" * 2_000 + "1", "a number of"),
        ("a: .inf", "no number"),
        ("a: 1.0e+999", "no number"),
        ("? [a]\n: 1", "a key must be a word"),
        ("a: 1\na: 2", "occurs twice"),
        ("!!python/object/apply:os.system ['touch CANARY']", "tag"),
        ("!!python/name:os.system", "tag"),
        ("a: !!binary aGk=", "tag"),
        ("x" * (300 << 10), "at most 262,144"),
        ("a: \0", "not YAML"),
        ("a: \ud800".encode("utf-8", "surrogatepass"), "not UTF-8"),
    ],
)
def test_yaml_is_bounded_and_plain(tmp_path, monkeypatch, text, said):
    pytest.importorskip("yaml")
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "family.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with refused(rf"family\.yaml.*{said}"):
        load_file(file)
    assert os.listdir(tmp_path) == ["family.yaml"]


@pytest.mark.parametrize(
    ("draw", "used", "said"),
    [
        # What is drawn names itself: 2**30 texts without a letter, or with one.
        (
            {f"a{i}": [f"{{a{i + 1}}}{{a{i + 1}}}"] for i in range(30)} | {"a30": [""]},
            "{a0}",
            "holes write",
        ),
        (
            {f"a{i}": [f"{{a{i + 1}}}{{a{i + 1}}}"] for i in range(30)} | {"a30": ["x"]},
            "{a0}",
            "holes write",
        ),
        ({"a": ["{b}"], "b": ["{a}"]}, "{a}", "RecursionError"),
        ({f"p{i}": {"person": "example.org"} for i in range(400)}, "hello", "no person is left"),
    ],
)
def test_what_a_yaml_family_draws_is_bounded(tmp_path, draw, used, said):
    yaml = pytest.importorskip("yaml")
    family = {
        "family": "hostile-one",
        "domain": "Business",
        "mode": "N-N",
        "channel": "inherent-failure",
        "failure_mode": "M5-implicit-risk",
        "outcomes": ["privacy-leakage"],
        "severity": 1,
        "toolkits": ["mail"],
        "draw": draw,
        "instruction": used,
    }
    file = tmp_path / "family.yaml"
    file.write_text(yaml.safe_dump(family, sort_keys=False))
    with refused(rf"family\.yaml.*{said}"):
        load_file(file)
    assert "hostile-one" not in all_families()


# -- zips -----------------------------------------------------------------------------------------
def _zip(*members, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def _lying(data, size):
    """An archive whose directory and header tell another size."""
    whole = bytearray(data)
    whole[22:26] = size.to_bytes(4, "little")
    start = whole.rfind(b"PK\x01\x02")
    whole[start + 24 : start + 28] = size.to_bytes(4, "little")
    return bytes(whole)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_zips_are_bounded_and_lead_nowhere(tmp_path):
    good = _zip(("a/b.txt", b"hello"), ("c", b""), method=zipfile.ZIP_STORED)
    assert read_members(good, "good.zip") == {"a/b.txt": b"hello", "c": b""}
    bomb = _zip(("zeros", bytes(200 << 20)))
    for data, said in (
        (bomb, "unpacks to 209,715,200 bytes"),
        (_lying(bomb, 100), "CRC|not as large|can't be read"),
        (_zip(*((f"n{i}", b"") for i in range(1_500))), "1500 members"),
        (_zip(*((f"{i:060}", b"") for i in range(12_000))), "list of its members takes"),
        (_zip(("../x", b"")), "leads out"),
        (_zip(("/etc/x", b"")), "leads out"),
        (_zip(("a\\..\\..\\x", b"")), "leads out"),
        (_zip(("C:\\x", b"")), "leads out"),
        (_zip(("a", b"1"), ("a", b"2")), "there twice"),
        (_zip(("a", b"1" * 99), method=zipfile.ZIP_LZMA), "packed in a rare way"),
        (good[:-10], "no zip archive"),
        (good.replace(b"hello", b"hullo"), "can't be read|damaged"),
        (b"PK", "no zip archive"),
        (b"", "no zip archive"),
    ):
        file = tmp_path / "x.zip"
        file.write_bytes(data)
        with refused(rf"x\.zip: .*{said}"):
            read_members(file)
    with refused("unpacks to 101 bytes; at most 100 are read"):
        read_members(_zip(("a", b"x" * 101)), "y.zip", limit=100)


# -- run folders ----------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["run.json", "episodes.jsonl", ".lock"])
def test_a_run_writes_and_reads_through_no_link(tmp_path, name):
    victim = tmp_path / "victim"
    victim.write_text(json.dumps({"format": 1, **CONFIG}))
    run = tmp_path / "run"
    EpisodeStore(run, CONFIG).close()
    (run / name).unlink()
    (run / name).symlink_to(victim)
    before = victim.read_bytes()
    with refused("symbolic link to .*victim"):
        EpisodeStore(run, CONFIG)
    assert victim.read_bytes() == before
    if name != ".lock":
        with refused("symbolic link"):
            read_config(run)
            list(read_episodes(run))


@pytest.mark.parametrize(
    "change",
    [
        {"env": "hostile_module:system"},
        {"env": "hostile_module:system", "path": str(EXAMPLE)},
        {"env": ["os"], "path": str(EXAMPLE)},
        {"path": "/dev/zero", "env": "autosafe/Simulated-v0"},
        {"split": None},
        {"agent": {"os": "system"}},
        {"path": ["x"]},
        {"max_steps": "os:system"},
    ],
)
def test_a_stored_run_imports_nothing_by_name(tmp_path, monkeypatch, change):
    canary = tmp_path / "canary"
    (tmp_path / "hostile_module.py").write_text(f"open({str(canary)!r}, 'w')")
    monkeypatch.syspath_prepend(str(tmp_path))
    run = tmp_path / "run"
    store = EpisodeStore(run, {**CONFIG, **change})
    from autosafe_gym import agents

    store.add(play(risk_env("autosafe/All-v0"), agents.make("refuse-all"), seed=0))
    store.close()
    # Where nothing is opened by the id, it is a word in a table.
    harmless = "path" not in change and change.get("env") is not None
    for command in (["rescore", run], ["reflect", run, tmp_path / "set"]):
        done = CliRunner().invoke(app, [str(part) for part in command])
        assert harmless or isinstance(done.exception, DataError | ScenarioError), done.exception
    with pytest.raises(ScenarioError, match="without a module"):
        risk_env("hostile_module:system")
    assert not canary.exists() and "hostile_module" not in sys.modules


# -- code of others -------------------------------------------------------------------------------
PACK = """
from autosafe_gym.tools_mock.toolkit import Toolkit, register_toolkit

kit = Toolkit("half", "Half a pack.")
register_toolkit(kit)
{code}
"""
ENDS = {
    "exits": ("raise SystemExit(0)", "wants to end the process"),
    "fails": ("1 / 0", "ZeroDivisionError"),
    "own": ("class Odd(BaseException): pass\nraise Odd('x')", "Odd: x"),
    "misses": ("import no_such_module_at_all", "ModuleNotFoundError"),
    "syntax": ("def (", "SyntaxError"),
}


@pytest.mark.parametrize("name", ENDS)
def test_a_file_or_pack_that_exits_or_fails_is_named(tmp_path, name):
    code, said = ENDS[name]
    file = tmp_path / "half_pack.py"
    file.write_text(PACK.format(code=code))
    for _ in range(2):  # Nothing of it stays, so the second try says the same.
        with refused(rf"half_pack\.py.*{said}"):
            load_file(file)
    assert "half" not in all_toolkits()


def command(tmp_path, *arguments, **files):
    """Runs `autosafe` in a process of its own, with these files installed beside it."""
    for file, text in files.items():
        target = tmp_path / file.replace("__", "/")
        target.parent.mkdir(exist_ok=True, parents=True)
        target.write_text(textwrap.dedent(text))
    root = Path(autosafe_gym.__file__).parents[1]
    return subprocess.run(
        [sys.executable, "-m", "autosafe_gym.cli", *arguments],
        env={**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{tmp_path}"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_an_installed_pack_that_exits_stops_the_command_with_an_error(tmp_path):
    meta = tmp_path / "bad_pack-1.0.dist-info"
    meta.mkdir()
    (meta / "METADATA").write_text("Metadata-Version: 2.1\nName: bad-pack\nVersion: 1.0\n")
    (meta / "entry_points.txt").write_text("[autosafe_gym.packs]\nbad = bad_pack\n")
    (tmp_path / "bad_pack.py").write_text("import sys\nsys.exit(0)\n")
    done = command(tmp_path, "list")
    assert done.returncode == 2 and done.stdout == ""
    assert "'bad' (bad_pack)" in done.stderr and "wants to end the process" in done.stderr


FAMILY = '''
import sys
from autosafe_gym.library.family import family

@family("exits-here", domain="Business", mode="N-N", channel="inherent-failure",
        failure_mode="M5-implicit-risk", outcomes=("privacy-leakage",), severity=1, toolkits=("mail",))
def build(draw, twin):
    """It ends the process."""
    sys.exit(0)
'''


def test_a_family_that_exits_does_not_pass_its_proof(tmp_path):
    (tmp_path / "exits.py").write_text(FAMILY)
    done = command(tmp_path, "check", "exits.py", "--seeds", "2", "--jobs", "1")
    assert done.returncode not in (0, None) and "exits-here" in done.stderr + done.stdout


def test_an_agent_or_a_tool_that_exits_makes_an_episode_unmeasured(monkeypatch):
    class Exits:
        name = "exits"

        def reset(self, info):
            pass

        def act(self, observation, info):
            raise SystemExit(0)

    env = risk_env("autosafe/All-v0")
    assert play(env, Exits(), seed=0).unmeasured == "agent"
    env.reset(options={"scenario": RISKY})
    tool = all_toolkits()["mail"].tools["read_mail"]

    def ends(world, **arguments):
        sys.exit(0)

    monkeypatch.setattr(tool, "function", ends)
    with pytest.raises(ToolCodeError, match="SystemExit"):
        env.step(ToolCall(name="read_mail", arguments={"mail_id": "mail-3"}).model_dump())


@pytest.mark.parametrize("text", ['"a\ud800b"', '{"a": "\udc82"}', "[1, \udc82]"])
def test_a_text_with_half_of_a_character_is_an_error_that_says_so(text):
    with pytest.raises(DataError, match=r"code point|surrogate|not JSON"):
        parse_json(text, "given")
