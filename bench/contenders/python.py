"""Python calling Python: the loop of timeit (C iterator, no collector), with a checked answer."""

import gc
import json
import sys
from math import ceil
from time import perf_counter

LOOP = """
def loop(count):
    value = {start}
    for _ in repeat(None, count):
        {statement}
    return value
"""


def measure(task):
    scope = {"increment": lambda value: value + 1}
    exec(task["source"], scope)
    statement, start = task["loop"]
    exec(LOOP.format(statement=statement, start=start), scope)
    loop = scope["loop"]

    effort = task["effort"]
    least = effort["iterations"]
    end = perf_counter() + 0.1
    while perf_counter() < end:
        loop(10_000)
    count = ceil(least * max(1, effort["milliseconds"] / 1e3 / time(loop, least)[0]))
    samples = []
    for _ in range(effort["repetitions"]):
        elapsed, answer = time(loop, count)
        samples.append(elapsed * 1e9 / count)
    return {"iterations": count, "samples": samples, "answer": answer}


def time(loop, count):
    begin = perf_counter()
    answer = loop(count)
    return perf_counter() - begin, answer


gc.disable()
print(json.dumps(measure(json.loads(sys.argv[1]))))
