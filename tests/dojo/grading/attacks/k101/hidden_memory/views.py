"""Take memory without end, where it is nobody's resident memory."""

import os

kept = []
while True:
    kept.append(os.memfd_create("more"))
    for _ in range(8):
        os.write(kept[-1], bytes(1024 * 1024))
