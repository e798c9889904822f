"""The mutants of the code: which places are changed, how, and which can never matter."""

import ast
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "benchmarks"))
from mutant_runs import MANY, _some
from mutants import PARTS, Mutant, places, sample

SOURCE = '''"""A docstring."""
__all__ = ["one"]
from typing import TYPE_CHECKING, Callable, cast

if TYPE_CHECKING:
    import os
Test = Callable[["World"], bool]

@cache(size=3)
def one(a: "Text", b=True):
    """A docstring."""
    if not a < 3:
        raise ValueError("bad")
    b += 1
    call(cast("World", a), key="word")
    logger.warning("two")
    return a and b

class Two(Base, frozen=True):
    __slots__ = ("x",)

    def two(self):
        for x in y:
            continue
        return False if self else None
'''


def mutants():
    return [Mutant(SOURCE, number) for number in range(len(list(places(ast.parse(SOURCE)))))]


def test_what_can_matter_is_changed_and_nothing_else():
    assert [m.shown.partition(": ")[2] for m in mutants()] == [
        "'True' -> 'False'",
        "'not a < 3' -> 'a < 3'",
        "'a < 3' -> 'a <= 3'",
        "'3' -> '4'",
        "'b += 1' -> 'pass'",
        "'1' -> '2'",
        "\"call(cast('World', a), key='word')\" -> 'pass'",
        "\"'word'\" -> \"'word_'\"",
        "'return a and b' -> 'return None'",
        "'a and b' -> 'a or b'",
        "'continue' -> 'pass'",
        "'return False if self else None' -> 'return None'",
        "'False if self else None' -> 'None if self else False'",
        "'False' -> 'True'",
    ]


def test_a_mutant_knows_its_function_its_lines_and_keeps_those_of_the_rest():
    default, first, *_, last = mutants()
    assert default.function is None and list(default.statement) == list(range(10, 18))
    assert first.function.name == "one" and list(first.lines) == [12]
    assert last.function.name == "two" and last.function.lineno == 22
    original, changed = ast.parse(SOURCE), last.tree
    assert ast.dump(original) != ast.dump(changed)
    lines = [[getattr(n, "lineno", 0) for n in ast.walk(t)] for t in (original, changed)]
    assert lines[0] == lines[1]
    for mutant in mutants():
        compile(mutant.tree, "x", "exec")


def test_a_seed_draws_the_same_places_of_every_part():
    drawn = sample(300, 5)
    assert drawn == sample(300, 5) != sample(300, 6) and len(set(drawn)) == 300
    assert {part for part, *_ in drawn} == set(PARTS)


@pytest.mark.parametrize(("count", "kept"), [(1, 1), (MANY, MANY), (MANY + 1, 15)])
def test_of_a_test_over_every_tool_some_cases_are_taken(count, kept):
    names = [f"tests/test_x.py::test_y[{number}]" for number in range(count)]
    assert len(set(_some(names))) == kept
