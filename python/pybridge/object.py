"""What JavaScript asks about Python objects."""

from __future__ import annotations

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


def is_iterable(target: object) -> bool:
    """Can JavaScript go through it with for…of? Asks the class, as iter() does."""
    kind = type(target)
    return getattr(kind, "__iter__", None) is not None or (
        hasattr(kind, "__getitem__") and not isinstance(target, type)
    )


def _class_of(target: object) -> type:
    return type(target)


_PLAIN: Any = (bool, int, float, str, bytes, list, tuple, dict, set, frozenset)


def plain(target: Any) -> Any:
    """What an instance of a subclass of a built-in type, or a NumPy scalar, holds; else itself."""
    kind = _class_of(target)
    if kind in _PLAIN:
        return target
    for base in _PLAIN:
        if issubclass(kind, base):
            return base(target)
    if kind.__module__ == "numpy" and hasattr(kind, "item") and not hasattr(kind, "__setitem__"):
        return target.item()
    return target
