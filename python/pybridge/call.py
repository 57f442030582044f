"""Running source: eval, exec, files, and the template tag."""

from __future__ import annotations

from itertools import count

import __main__

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from types import CodeType
    from typing import Any, Callable

_numbers = count(1)

# Sources that tracebacks can still show; each is kept under a name of its own.
_MAX_SOURCES = 256
_sources: list[str] = []


def _compile(source: Any, mode: str, text: str) -> CodeType:
    """Compile under a name of its own that tracebacks find the source for."""
    import linecache

    name = f"<python {next(_numbers)}>"
    code = compile(source, name, mode, dont_inherit=True)
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    _sources.append(name)
    if len(_sources) > _MAX_SOURCES:
        linecache.cache.pop(_sources.pop(0), None)
    return code


def _namespace(scope: dict[str, Any] | None) -> dict[str, Any]:
    return __main__.__dict__ if scope is None else scope


def evaluate(source: str, scope: dict[str, Any] | None = None) -> Any:
    """The value of an expression, in `__main__` unless a scope is given."""
    text = source.strip()
    return eval(compile(text, "<python.eval>", "eval", dont_inherit=True), _namespace(scope))


def execute(source: str, scope: dict[str, Any] | None = None) -> None:
    """Run statements, in `__main__` unless a scope is given."""
    import textwrap

    text = textwrap.dedent(source)
    exec(_compile(text, "exec", text), _namespace(scope))


def run_path(path: str) -> dict[str, Any]:
    """Run a file as `python FILE` does, and return its globals."""
    import runpy

    return runpy.run_path(path, run_name="__main__")


def _parameter(index: int) -> str:
    return f"_pybridge_{index}_"


def _refuse_pasted(tree: ast.AST, names: list[str]) -> None:
    import ast

    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)):
            text = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
            if any(name in text for name in names):
                raise SyntaxError(
                    "a value is interpolated inside a string literal; values are bound, not "
                    'pasted: write f"{${value}}" as an f-string, or join the strings'
                )


def template(strings: list[str]) -> Callable[..., Any]:
    """The function that a template stands for: its parameters are the interpolated values.

    Statements are allowed; the value is that of a last expression. Names that are assigned are
    local, and everything else is found in `__main__`.
    """
    import ast
    import textwrap

    names = [_parameter(index) for index in range(len(strings) - 1)]
    pieces = [part for pair in zip(strings, [*names, ""]) for part in pair]
    text = textwrap.dedent("".join(pieces)).strip("\n")
    try:
        tree = ast.parse(text.strip() if "\n" not in text else text)
    except IndentationError:
        tree = ast.parse(textwrap.dedent("".join(pieces)).strip())
    _refuse_pasted(tree, names)

    body = tree.body
    if body and isinstance(body[-1], ast.Expr):
        body[-1] = ast.copy_location(ast.Return(body[-1].value), body[-1])
    function: Any = ast.parse(f"def template({', '.join(names)}): pass").body[0]
    function.body = body or function.body
    module = ast.Module(body=[function], type_ignores=[])
    scope: dict[str, Any] = {}
    exec(_compile(ast.fix_missing_locations(module), "exec", text), __main__.__dict__, scope)
    made: Callable[..., Any] = scope["template"]
    return made
