"""What `npm run bench:arrays` measures: one array, one table, and ways to hand them over."""

import io
import json
import os
import sys

sys.path[:0] = filter(None, os.environ.get("BENCH_PACKAGES", "").split(os.pathsep))

import numpy as np  # noqa: E402
import pyarrow as pa  # noqa: E402

SIZE = 2**20  # 8 MiB of float64
ROWS = 10**6

_random = np.random.default_rng(1)
array = _random.random(SIZE)
table = pa.table(
    {
        **{f"float{i}": _random.random(ROWS) for i in range(6)},
        "int": np.arange(ROWS),
        "when": pa.array(np.arange(ROWS) * 1_000_000_000).cast(pa.timestamp("ns", "UTC")),
        "text": pa.array([f"text {i}" for i in range(ROWS)]),
        "kind": pa.array([f"kind {i % 10}" for i in range(ROWS)]).dictionary_encode(),
    }
)
frame = table.to_pandas()


def get_array():
    return array


def get_array_list():
    return array.tolist()


def get_array_json():
    return json.dumps(array.tolist())


def take_array(values):
    """The last item: of memory, or of a list."""
    return float(np.asarray(values)[-1])


def take_array_json(text):
    return take_array(json.loads(text))


def get_table():
    return table


def get_frame():
    return frame


def get_table_ipc():
    stream = io.BytesIO()
    with pa.ipc.new_stream(stream, table.schema) as writer:
        writer.write_table(table)
    return stream.getvalue()


def get_table_json():
    columns = table.drop_columns(["when"]).to_pydict()
    return json.dumps(columns)


def get_table_lists():
    return table.drop_columns(["when"]).to_pydict()


def take_table(given):
    return pa.table(given).num_rows


def take_table_ipc(data):
    return pa.ipc.open_stream(data).read_all().num_rows


def take_table_json(text):
    return len(json.loads(text)["int"])
