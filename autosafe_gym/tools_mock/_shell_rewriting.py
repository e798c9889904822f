"""The shell's own code with a step count in it, and without the host's clock, chance and patterns.

A module of just-bash is rewritten as it is loaded, in the worker process only: every function and every
turn of a loop takes a step (`_shell_steps`), what makes big values is looked at, and `import time` and
its like find the stand-ins. The file on the disk stays as it is.
"""

from __future__ import annotations

import ast
import importlib.util
import sys
import types
from collections.abc import Mapping, Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from typing import Any

from autosafe_gym.tools_mock import _shell_steps as steps

_PREFIX = "_steps_"
_HELPERS: dict[str, Any] = {
    "tick": steps.tick,
    "each": steps.each,
    "made": steps.made,
    "add": steps.add,
    "times": steps.times,
    "power": steps.power,
    "shifted": steps.shifted,
    "formatted": steps.formatted,
    "spec": steps.spec,
    "format": steps.format_value,
    "tail": steps.tail,
    "join": steps.join,
    "replace": steps.replace,
    "extend": steps.extend,
    **{name: steps.padded(name) for name in ("ljust", "rjust", "center", "zfill", "expandtabs")},
    **{kind.__name__: steps.whole(kind) for kind in (list, tuple, set, bytes, bytearray)},
    "sorted": steps.whole(sorted),
    "sum": steps.whole(sum),
}
_OPERATORS = {
    ast.Add: "add",
    ast.Mult: "times",
    ast.Pow: "power",
    ast.LShift: "shifted",
    ast.Mod: "formatted",
}
_METHODS = ("join", "replace", "extend", "ljust", "rjust", "center", "zfill", "expandtabs")
_BUILTINS = ("list", "tuple", "set", "bytes", "bytearray", "sorted", "sum", "format")


def _helper(name: str, *args: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(_PREFIX + name, ast.Load()), list(args), [])


class _Counting(ast.NodeTransformer):
    """Puts the steps into a module.

    Args:
        stand_ins: Modules that are imported in place of others, by name.
    """

    def __init__(self, stand_ins: Mapping[str, str]) -> None:
        self._stand_ins = stand_ins

    def visit_Import(self, node: ast.Import) -> Any:
        node.names = [
            ast.alias(self._stand_ins[n.name], n.asname or n.name)
            if n.name in self._stand_ins
            else n
            for n in node.names
        ]
        return node

    def visit_ImportFrom(self, node: ast.ImportFrom) -> Any:
        if not node.level and node.module is not None and node.module in self._stand_ins:
            node.module = self._stand_ins[node.module]
        return node

    def _counted(self, node: Any) -> Any:
        self.generic_visit(node)
        first = node.body[0]
        after = int(
            isinstance(first, ast.Expr)
            and isinstance(first.value, ast.Constant)
            and isinstance(first.value.value, str)
        )
        node.body.insert(after, ast.Expr(_helper("tick")))
        return node

    visit_FunctionDef = visit_AsyncFunctionDef = _counted  # noqa: N815
    visit_While = visit_For = visit_AsyncFor = _counted  # noqa: N815

    def visit_comprehension(self, node: ast.comprehension) -> Any:
        self.generic_visit(node)
        if not node.is_async:
            node.iter = _helper("each", node.iter)
        return node

    def visit_Starred(self, node: ast.Starred) -> Any:
        self.generic_visit(node)
        if isinstance(node.ctx, ast.Load):
            node.value = _helper("each", node.value)
        return node

    def visit_BinOp(self, node: ast.BinOp) -> Any:
        self.generic_visit(node)
        name = _OPERATORS.get(type(node.op))
        return node if name is None else _helper(name, node.left, node.right)

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        self.generic_visit(node)
        name = _OPERATORS.get(type(node.op))
        if name is None or (
            isinstance(node.value, ast.Constant) and isinstance(node.value.value, int)
        ):
            return node
        if name != "add":
            if not isinstance(node.target, ast.Name):
                return node
            now = ast.Name(node.target.id, ast.Load())
            return ast.Assign([node.target], _helper(name, now, node.value))
        # Python adds to a text in place where it can: what is looked at is the outcome.
        seen = _again(node.target)
        return node if seen is None else [node, ast.Expr(_helper("made", seen))]

    def visit_JoinedStr(self, node: ast.JoinedStr) -> Any:
        self.generic_visit(node)
        return _helper("made", node)

    def visit_FormattedValue(self, node: ast.FormattedValue) -> Any:
        node.value = self.visit(node.value)
        if isinstance(node.format_spec, ast.JoinedStr):
            for part in node.format_spec.values:
                if isinstance(part, ast.FormattedValue):
                    part.value = _helper("spec", self.visit(part.value))
        return node

    def visit_Subscript(self, node: ast.Subscript) -> Any:
        self.generic_visit(node)
        cut = node.slice
        if isinstance(node.ctx, ast.Load) and isinstance(cut, ast.Slice) and cut.upper is None:
            nothing = ast.Constant(None)
            return _helper("tail", node.value, cut.lower or nothing, cut.step or nothing)
        return node

    def visit_Call(self, node: ast.Call) -> Any:
        self.generic_visit(node)
        called = node.func
        if isinstance(called, ast.Attribute) and called.attr in _METHODS:
            node.args.insert(0, called.value)
            node.func = ast.Name(_PREFIX + called.attr, ast.Load())
        elif isinstance(called, ast.Name) and called.id in _BUILTINS and node.args:
            node.func = ast.Name(_PREFIX + called.id, ast.Load())
        return node


