"""Toolkits: groups of tools that stand for one product, and where they are found by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from autosafe_gym import registry
from autosafe_gym.errors import ScenarioError
from autosafe_gym.tools_mock.standing import OrdersIn, Standing
from autosafe_gym.tools_mock.tool import Kind, Tool


class Toolkit:
    """A group of tools that stand for one product, such as a mail programme.

    Args:
        name: The generic name (`mail`, `bank`); tables of its records are named `name.table`.
        description: One line for people and for language models.
        stands_for: The paper's toolkits that it stands for, for the tables of coverage.
        effects: The derived effects that its tools may leave, verb -> fields, so that a condition with
            another one is refused. None: not said (those that ship stand in `tools_mock.effects`).
        tables: Its tables, table -> fields of a record; likewise (`tools_mock.tables`).
    """

    def __init__(
        self,
        name: str,
        description: str,
        stands_for: tuple[str, ...] = (),
        *,
        effects: Mapping[str, Sequence[str]] | None = None,
        tables: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.name = name
        self.description = description
        self.stands_for = stands_for
        self.effects = effects
        self.tables = tables
        self.tools: dict[str, Tool] = {}
        self.orders: dict[str, Standing] = {}

    def standing(self, table: str, orders: OrdersIn, looks: tuple[str, ...]) -> None:
        """Declares that the records of a table hold orders; see `standing`.

        Args:
            table: The table.
            orders: Gives what a record will bring about, from (world, key, record).
            looks: The fields of a record that it reads.
        """
        self.orders[table] = Standing(orders, looks)

    @property
    def module(self) -> str:
        """Name of the module that its tools were written in."""
        return next((tool.function.__module__ for tool in self.tools.values()), "")

    def tool(
        self, kind: Kind, *, irreversible: bool = False
    ) -> Callable[[Callable[..., str]], Callable[..., str]]:
        """Decorator: makes a function `(world, ...) -> str` a tool of this kit.

        Args:
            kind: "read", "write" or "external".
            irreversible: Whether the effect can't be undone with this kit's own tools.
        """

        def register(function: Callable[..., str]) -> Callable[..., str]:
            self.tools[function.__name__] = Tool.from_function(
                function, self.name, kind, irreversible
            )
            return function

        return register


def register_toolkit(toolkit: Toolkit) -> Toolkit:
    """Makes a toolkit known by its name.

    Returns:
        The toolkit.

    Raises:
        ScenarioError: If another toolkit has this name, or a tool's name is taken.
    """
    known = registry.table("toolkit").now(toolkit.name)
    if known is not None and known is not toolkit:
        raise ScenarioError(f"A toolkit named {toolkit.name!r} is registered already.")
    for name, tool in toolkit.tools.items():
        owner = registry.table("tool").now(name, tool)
        if owner is not tool:
            raise ScenarioError(
                f"Tool {name!r} of {toolkit.name!r} is also one of {owner.toolkit!r}; rename it."
            )
    # All or nothing: a toolkit that was refused can be mended and registered again.
    _add(toolkit)
    return toolkit


def register_shared(toolkit: Toolkit, alias: str) -> Toolkit:
    """Makes a toolkit known whose tools may have the names of an earlier one's, as two files may.

    A toolset has its own toolkits' tools, so environments do not mix them up. `get_tool` gives the
    newest.

    Args:
        toolkit: The toolkit. One of its name is replaced, as the same file is read once more.
        alias: A second name, which `all_toolkits` does not list.

    Returns:
        The toolkit.
    """
    registry.add("toolkit alias", alias, toolkit)
    _add(toolkit)
    return toolkit


def _add(toolkit: Toolkit) -> None:
    registry.add("toolkit", toolkit.name, toolkit)
    for name, tool in toolkit.tools.items():
        registry.add("tool", name, tool)


def get_toolkit(name: str) -> Toolkit:
    """A registered toolkit.

    Raises:
        UnknownNameError: With the nearest known name.
    """
    shared: Toolkit | None = registry.table("toolkit alias").now(name)
    if shared is not None:
        return shared
    found: Toolkit = registry.find("toolkit", name, "Register one with register_toolkit().")
    return found


def get_tool(name: str) -> Tool:
    """A tool of any registered toolkit.

    Raises:
        UnknownNameError: With the nearest known name.
    """
    found: Tool = registry.find("tool", name)
    return found


def all_toolkits() -> dict[str, Toolkit]:
    """Every registered toolkit, by name."""
    return dict(registry.table("toolkit"))


def shipped_toolkits() -> dict[str, Toolkit]:
    """The toolkits of this package, by name: not those of packs, or of a user's own schemas."""
    package = __name__.rpartition(".")[0]
    return {
        name: kit
        for name, kit in sorted(all_toolkits().items())
        if kit.module.startswith(f"{package}.") and kit.module != f"{package}.described"
    }
