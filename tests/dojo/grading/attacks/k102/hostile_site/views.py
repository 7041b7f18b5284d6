"""Answer each desk in another way that is meant to harm whoever asks."""

import asyncio
import itertools
import zlib

from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse

BLOCK = bytes(64 * 1024)


def bomb():
    packer = zlib.compressobj(9, wbits=31)
    for _ in range(3_000):
        yield packer.compress(BLOCK)
    yield packer.flush()


async def endless():
    for _ in itertools.count():
        yield BLOCK


async def drip():
    while True:
        yield b"x"
        await asyncio.sleep(0.01)


async def fetch_all(service, keys):
    return []


async def front_page(request, desks):
    match request.GET["desk"]:
        case "bomb":
            return HttpResponse(bomb(), headers={"Content-Encoding": "gzip"})
        case "twice packed":
            return HttpResponse(b"", headers={"Content-Encoding": "gzip, gzip"})
        case "endless":
            return StreamingHttpResponse(endless())
        case "drip":
            return StreamingHttpResponse(drip())
        case "codec":
            packed = zlib.compress(BLOCK * 100)
            return HttpResponse(packed, content_type="text/plain; charset=zlib")
        case "headers":
            return HttpResponse(headers={f"X-{number}": "x" * 60_000 for number in range(4)})
        case "away":
            return HttpResponseRedirect("http://localhost:1/")
        case "deep":
            return HttpResponse(b"[" * 1_000_000)
        case "digits":
            return HttpResponse(b"9" * 5_000)
        case "never":
            await asyncio.Event().wait()
