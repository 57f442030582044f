"""datetime on its way to JavaScript, and Date on its way here."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import tzinfo
    from typing import Optional, Tuple

    Parts = Tuple[float, float, float, float, Optional[tzinfo], bool]


class Date(datetime):
    """A Date of JavaScript's: an aware datetime in UTC, exact to the millisecond."""

    __slots__ = ()


_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_DATE_EPOCH = Date(1970, 1, 1, tzinfo=timezone.utc)
_CLOCK_EPOCH = datetime(1970, 1, 1)


def _milliseconds(when: datetime, since: datetime) -> float:
    span = datetime.__sub__(when, since)
    return float(span.days * 86_400_000 + span.seconds * 1000 + span.microseconds // 1000)


def describe(when: datetime) -> Parts | float | None:
    """(time, clock, microsecond, fold, tzinfo, is naive), the first two in milliseconds.

    Of a Date only its time; None where the time zone, or the platform, does not know what time
    that is.
    """
    zone = when.tzinfo
    if type(when) is Date and zone is timezone.utc and when.microsecond % 1000 == 0:
        return _milliseconds(when, _EPOCH)
    clock = _milliseconds(when.replace(tzinfo=None), _CLOCK_EPOCH)
    try:
        is_naive = when.utcoffset() is None
        if is_naive:
            whole = when.replace(microsecond=0, tzinfo=None).timestamp()
            time = whole * 1000 + when.microsecond // 1000
        else:
            time = _milliseconds(when, _EPOCH)
    except Exception:
        return None
    return time, clock, float(when.microsecond), float(when.fold), zone, is_naive


def make_date(milliseconds: int) -> Date:
    return _DATE_EPOCH + timedelta(milliseconds=milliseconds)


def make_datetime(clock: int, microsecond: int, fold: int, zone: tzinfo | None) -> datetime:
    when = _CLOCK_EPOCH + timedelta(milliseconds=clock)
    return when.replace(microsecond=microsecond, tzinfo=zone, fold=fold)
