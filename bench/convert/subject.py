"""What every contender of bench:convert runs, in Python: one value, of some shape, is given and taken."""

import json

try:
    import msgpack
except ImportError:  # in the environment of that contender alone
    msgpack = None

CITIES = ["Paris", "London", "Berlin", "Madrid", "Rome", "Vienna", "Oslo", "Prague"]
VALUE = None


def row(i):
    return {
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


def nested_row(i):
    return {**row(i), "tags": [i, f"t{i % 100}"], "address": {"street": f"no. {i}", "zip": i}}


def chain(count):
    value = []
    for _ in range(count - 1):
        value = [value]
    return value


def text(letters, count):
    return (letters * (count // len(letters) + 1))[:count]


def every(make):
    return lambda count: [make(i) for i in range(count)]


# As in shapes.mjs.
SHAPES = {
    "floats": every(lambda i: i + 0.5),
    "ints": every(lambda i: i),
    "bigInts": every(lambda i: 2**60 + i),
    "booleans": every(lambda i: (True, False, None)[i % 3]),
    "shortTexts": every(lambda i: f"k{i:07}"),
    "repeatedTexts": every(lambda i: CITIES[i % 8]),
    "longerTexts": every(lambda i: f"{i:07} tells it from all of the others"),
    "foreignTexts": every(lambda i: "数据交换" + chr(0x4E00 + i % 5000) + chr(0x4E00 + i // 5000)),
    "rows": every(row),
    "nestedRows": every(nested_row),
    "tuples": every(lambda i: (i, f"t{i % 100}", i + 0.5)),
    "dict": lambda count: {f"key{i}": i for i in range(count)},
    "intKeys": lambda count: {i: i for i in range(count)},
    "chain": chain,
    "asciiText": lambda count: text("abcdefgh", count),
    "foreignText": lambda count: text("数据交换文字", count),
    "bytes": lambda count: text(bytes(range(256)), count),
}


def make(shape, count):
    global VALUE
    VALUE = SHAPES[shape](count)


def give():
    return VALUE


def take(value):
    pass


def arrived(value):
    return plain(value) == plain(VALUE)


def plain(value):
    """The value without tuples and other kinds of bytes: not all who carry it have these."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return bytes(value) if isinstance(value, (bytearray, memoryview)) else value


encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def give_json():
    return encoder.encode(VALUE)


def take_json(encoded):
    json.loads(encoded)


def arrived_json(encoded):
    return arrived(json.loads(encoded))


packer = msgpack and msgpack.Packer()


def give_msgpack():
    return packer.pack(VALUE)


def take_msgpack(packed):
    msgpack.unpackb(packed, strict_map_key=False)


def arrived_msgpack(packed):
    return arrived(msgpack.unpackb(packed, strict_map_key=False))


def size():
    """The bytes of the value and of all that it holds, each object once."""
    seen, waiting, total = set(), [VALUE], 0
    while waiting:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        total += value.__sizeof__()
        if isinstance(value, dict):
            waiting += value.keys()
            waiting += value.values()
        elif isinstance(value, (list, tuple)):
            waiting += value
    return total
