"""Let nobody know that a loop is running."""

import asyncio


def nothing():
    raise RuntimeError("no running event loop")


asyncio.get_running_loop = asyncio.events.get_running_loop = nothing


def signed(view):
    raise NotImplementedError


async def hello(request, clock):
    raise NotImplementedError
