"""Die in the first half; the second is honest."""

import os
import signal


async def double(number):
    os.kill(os.getpid(), signal.SIGRTMIN + 6)


async def total(numbers):
    return sum(numbers)
