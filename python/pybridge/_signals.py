"""Signals that Python and Node both want: `signal.signal` keeps Python's half, native code the other.

`_signal.signal` is what `signal.signal` calls, so that `signal` itself, which imports `enum`, is not
needed at the start.

In a forked child Python has its signals for itself. libuv's handler would write into a pipe that the
child shares with its parent: what was sent to the child would happen there.
"""

from __future__ import annotations

import os

from . import _native
from .errors import BridgeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal as _signal
    from typing import Any, Callable
else:
    import _signal

# Handling in native/runtime/signals.h.
_BY_DEFAULT, _IGNORE, _INTERRUPT, _CALL = range(4)

# V8's and faulthandler's, in a child too.
_CRASHES = [
    getattr(_signal, name)
    for name in ("SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "SIGABRT")
    if hasattr(_signal, name)  # Windows has no SIGBUS
]


def _handling(handler: Any) -> int:
    if handler == _signal.SIG_DFL or handler is None:
        return _BY_DEFAULT
    if handler == _signal.SIG_IGN:
        return _IGNORE
    return _INTERRUPT if handler is _signal.default_int_handler else _CALL


def install() -> None:
    """Wrap `signal.signal`, and take the signal that wakes this thread. Python's main thread."""
    original: Callable[[int, Any], Any] = _signal.signal
    process = os.getpid()
    _native.keep_disposition(_native.WAKE_SIGNAL)
    original(_native.WAKE_SIGNAL, _native.on_wake)
    _native.handled(_native.WAKE_SIGNAL, _CALL)  # the one handler of Python's for them all

    def signal(signalnum: int, handler: Any, /) -> Any:
        if os.getpid() != process:
            return original(signalnum, handler)
        if signalnum == _native.WAKE_SIGNAL:
            raise BridgeError(
                "INVALID_ARGUMENT", f"signal {signalnum} is what pybridge wakes Python with"
            )
        _native.keep_disposition(signalnum)
        previous = original(signalnum, handler)
        _native.handled(signalnum, _handling(handler))
        return previous

    def be_ordinary() -> None:
        for number in range(1, _signal.NSIG):
            if number in _CRASHES:
                continue
            try:
                handler = _signal.getsignal(number)
                original(number, _signal.SIG_DFL if handler is None else handler)
            except (OSError, ValueError):
                pass  # SIGKILL, and those that libc keeps

    signal.__doc__ = original.__doc__
    setattr(_signal, "signal", signal)  # noqa: B010, pyright knows signal.signal better
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=be_ordinary)


def share() -> None:
    """Share what Python handles already, and Ctrl-C: Python leaves that alone where it finds Node's
    handler in place, and `site` may have run code that asked for more."""
    for number in range(1, _signal.NSIG):
        try:
            handler = _signal.getsignal(number)
        except ValueError:
            continue
        if number == _signal.SIGINT and handler is None:
            handler = _signal.default_int_handler
        if callable(handler) and number != _native.WAKE_SIGNAL:
            _signal.signal(number, handler)
