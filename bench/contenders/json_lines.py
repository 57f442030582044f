"""Answers JSON lines: the other end of json-child.mjs. Runs the file that is named, if one is."""

import json
import sys
from collections import deque

exposed = {"eval": eval}
for path in sys.argv[1:]:
    with open(path) as file:
        exec(compile(file.read(), path, "exec"), exposed)

requests = deque()
lines = sys.stdin.buffer
out = sys.stdout.buffer


def send(message):
    out.write(json.dumps(message, allow_nan=False).encode() + b"\n")
    out.flush()


def remote(number):
    """A function of JavaScript's; requests that come while it runs are put aside."""

    def call(*arguments):
        send({"call": number, "arguments": arguments})
        while True:
            message = json.loads(lines.readline())
            if "answer" in message:
                return message["answer"]
            requests.append(message)

    return call


def argument(value):
    return remote(value["function"]) if type(value) is dict and "function" in value else value


def value_of(request):
    first, *rest = request["name"].split(".")
    value = exposed[first]
    for name in rest:
        value = getattr(value, name)
    if "arguments" not in request:
        return value
    arguments = [argument(each) for each in request["arguments"]]
    return value(*arguments, **request.get("keywords", {}))


def answer(request):
    try:
        send({"id": request["id"], "value": value_of(request)})
    except Exception as error:
        send({"id": request["id"], "error": f"{type(error).__name__}: {error}"})


def messages():
    while True:
        if requests:
            yield requests.popleft()
            continue
        line = lines.readline()
        if not line:
            return
        yield json.loads(line)


for message in messages():
    answer(message)
