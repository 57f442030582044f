"""Runs first, before any other module of the user's is imported. Standard library only.

1. libc's `environ` and time zone live in Node's executable; whoever changes them from Python brings
   the copies that DEEPBIND libraries read up to date.
2. Output is written line by line, to a descriptor that blocks. Node makes pipes non-blocking: an
   ordinary stream would lose what does not fit, and Node would keep its own lines back until its
   loop runs, behind ours.
3. faulthandler leaves WebAssembly its traps.

The package imports little at the start: `typing`, `functools`, `re`, `traceback` and `ast` would cost
more than everything else here together.
"""

from __future__ import annotations

import io
import os
import sys
import time

from . import _faults, _native, _processes, _signals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable


def _followed(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any) -> Any:
        try:
            return function(*args)
        finally:
            _native.follow_copies()

    call.__name__, call.__doc__ = function.__name__, function.__doc__
    return call


def _follow_environment() -> None:
    environ: Any = os.environ
    for name in ("putenv", "unsetenv"):
        if hasattr(os, name):
            setattr(os, name, _followed(getattr(os, name)))
        if hasattr(environ, name):  # 3.8 keeps its own references
            setattr(environ, name, getattr(os, name))
    if hasattr(time, "tzset"):
        time.tzset = _followed(time.tzset)


class PatientWriter(io.RawIOBase):
    """A file descriptor that is written to the end, whatever Node made of it."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor
        self.mode = "wb"
        self.name = "<stdout>" if descriptor == 1 else "<stderr>"

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def isatty(self) -> bool:
        return os.isatty(self._descriptor)

    def write(self, data: Any, /) -> int:
        view = memoryview(data).cast("B")
        written = 0
        os.set_blocking(self._descriptor, True)
        while written < len(view):
            try:
                written += os.write(self._descriptor, view[written:])
            except BlockingIOError:  # made non-blocking again, by Node or by who shares it
                self._wait()
        return written

    def _wait(self) -> None:
        import select

        poll = select.poll()
        poll.register(self._descriptor, select.POLLOUT)
        poll.poll()


def _open_stream(descriptor: int, errors: str) -> Any:
    try:
        os.fstat(descriptor)
    except OSError:
        return None  # closed before the process began, as Python itself does
    buffer = io.BufferedWriter(PatientWriter(descriptor))
    stream: Any = io.TextIOWrapper(buffer, encoding="utf-8", errors=errors, line_buffering=True)
    stream.mode = "w"  # as Python's own have it
    return stream


def _replace_streams() -> None:
    if os.name != "posix":
        return
    sys.stdout = sys.__stdout__ = _open_stream(1, "surrogateescape")
    sys.stderr = sys.__stderr__ = _open_stream(2, "backslashreplace")


def _begin() -> None:
    _follow_environment()
    _replace_streams()
    _signals.install()
    _faults.install()
    _processes.install()


def configure(path: list[str], argv: list[str] | None, interval: float | None) -> None:
    """Apply the options of python.start that need a running interpreter."""
    if interval is not None:
        sys.setswitchinterval(interval)
    sys.argv = [""] if argv is None else list(argv)
    if not getattr(sys.flags, "safe_path", False):
        sys.path.insert(0, "")  # the working folder, where `python -c` looks first
    sys.path[:0] = [entry for entry in path if entry not in sys.path]


def know_main_thread(identity: int, native: int) -> None:
    """Tell `threading` which thread is Python's main one, before another may be the first to import it.

    Until 3.12 it takes that one for the main thread, and waits for it at the end.
    """
    import _thread
    import threading

    known: Any = threading.main_thread()
    active: dict[int, Any] = vars(threading)["_active"]
    if known.ident == identity:
        return
    active.pop(known.ident, None)
    known._ident, known._native_id = identity, native
    active[identity] = known
    if hasattr(known, "_tstate_lock"):
        vars(threading)["_shutdown_locks"].discard(known._tstate_lock)
        known._tstate_lock = _thread.allocate_lock()
        known._tstate_lock.acquire()


def _shut_down(threading: Any) -> None:
    main = threading.main_thread()
    if main.ident != threading.get_ident():
        # The keeper, which never ends, or whatever thread imported `threading` first (until 3.12).
        locks: set[Any] = getattr(threading, "_shutdown_locks", set())
        lock: Any = getattr(main, "_tstate_lock", None)
        locks.discard(lock)
        if lock is not None:
            lock.acquire(False)  # `_shutdown` asserts that it is held
    threading._shutdown()


def _imported_threading() -> Any:
    if "threading" not in sys.modules:
        return None
    import threading  # waits for a thread that is importing it

    return threading


def _threads_to_join() -> list[Any]:
    threading = _imported_threading()
    if threading is None:
        return []
    # A pool's threads wait for work for ever, and end in `end`: JavaScript may still give them some.
    pools = sys.modules.get("concurrent.futures.thread")
    workers = {*getattr(pools, "_threads_queues", ()), *_processes.pool_threads()}
    kept = (threading.current_thread(), threading.main_thread())
    return [
        thread
        for thread in threading.enumerate()
        if not thread.daemon and thread not in kept and thread not in workers
    ]


share_signals = _signals.share


def join_threads() -> None:
    """Wait for the non-daemon threads, and for those that they start, as Python does."""
    while True:
        threads = _threads_to_join()
        if not threads:
            return
        for thread in threads:
            thread.join()


def describe_threads(blocked: int) -> str:
    """The stacks of a thread that is blocked, and of the one that waits for it."""
    import traceback

    frame = sys._current_frames().get(blocked)
    theirs = "  in JavaScript, or native code" if frame is None else _stack_of(frame)
    return (
        f"it is blocked in:\n{theirs}\nit is called from:\n{''.join(traceback.format_stack()[:-1])}"
    )


def _stack_of(frame: Any) -> str:
    import traceback

    return "".join(traceback.format_stack(frame))


def exit_status(error: BaseException | None) -> int:
    """The status of a program that ends with this exception, which is printed as Python does."""
    if error is None:
        return 0
    if not isinstance(error, SystemExit):
        sys.excepthook(type(error), error, error.__traceback__)
        return 1
    code: Any = error.code
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF if -(2**63) <= code < 2**63 else 0xFF  # as a C long, or -1
    try:
        sys.stderr.write(f"{code}\n")
    except BaseException as broken:  # there is no stream, or no str: Python says nothing either
        del broken
    return 1


def end_child(error: BaseException | None) -> int:
    """End a child of os.fork as a script ends, and tell its status. `atexit` is its parent's."""
    status = 1
    try:
        status = exit_status(error)
    except BaseException as broken:  # by an excepthook
        sys.__excepthook__(type(broken), broken, broken.__traceback__)
    _flush()
    return status


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):
            pass  # replaced, closed, or broken by the user: there is nowhere to say so


def end(natural: bool) -> bool:
    """Run atexit once, flush, and tell whether other threads still run.

    A natural end also shuts down what `threading` looks after, such as pools.
    """
    import _thread
    import atexit

    threading = _imported_threading() if natural else None
    if threading is not None:
        try:
            _shut_down(threading)
        except BaseException as error:
            sys.excepthook(type(error), error, error.__traceback__)
    if not natural:
        _processes.end_pools()
    run: Callable[[], None] = vars(atexit)["_run_exitfuncs"]
    try:
        run()
    except BaseException as error:  # 3.8 and 3.9 raise the last one after printing it
        del error
    _flush()
    count: Callable[[], int] = vars(_thread)["_count"]
    return count() > 0


_begin()
