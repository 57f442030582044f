"""What native/call/package.cpp injects as pybridge._native."""

from typing import Any, final

def follow_copies() -> None:
    """Bring seeded copies of libc's data (environ, timezone, tzname) up to date."""

@final
class JsProxy:
    """A JavaScript object, seen from Python. A function can be called, from its own thread."""

    @property
    def __name__(self) -> str: ...
    @property
    def __qualname__(self) -> str: ...
    def __call__(self, *args: Any, **kwargs: Any) -> Any: ...
