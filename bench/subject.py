"""What every contender runs, in Python."""

import datetime
from functools import lru_cache
from itertools import repeat


def noop():
    pass


def add(a, b):
    return a + b


def named(a, b, c):
    return a + b + c


def hello(text):
    return text


class Thing:
    def __init__(self):
        self.number = 12345

    def add(self, a, b):
        return a + b


thing = Thing()
plain = object


def callbacks(function, count):
    value = 0
    for _ in repeat(None, count):
        value = function(value)
    return value


def make():
    return object()


def same():
    return thing


def boom():
    raise ValueError("boom")


LETTERS = "abcdefgh" * 2**17


def letters():
    return LETTERS


def small_list():
    return [1, 2, 3]


def small_dict():
    return {"a": 1, "b": "x"}


def small_tuple():
    return (1, "a", None)


def take_small_list(values):
    return values[0] + values[1]


def take_small_dict(values):
    return values["a"] + len(values["b"])


# Made when they are first asked for: most processes never are.


@lru_cache(maxsize=None)
def floats():
    return [i + 0.5 for i in range(1_000_000)]


@lru_cache(maxsize=None)
def ints():
    return list(range(1_000_000))


CITIES = ["Paris", "London", "Berlin", "Madrid", "Rome", "Vienna", "Oslo", "Prague"]


@lru_cache(maxsize=None)
def rows():
    return [
        {
            "id": i,
            "name": f"user{i}",
            "score": i / 7 + 0.1,
            "active": i % 2 == 0,
            "parent": None,
            "city": CITIES[i % 8],
            "count": i * 7 % 1000,
            "ratio": i / 3 + 0.1,
            "tag": f"t{i % 100}",
            "flag": i % 3 == 0,
        }
        for i in range(10_000)
    ]


def equal(taken, own):
    """Whether a list arrived as it was, by its ends: their types too."""
    ends = [(taken[i], own[i]) for i in (0, -1)] if len(taken) == len(own) else [(taken, own)]
    return type(taken) is list and all(type(a) is type(b) and a == b for a, b in ends)


def take_floats(values):
    return equal(values, floats())


def take_ints(values):
    return equal(values, ints())


def take_rows(values):
    return equal(values, rows())


# What values.mjs carries across, by name.
SAMPLES = {
    "bigInteger": 2**70,
    "safeInteger": 2**53 - 1,
    "integralFloat": 3.0,
    "negativeZero": -0.0,
    "tinyFloat": 1e-8,
    "hugeFloat": 1e300,
    "notANumber": float("nan"),
    "none": None,
    "boolean": True,
    "astral": "\U0001f600!",
    "nul": "a\0b",
    "surrogate": "a\ud800",
    "bytes": b"\x00\xff",
    "tuple": (1, "a", None),
    "set": {1, 2},
    "integerKeys": {1: "a", 2: "b"},
    "nested": {"a": [1, {"b": [None, True]}]},
    "datetime": datetime.datetime(2024, 2, 29, 12, tzinfo=datetime.timezone.utc),
}


def sample(name):
    return SAMPLES[name]


def arrived(name, value):
    """What it became, if not the sample: '' where it arrived as it was."""
    own = SAMPLES[name]
    kept = isinstance(value, type(own)) and repr(value) == repr(own)
    return "" if kept else f"{type(value).__name__} {value!r}"[:60]
