"""Imports run downhill: every room may import only rooms below it, lazily or not."""

import ast
import graphlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "autosafe_gym"
FLOORS = (
    ("errors", "intervals", "masking", "plain_text", "registry", "root_links"),
    ("processes", "storage"),
    ("ots",),
    ("tools_mock",),
    ("envs",),
    ("library", "features"),
    ("agents",),
    ("episodes",),
    ("check", "evaluation", "defences"),
    ("pipeline",),
    ("runs",),
    ("training",),
    ("adapters",),
    ("cli",),
)
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
NAMED = re.compile(r"^autosafe_gym\.([a-z_]+)[.:]")


def imports(path):
    """(line, room) of every import and of every module named in a string."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module == "autosafe_gym":
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("autosafe_gym."):
            yield node.lineno, node.module.split(".")[1]
        elif isinstance(node, ast.Import):
            for name in node.names:
                if name.name.startswith("autosafe_gym."):
                    yield node.lineno, name.name.split(".")[1]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found = NAMED.match(node.value)
            if found:
                yield node.lineno, found[1]


def arrows():
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).parts
        if len(parts) > 1:  # The facade at the top may name every room.
            for line, room in imports(path):
                if room in FLOOR and room != parts[0]:
                    yield parts[0], room, f"{path.relative_to(ROOT)}:{line}"


def test_every_room_stands_on_a_floor():
    rooms = {p.name for p in ROOT.iterdir() if p.is_dir() and (p / "__init__.py").exists()}
    assert rooms <= set(FLOOR)


def test_no_import_goes_uphill():
    uphill = [
        f"{place}: {room} -> {other}"
        for room, other, place in arrows()
        if FLOOR[other] > FLOOR[room]
        or (FLOOR[other] == FLOOR[room] and (other, room) in {(a, b) for a, b, _ in arrows()})
    ]
    assert not uphill, "\n".join(uphill)


def test_no_module_imports_itself_by_way_of_others():
    """No cycle of any kind: imports inside functions and for types count too."""
    modules = {
        ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(
            ".__init__"
        ): path
        for path in ROOT.rglob("*.py")
    }
    graph = {}
    for name, path in modules.items():
        found = set()
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                whole = [f"{node.module}.{one.name}" for one in node.names]
                found |= {one if one in modules else node.module for one in whole}
            elif isinstance(node, ast.Import):
                found |= {one.name for one in node.names}
        graph[name] = (found & set(modules)) - {name}
    graphlib.TopologicalSorter(graph).prepare()


def test_only_a_session_steps_an_episode():
    """Vector environments and wrappers step what they wrap; everything else goes through `Session`."""
    allowed = {"envs/vector.py", "envs/shaping.py", "features/wrappers.py", "episodes/session.py"}
    callers = {
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "step"
        and ast.unparse(node.func.value).split(".")[-1]
        in ("env", "_env", "inner", "risk", "unwrapped")
    }
    assert callers == allowed


@pytest.mark.parametrize("installed", [True, False])
def test_a_link_at_the_top_steps_aside(tmp_path, installed):
    """`import agents` in a clone finds the installed SDK, or says what to import."""
    if installed:
        (tmp_path / "agents").mkdir()
        (tmp_path / "agents" / "__init__.py").write_text("Runner = 'the SDK'")
    code = "import agents; print(agents.Runner)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT.parent,
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT.parent}"},
        capture_output=True,
        text=True,
    )
    # The clone's own folder comes first on the path of `python -c`.
    if installed:
        assert done.stdout.strip() == "the SDK", done.stderr
    else:
        assert "import autosafe_gym.agents" in done.stderr


def test_every_room_is_a_package_that_is_not_ignored():
    """A folder's name in .gitignore leaves a room of that name out of the repository and of the wheel."""
    rooms = {path.parent for path in ROOT.rglob("*.py")}
    assert [str(room) for room in rooms if not (room / "__init__.py").is_file()] == []
    if (ROOT.parent / ".git").exists() and shutil.which("git"):
        words = ["git", "check-ignore", "--no-index", *(str(p) for p in ROOT.rglob("*.py"))]
        done = subprocess.run(words, cwd=ROOT.parent, capture_output=True, text=True)
        assert done.stdout == ""
