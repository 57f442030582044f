"""Python types that keep the type of a JavaScript value while it is here."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict
    from typing import Set as _Set

    AnyDict = Dict[Any, Any]
    AnySet = _Set[Any]
else:
    AnyDict = dict
    AnySet = set


class Undefined:
    """The type of `undefined`, JavaScript's other nothing. It is false, and there is only one."""

    __slots__ = ()

    def __new__(cls) -> Undefined:
        return undefined

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "undefined"

    def __reduce__(self) -> str:
        return "undefined"


undefined: Undefined = object.__new__(Undefined)


class BigInt(int):
    """An int that goes back to JavaScript as a bigint, however small it is.

    Beyond 2**53 - 1 every int does: there it is a plain one.
    """

    __slots__ = ()

    def __new__(cls, *args: Any, **keywords: Any) -> Any:
        value = int(*args, **keywords)
        return value if abs(value) > 2**53 - 1 else int.__new__(cls, value)


class Map(AnyDict):
    """A dict that goes back to JavaScript as a Map, also where all keys are strings."""

    __slots__ = ()


class Set(AnySet):
    """A set that goes back to JavaScript in the order that it had there."""

    __slots__ = ("_order",)
    _order: tuple[Any, ...]

    def __init__(self, items: Any = ()) -> None:
        order = tuple(dict.fromkeys(items))
        AnySet.__init__(self, order)
        self._order = order

    def __reduce__(self) -> tuple[Any, ...]:
        kept = [item for item in self._order if item in self]
        return Set, ([*kept, *self.difference(kept)],)


def make_set(items: set[Any], order: tuple[Any, ...]) -> Set:
    made: Set = Set.__new__(Set)
    AnySet.__init__(made, items)
    made._order = order
    return made


class Ref:
    """In an annotation, `Annotated[T, pybridge.Ref]`: what crosses is not copied."""
