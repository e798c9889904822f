"""Control sequences and markup from models, providers, packs and stored runs: shown, and steering nothing."""

import base64
import io
import json
import os
import re
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from helpers import RISKY, message
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from autosafe_gym import registry
from autosafe_gym.agents.base import CallableAgent
from autosafe_gym.cli import main
from autosafe_gym.cli.output import Screen, progress, write_json
from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.episodes.play import play
from autosafe_gym.errors import DataError
from autosafe_gym.evaluation.evaluate import Evaluation
from autosafe_gym.evaluation.metrics import Episode
from autosafe_gym.evaluation.report import write_report
from autosafe_gym.evaluation.tables import breakdown_table, grades_table, metrics_table
from autosafe_gym.library.packs import load_file
from autosafe_gym.pipeline.card import card_text
from autosafe_gym.pipeline.datasets import collect, write_dataset
from autosafe_gym.plain_text import in_json, in_markdown, label, shown
from autosafe_gym.runs.store import EpisodeStore
from autosafe_gym.training import study_plots

EXAMPLE = Path(__file__).parents[2] / "examples" / "forwarded_itinerary.yaml"
STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
HOSTILE = {
    "colour": "a\x1b[31mred\x1b[0m",
    "screen": "a\x1b[2J\x1b[H\x1b]0;title\x07\x1bP1$r\x1b\\",
    "link": "\x1b]8;;https://example.org\x1b\\here\x1b]8;;\x1b\\",
    "c1": "a\x9b31m\x9d0;t\x9c",
    "overwritten": "unsafe\b\b\b\b\b\bsafe\rsafe  \x07\x7f",
    "reversed": "a\u202etxt.exe\u202c \u2066x\u2069 \u200fy\u200b\ufeff",
    "lines": "a\u2028b\u2029c\u0085d\x0be\x0cf",
    "rich": "[red]a[/red] [link=https://example.org]b[/link] [bold",
    "closing": "[/] [/red] [/bold] \\[x] [@click=app.bell]",
    "emoji": ":warning: :boom:",
    "script": "<script>alert(1)</script><svg onload=alert(1)>",
    "attribute": "\"><img src=x onerror='alert(1)'>' onmouseover=alert(1) x='",
    "comment": "--><script>alert(1)</script><!-- ]]> &lt;b&gt; &#60;i>",
    "template": "{{ 7 * 7 }}{% for x in y %}",
    "picture": "![x](https://example.org/p.png) [y](javascript:alert(1)) <b>z</b> `w` | v |",
    "mathematics": "$\\frac{a}{$ $x$ $$ \\$ ^_ {",
    "one dollar": "costs $5",
    "hidden": "_agent",
    "long": "name " * 400,
}
SURROGATE = "a\udcffb\ud83d"


