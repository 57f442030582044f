"""faulthandler and V8 share SIGSEGV: native/runtime/wasm_traps.h has the rules."""

from __future__ import annotations

import faulthandler

from . import _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def install() -> None:
    """Ask V8 first, now and whenever faulthandler is enabled."""
    module: Any = faulthandler
    enable = module.enable

    def enable_behind_v8(*args: Any, **keywords: Any) -> None:
        was_enabled = faulthandler.is_enabled()
        enable(*args, **keywords)
        if not was_enabled:
            _native.put_traps_first()

    enable_behind_v8.__name__ = enable_behind_v8.__qualname__ = enable.__name__
    enable_behind_v8.__doc__ = enable.__doc__
    module.enable = enable_behind_v8
    if faulthandler.is_enabled():  # by PYTHONFAULTHANDLER, PYTHONDEVMODE or the user's `site`
        _native.put_traps_first()
