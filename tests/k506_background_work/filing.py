"""What happens to letters on their way into the database: a commit that is late, an error."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any

from django.db.models.signals import pre_save

from dojo.instruments.rendezvous import settle
from katas.k506_background_work.models import Letter


def late(commit: Callable[[Any], None]) -> Callable[[Any], None]:
    """Return a commit that comes late: not before all has run that can run meanwhile.

    A job that was started before it has looked for its letter by then, in every run.
    """
    loop, ushers = asyncio.get_running_loop(), set[asyncio.Task[None]]()
    the_loops = threading.get_ident()

    async def usher(go_on: threading.Event) -> None:
        await settle()
        go_on.set()

    def wait(connection: Any) -> None:
        if threading.get_ident() != the_loops:
            go_on = threading.Event()
            loop.call_soon_threadsafe(lambda: ushers.add(loop.create_task(usher(go_on))))
            go_on.wait()
        commit(connection)

    return wait


@contextlib.contextmanager
def filing_raises(error: Exception) -> Iterator[None]:
    """Have *error* raised when a letter is about to be stored, whoever stores it."""

    def refuse(**kwargs: object) -> None:
        raise error

    pre_save.connect(refuse, sender=Letter)
    try:
        yield
    finally:
        pre_save.disconnect(refuse, sender=Letter)
