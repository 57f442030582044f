"""Which converter an object of Python's is for."""

from __future__ import annotations

import sys
from importlib import import_module

from .errors import class_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def is_of(target: Any, wanted: Any) -> bool:
    """Is it of this class, or of one of this name, or has its class this attribute of a protocol?

    Instead of a class there may be a function that says so of one.
    """
    kind = class_of(target)
    if not isinstance(wanted, str):
        return _fits(kind, wanted)
    if "." not in wanted:
        return hasattr(kind, wanted)
    if any(f"{base.__module__}.{base.__qualname__}" == wanted for base in kind.__mro__):
        return True
    # A class says where it was written: pathlib.Path is in pathlib._local on 3.13.
    found = _named(wanted)
    return callable(found) and _fits(kind, found)


def _fits(kind: type, wanted: Any) -> bool:
    return issubclass(kind, wanted) if isinstance(wanted, type) else bool(wanted(kind))


def _named(path: str) -> Any:
    """What has this name in a module that is loaded; None where there is none."""
    names = path.split(".")
    if names[0] == "pybridge":
        import_module(".".join(names[:-1]))
    for count in range(len(names) - 1, 0, -1):
        found: Any = sys.modules.get(".".join(names[:count]))
        if found is not None:
            for name in names[count:]:
                found = getattr(found, name, None)
            return found
    return None
