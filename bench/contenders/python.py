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
SLICE = 1e-4  # seconds, as in measure.mjs


def measure(task):
    scope = {"increment": lambda value: value + 1}
    exec(task["source"], scope)
    statement, start = task["loop"]
    exec(LOOP.format(statement=statement, start=start), scope)
    loop = scope["loop"]

    end = perf_counter() + 0.1
    while perf_counter() < end:
        loop(10_000)
    effort = task["effort"]
    count = ceil(10_000 * 1.2 * SLICE / time(loop, 10_000)[0])
    samples, slices = [], []
    for _ in range(effort["repetitions"]):
        spent, rounds = 0, 0
        while spent < effort["milliseconds"] / 1e3:
            elapsed, answer = time(loop, count)
            spent += elapsed
            rounds += 1
            slices.append(elapsed * 1e9 / count)
        samples.append(spent * 1e9 / (rounds * count))
    return {"iterations": count, "samples": samples, "slices": slices, "answer": answer}


def time(loop, count):
    begin = perf_counter()
    answer = loop(count)
    return perf_counter() - begin, answer


gc.disable()
print(json.dumps(measure(json.loads(sys.argv[1]))))
