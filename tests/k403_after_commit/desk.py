"""What the tests of the corrections desk share: a request, and what comes back."""

import asyncio
import gc
import logging
import sys
import traceback
from dataclasses import dataclass
from typing import Any, Protocol

import httpx
from django.core.signals import got_request_exception

from dojo.instruments import learner
from dojo.instruments.rendezvous import settle
from tests.k403_after_commit.agencies import (
    ALL,
    REFERENCE,
    TEXT,
    LookingAgencies,
    check,
    look_from_outside,
)

URL = "/corrections/"
UNUSED_KEY = 4711
SECOND = "c-18"


@dataclass(frozen=True)
class Answer:
    """What came back, and what the view raised, if Django made an error page of it."""

    status: int
    content: dict[str, Any]
    raised: str = ""

    def __str__(self) -> str:
        cause = f" (the view raised {self.raised})" if self.raised else ""
        return f"POST {URL} answered {self.status}{cause}"


class Post(Protocol):
    """Files a correction: ``await post(article="lake")``."""

    async def __call__(
        self, reference: str = REFERENCE, *, article: str = "bridge", editor: str = "Ida"
    ) -> Answer:
        """Return the answer; an article or an editor that does not exist gets an unused key."""


def form(
    keys: dict[str, int], reference: str = REFERENCE, article: str = "bridge", editor: str = "Ida"
) -> dict[str, str]:
    """Return the fields of a request, with the keys of the article and the editor."""
    return {
        "reference": reference,
        "article": str(keys.get(article, UNUSED_KEY)),
        "editor": str(keys.get(editor, UNUSED_KEY)),
        "text": TEXT,
    }


async def send(client: httpx.AsyncClient, fields: dict[str, str]) -> Answer:
    """Send a correction through the ASGI application; whatever goes on behind the answer begins."""
    raised: list[str] = []

    def note(**kwargs: object) -> None:
        if error := sys.exc_info()[1]:
            raised.append(learner.told(error))

    got_request_exception.connect(note)
    try:
        response = await client.post(URL, data=fields)
    finally:
        got_request_exception.disconnect(note)
    await settle()
    is_json = response.headers.get("Content-Type", "").startswith("application/json")
    content = response.json() if is_json else None
    return Answer(
        response.status_code, content if isinstance(content, dict) else {}, "".join(raised[:1])
    )


async def post_two(post: Post, agencies: LookingAgencies) -> tuple[Answer, Answer]:
    """File c-17, and then c-18, of another article, while c-17 is being announced.

    Not before, so that no two of them write at the same time: who waits for whom there is a matter
    of the database.
    """
    one = asyncio.create_task(post())
    sending = asyncio.create_task(agencies.sending.wait())
    await asyncio.wait({one, sending}, return_when=asyncio.FIRST_COMPLETED)
    sending.cancel()
    await settle()  # what is filed beside the announcement is filed now
    if not one.done() and (seen := await look_from_outside()) != ALL:
        # Uncommitted, it may keep the second one waiting for its lock.
        await asyncio.wait({one})
        check("while it was announced, another connection found", seen, ALL)
    two = await post(SECOND, article="lake")
    return await one, two


def let_go(records: list[logging.LogRecord]) -> None:
    """Keep the text alone of what was logged, and let go of the errors in it.

    What they hold, such as a coroutine that was never awaited, is judged in this test then, and not
    in the next one.
    """
    held = [record for record in records if record.exc_info]
    for record in held:
        record.msg, record.args = record.getMessage(), None
        record.exc_text = "".join(traceback.format_exception(*(record.exc_info or ())))
        record.exc_info = None
    if held:
        gc.collect()
