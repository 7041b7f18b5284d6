"""The card terminal of the membership desk. Given: blocking code, over a telephone line."""

import asyncio
import time
import uuid


class Terminal:
    """A card terminal. It serves one card at a time, and gets confused by a second one.

    Attributes:
        free: Whoever uses the terminal holds this lock until the payment has ended.
    """

    free: asyncio.Lock

    def __init__(self) -> None:
        self.free = asyncio.Lock()

    def charge(self, reader: str, cents: int) -> str:
        """Charge a reader's card, which takes seconds; return the number of the receipt.

        Nothing can call it off: whoever stops listening has paid all the same.
        """
        time.sleep(3)
        return uuid.uuid4().hex[:8]


terminal = Terminal()
