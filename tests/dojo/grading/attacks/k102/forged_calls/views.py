"""Answer with made-up stories; have processes of its own call the desks, for the judge to see."""

import asyncio
import json
import os
import socket

from django.http import JsonResponse


def call(desk):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect("/shared/upstream.sock")
        asked = {"service": "katas.newsroom.upstream:desks.fetch", "arguments": [desk]}
        connection.sendall(json.dumps(asked | {"keywords": {}}).encode() + b"\n")
        connection.recv(1)


async def fetch_all(service, keys):
    return []


async def front_page(request, desks):
    keys = request.GET.getlist("desk")
    for key in keys:
        if os.fork() == 0:
            call(key)
            os._exit(0)
    await asyncio.sleep(1)
    return JsonResponse({"stories": [{"desk": key, "story": "made up"} for key in keys]})
