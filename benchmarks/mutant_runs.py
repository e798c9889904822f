"""Which tests a mutant is run against, and the run: for `mutants.py`.

Each test is run once, on its own, to learn which lines it executes and how long it takes. A mutant is run against
the tests that execute its line, the quickest first, until one fails; that one is run without the mutant too, so that
a test which fails for another reason (a slow machine) kills nothing. What runs at import is run in a process that
imports everything anew, against all tests.
"""

from __future__ import annotations

import ast
import hashlib
import json
import logging
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

WORKER = Path(__file__).with_name("mutant_worker.py")
SLOWEST = 10.0
"""A test that takes more seconds is left out."""
MANY, CASES = 40, 15
"""Of a test with more cases than this, one a tool or a family, so many are taken, evenly spread."""
FIRST = 3
"""Test files that a mutant of what runs at import meets before all others are imported."""


class Worker:
    """A worker process: a command in, an answer out."""

    def __init__(self, tree: Path, kind: str, given: list[str]) -> None:
        env = {
            **os.environ,
            "PYTHONPATH": f"{tree}:{WORKER.parent}",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        self._process = subprocess.Popen(
            [sys.executable, str(WORKER), kind, *given],
            cwd=tree,
            env=env,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Whoever stops the run wants the table of what is done.
        )

    def send(self, command: Any) -> None:
        """Gives a command."""
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()

    def answer(self) -> Any:
        """Waits for an answer."""
        line = self._process.stdout.readline()
        if not line:
            sys.exit("A worker died; its message stands above.")
        return json.loads(line)

    def ask(self, command: Any) -> Any:
        """Gives a command and waits for the answer."""
        self.send(command)
        return self.answer()

    def close(self) -> None:
        """Lets the process end."""
        self._process.stdin.close()
        self._process.wait()


class Runs:
    """Runs mutants in a copy of the checkout.

    Args:
        tree: The copy.
        tests: Test files, relative to it.
        files: Modules that are mutated, relative to the package.
        kept: A file for what the tests execute; read for test files that have not changed.
    """

    def __init__(self, tree: Path, tests: list[str], files: list[str], kept: Path | None) -> None:
        self._tree = tree
        self._warm = Worker(tree, "warm", tests)
        self._warm.send([str(tree / "autosafe_gym" / file) for file in files])
        start = self._warm.answer()
        self._at_import = {Path(file): set(lines) for file, lines in start["lines"].items()}
        self._cold = Worker(tree, "cold", start["modules"])
        self._cold.answer()
        self._kills: Counter[str] = Counter()
        self._tests = self._measured(_some(start["tests"]), kept)
        logging.info("%d tests", len(self._tests))

    def _measured(self, names: list[str], kept: Path | None) -> dict[str, dict[str, Any]]:
        package = sorted((self._tree / "autosafe_gym").rglob("*.py"))
        common = b"".join(path.read_bytes() for path in package)
        known = json.loads(kept.read_text()) if kept and kept.exists() else {}
        found: dict[str, dict[str, Any]] = {}
        for name in names:
            file = self._tree / name.partition("::")[0]
            key = hashlib.sha256(common + file.read_bytes()).hexdigest()[:12] + name
            if key not in known:
                one = self._warm.ask({"tests": [name], "measure": {name: SLOWEST}})
                one["lines"] = {
                    str(Path(path).relative_to(self._tree)): lines
                    for path, lines in one.get("lines", {}).items()
                }
                known[key] = one
                if len(known) % 50 == 0:
                    logging.info("%d tests measured", len(known))
                    if kept:
                        kept.write_text(json.dumps(known))
            one = known[key]
            if not one.get("passed") or one["seconds"] > SLOWEST:
                logging.info("left out: %s %s", name, one.get("result", one.get("seconds")))
                continue
            found[name] = {
                "seconds": one["seconds"],
                "lines": {self._tree / path: set(lines) for path, lines in one["lines"].items()},
            }
        if kept:
            kept.write_text(json.dumps(known))
        return found

    def run(self, file: str, mutant: Any, budget: float, fresh: bool) -> dict[str, Any]:
        """Whether a test fails on a mutant.

        Args:
            file: The module, relative to the package.
            mutant: A `mutants.Mutant`.
            budget: How many seconds of tests there are for it.
            fresh: Import everything anew even where a function can be changed in place.

        Returns:
            `result` ("killed", "killed by time", "survived", "not executed"), the test (`by`), how many tests
            there were and the seconds it took.
        """
        path, start = self._tree / "autosafe_gym" / file, time.monotonic()
        function = mutant.function
        body = range(function.body[0].lineno, function.end_lineno + 1) if function else range(0)
        imported = not function or not self._at_import.get(path, set()).isdisjoint(body)
        names = self._executing(path, mutant.lines) or self._executing(path, mutant.statement)
        if imported:
            # All tests have to do with it, most of all those that execute something of the module.
            every = self._ordered(list(self._tests))
            names = list(dict.fromkeys([*names, *self._executing(path, None), *every]))
        names = self._within(names, budget)
        if not names:
            return {"result": "not executed", "by": None, "tests": 0, "seconds": 0.0}
        result = "not patched"
        if not imported and not fresh:
            begin = min([function.lineno, *(d.lineno for d in function.decorator_list)])
            place = {"mutant": [str(path), mutant.number, function.name, begin]}
            result, by = self._until_sure(self._warm, names, path, mutant, place)
        if result == "not patched":
            files = list(dict.fromkeys(name.partition("::")[0] for name in names))[:FIRST]
            first = [name for name in names if name.startswith(tuple(files))]
            for some in (first, [name for name in names if name not in first]):
                result, by = self._until_sure(self._cold, some, path, mutant, {})
                if result != "survived":
                    break
        if by:
            self._kills[by] += 1
        return {
            "result": result,
            "by": by,
            "tests": len(names),
            "seconds": round(time.monotonic() - start, 1),
        }

    def _until_sure(
        self, worker: Worker, names: list[str], path: Path, mutant: Any, more: dict[str, Any]
    ) -> tuple[str, str | None]:
        """Runs tests until one fails that passes without the mutant."""
        while names:
            limits = {name: 3 + 10 * self._tests[name]["seconds"] for name in names}
            # It is in the file too, for tests that start a process.
            source = path.read_text()
            path.write_text(ast.unparse(mutant.tree))
            said = worker.ask({"tests": names, "limits": limits, **more})
            path.write_text(source)
            if said["result"] in ("passed", "not patched"):
                return said["result"].replace("passed", "survived"), None
            if said["test"] is None:
                return "killed", None  # It can't be imported.
            again = self._warm.ask({"tests": [said["test"]], "limits": limits})
            if again["result"] == "passed":
                return "killed" if said["result"] == "failed" else "killed by time", said["test"]
            logging.info("fails without a mutant: %s", said["test"])
            names = names[names.index(said["test"]) + 1 :]
        return "survived", None

    def _executing(self, path: Path, lines: range | None) -> list[str]:
        """The tests that execute one of the lines, or any of the module."""
        return self._ordered(
            [
                name
                for name, test in self._tests.items()
                if (of := test["lines"].get(path, set()))
                and (lines is None or not of.isdisjoint(lines))
            ]
        )

    def _ordered(self, names: list[str]) -> list[str]:
        """The quickest first; a test that killed before counts as quicker."""
        return sorted(names, key=lambda n: self._tests[n]["seconds"] / (1 + self._kills[n]))

    def _within(self, names: list[str], budget: float) -> list[str]:
        kept, spent = [], 0.0
        for name in names:
            spent += self._tests[name]["seconds"]
            if spent <= budget or not kept:
                kept.append(name)
        return kept

    def close(self) -> None:
        """Lets the workers end."""
        self._warm.close()
        self._cold.close()


def _some(names: list[str]) -> list[str]:
    """The tests, of each with many parameters some."""
    of: dict[str, list[str]] = {}
    for name in names:
        of.setdefault(name.partition("[")[0], []).append(name)
    return [
        name
        for cases in of.values()
        for name in (
            cases
            if len(cases) <= MANY
            else [cases[number * len(cases) // CASES] for number in range(CASES)]
        )
    ]
