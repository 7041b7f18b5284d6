"""Close all descriptors."""

import os

os.closerange(0, 1024)


def signed(view):
    raise NotImplementedError


async def hello(request, clock):
    raise NotImplementedError
