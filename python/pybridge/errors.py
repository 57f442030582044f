"""Errors that cross: what JavaScript threw, what the bridge refuses, and how an exception is told."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional, Tuple

    Link = Tuple[BaseException, str, str, str, Optional[str]]
    Frame = Tuple[str, int, str, Optional[str]]
    # What JavaScript threw, even where that is None; native code reads it.
    Thrown = Optional[Tuple[Any]]

MAX_CHAIN = 100


class JsError(Exception):
    """Something that JavaScript threw. Raised back to JavaScript, it is the same object again."""

    js: Any = None  # what was thrown
    _thrown: Thrown = None

    def __init__(self, message: str = "", name: str = "Error", stack: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.name = name
        self.stack = stack

    def __str__(self) -> str:
        return f"{self.name}: {self.message}" if self.message else self.name


class BridgeError(Exception):
    """What pybridge itself refuses. `code` is stable; docs/errors.md has a section for each."""

    js: Any = None  # the BridgeError of JavaScript, where it comes from there
    _thrown: Thrown = None

    def __init__(self, code: str, detail: str = "", message: str = "") -> None:
        super().__init__(message or detail or code)
        self.code = code
        self.detail = detail


class Interrupted(BaseException):
    """Raised in a call that JavaScript interrupts: its timeout is over, its signal aborted, or its
    worker is to end. `finally` blocks run; a call that goes on all the same is told to be too late.
    """


def js_error(
    name: str, message: str, stack: str, js: Any, code: str | None
) -> JsError | BridgeError:
    """The exception for what JavaScript threw."""
    error: Any = JsError(message, name, stack) if code is None else BridgeError(code, "", message)
    error.js = js
    error._thrown = (js,)
    return error


def bridge_error(code: str, detail: str, message: str) -> BridgeError:
    return BridgeError(code, detail, message)


def message_of(error: BaseException) -> str:
    """str(error), whatever the class does."""
    try:
        return _crossable(str(error))
    except BaseException:
        return "<unprintable>"


def _crossable(text: str) -> str:
    """An exact str in which no two code points are one character of JavaScript's."""
    if class_of(text) is str and text.isascii():
        return text
    return "".join(text).encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


# Asked of `type` itself: a metaclass may answer with anything, or raise.
_qualname_of = type.__dict__["__qualname__"].__get__
_bases_of = type.__dict__["__mro__"].__get__
_names_in = type.__dict__["__dict__"].__get__


def _module_of(kind: type) -> str:
    module = _names_in(kind).get("__module__")
    return module if type(module) is str else "builtins"


def class_of(target: object) -> Any:
    """The class that it is of, whatever its `__class__` says."""
    return type(target)


def _link(error: Any) -> Link:
    kind = class_of(error)
    if issubclass(kind, BridgeError) and isinstance(getattr(error, "code", None), str):
        return error, _qualname_of(kind), _module_of(kind), error.detail, error.code
    return error, _qualname_of(kind), _module_of(kind), message_of(error), None


def describe(error: BaseException) -> list[Link]:
    """The exception and its causes, outermost first: bounded, and cut where they go in a circle."""
    if error.__cause__ is None and error.__context__ is None:
        return [_link(error)]
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
        lines = traceback.format_exception(type(error), error, error.__traceback__)
        return _crossable("".join(lines))
    except BaseException:
        return f"{_qualname_of(type(error))}: {message_of(error)}\n"


def is_instance_named(error: BaseException, name: str) -> bool:
    """Is the exception of a class of this name, or of one derived from it?"""
    for kind in _bases_of(type(error)):
        qualname = _qualname_of(kind)
        if name in (qualname.rpartition(".")[2], f"{_module_of(kind)}.{qualname}"):
            return True
    return False
