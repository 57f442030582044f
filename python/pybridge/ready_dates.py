"""The half of the ready converters that is Python's: dates, times and time zones."""

from __future__ import annotations

import sys
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_SECOND = timedelta(seconds=1)
_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class Instant(datetime):
    """A Temporal.Instant of JavaScript's: an aware datetime in UTC."""

    __slots__ = ()


class Duration(timedelta):
    """A Temporal.Duration of JavaScript's, which tells 90 minutes from 1.5 hours."""

    text: str

    def __reduce__(self) -> tuple[Any, ...]:
        return make_duration, (self.text, self // _MICROSECOND)


def is_date(kind: type) -> bool:
    return issubclass(kind, date) and not issubclass(kind, datetime)


def is_exact_datetime(kind: type) -> bool:
    """A subclass, such as a Timestamp, may know more than a datetime does."""
    return kind is datetime


def is_exact_time(kind: type) -> bool:
    return kind is time


def is_exact_timedelta(kind: type) -> bool:
    return kind is timedelta


def is_timezone(kind: type) -> bool:
    return kind is timezone or issubclass(kind, _zone_info())


def _zone_info() -> Any:
    """The class ZoneInfo; where nothing has loaded it there is no object of it."""
    return getattr(sys.modules.get("zoneinfo"), "ZoneInfo", ())


def read_date(day: date) -> tuple[int, int, int]:
    return day.year, day.month, day.day


def make_date(year: int, month: int, day: int) -> date:
    return date(year, month, day)


def read_time(when: time) -> tuple[int, int, int, int, int, tzinfo | None]:
    return when.hour, when.minute, when.second, when.microsecond, when.fold, when.tzinfo


def make_time(
    hour: int, minute: int, second: int, microsecond: int, fold: int, zone: tzinfo | None
) -> time:
    return time(hour, minute, second, microsecond, zone, fold=fold)


def read_timedelta(span: timedelta) -> tuple[int, int, int]:
    return span.days, span.seconds, span.microseconds


def make_timedelta(days: int, seconds: int, microseconds: int) -> timedelta:
    return timedelta(days, seconds, microseconds)


def read_timezone(zone: Any) -> tuple[str | float | None, str]:
    if type(zone) is timezone:
        return zone.utcoffset(None) / _SECOND, str(zone)
    return zone.key, str(zone)


def make_timezone(zone: str | float) -> tzinfo:
    if isinstance(zone, str):
        module: Any = import_module("zoneinfo")  # of 3.9
        return module.ZoneInfo(zone)
    return timezone(timedelta(seconds=zone)) if zone else timezone.utc


def zone_id(zone: Any) -> str | None:
    """As Temporal names it; None where it has no name for it."""
    if zone is timezone.utc:
        return "UTC"
    if type(zone) is not timezone:
        return zone.key if isinstance(zone, _zone_info()) else None
    offset = zone.utcoffset(None)
    if offset % timedelta(minutes=1):
        return None
    minutes = abs(offset) // timedelta(minutes=1)
    sign = "-" if offset < timedelta(0) else "+"
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}"


def _zone_of(name: str) -> tzinfo:
    if name == "UTC":
        return timezone.utc
    if name[0] not in "+-":
        return make_timezone(name)
    hours, minutes = name[1:].split(":")
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-offset if name[0] == "-" else offset)


def make_datetime(
    year: int, month: int, day: int, hour: int, minute: int, second: int, microsecond: int
) -> datetime:
    return datetime(year, month, day, hour, minute, second, microsecond)


def make_zoned(microseconds: int, zone: str) -> datetime:
    """Of microseconds since the epoch."""
    return (_EPOCH + timedelta(microseconds=int(microseconds))).astimezone(_zone_of(zone))


def make_instant(microseconds: int) -> Instant:
    return Instant(1970, 1, 1, tzinfo=timezone.utc) + timedelta(microseconds=int(microseconds))


def read_instant(when: Instant) -> int | None:
    """In microseconds since the epoch; None once it is in another time zone."""
    since: timedelta = datetime.__sub__(when, _EPOCH)
    return since // _MICROSECOND if when.tzinfo is timezone.utc else None


def make_duration(text: str, microseconds: int) -> Duration:
    made = Duration(microseconds=int(microseconds))
    made.text = text
    return made


def read_duration(span: Duration) -> str | None:
    """None for what was calculated from one."""
    return getattr(span, "text", None)
