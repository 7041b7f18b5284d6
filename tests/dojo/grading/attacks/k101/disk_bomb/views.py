"""Fill the disk."""

import os
import tempfile

for count in range(1000):
    try:
        with open(os.path.join(tempfile.gettempdir(), f"big{count}"), "wb") as file:
            for _ in range(32):
                file.write(bytes(1024 * 1024))
    except OSError as error:
        print("no more:", error, os.statvfs(tempfile.gettempdir()).f_blocks)
        raise
