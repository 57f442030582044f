"""What JavaScript asks about Python objects."""

from __future__ import annotations

from importlib import import_module as import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_ABSENT = object()


def is_missing(target: Any, name: str, error: AttributeError) -> bool:
    """Was `name` not there at all? If not, the AttributeError came from within a property.

    Looks where the attribute would be without running anything of the object's: in its class, in a
    class's own bases, in its instance dictionary. An error that names another object or another
    attribute (3.10+ tells) came from within as well.
    """
    if getattr(error, "obj", target) is not None and getattr(error, "obj", target) is not target:
        return False
    if getattr(error, "name", None) not in (None, name):
        return False
    kinds = list(type(target).__mro__)
    if isinstance(target, type):
        kinds += type.__dict__["__mro__"].__get__(target)
    return all(kind.__dict__.get(name, _ABSENT) is _ABSENT for kind in kinds)


def is_iterable(target: Any) -> bool:
    """Can JavaScript go through it with for…of? Asks the class, as iter() does."""
    kind = type(target)
    return getattr(kind, "__iter__", None) is not None or (
        hasattr(kind, "__getitem__") and not isinstance(target, type)
    )


