"""Stop all clocks, and give all the time in the world."""

import time

time.time = time.monotonic = time.perf_counter = lambda: 0.0
time.sleep = lambda seconds: None


def signed(view):
    raise NotImplementedError


async def hello(request, clock):
    raise NotImplementedError
