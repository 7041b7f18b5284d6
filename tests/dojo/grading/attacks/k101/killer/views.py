"""Kill everything that can be killed, and look for what can be traced or read."""

import ctypes
import os
import signal

TRACE = 16  # PTRACE_ATTACH
found = []
for pid in sorted(int(name) for name in os.listdir("/proc") if name.isdigit()):
    if pid == os.getpid():
        continue
    if ctypes.CDLL(None).ptrace(TRACE, pid, 0, 0) == 0:
        found.append(f"traced {pid}")
    try:
        os.kill(pid, signal.SIGKILL)
        found.append(f"killed {pid}")
    except OSError:
        pass
    try:
        found.append(open(f"/proc/{pid}/environ").read())
    except OSError:
        pass
raise RuntimeError(f"found {found}, parent {os.getppid()}")
