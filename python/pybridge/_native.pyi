"""What native/call/package.cpp injects as pybridge._native."""

from typing import Any, final

def follow_copies() -> None:
    """Bring seeded copies of libc's data (environ, timezone, tzname) up to date."""

WAKE_SIGNAL: int

def post(function: JsProxy, /, *args: Any, **kwargs: Any) -> None:
    """Call a JavaScript function on its own thread, without waiting."""

def on_wake(signal: int, frame: Any, /) -> None:
    """Handle the wake signal: raise what is due, serve what waits."""

def keep_disposition(signal: int, /) -> None:
    """Remember what a signal does now, before Python changes it."""

def handled(signal: int, handling: int, /) -> None:
    """Tell what Python does with a signal now."""

def put_traps_first() -> None:
    """Ask V8 about a SIGSEGV before faulthandler, which has just been enabled."""

def import_dlpack(capsule: Any, /) -> Memory:
    """Make a Memory of the tensor of a capsule, which is used up."""

def export_dlpack(memory: Memory, versioned: bool, copied: bool, /) -> Any:
    """Make a capsule with the memory, or with a copy of it."""

def memory_at(
    owner: Any,
    address: int,
    readonly: bool,
    format: str,
    item_size: int,
    shape: tuple[int, ...],
    strides: tuple[int, ...],
    /,
) -> Memory:
    """Make a Memory of what the owner says is there, and keeps."""

def memory_of_arrow(
    schema: object,
    array: object,
    format: str,
    item_size: int,
    shape: tuple[int, ...],
    strides: tuple[int, ...],
    /,
) -> Memory:
    """Make a read-only Memory of a picture's pixels; the capsule of the array is used up."""

def address_of(memory: Memory, /) -> int:
    """Where the memory begins."""

def arrow_schema(kept: Any, /) -> Any:
    """Make an `arrow_schema` capsule of a table that JavaScript has given."""

def arrow_stream(kept: Any, /) -> Any:
    """Make an `arrow_array_stream` capsule of a table that JavaScript has given."""

@final
class Memory:
    """Memory that is not Python's, such as that of an ArrayBuffer: `memoryview` and NumPy see it.

    It has `__dlpack__` and `__array_interface__` as well, for `from_dlpack` and `asarray`.
    """

    def __buffer__(self, flags: int, /) -> memoryview: ...

@final
class JsProxy:
    """A JavaScript object, seen from Python. A function can be called, from any thread."""

    @property
    def __name__(self) -> str: ...
    @property
    def __qualname__(self) -> str: ...
    def __call__(self, *args: Any, **kwargs: Any) -> Any: ...
