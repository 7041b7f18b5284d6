"""The check of a letter: a query, a service that takes its time, a query. Given."""

import asyncio
import logging

from katas.k506_background_work.models import Letter

logger = logging.getLogger(__name__)


class Checker:
    """The lawyers' service, which finds libel and threats."""

    async def read(self, text: str) -> str:
        """Return what is to become of a letter, in one word."""
        await asyncio.sleep(0.2)
        return "print"


checker = Checker()


async def check_letter(letter_id: int) -> None:
    """Have a letter read, and store the verdict.

    Raises:
        Letter.DoesNotExist: There is no such letter, or it is not committed yet.
        Exception: Whatever goes wrong on the way to the checker.
    """
    letter = await Letter.objects.aget(pk=letter_id)
    verdict = await checker.read(letter.text)
    await Letter.objects.filter(pk=letter_id).aupdate(verdict=verdict)
    logger.info("letter %s: %s", letter_id, verdict)
