"""YAML that anybody may have written: plain data only, bounded in size and depth with aliases written out."""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path
from typing import Any

from autosafe_gym.errors import DataError, MissingExtraError
from autosafe_gym.storage.reading import read_text

YAML_BYTES = 256 << 10
"""Most bytes of a file: the parser is slow, and a family takes a few thousand."""
YAML_VALUES = 10_000
"""Most values, and a twentieth of the most characters; what an alias stands for counts at each of them."""
YAML_DEPTH = 50
_LONGEST_NUMBER = 64
_TAG = "tag:yaml.org,2002:"
_PLAIN = frozenset(
    f"{_TAG}{kind}" for kind in ("map", "seq", "str", "int", "float", "bool", "null", "merge")
)


def read_yaml(path: str | Path) -> Any:
    """The value of a YAML file: texts, numbers, truth values, lists and mappings.

    Dates are texts.

    Raises:
        DataError: If it can't be read, is no YAML, has a key twice, a tag of its own, or is too large or too
            deep: a few lines of aliases can stand for billions of values.
        MissingExtraError: Without the extra `yaml`.
    """
    yaml, loader = _loader()
    text = read_text(path, YAML_BYTES)
    try:
        return yaml.load(text, Loader=loader)
    except yaml.YAMLError as error:
        raise DataError(f"{path}: not YAML: {error}".replace("\n", " ")) from error
    except RecursionError as error:
        raise DataError(f"{path}: nested too deeply; at most {YAML_DEPTH} levels.") from error
    except (ValueError, OverflowError) as error:
        raise DataError(f"{path}: not YAML that can be read here: {error}.") from error


@lru_cache(maxsize=1)
def _loader() -> Any:
    try:
        import yaml
    except ImportError as error:
        raise MissingExtraError("yaml", "yaml") from error

    class Strict(yaml.SafeLoader):  # type: ignore[misc]
        """Refuses what makes a short file large, and what YAML would let pass in silence."""

        def __init__(self, stream: Any) -> None:
            super().__init__(stream)
            self.depth = self.size = self.deepest = 0
            # By the node: its size and height, for the aliases that stand for it.
            self.known: dict[int, tuple[int, int]] = {}

        def compose_node(self, parent: Any, index: Any) -> Any:
            event = self.peek_event()
            if isinstance(event, yaml.AliasEvent):
                node = super().compose_node(parent, index)
                if id(node) not in self.known:
                    self._refuse(f"*{event.anchor} stands inside of what it names", event)
                size, height = self.known[id(node)]
                self._grow(size, self.depth + height, event)
                return node
            self.depth += 1
            before, outside, self.deepest = self.size, self.deepest, self.depth
            self._grow(1 + len(getattr(event, "value", "")) // 20, self.depth, event)
            node = super().compose_node(parent, index)
            if node.tag not in _PLAIN:
                self._refuse(f"the tag {node.tag!r} is not read", node)
            if node.tag in (f"{_TAG}int", f"{_TAG}float") and len(node.value) > _LONGEST_NUMBER:
                self._refuse(f"a number of {len(node.value)} characters", node)
            self.depth -= 1
            self.known[id(node)] = self.size - before, self.deepest - self.depth
            self.deepest = max(outside, self.deepest)
            return node

        def _grow(self, size: int, depth: int, where: Any) -> None:
            self.size += size
            self.deepest = max(self.deepest, depth)
            if depth > YAML_DEPTH:
                self._refuse(f"nested too deeply; at most {YAML_DEPTH} levels", where)
            if self.size > YAML_VALUES:
                self._refuse(f"more than {YAML_VALUES} values, aliases (*name) written out", where)

        def _refuse(self, why: str, where: Any) -> None:
            raise yaml.constructor.ConstructorError(None, None, why, where.start_mark)

    def mapping(loader: Any, node: Any) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                loader._refuse("a key must be a word", key)
            if key.value in seen:
                loader._refuse(f"the key {key.value!r} occurs twice", key)
            seen.add(key.value)
        found: dict[Any, Any] = loader.construct_mapping(node, deep=True)
        return found

    def number(loader: Any, node: Any) -> float:
        found = float(loader.construct_yaml_float(node))
        if not math.isfinite(found):
            loader._refuse(f"{node.value} is no number that can be used", node)
        return found

    Strict.add_constructor(f"{_TAG}map", mapping)
    Strict.add_constructor(f"{_TAG}float", number)
    # `2026-03-02 09:00` and `=` are words here, not a time and a value.
    Strict.yaml_implicit_resolvers = {
        first: [(tag, regex) for tag, regex in found if tag in _PLAIN]
        for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    return yaml, Strict
