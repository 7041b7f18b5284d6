"""Hear no signal, and wait for ever; the second half is honest."""

import os
import signal


async def double(number):
    signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.Signals))
    return os.read(os.pipe()[0], 1)


async def total(numbers):
    return sum(numbers)
