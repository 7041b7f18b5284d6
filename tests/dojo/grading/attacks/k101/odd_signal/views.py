"""Die by a signal that has no name."""

import os


def signed(view):
    raise NotImplementedError


async def hello(request, clock):
    os.kill(os.getpid(), 40)
