"""Whether the tests notice when the code is changed: a random sample of mutants, run against the tests.

    python benchmarks/mutants.py --sample 400 --seed 0 --json runs/mutants.jsonl

Each mutant changes one place (a comparison, a constant, a returned value, a statement left out, ...) in a copy of
the package; it is killed if a test that executes its line fails. What can never matter is left alone by rule, before
anything is drawn: docstrings, annotations, error messages, `__slots__`, `__all__`, logging, type-only code. So are
the tables of words in `ots/lexicons` and `ots/taxonomy`: they are data. Prints the survivors and the share that was
killed, with a 95% interval. Results are stored as they come: the same command goes on where it was stopped, and
`--again` runs the stored survivors once more (after new tests, or with a larger `--budget`).
"""

from __future__ import annotations

import argparse
import ast
import copy
import hashlib
import json
import logging
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mutant_runs import Runs

ROOT = Path(__file__).parents[1]
PARTS = {
    "ots": (
        "ots/condition ots/compiling ots/facts ots/saying ots/asserting ots/tokens ots/mentions ots/scenario"
        " ots/trajectory ots/gates ots/guard ots/inflection ots/kinds ots/wording"
    ),
    "environment": (
        "envs/env envs/loaded envs/ending envs/reach envs/reward envs/stream envs/rendezvous library/source episodes/session"
    ),
    "consequences": (
        "tools_mock/consequences tools_mock/changes tools_mock/holdings tools_mock/stakes tools_mock/world"
        " tools_mock/reporting"
    ),
    "metrics": (
        "evaluation/metrics intervals evaluation/evaluate evaluation/frozen evaluation/tables"
        " evaluation/pairs"
    ),
}
"""Modules of a part."""
LEFT_OUT = (
    "layout cli pipeline llm_torch llm_training training rollouts model_roles openai_agent provider vector"
    " call_text reply_matrix tool_forms own_tools attacks menu injecagent injecagent_meaning"
)
"""Test files that are not run: those that read the source as text (a mutant's is written anew), and those of
training, of other programs, of other people's benchmarks and of what models write, which take minutes."""
_SWAPS = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.And: ast.Or,
    ast.Or: ast.And,
}  # fmt: skip
_NO_CODE = ("annotation", "returns", "decorator_list", "type_params", "bases")
"""Fields of a node with types and decorators in them (a cache's size among these)."""
_TYPES_AND_LOGS = ("cast", "TypeVar", "ParamSpec", "getLogger", "debug", "info", "warning", "warn")
"""Calls whose arguments are types or messages."""


def places(tree: ast.Module) -> Iterator[ast.AST]:
    """Every node that may be mutated."""

    def visit(node: ast.AST) -> Iterator[ast.AST]:
        if isinstance(node, (ast.Raise, ast.Assert, ast.JoinedStr, ast.Import, ast.ImportFrom)):
            return
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            return
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in (
            "__slots__",
            "__all__",
        ):
            return
        called = node.value if isinstance(node, ast.Expr) else node
        name = ast.unparse(called.func) if isinstance(called, ast.Call) else ""
        if name.split(".")[-1] in _TYPES_AND_LOGS:
            return
        if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "Callable":
            return  # A type.
        if _changed(node) is not None:
            yield node
        for field, value in ast.iter_fields(node):
            if field in _NO_CODE or (field == "keywords" and isinstance(node, ast.ClassDef)):
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
                    continue  # A docstring.
                if isinstance(child, ast.AST):
                    yield from visit(child)

    yield from visit(tree)


def _changed(node: ast.AST) -> ast.AST | None:
    """The node changed; None if there is no change for it."""
    new = copy.copy(node)
    if isinstance(new, ast.Compare):
        new.ops = [_SWAPS[type(new.ops[0])](), *new.ops[1:]]
    elif isinstance(new, (ast.BoolOp, ast.BinOp)) and type(new.op) in _SWAPS:
        new.op = _SWAPS[type(new.op)]()
    elif isinstance(new, ast.UnaryOp) and isinstance(new.op, ast.Not):
        return new.operand
    elif isinstance(new, ast.Constant) and isinstance(new.value, bool):
        new.value = not new.value
    elif isinstance(new, ast.Constant) and isinstance(new.value, (int, float)):
        new.value = new.value + 1
    elif isinstance(new, ast.Constant) and isinstance(new.value, str) and new.value.isidentifier():
        new.value += "_"
    elif isinstance(new, ast.Return) and new.value is not None:
        if isinstance(new.value, ast.Constant) and new.value.value in (None, False):
            return None  # None in place of False changes nothing for whoever asks yes or no.
        new.value = ast.Constant(None)
    elif isinstance(new, ast.IfExp):
        new.body, new.orelse = new.orelse, new.body
    elif isinstance(new, (ast.AugAssign, ast.Continue, ast.Break)) or (
        isinstance(new, ast.Expr) and isinstance(new.value, ast.Call)
    ):
        return ast.Pass()
    else:
        return None
    return new


