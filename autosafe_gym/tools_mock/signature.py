"""A tool's name, typed parameters and docstring on a function that calls it, for frameworks that read those."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated, Any, get_args, get_origin

from autosafe_gym.tools_mock.tool import Tool


def dressed(
    tool: Tool, function: Callable[..., Any], *, method: bool = False
) -> Callable[..., Any]:
    """Gives a function a tool's looks.

    Args:
        tool: The tool.
        function: Takes the tool's arguments as keywords; changed.
        method: Whether it takes `self` first.

    Returns:
        The function.
    """
    hints = {name: plain_hint(hint) for name, hint in tool.parameters.items()}
    parameters = [inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)]
    parameters = parameters if method else []
    parameters += [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=tool.defaults.get(name, inspect.Parameter.empty),
            annotation=hint,
        )
        for name, hint in hints.items()
    ]
    properties = tool.schema["function"]["parameters"].get("properties", {})
    lines = [f"    {n}: {properties.get(n, {}).get('description', n)}" for n in hints]
    function.__name__ = function.__qualname__ = tool.name
    function.__doc__ = "\n".join([tool.description, *(["", "Args:", *lines] if lines else [])])
    function.__annotations__ = {**hints, "return": str}
    function.__signature__ = inspect.Signature(parameters, return_annotation=str)  # type: ignore[attr-defined]
    return function


def given_arguments(tool: Tool, arguments: dict[str, Any]) -> dict[str, Any]:
    """Arguments without those that have their default: a call as it was meant."""
    defaults = tool.defaults
    return {k: v for k, v in arguments.items() if k not in defaults or v != defaults[k]}


def plain_hint(hint: Any) -> Any:
    """A hint without what only this package understands of it."""
    if get_origin(hint) is Annotated:
        return plain_hint(get_args(hint)[0])
    if get_origin(hint) is list:
        return list[plain_hint(get_args(hint)[0])]  # type: ignore[misc]
    return hint
