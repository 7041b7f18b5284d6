"""The search: sync code in another thread, with the id and without holding up the loop."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor

import pytest

from dojo.instruments.service import Service
from katas.k303_request_id_context import views
from katas.k303_request_id_context.request_ids import current_id
from tests.k303_request_id_context.asking import Site, all_at_once
from tests.k303_request_id_context.conftest import Log


class Archive:
    """Asks the service twice, and logs before each time."""

    def __init__(self, service: Service) -> None:
        self.service = service

    def search(self, words: str) -> list[str]:
        """Return one title."""
        logging.getLogger("archive").info("searching for %s", words)
        title = self.service.fetch_sync(words)
        # By now, all that are searching at one time are under way, and none has ended.
        logging.getLogger("archive").info("looking at %s", words)
        self.service.fetch_sync(f"{words}, the paper")
        return [title]


@pytest.fixture
def archive(service: Service, site: Site) -> Archive:
    """Serve the search."""
    archive = Archive(service)
    site.serve(views.search, archive=archive)
    return archive


@pytest.mark.task(6)
async def test_search_answers_what_the_archive_finds(site: Site, archive: Archive) -> None:
    """The search answers with what the archive that it was handed returns."""
    answer = await site.ask("ASGI", "/?q=bridge")

    expected = f'{{"found": ["{archive.service.answers["bridge"]}"]}}'
    assert answer.body == expected, archive.service.explain(
        "GET /search/?q=bridge", observed=f"answered {answer.body}", expected=expected, task=6
    )


@pytest.mark.task(6)
async def test_what_the_archive_logs_has_the_id(site: Site, archive: Archive, log: Log) -> None:
    """Two searches at one time: what the archive logs has the id of the right one."""
    await all_at_once(
        site.ask("ASGI", "/?q=bridge", brings="reader-1"),
        site.ask("ASGI", "/?q=opera", brings="reader-2"),
    )

    expected = {
        f"{what} {words}": reader
        for what in ("searching for", "looking at")
        for words, reader in (("bridge", "reader-1"), ("opera", "reader-2"))
    }
    faults = log.faults("archive", expected)
    assert not faults, (
        "GET /search/?q=bridge with X-Request-ID 'reader-1' and, at the same time, "
        "GET /search/?q=opera with 'reader-2': record.request_id by message of the archive's log: "
        f"(task 6){faults}"
    )


@pytest.mark.task(6)
async def test_threads_of_the_pool_keep_no_id(site: Site, archive: Archive) -> None:
    """A thread that the event loop's pool lends to a search has no id when it comes back."""
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(1))

    await site.ask("ASGI", "/?q=bridge", brings="reader-17")

    left = await loop.run_in_executor(None, current_id)
    assert left is None, (
        "GET /search/?q=bridge with X-Request-ID 'reader-17': afterwards, in the one thread of the "
        f"event loop's pool, current_id() is {left!r}; expected None. (task 6)"
    )
