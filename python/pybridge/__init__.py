"""pybridge inside the interpreter: what Python code may use of the bridge to Node."""

from __future__ import annotations

from . import _boot as _boot
from ._native import JsProxy, Memory, post
from .convert import BigInt, Map, Ref, Set, Undefined, undefined
from .errors import BridgeError, Interrupted, JsError

__version__ = "0.1.0"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .dates import Date

__all__ = [
    "BigInt",
    "BridgeError",
    "Date",
    "Interrupted",
    "JsError",
    "JsProxy",
    "Map",
    "Memory",
    "Ref",
    "Set",
    "Undefined",
    "__version__",
    "post",
    "undefined",
]


def __getattr__(name: str) -> Any:
    if name != "Date":
        raise AttributeError(f"module 'pybridge' has no attribute {name!r}")
    from .dates import Date  # importing datetime takes longer than starting does

    return Date
