"""Whether the tests notice when the code is changed: a random sample of mutants, run against the tests of their part.

    python benchmarks/mutants.py --sample 400 --seed 0

Each mutant changes one place (a comparison, a constant, a returned value, a statement left out, ...) in a copy of
the package; it is killed if a test fails. Error messages, docstrings and annotations are left alone. Prints the
survivors and the share that was killed, with a 95% interval.
"""

from __future__ import annotations

import argparse
import ast
import copy
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue

from autosafe_gym.evaluation.intervals import Rate

ROOT = Path(__file__).parents[1]
SECONDS = 240
PARTS: dict[str, tuple[str, str]] = {
    "ots": (
        "ots/condition ots/compiling ots/facts ots/saying ots/asserting ots/tokens ots/mentions ots/scenario"
        " ots/checks ots/trajectory",
        "promises facts canonical scenario grades env words mutations authoring injecagent_meaning",
    ),
    "environment": (
        "envs/env envs/loaded envs/ending envs/reach envs/reward envs/stream envs/source envs/rendezvous",
        "promises env measured words grades reporting seeds invariants people facts luck mutations",
    ),
    "consequences": (
        "tools_mock/consequences tools_mock/changes tools_mock/holdings tools_mock/stakes tools_mock/world"
        " tools_mock/reporting",
        "promises facts reporting holdings_office holdings_people holdings_machines holdings_money luck env completeness",
    ),
    "metrics": (
        "evaluation/metrics evaluation/intervals evaluation/evaluate evaluation/frozen evaluation/tables",
        "promises evaluation measured reporting grades controls",
    ),
}
"""Modules of a part, and its tests."""
_SWAPS = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.And: ast.Or,
    ast.Or: ast.And,
}  # fmt: skip


def places(tree: ast.Module) -> Iterator[ast.AST]:
    """Every node that may be mutated."""

    def visit(node: ast.AST) -> Iterator[ast.AST]:
        if isinstance(node, (ast.Raise, ast.Assert, ast.JoinedStr, ast.Import, ast.ImportFrom)):
            return
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            return
        if isinstance(node, ast.Assign) and "__slots__" in ast.unparse(node.targets[0]):
            return
        if _changed(node) is not None:
            yield node
        for name, value in ast.iter_fields(node):
            if name in (
                "annotation",
                "returns",
                "decorator_list",
                "type_params",
                "bases",
                "keywords",
            ):
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
                    continue  # A docstring.
                if isinstance(child, ast.AST):
                    yield from visit(child)

    yield from visit(tree)


def _changed(node: ast.AST) -> ast.AST | None:
    """The node changed; None if there is no change for it."""
    new = copy.deepcopy(node)
    if isinstance(new, ast.Compare):
        new.ops[0] = _SWAPS[type(new.ops[0])]()
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
        if isinstance(new.value, ast.Constant) and new.value.value is None:
            return None
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


class _Replace(ast.NodeTransformer):
    def __init__(self, number: int) -> None:
        self.number = number
        self.shown = ""

    def apply(self, tree: ast.Module) -> ast.Module:
        target = list(places(tree))[self.number]
        new = _changed(target)
        line = getattr(target, "lineno", 0)
        self.shown = f"line {line}: {ast.unparse(target)[:60]!r} -> {ast.unparse(new)[:60]!r}"
        self.target, self.new = target, new
        return ast.fix_missing_locations(self.visit(tree))

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.target else self.generic_visit(node)


def sample(count: int, seed: int) -> list[tuple[str, str, int]]:
    """(part, file, number of the place): drawn evenly over all places."""
    every = [
        (part, file, number)
        for part, (files, _) in PARTS.items()
        for file in (f"{name}.py" for name in files.split())
        for number in range(
            len(list(places(ast.parse((ROOT / "autosafe_gym" / file).read_text()))))
        )
    ]
    return random.Random(seed).sample(every, min(count, len(every)))


def run(mutant: tuple[str, str, int], trees: Queue[Path]) -> tuple[tuple[str, str, int], str, bool]:
    """Whether the tests of the part fail on a mutant."""
    part, file, number = mutant
    tree = trees.get()
    path = tree / "autosafe_gym" / file
    source = path.read_text()
    replace = _Replace(number)
    try:
        path.write_text(ast.unparse(replace.apply(ast.parse(source))))
        killed = not passes(part, tree)
    finally:
        path.write_text(source)
        trees.put(tree)
    return mutant, replace.shown, killed


def passes(part: str, tree: Path) -> bool:
    """Whether the tests of a part pass in a copy of the tree; those that do not end in time fail."""
    tests = [f"tests/test_{name}.py" for name in PARTS[part][1].split()]
    env = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "-p", "no:cacheprovider"]
    try:
        done = subprocess.run(
            [*command, *tests], cwd=tree, env=env, capture_output=True, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    drawn = sample(options.sample, options.seed)
    print(f"{len(drawn)} mutants, seed {options.seed}", flush=True)
    survivors, counts = [], {part: [0, 0] for part in PARTS}
    with tempfile.TemporaryDirectory() as folder:
        trees: Queue[Path] = Queue()
        for job in range(options.jobs):
            # The tests read what lies beside the checkout, so each copy has the same neighbour.
            tree = Path(folder) / str(job) / "main"
            shutil.copytree(
                ROOT, tree, ignore=shutil.ignore_patterns(".git", ".venv", "runs", ".*_cache")
            )
            if (ROOT.parent / "shared").exists():
                (tree.parent / "shared").symlink_to(ROOT.parent / "shared")
            trees.put(tree)
        for part in PARTS:
            tree = trees.get()
            if not passes(part, tree):
                sys.exit(
                    f"The tests of {part!r} fail without any mutant: there is nothing to measure."
                )
            trees.put(tree)
        with ThreadPoolExecutor(options.jobs) as pool:
            for done, ((part, file, _), shown, killed) in enumerate(
                pool.map(lambda m: run(m, trees), drawn), start=1
            ):
                counts[part][0] += killed
                counts[part][1] += 1
                if not killed:
                    survivors.append(f"{file} {shown}")
                    print(f"survived: {file} {shown}", flush=True)
                if done % 20 == 0:
                    print(f"{done} of {len(drawn)}", flush=True)
    for part, (killed, count) in counts.items():
        print(f"{part:14s} {Rate(killed, count)}  n {count}")
    total = Rate(sum(k for k, _ in counts.values()), len(drawn))
    print(f"killed {total} of {len(drawn)} (per cent [95% interval])")
    if options.json:
        options.json.write_text(
            json.dumps({"seed": options.seed, "counts": counts, "survivors": survivors})
        )


if __name__ == "__main__":
    main()
