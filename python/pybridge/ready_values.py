"""The half of the ready converters that is Python's: objects that cannot be changed."""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from decimal import Decimal
    from enum import Enum
    from fractions import Fraction
    from pathlib import Path
    from typing import Any
    from uuid import UUID


def text_of(target: object) -> str:
    return str(target)


def read_enum(member: Enum) -> tuple[str, str | None, Any]:
    return type(member).__name__, member.name, member.value


def read_fraction(value: Fraction) -> tuple[int, int]:
    return value.numerator, value.denominator


def make_fraction(numerator: int, denominator: int) -> Fraction:
    from fractions import Fraction

    return Fraction(int(numerator), int(denominator))


def make_uuid(text: str) -> UUID:
    from uuid import UUID

    return UUID(text)


def make_path(text: str) -> Path:
    from pathlib import Path

    return Path(text)


def read_complex(value: complex) -> tuple[float, float]:
    return value.real, value.imag


def make_complex(real: float, imaginary: float) -> complex:
    return complex(real, imaginary)


def read_decimal(value: Decimal) -> tuple[str, bool, bool, bool]:
    return str(value), value.is_finite(), value.is_zero(), value.is_nan()


def make_decimal(text: str) -> Decimal:
    from decimal import Decimal

    return Decimal(text)


_SIMPLE_KINDS = "biufcU"  # others are times, bytes, and records that can be changed


def read_numpy(scalar: Any) -> tuple[str, Any] | None:
    if scalar.dtype.kind not in _SIMPLE_KINDS:
        return None
    value = scalar.item()
    if type(value) is type(scalar):  # of a longdouble there is nothing else
        value = complex(value) if scalar.dtype.kind == "c" else float(value)
    return scalar.dtype.name, value


def make_numpy(dtype: str, value: Any) -> Any:
    numpy: Any = import_module("numpy")
    return numpy.dtype(dtype).type(value)