def _again(target: ast.expr) -> ast.expr | None:
    """The target of an assignment as a value, where reading it twice does nothing."""
    if isinstance(target, ast.Name):
        return ast.Name(target.id, ast.Load())
    if isinstance(target, ast.Attribute):
        inner = _again(target.value)
        return None if inner is None else ast.Attribute(inner, target.attr, ast.Load())
    if isinstance(target, ast.Subscript):
        held, key = _again(target.value), _again(target.slice)
        return None if held is None or key is None else ast.Subscript(held, key, ast.Load())
    return target if isinstance(target, ast.Constant) else None


class _Loader(SourceFileLoader):
    """Loads a module rewritten.

    Args:
        name: Its name.
        path: Its file.
        stand_ins: See `_Counting`.
    """

    def __init__(self, name: str, path: str, stand_ins: Mapping[str, str]) -> None:
        super().__init__(name, path)
        self._stand_ins = stand_ins

    def get_code(self, fullname: str) -> types.CodeType | None:
        """Never from a cache: the one on the disk holds the module as it is."""
        path = self.get_filename(fullname)
        tree = _Counting(self._stand_ins).visit(ast.parse(self.get_data(path)))
        return compile(ast.fix_missing_locations(tree), path, "exec", dont_inherit=True)

    def exec_module(self, module: types.ModuleType) -> None:
        vars(module).update({_PREFIX + name: helper for name, helper in _HELPERS.items()})
        with steps.uncounted():
            super().exec_module(module)


class Rewriting:
    """A finder of modules that are to be rewritten.

    Args:
        packages: Packages whose modules are rewritten.
        copies: Modules of the standard library of which a rewritten copy is made: name of the copy -> name.
        stand_ins: See `_Counting`.
    """

    def __init__(
        self, packages: Sequence[str], copies: Mapping[str, str], stand_ins: Mapping[str, str]
    ) -> None:
        self._packages = tuple(f"{name}." for name in packages)
        self._copies = copies
        self._stand_ins = stand_ins

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """The specification of a module that is rewritten; None: of any other."""
        if name in self._copies:
            found = importlib.util.find_spec(self._copies[name])
        elif name.startswith(self._packages):
            found = PathFinder.find_spec(name, path, target)
        else:
            return None
        if found is None or found.origin is None or not found.origin.endswith(".py"):
            return found
        return importlib.util.spec_from_file_location(
            name,
            found.origin,
            loader=_Loader(name, found.origin, self._stand_ins),
            submodule_search_locations=found.submodule_search_locations,
        )


def without_its_start(package: str, folder: Path) -> None:
    """Registers a package whose `__init__` is not run: what it would load is not wanted here.

    Args:
        package: Its name.
        folder: Where its modules lie.
    """
    module = types.ModuleType(package)
    module.__path__ = [str(folder)]
    sys.modules[package] = module
