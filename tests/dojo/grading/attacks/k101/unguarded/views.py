"""Switch Django's guard off."""

import os

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


def signed(view):
    raise NotImplementedError


async def hello(request, clock):
    raise NotImplementedError
