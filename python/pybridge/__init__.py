"""pybridge inside the interpreter: what Python code may use of the bridge to Node."""

from . import _boot as _boot
from ._native import JsProxy, post
from .convert import BigInt, Map, Undefined, undefined
from .errors import BridgeError, Interrupted, JsError

__version__ = "0.1.0"

__all__ = [
    "BigInt",
    "BridgeError",
    "Interrupted",
    "JsError",
    "JsProxy",
    "Map",
    "Undefined",
    "__version__",
    "post",
    "undefined",
]