class Mutant(ast.NodeTransformer):
    """One changed place of a module.

    Args:
        source: The text of the module.
        number: Which of its places.
    """

    def __init__(self, source: str, number: int) -> None:
        tree = ast.parse(source)
        self.number = number
        self._target = list(places(tree))[number]
        self._new = _changed(self._target)
        self.lines = range(self._target.lineno, self._target.end_lineno + 1)
        self.shown = (
            f"line {self._target.lineno}: {ast.unparse(self._target)[:60]!r}"
            f" -> {ast.unparse(self._new)[:60]!r}"
        )
        self.statement, self.function = self.lines, None
        for node in ast.walk(tree):  # From the outside to the inside.
            if isinstance(node, ast.stmt) and self._inside(node):
                self.statement = range(node.lineno, node.end_lineno + 1)
                is_function = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
                if is_function and self.function is None and any(map(self._inside, node.body)):
                    self.function = node
        self.tree: ast.Module = ast.fix_missing_locations(self.visit(tree))

    def _inside(self, node: ast.AST) -> bool:
        return any(child is self._target for child in ast.walk(node))

    def visit(self, node: ast.AST) -> ast.AST:
        if node is self._target:
            return ast.copy_location(self._new, node)
        return self.generic_visit(node)


def sample(count: int, seed: int) -> list[tuple[str, str, int]]:
    """(part, file, number of the place): drawn evenly over all places."""
    every = [
        (part, file, number)
        for part, files in PARTS.items()
        for file in (f"{name}.py" for name in files.split())
        for number in range(len(list(places(ast.parse(_source(file))))))
    ]
    return random.Random(seed).sample(every, min(count, len(every)))


def _source(file: str) -> str:
    return (ROOT / "autosafe_gym" / file).read_text()


def _is_wanted(name: str, wanted: list[str] | None) -> bool:
    return name in wanted if wanted else name not in LEFT_OUT.split()


def copy_of_tree(folder: Path) -> Path:
    """The checkout with the same neighbour beside it, since tests read what lies there."""
    tree = folder / "main"
    left_out = shutil.ignore_patterns(".git", ".venv", "runs", ".*_cache", "__pycache__")
    shutil.copytree(ROOT, tree, ignore=left_out)
    if (ROOT.parent / "shared").exists():
        (folder / "shared").symlink_to((ROOT.parent / "shared").resolve())
    return tree.resolve()


def stored(path: Path | None) -> dict[tuple[str, int, str], dict[str, Any]]:
    """What is known already: by file, place and text of the file; the last word counts."""
    lines = path.read_text().splitlines() if path and path.exists() else []
    return {(r["file"], r["number"], r["text"]): r for r in map(json.loads, lines)}


def table(results: list[dict[str, Any]]) -> str:
    """The share that was killed, by part and in all."""
    from autosafe_gym.intervals import Rate

    lines = []
    for part in (*PARTS, "all"):
        of = [r for r in results if part in (r["part"], "all")]
        killed = Rate(sum(r["result"].startswith("killed") for r in of), len(of))
        lines.append(f"{part:14s} {killed}  n {len(of)}")
    return "\n".join(lines)


def _results(
    drawn: list[tuple[str, str, int]], runs: Runs, tree: Path, options: argparse.Namespace
) -> Iterator[dict[str, Any]]:
    """The result of each mutant, run or stored; what is run is stored."""
    known = stored(options.json)
    for part, file, number in drawn:
        source = (tree / "autosafe_gym" / file).read_text()
        text = hashlib.sha256(source.encode()).hexdigest()[:12]
        result = known.get((file, number, text))
        if result is None or (options.again and not result["result"].startswith("killed")):
            mutant = Mutant(source, number)
            result = {"part": part, "file": file, "number": number, "text": text}
            result |= {"shown": mutant.shown}
            result |= runs.run(file, mutant, options.budget, options.fresh)
            if options.json:
                with options.json.open("a") as out:
                    out.write(json.dumps(result) + "\n")
        yield result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--budget", type=float, default=60.0, help="seconds of tests a mutant")
    parser.add_argument("--again", action="store_true", help="run stored survivors once more")
    parser.add_argument("--fresh", action="store_true", help="never change a module in place")
    parser.add_argument("--tests", nargs="*", help="test files, such as facts; all by default")
    parser.add_argument("--json", type=Path, help="results, one a line")
    parser.add_argument("--coverage", type=Path, help="where the lines of each test are kept")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    drawn = sample(options.sample, options.seed)
    print(f"{len(drawn)} mutants, seed {options.seed}", flush=True)
    results: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        tests = sorted(
            f"tests/{path.name}"
            for path in (ROOT / "tests").glob("test_*.py")
            if _is_wanted(path.stem.removeprefix("test_"), options.tests)
        )
        files = [f"{name}.py" for names in PARTS.values() for name in names.split()]
        tree = copy_of_tree(Path(folder))
        runs = Runs(tree, tests, files, options.coverage)
        try:
            for result in _results(drawn, runs, tree, options):
                results.append(result)
                if not result["result"].startswith("killed"):
                    print(f"{result['result']}: {result['file']} {result['shown']}", flush=True)
                if len(results) % 20 == 0:
                    print(f"{len(results)} of {len(drawn)}", flush=True)
        except KeyboardInterrupt:
            print(f"Stopped: these are the first {len(results)} of the sample.")
        runs.close()
    print(table(results))
    print(Counter(result["result"] for result in results))


if __name__ == "__main__":
    main()
