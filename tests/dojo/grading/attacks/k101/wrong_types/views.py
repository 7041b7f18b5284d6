"""Write events whose values have other types than they should."""

import json
import os

EVENTS = (
    {"event": "start", "id": ["a", "list"]},
    {"event": "result", "id": {"a": "dict"}, "state": 7},
    {"event": "result", "id": "test_signed.py::test_hello_is_signed", "state": "perfect"},
)
for event in EVENTS:
    for number in range(3, 64):
        try:
            os.write(number, json.dumps(event).encode() + b"\n")
        except OSError:
            continue


def signed(view):
    raise NotImplementedError


async def hello(request, clock):
    raise NotImplementedError
