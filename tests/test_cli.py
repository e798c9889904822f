"""The commands, in processes of their own: what they write, their exit codes, Ctrl-C."""

import json
import os
import signal
import subprocess
import sys
import time
from html.parser import HTMLParser

import pytest

ENV = {**os.environ, "COLUMNS": "160"}


def autosafe(*arguments, code=0, timeout=120):
    done = subprocess.run(
        [sys.executable, "-m", "autosafe_gym.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=timeout,
        env=ENV,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


def test_check_writes_what_others_read(tmp_path):
    file = tmp_path / "check.json"
    done = autosafe("check", "stale-branch", "audit-trail", "--seeds", 30, "--json", file)
    data = json.loads(file.read_text())
    assert data == {
        "passed": True,
        "families": [
            {"id": name, "seeds": 30, "passed": True, "failures": []}
            for name in ("stale-branch", "audit-trail")
        ],
    }
    assert "2 of 2 families proven" in done.stdout


def test_list_schema_show(tmp_path):
    data = json.loads(autosafe("list", "--json", "-").stdout)["environments"]
    assert len(data["autosafe/All-v0"]["families"]) >= 18
    assert set(data["autosafe/Health-v0"]) == {
        "families",
        "toolkits",
        "modes",
        "outcomes",
        "channels",
        "splits",
    }
    assert json.loads(autosafe("schema").stdout)["title"] == "RiskScenario"
    assert "unsafe (financial-loss)" in autosafe("show", "invoice-redirect").stdout


def test_collect_train_evaluate(tmp_path):
    pytest.importorskip("sb3_contrib")
    data, run, figures = tmp_path / "data", tmp_path / "run", tmp_path / "e.json"
    autosafe("collect", data, "--episodes", 60)
    less = [
        "--set",
        "clone.epochs=1",
        "--set",
        "algorithm.frames=0",
        "--set",
        "validation.episodes=2",
    ]
    autosafe("train", "quick", "--out", run, "--set", f"data.path={data}", *less)
    model = run / "seed-0" / "model.safetensors"
    page = tmp_path / "e.html"
    autosafe("evaluate", model, "--episodes", 20, "--json", figures, "--html", page)
    metrics = json.loads(figures.read_text())["unseen_seeds"]["model"]
    assert set(metrics["sec@1"]) == {"value", "n", "low", "high"}
    assert metrics["unmeasured"]["value"] == 0
    HTMLParser().feed(page.read_text())
    autosafe("collect", data, "--episodes", 61, code=2)


def test_what_the_library_is_worth_is_measured(tmp_path):
    pytest.importorskip("sklearn")
    file = tmp_path / "cues.json"
    done = autosafe("cues", "--families", "code-for-whom", "--seeds", 5, "--json", file)
    found = json.loads(file.read_text())
    assert found["families"]["code-for-whom"]["accuracy"]["n"] == 10
    assert found["modes"]["U-N"]["held_out"]["n"] == 0
    assert "code-for-whom" in done.stdout
    found = json.loads(autosafe("duplicates", "--samples", 200, "--json", "-").stdout)
    assert found["across"]["n"] == found["within"]["n"] == 200


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["check", "nope"], "nope"),
        (["check", "--seeds", "0"], "--seeds"),
        (["evaluate", "complyall"], "comply-all"),
        (["evaluate", "random", "--env", "autosafe/None-v0"], "autosafe list"),
        (["evaluate", "random", "--split", "tset"], "test"),
        (["evaluate", "random", "--env", "autosafe/InjecAgent-v0"], "path"),
        (["evaluate", "/no/such/model.safetensors"], "no such model"),
        (["train", "defualt"], "'default'"),
        (["train", "quick", "--set", "algorithm.framse=1"], "'frames'"),
        (["train", "imitation", "--set", "clone.epochs=0"], "nothing to learn"),
        (["study", "distences"], "'distance'"),
        (["frobnicate"], "frobnicate"),
        (["list", "--json", "/dev/null/x.json"], "/dev/null/x.json"),
    ],
)
def test_mistakes_are_one_message_and_exit_code_2(arguments, named):
    done = autosafe(*arguments, code=2)
    assert named in done.stderr


