"""The process that runs tests for `mutants.py`: it imports once, then forks for each mutant.

    python benchmarks/mutant_worker.py warm TEST_FILE ...     # autosafe_gym and the tests are imported
    python benchmarks/mutant_worker.py cold MODULE ...        # only the modules of others are

Reads one JSON command a line and answers each with a line. A warm worker changes the code of a function in the
child; a cold one imports all that is ours in the child, for what runs at import. Runs in the root of a copy of the
checkout.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import resource
import select
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, TextIO

import coverage
import pytest

MEMORY = 6 << 30
SILENCE = 150
"""A child that says nothing for so many seconds is ended, as one that waits for ever."""
OPTIONS = [
    "-x",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:faulthandler",
    "-p",
    "no:terminal",
    "-o",
    "addopts=",
    "-m",
    "not slow",
]


class Warm:
    """A pytest plugin that waits for commands where the tests would be run."""

    def __init__(self, commands: TextIO, answers: TextIO, ours: list[str]) -> None:
        self.commands, self.answers, self.ours = commands, answers, ours
        self.failed: list[str] = []
        self.sources = {file: Path(file).read_text() for file in ours}
        self.tracer = _tracer(ours)
        self.tracer.start()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Notes a failure in set-up, test or tear-down."""
        if report.failed:
            self.failed.append(report.nodeid)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Answers commands until there are no more."""
        self.tracer.stop()
        self.items = {item.nodeid: item for item in session.items}
        others = [
            name
            for name, module in sys.modules.items()
            if str(Path.cwd()) not in (getattr(module, "__file__", None) or "")
        ]
        _say(
            self.answers,
            {"tests": list(self.items), "lines": _lines(self.tracer), "modules": others},
        )
        for line in self.commands:
            _say(
                self.answers,
                _forked(self._run if "limits" in json.loads(line) else self._measure, line),
            )
        return True

    def _measure(self, line: str, report: TextIO) -> None:
        tracer = _tracer(self.ours)
        command = json.loads(line)
        tracer.start()
        self._play(command["tests"], report, command["measure"])
        tracer.stop()
        # Of the processor, since other programs may run as well.
        seconds = sum(os.times()[:4])
        _say(report, {"passed": not self.failed, "seconds": seconds, "lines": _lines(tracer)})

    def _run(self, line: str, report: TextIO) -> None:
        command = json.loads(line)
        if "mutant" in command:
            file, *place = command["mutant"]
            if not _patch(self.sources[file], file, *place):
                _say(report, {"result": "not patched"})
                return
        self._play(command["tests"], report, command["limits"])
        _say(report, {"result": "failed" if self.failed else "passed"})

    def _play(
        self, names: list[str], report: TextIO, limits: dict[str, float] | None = None
    ) -> None:
        items = [self.items[name] for name in names if name in self.items]
        for item, after in zip(items, [*items[1:], None], strict=True):
            _say(report, {"test": item.nodeid})
            if limits:
                # Of the processor's time: a mutant that never ends is killed, a slow machine kills none.
                until = int(sum(os.times()[:2]) + limits[item.nodeid]) + 1
                resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
            if self.failed:
                return


class Direct(Warm):
    """A pytest plugin that runs the named tests in the given order."""

    def __init__(self, names: list[str], report: TextIO, limits: dict[str, float]) -> None:
        self.names, self.report, self.limits, self.failed = names, report, limits, []

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Notes a failure at import."""
        if report.failed:
            self.failed.append(report.nodeid)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Runs them."""
        self.items = {item.nodeid: item for item in session.items}
        if not self.failed:
            self._play(self.names, self.report, self.limits)
        return True


def _tracer(ours: list[str]) -> coverage.Coverage:
    found = coverage.Coverage(data_file=None, include=ours, config_file=False, messages=False)
    found.set_option("run:disable_warnings", ["no-data-collected"])
    return found


def _lines(tracer: coverage.Coverage) -> dict[str, list[int]]:
    data = tracer.get_data()
    return {file: sorted(data.lines(file) or ()) for file in data.measured_files()}


def _say(to: TextIO, what: dict[str, Any]) -> None:
    to.write(json.dumps(what) + "\n")
    to.flush()


def _forked(what: Any, line: str) -> dict[str, Any]:
    """Does something in a child, and gives its answer with the test that it was at; "time" if it gave none."""
    read, write = os.pipe()
    # A folder each, so that no test finds what an earlier mutant left.
    folder = tempfile.mkdtemp()
    child = os.fork()
    if not child:
        _in_child(what, line, write, folder)
    os.close(write)
    answer: dict[str, Any] = {"result": "time"}
    test, until = None, time.monotonic() + SILENCE
    buffer = b""
    while True:
        ready, *_ = select.select([read], [], [], max(0, until - time.monotonic()))
        part = os.read(read, 1 << 20) if ready else b""
        if not part:
            break
        *whole, buffer = (buffer + part).split(b"\n")
        for text in whole:
            said = json.loads(text)
            if "test" in said:
                test, until = said["test"], time.monotonic() + SILENCE
            else:
                answer, until = said, time.monotonic() + 5
    os.close(read)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    shutil.rmtree(folder, ignore_errors=True)
    return {**answer, "test": test}


def _in_child(what: Any, line: str, write: int, folder: str) -> None:
    try:
        with contextlib.suppress(PermissionError):
            os.setsid()
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        tempfile.tempdir = os.environ["TMPDIR"] = folder
        nothing = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(nothing, number)
        with os.fdopen(write, "w") as report:
            what(line, report)
    finally:
        os._exit(0)


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _patch(source: str, file: str, number: int, name: str, line: int) -> bool:
    """Gives every living function of a name and line the mutant's code; whether that could be done."""
    from mutants import Mutant

    compiled = compile(Mutant(source, number).tree, file, "exec")
    new = [c for c in _codes(compiled) if (c.co_name, c.co_firstlineno) == (name, line)]
    living = [
        one
        for one in gc.get_objects()
        if isinstance(one, FunctionType)
        and one.__code__.co_filename == file
        and (one.__code__.co_name, one.__code__.co_firstlineno) == (name, line)
    ]
    if len(new) != 1 or not living:
        return False
    for one in living:
        if one.__code__.co_freevars != new[0].co_freevars:
            return False
        one.__code__ = new[0]
    return True


def _cold(line: str, report: TextIO) -> None:
    command = json.loads(line)
    names = command["tests"]
    direct = Direct(names, report, command["limits"])
    files = dict.fromkeys(name.partition("::")[0] for name in names)
    code = pytest.main([*OPTIONS, *files], plugins=[direct])
    bad = direct.failed or code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
    _say(report, {"result": "failed" if bad else "passed"})


def main() -> None:
    kind, *given = sys.argv[1:]
    commands, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    if kind == "warm":
        ours = json.loads(commands.readline())
        pytest.main([*OPTIONS, *given], plugins=[Warm(commands, answers, ours)])
        return
    for name in given:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    _say(answers, {"ready": True})
    for line in commands:
        _say(answers, _forked(_cold, line))


if __name__ == "__main__":
    main()
