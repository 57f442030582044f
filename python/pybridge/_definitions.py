"""What `__main__` has, for child processes that import it: they are given definitions, never effects.

1. Of a source that `python.exec` runs, a child gets the statements that import, define functions and
   classes, or assign constants; of each name, the statement that bound it last, if it was one of these.
2. They are read when the first child is about to start, and before that only where there are many.
3. What `python.run` left behind is found by its name, and its file is run in a child that needs it.
"""

from __future__ import annotations

import os
import sys
from _thread import RLock

import __main__

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from types import CodeType, ModuleType
    from typing import Any, Callable, Iterator, Tuple

    # The names that a statement binds; the file, line, future flags and text of its source.
    Definition = Tuple[Tuple[str, ...], str, int, int, str]
else:
    ModuleType = type(sys)

_ONLY_AST = 0x400  # ast.PyCF_ONLY_AST
_FUTURE = 0x1FF0000  # the flags of every `from __future__ import`

# Sources that nobody has read yet. More than this many are read, so that old ones can go.
_MAX_UNREAD = 64
_unread: dict[str, tuple[str, int]] = {}

# The statement that bound each name last; in the order of the statements.
_definitions: dict[str, Definition] = {}
_lock = RLock()

# Calls that only make a value, by the last name of what is called. Other calls may do anything.
_MAKERS = frozenset(
    "bool bytes complex dict float frozenset int list range set slice str tuple type "
    "namedtuple deque defaultdict OrderedDict Counter ChainMap NamedTuple TypedDict NewType TypeVar "
    "ParamSpec TypeVarTuple Enum IntEnum Flag IntFlag StrEnum make_dataclass Decimal Fraction Path "
    "PurePath PosixPath date datetime time timedelta timezone compile getLogger partial "
    "itemgetter attrgetter methodcaller Struct".split()
)


def remember(text: str, file: str, code: CodeType) -> None:
    """Keep a source that is about to run in `__main__`."""
    with _lock:
        _unread.pop(text, None)
        _unread[text] = (file, code.co_flags & _FUTURE)
        if len(_unread) > _MAX_UNREAD:
            _read()


def _read() -> None:
    while _unread:
        text = next(iter(_unread))
        file, flags = _unread.pop(text)
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        for statement in _parse(text, file, flags):
            names = tuple(dict.fromkeys(_bound(statement)))
            for name in names:
                _definitions.pop(name, None)
            if names and _only_defines(statement):
                definition = (names, file, *_source(statement, lines, flags))
                _definitions.update((name, definition) for name in names)


def _parse(text: str, file: str, flags: int) -> list[ast.stmt]:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # said when it was compiled to run
        try:
            tree: Any = compile(text, file, "exec", flags | _ONLY_AST, dont_inherit=True)
        except (RecursionError, MemoryError):
            return []  # code can be nested more deeply than its tree
    return tree.body


def _source(statement: Any, lines: list[str], flags: int) -> tuple[int, int, str]:
    decorators = getattr(statement, "decorator_list", ())
    first = min([statement.lineno, *(each.lineno for each in decorators)])
    start = 0 if decorators else statement.col_offset
    taken = [line.encode() for line in lines[first - 1 : statement.end_lineno]]
    taken[-1] = taken[-1][: statement.end_col_offset]
    taken[0] = taken[0][start:]  # after a semicolon
    return first, flags, b"\n".join(taken).decode()


