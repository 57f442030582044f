"""Errors that cross: what JavaScript threw, what the bridge refuses, and how an exception is told."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional, Tuple

    Link = Tuple[BaseException, str, str, str, Optional[str]]
    Frame = Tuple[str, int, str, Optional[str]]

MAX_CHAIN = 100


class JsError(Exception):
    """Something that JavaScript threw. Raised back to JavaScript, it is the same object again."""

    def __init__(self, message: str, name: str = "Error", stack: str = "", js: Any = None) -> None:
        super().__init__(message)
        self.name = name
        self.stack = stack
        self.js = js

    def __str__(self) -> str:
        message = super().__str__()
        return f"{self.name}: {message}" if message else self.name


class BridgeError(Exception):
    """What pybridge itself refuses. `code` is stable; docs/errors.md has a section for each."""

    def __init__(self, code: str, detail: str = "", message: str = "") -> None:
        super().__init__(message or detail or code)
        self.code = code
        self.detail = detail


def js_error(name: str, message: str, stack: str, js: Any) -> JsError:
    return JsError(message, name, stack, js)


def bridge_error(code: str, detail: str, message: str) -> BridgeError:
    return BridgeError(code, detail, message)


def message_of(error: BaseException) -> str:
    """str(error), whatever the class does."""
    try:
        return str(error)
    except BaseException:
        return "<unprintable>"


def _link(error: BaseException) -> Link:
    kind = type(error)
    if isinstance(error, BridgeError):
        return error, kind.__name__, kind.__module__, error.detail, error.code
    return error, str(kind.__qualname__), str(kind.__module__), message_of(error), None


def describe(error: BaseException) -> list[Link]:
    """The exception and its causes, outermost first: bounded, and cut where they go in a circle."""
    links: list[Link] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen and len(links) < MAX_CHAIN:
        seen.add(id(current))
        links.append(_link(current))
        if current.__cause__ is not None:
            current = current.__cause__
        else:
            current = None if current.__suppress_context__ else current.__context__
    return links


def frames(error: BaseException) -> list[Frame]:
    """File, line, function and source line of each frame, outermost first."""
    import traceback

    summary = traceback.extract_tb(error.__traceback__)
    return [(entry.filename, entry.lineno or 0, entry.name, entry.line) for entry in summary]


def format_traceback(error: BaseException) -> str:
    """The traceback as Python prints it."""
    import traceback

    try:
        return "".join(traceback.format_exception(type(error), error, error.__traceback__))
    except BaseException:
        return f"{type(error).__qualname__}: {message_of(error)}"


def is_instance_named(error: BaseException, name: str) -> bool:
    """Is the exception of a class of this name, or of one derived from it?"""
    return any(
        name in (kind.__name__, f"{kind.__module__}.{kind.__qualname__}")
        for kind in type(error).__mro__
    )
