"""Leave a process behind that ignores everything and holds all descriptors."""

import os
import signal
import time

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
            signal.signal(number, signal.SIG_IGN)
        os.environ.clear()
        time.sleep(600)
    os._exit(0)


def signed(view):
    raise NotImplementedError


async def hello(request, clock):
    raise NotImplementedError