def small_demo(out, *more):
    return ["demo", "--out", out, "--episodes", 120, "--frames", 256, "--test-episodes", 20, *more]


def test_the_demo_twice_gives_the_same_figures(tmp_path):
    pytest.importorskip("sb3_contrib")
    figures = []
    for name in ("a", "b"):
        file = tmp_path / f"{name}.json"
        autosafe(*small_demo(tmp_path / name, "--json", file), timeout=300)
        data = json.loads(file.read_text())
        assert data.pop("seconds") > 0
        assert data.pop("cost_per_data_point")["tokens"] == 0
        figures.append(data)
    assert figures[0] == figures[1]
    assert set(figures[0]) == {"unseen_seeds", "held_out_families", "config"}
    assert {"comply-all", "trained"} < set(figures[0]["unseen_seeds"])
    assert len(figures[0]["unseen_seeds"]["trained"]["runs"]) == 3
    page = (tmp_path / "a" / "report.html").read_text()
    assert "data:image/svg+xml" in page and "://" not in page.replace("http://www.w3.org", "")


@pytest.mark.parametrize("how", ["ctrl-c", "kill"])
def test_an_interrupt_leaves_whole_files_and_no_process(tmp_path, how):
    pytest.importorskip("sb3_contrib")
    out = tmp_path / "demo"
    process = subprocess.Popen(
        [sys.executable, "-m", "autosafe_gym.cli", *map(str, small_demo(out, "--frames", 500_000))],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=ENV,
        start_new_session=True,
        # Where the tests themselves run in the background of a script, Ctrl-C is ignored by inheritance.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    deadline = time.time() + 100
    while not (out / "data" / "card.json").exists() and time.time() < deadline:
        time.sleep(0.1)
    time.sleep(2.0)
    if how == "kill":
        process.terminate()
    else:
        os.killpg(process.pid, signal.SIGINT)
    start = time.time()
    _, said = process.communicate(timeout=60)
    assert time.time() - start < 4
    assert process.returncode == 130, said
    assert "Traceback" not in said
    assert {file.name for file in out.rglob(".*")} <= {".lock"}
    assert json.loads((out / "data" / "card.json").read_text())["files"]
    deadline = time.time() + 20
    with pytest.raises(ProcessLookupError):
        while time.time() < deadline:
            os.killpg(process.pid, 0)
            time.sleep(0.1)


def test_a_new_family_proves_itself_from_its_file(tmp_path):
    autosafe("new", "family", "lost-luggage", "--folder", tmp_path)
    file = tmp_path / "lost_luggage.py"
    assert "1 of 1 families proven" in autosafe("check", file, "--seeds", 60).stdout
    broken = file.read_text().replace('happens("deleted", record=key)', 'happens("denied")')
    file.write_text(broken)
    done = autosafe("check", file, "--seeds", 60, code=1)
    assert "does not trigger data-loss" in done.stdout
    file.write_text(broken.replace('"denied"', '"deletd"'))
    done = autosafe("check", file, "--seeds", 3, code=1)
    assert "Did you mean 'deleted'" in " ".join(done.stdout.split())
    file.write_text("def")
    assert "SyntaxError" in autosafe("check", file, code=2).stderr
    again = autosafe("new", "family", "lost-luggage", "--folder", tmp_path, code=2)
    assert "exists already" in " ".join(again.stderr.split())
    own = [sys.executable, "-m", "pytest", "-q", tmp_path / "test_lost_luggage.py"]
    file.write_text(broken.replace('happens("denied")', 'happens("deleted", record=key)'))
    assert subprocess.run(own, capture_output=True, cwd=tmp_path).returncode == 0


def test_no_control_agent_but_the_safe_oracle_is_safe_and_useful(tmp_path):
    done = autosafe("controls", "--episodes", 60, "--json", tmp_path / "controls.json")
    assert "safe_and_useful by mode" in done.stdout
    found = json.loads((tmp_path / "controls.json").read_text())
    assert found["safe-oracle"]["safe_and_useful"]["value"] == 1.0
    assert found["comply-all"]["safety"]["value"] == 0.0
