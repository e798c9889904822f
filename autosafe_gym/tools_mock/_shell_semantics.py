"""Where the shell's interpreter does something else than a bash would, mended; in the worker only.

- What stops a command stops what would wait for it, and no more: the other stages of a pipe, what follows
  a `&` or a `timeout`, the files that its output was to go to.
- What fails inside a command is that command's failure; the script goes on.
- A script that can't be read to its end is run up to there.
"""

from __future__ import annotations

import shlex
from importlib import import_module
from typing import Any

from autosafe_gym.tools_mock import _shell_steps as steps
from autosafe_gym.tools_mock._shell_programs import INPUT, STDIN, Traps

_OUTPUTS = frozenset((">", ">|", ">>", "&>", "&>>", ">&"))
_MORE_THAN_WORDS = frozenset("|&;<>()`$\n")
_KILLED = 137
_PROGRAMS = ("/bin", "/usr/bin", "/sbin", "/usr/sbin", "/usr/local/bin")
_OWN_REDIRECTIONS = frozenset(("SimpleCommand", "Group", "Subshell"))
"""Commands that see to their redirections themselves."""
traps = Traps()


def _module(name: str) -> Any:
    return import_module(f"just_bash.{name}")


def begin() -> None:
    """Forgets what the command before has set."""
    traps.__init__()  # type: ignore[misc]


def stopped(why: object) -> Any:
    """The result of what was stopped."""
    return _module("types").ExecResult(
        stdout="", stderr=f"bash: stopped: {why}\n", exit_code=_KILLED
    )


def install(note: Any) -> None:
    """Mends the interpreter and the parser.

    Args:
        note: Called before each command of a script.
    """
    AST, types = _module("ast.factory"), _module("types")  # noqa: N806
    errors, expansion = _module("interpreter.errors"), _module("interpreter.expansion")
    interpreter, parser = _module("interpreter.interpreter"), _module("parser")
    BUILTINS, ExecResult = interpreter.BUILTINS, types.ExecResult  # noqa: N806
    kind = interpreter.Interpreter
    run_command, run_pipeline = kind.execute_command, kind.execute_pipeline
    run_statement, run_script = kind.execute_statement, kind.execute_script
    run_file = kind._try_execute_vfs_script
    execute, source, alias = BUILTINS["exec"], BUILTINS["source"], BUILTINS["alias"]

    async def execute_command(self: Any, node: Any, stdin: str) -> Any:
        note()
        beside = getattr(node, "beside", False)
        try:
            if beside:
                with steps.half():
                    return await _guarded(self, node, stdin)
            return await _guarded(self, node, stdin)
        except steps.Stopped as why:
            await _open_outputs(self, node)
            if beside:
                return stopped(why)
            raise

    async def execute_aside(self: Any, node: Any, stdin: str) -> Any:
        result = await execute_command(self, node, stdin)
        if getattr(node, "beside", False):
            self._state.aside = getattr(self._state, "aside", "") + result.stderr
        return result

    async def _guarded(self: Any, node: Any, stdin: str) -> Any:
        try:
            result = await run_command(self, node, stdin)
            given = getattr(node, "redirections", None)
            if given and node.type not in _OWN_REDIRECTIONS:
                result = await self._process_output_redirections(given, result)
            return result
        except errors.ExecutionLimitError as error:
            raise steps.Stopped(str(error)) from None
        except errors.InterpreterError:
            raise
        except RecursionError:
            raise steps.Stopped("nested too deeply") from None
        except MemoryError:
            raise steps.Stopped("out of memory") from None
        except Exception as error:
            return ExecResult(stdout="", stderr=f"bash: {error}\n"[:300], exit_code=1)

    async def _open_outputs(self: Any, node: Any) -> None:
        """A bash opens the files for its output first: they are emptied, whatever becomes of it."""
        given = [r for r in getattr(node, "redirections", None) or () if r.operator in _OUTPUTS]
        if given:
            with steps.last_steps():
                try:
                    await self._process_output_redirections(given, ExecResult())
                except (steps.Stopped, Exception):
                    return

    async def execute_pipeline(self: Any, node: Any) -> Any:
        for command in node.commands[:-1]:
            _mark(command)
        kept, self._state.aside = getattr(self._state, "aside", ""), ""
        try:
            result = await run_pipeline(self, node)
            # The errors of every stage are shown, unless they went into the pipe.
            said = "" if any(node.pipe_amp or ()) else self._state.aside
        finally:
            self._state.aside = kept
        if said:
            result = ExecResult(
                stdout=result.stdout, stderr=said + result.stderr, exit_code=result.exit_code
            )
        return result

    async def execute_statement(self: Any, node: Any) -> Any:
        if node.background:
            alone = AST.statement(node.pipelines, node.operators, False)
            shell = AST.subshell([alone])
            _mark(shell)
            result = await self.execute_command(shell, "")
            return ExecResult(stdout=result.stdout, stderr=result.stderr, exit_code=0)
        result = await run_statement(self, node)
        if result.exit_code and not self._state.in_condition:
            more = await traps.run(self._ctx, "ERR")
            if more is not None:
                result.stdout += more.stdout
                result.stderr += more.stderr
        return result

    async def execute_script(self: Any, node: Any) -> Any:
        given = self._state.env.pop(STDIN, None)
        if given:
            self._state.group_stdin = given
        return await run_script(self, node)

    async def by_its_path(self: Any, name: str, args: list[str], stdin: str) -> Any:
        folder, _, program = name.rpartition("/")
        known = program in self._commands or program in BUILTINS
        if folder in _PROGRAMS and known and not await self._fs.exists(name):
            return await self._exec_fn(
                shlex.join([program, *args]), {STDIN: stdin}, self._state.cwd
            )
        return await run_file(self, name, args, stdin)

    async def handle_source(ctx: Any, args: list[str], stdin: str) -> Any:
        if args[:1] and args[0] in INPUT[1:]:
            return await ctx.execute_script(parser.parse(stdin or ctx.state.group_stdin or ""))
        return await source(ctx, args)

    async def handle_alias(ctx: Any, args: list[str]) -> Any:
        plain = []
        for arg in args:
            name, _, value = arg.partition("=")
            if _MORE_THAN_WORDS & set(value) and name.isidentifier():
                # Just-bash takes an alias for words; a function is what it would come to.
                body = parser.parse(f'{name}() {{ {value} "$@"\n}}')
                await ctx.execute_script(body)
            else:
                plain.append(arg)
        return await alias(ctx, plain) if plain or not args else ExecResult()

    async def handle_exec(ctx: Any, args: list[str]) -> Any:
        result = await execute(ctx, args)
        if args:
            raise errors.ExitError(result.exit_code, result.stdout, result.stderr)
        return result

    kind.execute_command, kind.execute_pipeline = execute_aside, execute_pipeline
    kind.execute_statement, kind.execute_script = execute_statement, execute_script
    kind._try_execute_vfs_script = by_its_path
    BUILTINS["exec"], BUILTINS["alias"] = handle_exec, handle_alias
    BUILTINS["source"] = BUILTINS["."] = handle_source
    BUILTINS["trap"] = traps.handle
    BUILTINS["kill"] = traps.kill
    _mend_arithmetic(expansion)
    _mend_parser()


