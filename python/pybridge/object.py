"""What JavaScript asks about Python objects."""

from __future__ import annotations

import sys

from .convert import AnyDict, BigInt, Map
from .errors import class_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

_mro = type.__dict__["__mro__"].__get__
_namespace = type.__dict__["__dict__"].__get__
# Of slots and of builtin attributes: an AttributeError of theirs says that there is no value.
_PLAIN_DESCRIPTORS: Any = (type(type.__dict__["__basicsize__"]), type(type.__dict__["__dict__"]))
_Generator = type(_ for _ in ())


def is_missing(target: Any, name: str, error: AttributeError) -> bool:
    """Was `name` not there at all? If not, the AttributeError came from within a property.

    Looks where a property would be without running anything of the object's: in its class, and in
    the bases of a class. An error that names another attribute (3.10+ tells) came from within as
    well.
    """
    if getattr(error, "name", None) not in (None, name):
        return False
    kinds = _mro(type(target))
    if issubclass(type(target), type):
        kinds += _mro(target)
    spaces = (_namespace(kind) for kind in kinds)
    return all(isinstance(space[name], _PLAIN_DESCRIPTORS) for space in spaces if name in space)


def is_iterable(target: object) -> bool:
    """Can JavaScript go through it with for…of? Asks the class, as iter() does."""
    kind: Any = class_of(target)
    if hasattr(kind, "__iter__"):
        return kind.__iter__ is not None
    return hasattr(kind, "__getitem__") and not issubclass(kind, type)


def number_of(target: Any, must: bool) -> float | None:
    """The number that it stands for, by __index__ or __float__; None where it has neither.

    Where the conversion fails there is none either, unless there `must` be one. A complex number is
    none, and a member of an Enum that is no number itself is its value where there `must` be one.
    """
    kind = class_of(target)
    if is_complex(target, kind):
        return None
    for name in ("__index__", "__float__"):
        convert = getattr(kind, name, None)
        if convert is None:
            continue
        try:
            return convert(target)
        except (TypeError, ValueError):  # an array of many numbers is none
            if must:
                raise
    if must and issubclass(kind, loaded("enum", "Enum")) and type(target.value) in (int, float):
        return target.value
    return None


def is_complex(target: Any, kind: Any) -> bool:
    """NumPy's have a __float__ that leaves the imaginary part out."""
    if issubclass(kind, complex):
        return True
    return issubclass(kind, loaded("numpy", "generic", "ndarray")) and target.dtype.kind == "c"


def loaded(module: str, *names: str) -> tuple[Any, ...]:
    """Classes of a module, where it is loaded: an object of theirs would have loaded it."""
    found = (getattr(sys.modules.get(module), name, None) for name in names)
    return tuple(kind for kind in found if isinstance(kind, type))


def to_json(target: Any) -> Any:
    """What JSON.stringify gets of it."""
    from .json_form import json_form

    return json_form(target)


def close_generator(iterator: Any) -> None:
    """JavaScript left a loop: where it went through a generator, that one ends."""
    if type(iterator) is _Generator:
        iterator.close()


_JAVASCRIPT = (BigInt, Map)  # cross as what they are
_ALL = slice(None)


def _unordered(kind: Any) -> Callable[[Any], Any]:
    return lambda target: kind().union(target)


def _ordered(kind: Any) -> Callable[[Any], Any]:
    return lambda target: kind.__getitem__(target, _ALL)


# The value of a subclass, whatever methods of its own it has.
_PLAIN: dict[type, Callable[[Any], Any]] = {
    bool: bool,
    int: int.__int__,
    float: float.__float__,
    str: str.__str__,
    bytes: _ordered(bytes),
    list: _ordered(list),
    tuple: _ordered(tuple),
    dict: AnyDict.copy,
    set: _unordered(set),
    frozenset: _unordered(frozenset),
}


def plain(target: Any) -> Any:
    """What an instance of a subclass of a built-in type, or a NumPy scalar, holds; else itself."""
    kind = class_of(target)
    if kind in _PLAIN or kind in _JAVASCRIPT:
        return target
    for base, value in _PLAIN.items():
        if issubclass(kind, base):
            return value(target)
    if kind.__module__ == "numpy" and hasattr(kind, "item") and not hasattr(kind, "__setitem__"):
        return target.item()
    return target
