"""Child processes of a Python that lives in Node. Standard library only, and hardly any at the start.

1. Before 3.14, multiprocessing forks on Linux. A fork of Node has one of its threads and the locks of
   all the others, so the default is forkserver; who asks for fork gets it.
2. Children that are not forked import the file of `__main__`. Ours has none: _definitions.py writes one
   with what `python.exec` has defined so far, and _carried.py reads it in the child.
3. Node closes standard input, output and error in whatever is executed, and makes pipes non-blocking.
   Children are to write: both are undone just before there is one.
"""

from __future__ import annotations

import os
import sys

import __main__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any, Callable, Sequence


class _Hooks:
    """A finder that finds nothing itself: it calls a function when a module has been imported."""

    def __init__(self, hooks: dict[str, Callable[[Any], None]]) -> None:
        self._hooks = hooks

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name not in self._hooks:
            return None
        for finder in sys.meta_path:
            find = getattr(finder, "find_spec", None)
            spec = None if find is None or finder is self else find(name, path, target)
            if spec is not None:
                self._call_after(spec.loader)
                return spec
        return None

    def _call_after(self, loader: Any) -> None:
        execute = loader.exec_module

        def exec_module(module: ModuleType) -> None:
            del loader.exec_module
            execute(module)
            self._call(module)

        loader.exec_module = exec_module  # of this one loader, which is made for this one module

    def _call(self, module: ModuleType) -> None:
        hook = self._hooks.pop(module.__name__, None)
        if not self._hooks and self in sys.meta_path:
            sys.meta_path.remove(self)
        if hook is not None:
            hook(module)


def _when_imported(hooks: dict[str, Callable[[Any], None]]) -> None:
    for name in list(hooks):
        if name in sys.modules:  # by a .pth file
            hooks.pop(name)(sys.modules[name])
    if hooks:
        finder: Any = _Hooks(hooks)
        sys.meta_path.insert(0, finder)


def _inherit_streams() -> None:
    for descriptor in range(3):
        try:
            os.set_inheritable(descriptor, True)
        except OSError:
            pass  # closed, and so it is in the child


def _share_streams() -> None:
    _inherit_streams()  # again: Node puts another descriptor in the place of a terminal
    for descriptor in (1, 2):  # but not the input, which Node may be reading
        try:
            os.set_blocking(descriptor, True)
        except OSError:
            pass


def _sharing(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **keywords: Any) -> Any:
        _share_streams()
        return function(*args, **keywords)

    call.__name__, call.__doc__ = function.__name__, function.__doc__
    return call


def _share_with_subprocess(subprocess: Any) -> None:
    native: Any = sys.modules.get("_posixsubprocess")
    if native is None:
        return
    native.fork_exec = _sharing(native.fork_exec)
    if hasattr(subprocess, "_fork_exec"):  # 3.11 and later keep their own reference
        subprocess._fork_exec = native.fork_exec


def _prefer_forkserver(context: Any) -> None:
    if sys.platform != "linux":
        return
    contexts = context._concrete_contexts
    default = context._default_context
    if "forkserver" in contexts and default._default_context is contexts["fork"]:
        default._default_context = contexts["forkserver"]


# How a child is told what to import, where the main module has a file or a name.
_MAIN_KEYS = ("init_main_from_path", "init_main_from_name")


def _give_main(spawn: Any) -> None:
    prepare = spawn.get_preparation_data

    def get_preparation_data(name: str) -> dict[str, Any]:
        _share_streams()
        main = sys.modules["__main__"]
        # A child calls its main module so, and may send back what it has from there.
        sys.modules["__mp_main__"] = main
        data = prepare(name)
        if main is __main__ and data.keys().isdisjoint(_MAIN_KEYS):
            from . import _definitions

            path = _definitions.write_main()
            if path is not None:
                data["init_main_from_path"] = path
        return data

    spawn.get_preparation_data = get_preparation_data


def pool_threads() -> Any:
    """The threads that wait for the work of a ProcessPoolExecutor."""
    pools = sys.modules.get("concurrent.futures.process")
    return getattr(pools, "_threads_wakeups", ())


def end_pools() -> None:
    """End the processes of every ProcessPoolExecutor, which nobody else does after process.exit.

    atexit would wait for them, and they for work. 3.8 ends them in atexit itself.
    """
    for thread in list(pool_threads()):
        for process in list(getattr(thread, "processes", {}).values()):
            process.terminate()


def install() -> None:
    """Make child processes of this interpreter what they are elsewhere."""
    if os.name != "posix":
        return
    _inherit_streams()  # for those that are started by others, such as C libraries
    os.register_at_fork(before=_share_streams)
    for name in ("system", "posix_spawn", "posix_spawnp"):
        if hasattr(os, name):
            setattr(os, name, _sharing(getattr(os, name)))
    _when_imported(
        {
            "subprocess": _share_with_subprocess,
            "multiprocessing.context": _prefer_forkserver,
            "multiprocessing.spawn": _give_main,
        }
    )
