"""Tables of both sides, by Arrow's PyCapsule interface."""

from __future__ import annotations

from ._native import arrow_schema, arrow_stream
from .errors import BridgeError, class_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, final

    from ._native import JsProxy
else:

    def final(kind):
        return kind


@final
class Table:
    """A table of JavaScript's: whatever takes Arrow data takes it, without copying values.

    That is `pyarrow.table`, `polars.DataFrame`, `pandas.DataFrame.from_arrow`, DuckDB, and others.
    """

    __slots__ = ("__weakref__", "_kept", "_table")

    def __init__(self, kept: Any, table: JsProxy) -> None:
        self._kept = kept
        self._table = table

    def __arrow_c_schema__(self) -> Any:
        return arrow_schema(self._kept)

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """The batches; always in their own schema, which a consumer may cast."""
        return arrow_stream(self._kept)


def arrow_of(target: Any) -> tuple[Any, ...]:
    """The capsule of a stream, or those of a schema and an array."""
    kind: Any = class_of(target)
    if hasattr(kind, "__arrow_c_stream__"):
        return (target.__arrow_c_stream__(),)
    if hasattr(kind, "__arrow_c_array__"):
        schema, array = target.__arrow_c_array__()
        return schema, array
    raise BridgeError(
        "CONVERSION",
        f"{kind.__module__}.{kind.__qualname__} gives no Arrow data (__arrow_c_stream__): "
        "pass a DataFrame of pandas 2.2 or Polars, or a table of pyarrow",
    )


def home_of(target: Any) -> Any:
    """The table of JavaScript's that an object stands for; None for others."""
    return target._table if class_of(target) is Table else None
