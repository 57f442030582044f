"""Which simpler object stands in JSON for one of a type that JSON does not have.

Sets have no form: an array would say that they have an order. Neither has a table, of which there
are several; the message of the refusal names the methods that make one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice

from .convert import AnyDict
from .object import loaded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    Reduce = Callable[[Any], Any]

# The text of more would be longer than a string of JavaScript's can be.
MOST_ITEMS = 2**25
NO_FORM: Any = object()


class TooManyError(Exception):
    pass


def reduction(kind: Any) -> Reduce | None:
    """How an object of this class becomes one of a simpler type; None where it has no form."""
    return _of_its_own(kind) or _of_builtin(kind) or _of_standard(kind) or _of_container(kind)


def _of_its_own(kind: Any) -> Reduce | None:
    """Types that say what they hold."""
    if issubclass(kind, type):
        return None
    if issubclass(kind, loaded("enum", "Enum")):
        return lambda target: target.value
    if hasattr(kind, "model_dump") and hasattr(kind, "model_fields"):
        return lambda target: target.model_dump(mode="json")
    if hasattr(kind, "__fields__") and hasattr(kind, "__get_validators__"):  # pydantic 1
        return _pydantic_1
    if hasattr(kind, "__dataclass_fields__"):
        return _dataclass
    if hasattr(kind, "__attrs_attrs__"):
        names = [field.name for field in kind.__attrs_attrs__]
        return lambda target: {name: getattr(target, name) for name in names}
    module: str = str(kind.__module__)
    if module.startswith("pandas.") and kind.__name__ in ("NaTType", "NAType"):
        return lambda target: None
    return _of_numpy(kind)


def _pydantic_1(target: Any) -> Any:
    import json

    return json.loads(target.json())


def _dataclass(target: Any) -> Any:
    import dataclasses

    return {field.name: getattr(target, field.name) for field in dataclasses.fields(target)}


def _whole(kind: Any) -> Reduce:
    return lambda target: kind.__getitem__(target, slice(None))


def _items(target: Any) -> Any:
    items: list[Any] = list(islice(iter(target), _counted(target)))
    return items


def _buffer(target: Any) -> dict[str, Any]:
    """As a Buffer of Node's has it."""
    return {"type": "Buffer", "data": list(bytes(target))}


_BUILTINS: dict[type, Reduce] = {
    int: int.__int__,
    float: float.__float__,
    str: str.__str__,
    bytes: _buffer,
    bytearray: _buffer,
    list: _whole(list),
    tuple: _whole(tuple),
    dict: AnyDict.copy,
    range: _items,
    memoryview: lambda target: target.tolist(),
}


def _of_builtin(kind: Any) -> Reduce | None:
    return next((_BUILTINS[base] for base in _BUILTINS if issubclass(kind, base)), None)


def _of_standard(kind: Any) -> Reduce | None:
    if issubclass(kind, loaded("datetime", "date", "time")):
        return lambda target: target.isoformat()
    if issubclass(kind, loaded("datetime", "timedelta")):
        own: Reduce | None = getattr(kind, "isoformat", None)  # pandas has nanoseconds
        return own or _duration
    as_text = (
        *loaded("decimal", "Decimal"),
        *loaded("fractions", "Fraction"),
        *loaded("uuid", "UUID"),
        *loaded("pathlib", "PurePath"),
        *loaded("zoneinfo", "ZoneInfo"),
        *loaded("ipaddress", "_IPAddressBase"),
    )
    if issubclass(kind, as_text) or issubclass(kind, loaded("collections", "UserString")):
        return str
    if issubclass(kind, loaded("array", "array")):
        return lambda target: target.tolist()
    return None


def _duration(span: Any) -> str:
    """As ISO 8601 has it: P1DT2H3M4.5S."""
    microseconds = (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds
    sign = "-" if microseconds < 0 else ""
    seconds, fraction = divmod(abs(microseconds), 1_000_000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    clock = "".join(f"{n}{unit}" for n, unit in ((hours, "H"), (minutes, "M")) if n)
    if seconds or fraction:
        clock += f"{seconds}.{fraction:06}".rstrip("0").rstrip(".") + "S"
    day = f"{days}D" if days else ""
    return f"{sign}P{day}{'T' + clock if clock else ''}" if day or clock else "PT0S"


def _of_numpy(kind: Any) -> Reduce | None:
    if issubclass(kind, loaded("numpy", "datetime64")):
        return lambda target: None if target != target else str(target)
    if issubclass(kind, loaded("numpy", "timedelta64")):
        return _numpy_span
    if issubclass(kind, loaded("numpy", "generic")):
        return _numpy_scalar
    if issubclass(kind, loaded("numpy", "ndarray")):
        return _numpy_array
    return None


def _numpy_scalar(target: Any) -> Any:
    item = target.item()
    return float(target) if type(item) is type(target) else item  # of a long double


def _numpy_span(target: Any) -> Any:
    if target != target:  # NaT
        return None
    exact = target.astype("timedelta64[us]")  # of nanoseconds, item() is an int
    span = exact.item()
    return span if exact == target and not isinstance(span, int) else NO_FORM


def _numpy_array(target: Any) -> Any:
    _counted(range(target.size))
    if target.dtype.kind not in "mM":
        return target.tolist()
    return list(target) if target.ndim > 0 else target[()]


def _of_container(kind: Any) -> Reduce | None:
    if issubclass(kind, Mapping):
        return _mapping
    if issubclass(kind, Sequence):
        return _items
    return None


def _mapping(target: Any) -> dict[Any, Any]:
    return {key: target[key] for key in islice(iter(target), _counted(target))}


def _counted(target: Any) -> int:
    try:
        count = len(target)
    except OverflowError:
        count = MOST_ITEMS + 1
    if count > MOST_ITEMS:
        raise TooManyError
    return count
