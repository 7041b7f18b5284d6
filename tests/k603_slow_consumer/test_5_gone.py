"""Gone: who has left is not subscribed any more, at whichever moment it was."""

import gc

import pytest

from katas.k603_slow_consumer.hub import Hub
from tests.k603_slow_consumer.match import at_once, publish
from tests.k603_slow_consumer.site import CALL, Site

WAITING, STUCK, HEADERS = (
    "while the stream waited for a line",
    "while `send` was blocked with line 1",
    "while `send` was blocked with the headers",
)


def check_readers(what: str, hub: Hub, expected: int) -> None:
    """Fail if the hub counts others."""
    __tracebackhide__ = True
    readers = hub.readers
    assert readers == expected, (
        f"{what}: `hub.readers` is {readers!r}; expected {expected}. (task 5)"
    )


@pytest.mark.task(5)
async def test_readers_are_counted() -> None:
    """`readers` counts the subscriptions whose block has been entered and not been left."""
    hub = Hub(3)
    check_readers("before anybody subscribed", hub, 0)
    with hub.subscribe():
        check_readers("with one subscribed", hub, 1)
        with hub.subscribe():
            publish(hub, 1)
            check_readers("with two subscribed", hub, 2)
        check_readers("when one of two has left", hub, 1)
    check_readers("when both have left", hub, 0)


@pytest.mark.task(5)
async def test_an_error_ends_a_subscription() -> None:
    """A `with` block that an error ends is left, and the error comes out."""
    hub = Hub(3)
    with pytest.raises(ZeroDivisionError), hub.subscribe(), hub.subscribe():
        raise ZeroDivisionError
    check_readers("when an error has ended two subscriptions", hub, 0)
    publish(hub, 1)


@pytest.mark.task(5)
@pytest.mark.parametrize("moment", [WAITING, STUCK, HEADERS])
async def test_who_has_gone_is_forgotten(site: Site, moment: str) -> None:
    """When a reader has gone away, at whichever moment, the other one alone is subscribed."""
    async with site.reader() as other, site.reader(reads=moment != HEADERS) as reader:
        if moment == STUCK:
            await reader.stop()
            publish(site.hub, 1)
            await at_once()
        await reader.leave()
        gc.collect()
        await at_once()

        assert reader.is_over, (
            f"{CALL}, whose reader went away {moment}: the stream goes on; expected it to end. "
            "(task 5)"
        )
        check_readers(f"{CALL}, two readers, of whom one went away {moment}", site.hub, 1)
        publish(site.hub, 2)
        await at_once()
        expected: list[int | str] = [1, 2] if moment == STUCK else [2]
        other.check(
            f"the other reader, when line 2 was published after one left {moment}", expected, 5
        )
        await other.leave()
