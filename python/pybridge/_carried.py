"""Runs in a child process, which knows nothing of pybridge: makes `__main__` of what its parent had.

The file that `multiprocessing` imports as the main module (_definitions.py writes it) calls `carry`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

_ADVICE = (
    "a child process gets what python.exec defines by import, def, class and constants, and not "
    "what its statements made; write it with def, or import it from a module"
)


def _stand_in(name: str, why: str) -> Callable[..., Any]:
    """Something that is found, so that whoever calls it learns why it is not the real one."""

    def call(*args: Any, **keywords: Any) -> Any:
        raise NameError(f"name '{name}' of __main__ is not defined in this process: {why}")

    call.__name__ = call.__qualname__ = name
    return call


def _show(file: str, line: int, text: str) -> None:
    """Let tracebacks show the source, at the lines that it had."""
    import linecache

    _, _, lines, _ = linecache.cache.get(file, (0, None, [], file))  # type: ignore[misc]
    taken = [f"{each}\n" for each in text.split("\n")]
    lines = [*lines, *["\n"] * (line - 1 + len(taken) - len(lines))]
    lines[line - 1 : line - 1 + len(taken)] = taken
    linecache.cache[file] = (sum(map(len, lines)), None, lines, file)


def carry(
    namespace: dict[str, Any],
    definitions: list[tuple[tuple[str, ...], str, int, int, str, list[str]]],
    files: dict[str, str],
    lost: list[str],
) -> None:
    """Define in a namespace what can be; the rest is made when it is asked for."""
    reasons = dict.fromkeys(lost, _ADVICE)
    for names, file, line, flags, text, stale in definitions:
        _show(file, line, text)
        source = "\n" * (line - 1) + text
        try:
            exec(compile(source, file, "exec", flags, dont_inherit=True), namespace)
        except Exception as error:
            # Such as a base class that a statement made. Perhaps this child does not need it.
            reasons.update(dict.fromkeys(names, f"{type(error).__name__}: {error}; {_ADVICE}"))
        for name in stale:
            namespace.pop(name, None)

    ran: dict[str, dict[str, Any]] = {}

    def find(name: str) -> Any:
        path = files.get(name)
        if path is not None:
            if path not in ran:
                import runpy

                ran[path] = runpy.run_path(path, run_name="__mp_main__")
            if name in ran[path]:
                return ran[path][name]
        if name in reasons:
            return _stand_in(name, reasons[name])
        raise AttributeError(f"module '__main__' has no attribute {name!r}")

    namespace.setdefault("__getattr__", find)