def _bound(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement binds or deletes in its own namespace."""
    import ast

    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    inner = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                is_star = alias.name == "*"
                yield ast.dump(node) if is_star else alias.asname or alias.name.split(".")[0]
            continue
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        name = getattr(node, "name", None)  # of a function, a class, `except` and `case`
        if isinstance(name, str):
            yield name
        if not isinstance(node, (*definitions, *inner)):
            waiting += reversed(list(ast.iter_child_nodes(node)))


def _only_defines(node: ast.stmt) -> bool:
    import ast

    if isinstance(node, ast.ImportFrom) and node.module == "__future__":
        return False  # a flag of the source
    if isinstance(
        node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
    ):
        return True
    if isinstance(node, ast.Assign):
        return all(map(_is_name, node.targets)) and _is_constant(node.value)
    if isinstance(node, ast.AnnAssign):
        return _is_name(node.target) and node.value is not None and _is_constant(node.value)
    if isinstance(node, ast.If):
        return _is_constant(node.test) and all(map(_only_defines, [*node.body, *node.orelse]))
    if isinstance(node, ast.Try):
        handled = [each for handler in node.handlers for each in handler.body]
        return all(map(_only_defines, [*node.body, *handled, *node.orelse, *node.finalbody]))
    return isinstance(node, ast.Pass) or type(node).__name__ == "TypeAlias"


def _is_name(target: ast.expr) -> bool:
    import ast

    if isinstance(target, (ast.Tuple, ast.List)):
        return all(map(_is_name, target.elts))
    return isinstance(target, ast.Name)


def _is_constant(value: ast.expr) -> bool:
    import ast

    waiting: list[ast.AST] = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)):
            return False
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if name not in _MAKERS:
                return False
        if not isinstance(node, ast.Lambda):
            waiting += ast.iter_child_nodes(node)
    return True


# Functions and classes by name, held weakly, with the file that they came from.
_of_files: dict[str, tuple[Callable[[], Any], str]] = {}


class _Main(ModuleType):
    """`__main__`, where pickle also finds what the files of python.run have defined."""

    def __getattr__(self, name: str) -> Any:
        held, _ = _of_files.get(name, (None, ""))
        value = None if held is None else held()
        if value is None:
            raise AttributeError(f"module '__main__' has no attribute {name!r}")
        return value


def _is_named(value: Any, name: str) -> bool:
    """Whether pickle looks for a value by this name in `__main__`. Runs no code of the value's."""
    get = object.__getattribute__
    try:
        return (get(value, "__module__"), get(value, "__qualname__")) == ("__main__", name)
    except AttributeError:
        return False


def keep_file(path: str, namespace: dict[str, Any]) -> None:
    """Let what a file has defined in its `__main__` be pickled when that module is gone."""
    from _weakref import ref

    main: Any = __main__
    main.__class__ = _Main
    if "__mp_main__" in sys.modules:
        sys.modules["__mp_main__"] = main
    path = os.path.abspath(path)
    for name, value in namespace.items():
        if _is_named(value, name):
            try:
                _of_files[name] = (ref(value), path)
            except TypeError:
                pass  # of a type that has no weak references


_MAIN = '''"""What python.exec has defined in __main__, for child processes."""
__import__("runpy").run_path({carried!r})["carry"](
    globals(),
    definitions={definitions!r},
    files={files!r},
    lost={lost!r},
)
'''

_written: tuple[str, str] = ("", "")


def _main_source() -> str | None:
    with _lock:
        _read()
        last = dict(_definitions)
    there = __main__.__dict__
    definitions: list[Any] = []
    for definition in dict.fromkeys(last.values()):
        names = definition[0]
        # Bound anew by another statement, or deleted since; a star binds what nobody can tell.
        stale = [
            name
            for name in names
            if last.get(name) != definition or (name not in there and name.isidentifier())
        ]
        if len(stale) < len(names):
            definitions.append((*definition, stale))
    lost = [
        name
        for name, value in list(there.items())
        if name not in last and _is_named(value, name) and not isinstance(value, type)
    ]
    files = {name: path for name, (held, path) in _of_files.items() if held() is not None}
    if not (definitions or files or lost):
        return None
    carried = os.path.join(os.path.dirname(os.path.abspath(__file__)), "_carried.py")
    return _MAIN.format(carried=carried, definitions=definitions, files=files, lost=lost)


def write_main() -> str | None:
    """The path of a file with the definitions of now. Each content has a file of its own."""
    global _written
    source = _main_source()
    if source is None:
        return None
    with _lock:
        text, path = _written
        if text != source or not os.path.exists(path):
            import tempfile
            from multiprocessing.util import get_temp_dir

            # multiprocessing removes its folder at exit.
            descriptor, path = tempfile.mkstemp(".py", "python-exec-", get_temp_dir())
            with open(descriptor, "w", encoding="utf-8", errors="surrogatepass") as file:
                file.write(source)
            _written = (source, path)
        return path
