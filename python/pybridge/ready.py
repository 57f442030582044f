"""The half of the ready converters that is Python's: objects of named parts."""

from __future__ import annotations

import copyreg

from .errors import class_of as _class_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional, Tuple

    Parts = Tuple[Optional[Tuple[str, ...]], Tuple[Any, ...]]

_HEAP_TYPE = 1 << 9
_slots_of: Any = getattr(copyreg, "_slotnames")  # noqa: B009
_set: Any = object.__setattr__
_Tuple: Any = tuple


def class_of(target: object) -> Any:
    return _class_of(target)


def is_namedtuple(kind: Any) -> bool:
    return isinstance(getattr(kind, "_fields", None), tuple) and issubclass(kind, tuple)


def _is_model(kind: Any) -> bool:
    return hasattr(kind, "__pydantic_fields_set__")


def _names(kind: Any) -> tuple[str, ...]:
    if is_namedtuple(kind):
        return kind._fields
    if _is_model(kind):
        return tuple(kind.model_fields)
    return tuple(field.name for field in _fields(kind))


def _fields(kind: Any) -> Any:
    from dataclasses import fields

    return fields(kind)


def describe(target: Any) -> tuple[str, tuple[str, ...], bool, bool]:
    """Of its class: name, names of the parts, whether it is frozen, whether it can be made anew.

    One that is built into C, or derived from such, may hold more than its parts.
    """
    kind = _class_of(target)
    if is_namedtuple(kind):
        return kind.__name__, _names(kind), True, True
    is_plain = all(base.__flags__ & _HEAP_TYPE for base in kind.__mro__[:-1])
    if _is_model(kind):
        return kind.__name__, _names(kind), bool(kind.model_config.get("frozen")), is_plain
    return kind.__name__, _names(kind), kind.__dataclass_params__.frozen, is_plain


def read(targets: list[Any]) -> tuple[Parts, ...]:
    """The parts of each: their names, where they are others than usual, and values."""
    return tuple([_read(target) for target in targets])


def _read(target: Any) -> Parts:
    kind = _class_of(target)
    if is_namedtuple(kind):
        return None, tuple(target)
    usual = _names(kind)
    found = _read_model(target, usual) if _is_model(kind) else _read_fields(target, usual)
    names = tuple(found)
    return None if names == usual else names, tuple(found.values())


def _read_fields(target: Any, names: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in names:
        try:
            found[name] = getattr(target, name)
        except AttributeError:  # never set, or deleted
            continue
    return found


def _read_model(target: Any, names: tuple[str, ...]) -> dict[str, Any]:
    found = {name: target.__dict__[name] for name in names if name in target.__dict__}
    found.update(target.__pydantic_extra__ or {})
    return found


def begin(origin: Any) -> Any:
    """Another of its class, without its parts, and with whatever else it has."""
    kind = _class_of(origin)
    return _begin_model(origin, kind) if _is_model(kind) else _begin_fields(origin, kind)


def _begin_fields(origin: Any, kind: Any) -> Any:
    made = object.__new__(kind)
    names = _names(kind)
    for name, value in getattr(origin, "__dict__", {}).items():
        if name not in names:
            made.__dict__[name] = value
    for name in _slots_of(kind):
        if name not in names and hasattr(origin, name):
            _set(made, name, getattr(origin, name))
    return made


def _begin_model(origin: Any, kind: Any) -> Any:
    made = object.__new__(kind)
    names = kind.model_fields
    _set(made, "__dict__", {k: v for k, v in origin.__dict__.items() if k not in names})
    _set(made, "__pydantic_fields_set__", set(origin.__pydantic_fields_set__))
    private = getattr(origin, "__pydantic_private__", None)
    _set_slot(made, "__pydantic_extra__", None if origin.__pydantic_extra__ is None else {})
    _set_slot(made, "__pydantic_private__", None if private is None else dict(private))
    return made


def _set_slot(made: Any, name: str, value: dict[str, Any] | None) -> None:
    # A RootModel has None in its class instead of a slot: set, it would be among the fields.
    if value is not None or getattr(made, name, made) is not None:
        _set(made, name, value)


def finish(
    begun: Any, values: list[Any], origin: Any, kind: Any, names: list[str], changed: list[str]
) -> Any:
    """Give it its parts. What JavaScript made itself is made as Python does."""
    if origin is None:
        return _make(kind, dict(zip(names, values)))
    if is_namedtuple(kind):
        made = _Tuple.__new__(kind, values)
        getattr(made, "__dict__", {}).update(getattr(origin, "__dict__", {}))
        return made
    if _is_model(kind):
        _finish_model(begun, kind, dict(zip(names, values)), changed)
        return begun
    for name, value in zip(names, values):
        _set(begun, name, value)
    return begun


def _finish_model(begun: Any, kind: Any, parts: dict[str, Any], changed: list[str]) -> None:
    for name, value in parts.items():
        if name in changed:
            continue
        if name in kind.model_fields:
            begun.__dict__[name] = value
        else:
            begun.__pydantic_extra__[name] = value
    for name in changed:
        setattr(begun, name, parts[name])


def _make(kind: Any, parts: dict[str, Any]) -> Any:
    if is_namedtuple(kind) or _is_model(kind):
        return kind(**parts)
    later = {field.name for field in _fields(kind) if not field.init}
    made = kind(**{name: value for name, value in parts.items() if name not in later})
    for name in later.intersection(parts):
        _set(made, name, parts[name])
    return made
