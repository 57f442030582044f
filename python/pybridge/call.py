"""Running source: eval, exec, files, and the template tag."""

from __future__ import annotations

from itertools import count

import __main__

from .errors import BridgeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from typing import Any, Callable

_numbers = count(1)

# Sources that tracebacks can still show; each is kept under a name of its own.
_MAX_SOURCES = 256
_sources: list[str] = []


def _name_source(text: str) -> str:
    """A name of its own, under which tracebacks find the source."""
    import linecache

    name = f"<python {next(_numbers)}>"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    _sources.append(name)
    if len(_sources) > _MAX_SOURCES:
        linecache.cache.pop(_sources.pop(0), None)
    return name


def _dedent(text: str) -> str:
    """Take the indentation of the first line of code from every line that has it.

    Unlike textwrap.dedent, it leaves blank lines alone, which may be part of a string.
    """
    lines = text.splitlines(keepends=True)
    for line in lines:
        code = line.lstrip()
        if code and not code.startswith("#"):
            margin = line[: -len(code)]
            return "".join(
                part[len(margin) :] if part.startswith(margin) else part for part in lines
            )
    return ""


def _namespace(scope: Any) -> dict[str, Any]:
    if scope is None:
        return __main__.__dict__
    if not issubclass(type(scope), dict):
        raise BridgeError(
            "INVALID_ARGUMENT", f"a scope is a dict or a plain object, not {type(scope).__name__}"
        )
    return scope


def evaluate(source: str, scope: dict[str, Any] | None = None) -> Any:
    """The value of an expression, in `__main__` unless a scope is given."""
    text = source.strip()
    return eval(compile(text, "<python.eval>", "eval", dont_inherit=True), _namespace(scope))


def execute(source: str, scope: dict[str, Any] | None = None) -> None:
    """Run statements, in `__main__` unless a scope is given."""
    namespace = _namespace(scope)
    text = _dedent(source)
    file = _name_source(text)
    code = compile(text, file, "exec", dont_inherit=True)
    if namespace is __main__.__dict__:
        from . import _definitions  # compiling it takes longer than an expression does

        _definitions.remember(text, file, code)
    exec(code, namespace)


def run_path(path: str) -> dict[str, Any]:
    """Run a file as `python FILE` does, and return its globals."""
    import runpy

    from . import _definitions

    namespace: dict[str, Any] = {}
    try:
        namespace = runpy.run_path(path, run_name="__main__")
    finally:
        _definitions.keep_file(path, namespace)
    return namespace


def _parameter(index: int) -> str:
    return f"_pybridge_{index}_"


def _refuse_pasted(body: list[ast.stmt], names: list[str]) -> None:
    import ast

    for node in ast.walk(ast.Module(body=body, type_ignores=[])):
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

    names = [_parameter(index) for index in range(len(strings) - 1)]
    pieces = [part for pair in zip(strings, [*names, ""]) for part in pair]
    text = _dedent("".join(pieces)).strip("\n")
    file = _name_source(text)
    body = ast.parse(text, file).body
    _refuse_pasted(body, names)

    if body and isinstance(body[-1], ast.Expr):
        body[-1] = ast.copy_location(ast.Return(body[-1].value), body[-1])
    module = ast.parse(f"def template({', '.join(names)}): pass")
    function: Any = module.body[0]
    function.body = body or function.body
    code = compile(ast.fix_missing_locations(module), file, "exec", dont_inherit=True)
    scope: dict[str, Any] = {}
    exec(code, __main__.__dict__, scope)
    made: Callable[..., Any] = scope["template"]
    return made
