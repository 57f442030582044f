"""Which converter an object of Python's is for."""

from __future__ import annotations

from .errors import class_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def is_of(target: Any, wanted: Any) -> bool:
    """Is it of this class, or of one of this name, or has its class this attribute of a protocol?"""
    kind = class_of(target)
    if not isinstance(wanted, str):
        return issubclass(kind, wanted)
    if "." not in wanted:
        return hasattr(kind, wanted)
    return any(f"{base.__module__}.{base.__qualname__}" == wanted for base in kind.__mro__)