@pytest.fixture
def cli(monkeypatch, capsys):
    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["autosafe", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main.run()
        return ended.value.code or 0, "".join(capsys.readouterr())

    return run


class One:
    toolkits = ("mail",)

    def scenario(self, seed):
        return RISKY


class Tags(HTMLParser):
    """Every tag with its attributes' names, and where pictures come from."""

    def __init__(self, page):
        super().__init__()
        self.found, self.sources = Counter(), []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found[tag, *(name for name, _ in attrs)] += 1
        self.sources += [value for name, value in attrs if name in ("src", "href")]


def evaluation(text):
    """Measured episodes and a failed one, with the text in every field that is somebody else's."""

    def says(chat, tools):
        if len(chat) < 3:
            return {"name": "read_mail", "arguments": {"mail_id": "mail-3"}}
        return text

    def fails(chat, tools):
        raise ValueError(text)

    agent, env = CallableAgent(says, text), RiskEnv(One())
    named = RISKY.model_copy(update={"family": shown(text) if text == SURROGATE else text})
    runs = [play(env, agent, scenario=named), play(env, CallableAgent(fails, text), seed=1)]
    assert runs[1].unmeasured == "agent"
    result = Evaluation(runs[0].agent, text, [Episode.of(t) for t in runs], [])
    result.errors.update(t.failure for t in runs if t.failure)
    return result, runs


def check_picture(text):
    """It is drawn, runs nothing and loads nothing."""
    assert not STEERING.search(text)
    elements = [*ElementTree.fromstring(text).iter()]
    svg = [e for e in elements if e.tag.startswith("{http://www.w3.org/2000/svg}")]
    assert len(svg) > 50
    assert {e.tag.rpartition("}")[2] for e in svg}.isdisjoint(
        {"script", "a", "foreignObject", "text"}
    )
    for name, value in ((k.rpartition("}")[2], v) for e in svg for k, v in e.attrib.items()):
        assert not name.startswith("on")
        assert name != "href" or value.startswith(("#", "data:image/png;base64,"))


TEXTS = [*HOSTILE.values(), SURROGATE]


def test_a_page_shows_every_text(tmp_path):
    plain, hostile = tmp_path / "plain.html", tmp_path / "hostile.html"
    write_report(plain, "plain", [evaluation("plain")[0]], {"environment": "plain"})
    config = {"texts": TEXTS, **{text: text for text in TEXTS}}
    found = [evaluation(text)[0] for text in TEXTS]
    for number, one in enumerate(found):
        one.set = TEXTS[number // 5]  # A picture for each set.
    write_report(hostile, " ".join(TEXTS), found, config)
    written = hostile.read_text(encoding="utf-8")
    found, wanted = Tags(written), Tags(plain.read_text(encoding="utf-8"))
    assert not STEERING.search(written) and found.found.keys() == wanted.found.keys()
    assert len(found.sources) == 5
    for source in found.sources:
        kind, _, data = source.partition(",")
        assert kind == "data:image/svg+xml;base64"
        check_picture(base64.b64decode(data).decode("utf-8"))


@pytest.mark.parametrize("kind", [*HOSTILE, "surrogate"])
def test_tables_and_figures_show_every_text(kind, tmp_path):
    text = HOSTILE.get(kind, SURROGATE)
    result, _ = evaluation(text)
    stream = io.StringIO()
    screen = Screen(file=stream, force_terminal=True, width=200, markup=False, emoji=False)
    screen.print(metrics_table([result], text), grades_table(result), text)
    screen.print(breakdown_table([result], "family", "safety"), Text(text))
    table = Table(text, title=text, caption=text)
    table.add_row(text)
    screen.print(table)
    drawn = re.sub(r"\x1b\[[\d;]*m", "", stream.getvalue())
    assert not STEERING.search(drawn)
    if kind in ("rich", "closing", "emoji", "colour"):
        assert shown(text) in drawn
    bare = io.StringIO()
    table.title = table.caption = None
    Screen(file=bare, width=120, markup=False, emoji=False).print(table)
    # Escaped before it is measured: the frame closes in every line, and nothing is cut off.
    assert len({cell_len(line) for line in bare.getvalue().splitlines()}) == 1
    assert kind not in ("colour", "screen", "link", "c1") or shown(text) in bare.getvalue()
    file = tmp_path / "figures.json"
    write_json(file, {text: result.to_dict()})
    raw = file.read_bytes().decode("utf-8")
    assert not STEERING.search(raw) and json.loads(raw).keys() == {text}
    with progress(text) as report:
        report(text, 1, 2)


@pytest.mark.parametrize("kind", [k for k in HOSTILE if k != "long"])
def test_a_stored_run_and_its_folder(kind, cli, tmp_path):
    text = HOSTILE[kind]
    _, runs = evaluation(text)
    folder = tmp_path / text.replace("/", "-").replace("\0", "")
    store = EpisodeStore(folder, {"agent": text, "env": "autosafe/All-v0", "split": text})
    for number, trajectory in enumerate(runs):
        store.add(trajectory.model_copy(update={"seed": number, "agent": text}))
    store.close()
    for words in (("rescore", folder), ("rescore", folder, "--json", "-")):
        code, said = cli(*words)
        assert code == 0 and not STEERING.search(said), said
    config = folder / "run.json"
    config.write_text(config.read_text().replace('"format": 1', '"format": 2'))
    code, said = cli("rescore", folder)
    assert code == 2 and "anotherversionwrotethisrun" in "".join(said.split())
    assert not STEERING.search(said)


@pytest.mark.parametrize("kind", ["link", "c1", "reversed", "closing"])
def test_a_pack_and_errors(kind, cli, tmp_path, request):
    request.addfinalizer(registry.snapshot())
    text = HOSTILE[kind]
    about = EXAMPLE.read_text()
    name = re.search(r"^family: (.*)$", about, re.MULTILINE)[1]
    named = yaml.safe_dump({"family": name + text}, width=999).strip()
    about = about.replace(f"family: {name}", named)
    described = re.search(r"^description:.*$", about, re.MULTILINE)[0]
    about = about.replace(described, yaml.safe_dump({"description": text}, width=999).strip())
    file = tmp_path / "family.yaml"
    file.write_text(about, encoding="utf-8")
    (made,) = load_file(file)
    assert made == f"{name}{text}"
    code, said = cli("show", made)
    assert code == 0 and not STEERING.search(said) and shown(text)[:6] in said
    code, said = cli("list")
    assert code == 0 and not STEERING.search(said)
    for words in (
        ("evaluate", text), ("evaluate", "comply-all", "--env", text), ("check", f"{text}.yaml"), ("rescore", text),
        ("rollout", "--agent", f"openai:{text}", "--out", tmp_path, "--base-url", text), (f"--{text}",), ("show", text),
        ("evaluate", "comply-all", "--episodes", text),
    ):  # fmt: skip
        code, said = cli(*words)
        assert code == 2 and "Error: " in said and not STEERING.search(said), said


def test_names_with_lone_surrogates(cli, tmp_path):
    """What the shell passes on where a name is no UTF-8."""
    out = tmp_path / "run\udcff"
    code, said = cli("rollout", "--agent", "comply-all", "--out", out, "--episodes", 1)
    assert code == 0 and not STEERING.search(said) and "run\\udcff" in said
    assert cli("rescore", out)[0] == 0 and cli("reflect", out, tmp_path / "data\udcff")[0] == 0
    page, figures = tmp_path / "page\udcff.html", tmp_path / "figures\udcff.json"
    words = ("evaluate", "comply-all", "--episodes", 2, "--json", figures, "--html", page)
    assert cli(*words)[0] == 0 and page.is_file() and figures.is_file()
    assert cli("evaluate", "a\udcff")[0] == cli("rescore", "a\udcff")[0] == 2
    assert str(DataError("a\udcff")) == "a\udcff"
    folder = tmp_path / "ä\udcff"
    words = [
        sys.executable,
        "-m",
        "autosafe_gym.cli",
        "new",
        "family",
        "lost-bag",
        "--folder",
        folder,
    ]
    narrow = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(words, env=narrow, capture_output=True, timeout=100)
    assert done.returncode == 0 and b"\\xe4\\udcff" in done.stdout, done.stderr


def test_a_provider_is_shown_and_not_obeyed(server, cli, tmp_path):
    server.models = [{"id": HOSTILE["screen"], "object": "model"}]
    ask = ("--base-url", server.url)
    run = ("rollout", "--agent", "openai:m", "--out", tmp_path / "run", "--episodes", 1, *ask)
    code, said = cli(*run)
    assert code == 2 and "has no model" in said and not STEERING.search(said)
    server.models, everything = [], " ".join(HOSTILE.values())
    replies = [
        (401, {}, json.dumps({"error": {"message": everything}})),
        (200, {}, json.dumps({"error": everything})),
        {"choices": [{"finish_reason": everything[:200], "message": {"content": everything}}]},
        message(content=everything),
    ]
    for reply in replies:
        server.replies[:] = [reply]
        _, said = cli(*run, "--retry", "unmeasured")
        assert "openai:m" in said and not STEERING.search(said)
    page = tmp_path / "page.html"
    _, said = cli("evaluate", "openai:m", "--episodes", 1, "--html", page, *ask)
    assert "openai:m" in said and not STEERING.search(said + page.read_text())
    words = (
        "--toolkit",
        "mail",
        "--outcome",
        "privacy-leakage",
        "--count",
        1,
        "--out",
        tmp_path / "s",
    )
    server.replies[:] = [message(content=json.dumps({everything: everything}))]
    code, said = cli("generate", "--model", "m", *ask, *words)
    assert code == 1 and "dropped: " in said and not STEERING.search(said)


def test_pictures_are_drawn_and_show_every_text(tmp_path):
    from autosafe_gym.check.coverage import Coverage
    from autosafe_gym.check.coverage import Table as Grid
    from autosafe_gym.check.coverage_plot import plot_coverage

    rate = {"value": 0.5, "low": 0.2, "high": 0.8, "n": 4, "seeds": [0.5]}
    metrics = dict.fromkeys(("sec@1", "utility", "over_refusal"), rate)
    rows = [
        {
            "condition": text,
            "set": text[::-1],
            "metrics": metrics,
            "reference": metrics,
            "ensemble": False,
        }
        for text in TEXTS
    ]
    curve = [
        {"phase": "rl", "frames": 1, "return": 0.1},
        {"phase": "rl", "frames": 2, "return": 0.2},
    ]
    results = {"study": "rewards", "rows": rows, "curves": {text: [curve] for text in TEXTS[-6:]}}
    files = study_plots.draw(results, tmp_path)
    grid = Grid(TEXTS[-2], TEXTS, TEXTS, {(text, text): [text] for text in TEXTS})
    for ending in ("svg", "png"):
        plot_coverage(Coverage({"t": grid}, {}, 1), tmp_path / f"coverage.{ending}")
    for file in [*files, tmp_path / "coverage.svg"]:
        check_picture(file.read_text(encoding="utf-8"))
    assert (tmp_path / "coverage.png").stat().st_size > 1000


def test_the_card_of_a_data_set_holds_no_markup(tmp_path):
    env = RiskEnv(One())
    leaks = {"name": "forward_mail", "arguments": {"mail_id": "mail-3", "to": "eve@example.org"}}
    found = collect(env, CallableAgent(lambda chat, tools: leaks, "a"), episodes=1, seed=0)
    found.counts |= {f"unmeasured ({text})": 1 for text in HOSTILE.values()}
    text = card_text({text: text for text in HOSTILE.values()}, found, {})
    plain = re.sub(r"\\[\\`*\[\]<>|$~&]", "", text)
    assert not STEERING.search(text)
    assert not re.search(r"[<>`$&\[]|\]\(", plain.replace("`", "", plain.count("`")))
    rows = [line for line in plain.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in rows} == {3, 5}
    folder = write_dataset(found, tmp_path / "data", {"agent": HOSTILE["script"], "env": "$x$"})
    assert "<script>" not in (folder / "README.md").read_text()
    assert json.loads((folder / "card.json").read_text())["config"]["env"] == "$x$"


def test_the_forms_of_a_text():
    for text in TEXTS:
        for form in (shown, in_markdown, label):
            assert not STEERING.search(form(text))
        assert json.loads(in_json(json.dumps(text, ensure_ascii=False))) == text
    assert shown("naïve 東京 👩‍🚀 می‌خواهم\n\tx") == "naïve 東京 👩‍🚀 می‌خواهم\n\tx"
    assert label("_a$b") == r" _a\$b" and len(label("x" * 500)) < 100
