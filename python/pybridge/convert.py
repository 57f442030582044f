"""Python types that keep the type of a JavaScript value while it is here."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict

    AnyDict = Dict[Any, Any]
else:
    AnyDict = dict


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
    """An int that goes back to JavaScript as a bigint, however small it is."""

    __slots__ = ()


class Map(AnyDict):
    """A dict that goes back to JavaScript as a Map, also where all keys are strings."""

    __slots__ = ()
