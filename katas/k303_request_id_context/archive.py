"""The old archive. Given: sync code that blocks, and knows nothing of requests."""

import logging
import time

logger = logging.getLogger(__name__)

TITLES = ("The bridge is closed", "A bridge for everybody", "Opera opens")


class Archive:
    """Looks through the titles of many years; takes 0.2 s."""

    def search(self, words: str) -> list[str]:
        """Return the titles that contain *words*."""
        logger.info("searching for %r", words)
        time.sleep(0.2)
        return [title for title in TITLES if words.lower() in title.lower()]


archive = Archive()