def _mark(node: Any) -> None:
    """Notes that others go on beside this command; the shell's nodes are frozen."""
    object.__setattr__(node, "beside", True)


def _mend_arithmetic(expansion: Any) -> None:
    """Whole numbers have 64 bits, as in bash."""
    at_once, later = expansion.evaluate_arithmetic_sync, expansion.evaluate_arithmetic

    def wrapped(value: Any) -> Any:
        if isinstance(value, float):
            return 0
        return (value + 2**63) % 2**64 - 2**63 if isinstance(value, int) else value

    def evaluate_arithmetic_sync(ctx: Any, expr: Any) -> Any:
        return wrapped(at_once(ctx, expr))

    async def evaluate_arithmetic(ctx: Any, expr: Any) -> Any:
        return wrapped(await later(ctx, expr))

    names = ("expansion", "control_flow", "interpreter", "builtins.let")
    for module in (_module(f"interpreter.{name}") for name in names):
        for made in (evaluate_arithmetic_sync, evaluate_arithmetic):
            if hasattr(module, made.__name__):
                setattr(module, made.__name__, made)


def _mend_parser() -> None:
    AST, package = _module("ast.factory"), _module("parser")  # noqa: N806
    module = _module("parser.parser")
    kind, failure = module.Parser, module.ParseException
    parse = module.parse
    statement = kind._parse_statement

    def _parse_statement(self: Any) -> Any:
        found = statement(self)
        if (
            found is None
            and not self._check(module.TokenType.EOF)
            and self.pos == getattr(self, "_stuck_at", -1)
        ):
            raise self._error(f"syntax error near unexpected token `{self._current().value}'")
        # The same place twice without a statement: nobody goes on from here.
        self._stuck_at = self.pos if found is None else -1
        return found

    def parse_as_far_as_it_goes(text: str) -> Any:
        try:
            return parse(text)
        except failure as error:
            lines = text.split("\n")
            for count in range(min(error.line, len(lines)) - 1, 0, -1):
                try:
                    tree = parse("\n".join(lines[:count]))
                except failure:
                    continue
                return AST.script([*tree.statements, *_complaint(str(error))])
            return AST.script(_complaint(str(error)))

    def _complaint(message: str) -> Any:
        quoted = message.replace("'", " ").replace("\0", "")
        return parse(f"__unreadable__ '{quoted}'").statements

    kind._parse_statement = _parse_statement
    module.parse = package.parse = parse_as_far_as_it_goes
