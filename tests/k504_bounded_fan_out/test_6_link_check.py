"""The page: the links of the register, eight at a time, as long as the client is there."""

import asyncio
import gc
import threading

import httpx
import pytest
from asgiref.sync import iscoroutinefunction
from django.urls import resolve

from dojo.instruments.asgi import Conversations
from dojo.instruments.rendezvous import settle
from dojo.instruments.service import Service
from katas.k504_bounded_fan_out.register import register as the_register
from katas.k504_bounded_fan_out.web import Unreachable
from katas.k504_bounded_fan_out.web import web as the_web
from tests.k504_bounded_fan_out.asking import URL, Moved, ask, served
from tests.k504_bounded_fan_out.sources import Source

pytestmark = pytest.mark.urls("katas.k504_bounded_fan_out.urls")

LINKS = [f"https://example.org/{number}" for number in range(20)]


@pytest.fixture
def register(service: Service, monkeypatch: pytest.MonkeyPatch) -> Source:
    """Put 20 links into the register, and the service behind the web."""
    source = Source(service, LINKS)

    async def probe(url: str) -> None:
        await source.fetch(url)

    monkeypatch.setattr(the_register, "links", source.__aiter__)
    monkeypatch.setattr(the_web, "probe", probe)
    return source


@pytest.mark.task(6)
async def test_link_check_lists_the_dead(
    asgi_client: httpx.AsyncClient, register: Source, service: Service
) -> None:
    """The answer counts the links and lists the dead ones, in the order of the register."""
    service.takes({LINKS[3]: 0.5})
    service.fails(LINKS[3], Unreachable(f"{LINKS[3]}: gone"))
    # By the alphabet, and by when its probe ends, 10 comes before 3.
    service.fails(LINKS[10], Moved(LINKS[10], 301))

    when = ", with 2 dead links, one Unreachable and one Moved, a subclass of it,"
    response = await served(asgi_client, when)

    expected = {"checked": 20, "dead": [f"{LINKS[3]}: gone", f"{LINKS[10]}: moved (301)"]}
    assert response.json() == expected, (
        f"GET {URL}{when} answered {response.json()!r}; expected {expected!r}. (task 6)"
    )


@pytest.mark.task(6)
async def test_eight_links_at_a_time(
    asgi_client: httpx.AsyncClient, register: Source, service: Service
) -> None:
    """Eight probes are in flight together, never more, all on the server's own event loop."""
    await served(asgi_client)

    assert service.peak_in_flight == 8, service.explain(
        f"GET {URL} with 20 links", expected="at most 8 in flight, and 8 at some moment", task=6
    )
    here = threading.current_thread().name
    used = {str(span.thread) for span in service.timeline.spans}
    assert used == {here}, service.explain(
        f"GET {URL} with 20 links",
        observed=f"the probes ran on {', '.join(sorted(used))}",
        expected=f"all of them on {here}, the thread of the server's event loop",
        task=6,
    )


@pytest.mark.task(6)
async def test_takes_links_only_when_there_is_room(
    asgi_client: httpx.AsyncClient, register: Source, service: Service
) -> None:
    """The register is read as the probes go on: at most 8 + 2 links ahead of them."""
    await served(asgi_client)

    assert register.taken == 20, (
        f"GET {URL} took {register.taken} links out of the register; expected 20. (task 6)"
    )
    assert register.most_ahead <= 10, service.explain(
        f"GET {URL} with 20 links",
        observed=f"{register.most_ahead} links had been taken whose probes had not ended",
        expected="at most 10 such links, 8 + 2",
        task=6,
    )


@pytest.mark.task(6)
@pytest.mark.parametrize("kind", [ZeroDivisionError, TimeoutError])
async def test_another_error_is_no_dead_link(
    asgi_client: httpx.AsyncClient, register: Source, service: Service, kind: type[Exception]
) -> None:
    """An error that is not Unreachable comes out of the view, as it is or in an ExceptionGroup."""
    bug = kind("a bug in the probe")
    service.fails(LINKS[3], bug)

    answer = await ask(asgi_client)

    call = f"GET {URL}, whose fourth probe raises {kind.__name__},"
    if answer.raised is None:
        pytest.fail(
            f"{call} answered {answer.status}, {answer.response.text[:200]}, and nothing came out "
            "of the view; expected the error to come out. (task 6)"
        )
    assert answer.raised is bug, (
        f"{call} answered {answer.status}; expected that {kind.__name__} to come out of the view. "
        "(task 6)"
    )


@pytest.mark.task(6)
async def test_a_client_who_leaves_ends_the_check(
    asgi: Conversations,
    asgi_client: httpx.AsyncClient,
    register: Source,
    service: Service,
) -> None:
    """When the client goes away, no probe stays and nothing is sent; the next one is served."""
    service.takes(2)
    async with asgi("GET", URL) as conversation:
        await settle()
        calls = int(service.calls)
        assert calls, f"GET {URL} probes no link at first; expected it to be at work. (task 6)"
        conversation.disconnect()
        await conversation.ended()
        running, sent = int(service.unfinished), len(conversation.sent)
        await asyncio.sleep(20)  # what was left running comes to its end
        later = int(service.calls) - calls

    assert (running, later, sent) == (0, 0, 0), service.explain(
        f"GET {URL} with 20 links, whose client leaves while {calls} probes are in flight",
        observed=f"{running} go on, {later} begin after that, {sent} messages are sent",
        expected="0, 0 and 0",
        task=6,
    )
    del conversation
    gc.collect()  # a coroutine that nobody awaited is this test's
    await served(asgi_client, ", after a client has left,")


@pytest.mark.task(6)
async def test_link_check_is_an_async_view(register: Source) -> None:
    """What the URLconf calls for /link-check/ is a coroutine function."""
    view = resolve(URL).func

    assert iscoroutinefunction(view), (
        f"iscoroutinefunction is False for the view at {URL} ({view!r}); expected True. (task 6)"
    )
