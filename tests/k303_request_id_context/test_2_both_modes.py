"""One middleware for both kinds of server: Django has nothing to adapt."""

import pytest
from asgiref.sync import iscoroutinefunction

from dojo.instruments.adaptations import Adaptations
from dojo.instruments.hops import Hops
from katas.k303_request_id_context.request_ids import request_id_middleware
from tests.k303_request_id_context.asking import SERVERS, Site
from tests.k303_request_id_context.pages import BY_SERVER, async_page, sync_page


@pytest.mark.task(2)
@pytest.mark.parametrize("get_response", [sync_page, async_page])
def test_is_of_the_kind_of_what_it_calls(get_response: object) -> None:
    """Around an async get_response the middleware is a coroutine function, else it is none."""
    middleware = request_id_middleware(get_response)  # type: ignore[arg-type]

    seen, expected = iscoroutinefunction(middleware), get_response is async_page
    kind = "an async" if expected else "a sync"
    assert seen == expected, (
        f"iscoroutinefunction(request_id_middleware(get_response)) is {seen} with {kind} "
        f"get_response; expected {expected}. (task 2)"
    )


@pytest.mark.task(2)
@pytest.mark.parametrize("server", SERVERS)
async def test_serves_pages_of_both_kinds(site: Site, server: str) -> None:
    """Sync and async pages are answered, with the id, on both kinds of server."""
    for page in (sync_page, async_page):
        site.serve(page)

        answer = await site.ask(server, brings="reader-17")

        assert answer.request_id == "reader-17", (
            f"GET / with X-Request-ID 'reader-17' under {server}, {page.__name__}: X-Request-ID "
            f"{answer.request_id!r}; expected 'reader-17'. (task 2)"
        )


@pytest.mark.task(2)
@pytest.mark.parametrize("server", SERVERS)
async def test_django_adapts_nothing(site: Site, adaptations: Adaptations, server: str) -> None:
    """Django logs no handler that it had to adapt for the middleware."""
    site.serve(BY_SERVER[server])

    await site.ask(server)

    assert not adaptations, adaptations.explain(
        f"GET / under {server}", expected="no adaptation", task=2
    )


@pytest.mark.task(2)
async def test_costs_no_thread(site: Site, hops: Hops) -> None:
    """On an async server the middleware adds no hop to a thread."""
    site.serve(async_page, middleware=[])
    with hops.during() as bare:
        await site.ask("ASGI")

    site.serve(async_page)
    with hops.during() as mine:
        await site.ask("ASGI")

    assert mine.above(bare) == 0, mine.explain(
        "GET / under ASGI", expected=f"{len(bare)}, as without the middleware", task=2
    )
