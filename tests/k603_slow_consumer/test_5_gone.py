"""Gone: who has left is not subscribed any more, at whichever moment it was."""

import gc

import pytest

from tests.k603_slow_consumer.match import at_once, check_readers, publish
from tests.k603_slow_consumer.site import CALL, Reader, Site

WAITING, STUCK, HEADERS = (
    "while the stream waited for a line",
    "while `send` was blocked with line 1",
    "while `send` was blocked with the headers",
)


async def go_away(site: Site, reader: Reader, moment: str) -> None:
    """Let *reader* go away at that moment, and see to it that the stream has ended."""
    __tracebackhide__ = True
    if moment == STUCK:
        await reader.stop()
        publish(site.hub, 1)
        await at_once()
    await reader.leave()
    gc.collect()
    await at_once()
    reader.check_over(moment)


@pytest.mark.task(5)
@pytest.mark.parametrize("moment", [WAITING, STUCK, HEADERS])
async def test_who_has_gone_is_forgotten(site: Site, moment: str) -> None:
    """When a reader has gone away, at whichever moment, the other one alone is subscribed."""
    async with site.reader() as other, site.reader(reads=moment != HEADERS) as reader:
        await go_away(site, reader, moment)
        check_readers(f"{CALL}, two readers, of whom one went away {moment}", site.hub, 1)
        publish(site.hub, 2)
        await at_once()
        expected: list[int | str] = [1, 2] if moment == STUCK else [2]
        other.check(
            f"the other reader, when line 2 was published after one left {moment}", expected, 5
        )
        await other.leave()


@pytest.mark.task(5)
@pytest.mark.parametrize("moment", [WAITING, STUCK, HEADERS])
async def test_the_view_leaves_any_hub(other_site: Site, moment: str) -> None:
    """The view itself leaves the block, also of a hub whose blocks the collector does not close."""
    async with other_site.reader(reads=moment != HEADERS) as reader:
        await go_away(other_site, reader, moment)
        check_readers(
            f"{CALL} with a hub of the tests, whose `subscribe()` is no generator, and one reader, "
            f"who went away {moment}",
            other_site.hub,
            0,
        )
