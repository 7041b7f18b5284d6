"""Write events without end into the report."""

import os
import stat

ours = [
    n
    for n in range(3, 64)
    if os.path.exists(f"/proc/self/fd/{n}") and stat.S_ISFIFO(os.fstat(n).st_mode)
]
while True:
    os.write(ours[-1], b'{"event":"x"}\n' * 10_000)
