"""The status page: one class, several methods, all of them async."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from types import SimpleNamespace
from typing import Any

import pytest
from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.test import AsyncClient
from django.urls import resolve

from dojo.instruments.service import Service
from katas.k103_async_cbv.views import DeskStatus


@pytest.fixture
def desks(service: Service, serve: Callable[..., None]) -> Service:
    """Serve `DeskStatus` at /desks/; the fake service stands behind its desks."""

    @markcoroutinefunction
    def file(key: str, story: str) -> Coroutine[Any, Any, str]:
        return service.fetch(f"{key} gets {story}", label=f"file({key!r}, …)")

    serve("desks/", DeskStatus, desks=SimpleNamespace(fetch=service.fetch, file=file))
    return service


@pytest.mark.task(1)
async def test_tells_what_each_desk_answers(async_client: AsyncClient, desks: Service) -> None:
    """GET /desks/ answers 200 with every desk of the query string and its story, in JSON."""
    response = await async_client.get("/desks/?desk=sport&desk=city")

    assert response.status_code == 200, (
        f"GET /desks/?desk=sport&desk=city answered {response.status_code}; expected 200."
    )
    expected = {"desks": {desk: desks.answers[desk] for desk in ("sport", "city")}}
    assert response.json() == expected, desks.explain(
        "GET /desks/?desk=sport&desk=city",
        observed=f"answered {response.json()!r}",
        expected=f"{expected!r}, what the desks handed to as_view() say",
        task=1,
    )


@pytest.mark.task(1)
@pytest.mark.parametrize("number", [3, 120])
async def test_asks_all_desks_at_once(
    async_client: AsyncClient, desks: Service, number: int
) -> None:
    """The page takes as long as the slowest desk, and the waiting is done on the server's loop."""
    names = [f"desk-{place}" for place in range(1, number + 1)]
    desks.takes({name: (0.3, 0.1, 0.2)[place % 3] for place, name in enumerate(names)})
    call = f"GET /desks/ with {number} desks"

    await async_client.get("/desks/?" + "&".join(f"desk={name}" for name in names))

    assert desks.peak_in_flight == number, desks.explain(
        call, expected=f"{number} calls in flight together", task=1
    )
    assert desks.elapsed == 0.3, desks.explain(
        call, expected="0.3 s in all, as long as the slowest", task=1
    )
    here = threading.current_thread().name
    used = {str(span.thread) for span in desks.timeline.spans}
    assert used == {here}, desks.explain(
        call,
        observed=f"the calls ran on {', '.join(sorted(used))}",
        expected=f"all of them on {here}, the thread of the server's event loop",
        task=1,
    )


@pytest.mark.task(1)
async def test_without_desks_nobody_is_asked(async_client: AsyncClient, desks: Service) -> None:
    """A query string without desks is answered with no stories."""
    response = await async_client.get("/desks/")

    assert response.json() == {"desks": {}}, (
        f"GET /desks/ answered {response.json()!r}; expected {{'desks': {{}}}}."
    )
    assert desks.calls == 0, desks.explain("GET /desks/", expected="no call", task=1)


@pytest.mark.task(1)
async def test_requests_share_nothing(async_client: AsyncClient, desks: Service) -> None:
    """Two requests at once: each is told of its own desks only."""
    answers = await asyncio.gather(
        async_client.get("/desks/?desk=sport"), async_client.get("/desks/?desk=city")
    )

    shown = [sorted(answer.json()["desks"]) for answer in answers]
    assert shown == [["sport"], ["city"]], (
        "GET /desks/?desk=sport and GET /desks/?desk=city at the same time answered with the desks "
        f"{shown[0]} and {shown[1]}; expected ['sport'] and ['city']."
    )


@pytest.mark.task(2)
async def test_files_a_story(async_client: AsyncClient, desks: Service) -> None:
    """POST /desks/ hands the story over, once, and answers 201 with the receipt."""
    response = await async_client.post("/desks/", {"desk": "sport", "story": "Two goals"})

    assert response.status_code == 201, (
        f"POST /desks/ answered {response.status_code}; expected 201, Created."
    )
    expected = {"receipt": desks.answers["sport gets Two goals"]}
    assert response.json() == expected, desks.explain(
        "POST /desks/", observed=f"answered {response.json()!r}", expected=f"{expected!r}", task=2
    )
    assert desks.calls == 1, desks.explain("POST /desks/", expected="one call", task=2)


@pytest.mark.task(2)
async def test_a_story_that_no_desk_takes_is_an_error(desks: Service) -> None:
    """When the desk raises, POST /desks/ is an error 500, and the story is handed over once."""
    desks.fails("sport gets Two goals", RuntimeError("the sport desk does not answer"))
    client = AsyncClient(raise_request_exception=False)

    response = await client.post("/desks/", {"desk": "sport", "story": "Two goals"})

    assert response.status_code == 500, (
        f"POST /desks/ for a desk that raises answered {response.status_code} with "
        f"{response.content.decode()}; expected an error 500."
    )
    assert desks.calls == 1, desks.explain(
        "POST /desks/ for a desk that raises", expected="one call", task=2
    )


@pytest.mark.task(3)
def test_django_takes_the_view_for_async(desks: Service) -> None:
    """What as_view() returns is a coroutine function, so Django runs it on the event loop."""
    view = resolve("/desks/").func

    assert iscoroutinefunction(view), (
        "iscoroutinefunction(DeskStatus.as_view()) is False; expected True."
    )


@pytest.mark.task(3)
async def test_head_is_answered_like_get(async_client: AsyncClient, desks: Service) -> None:
    """HEAD /desks/ answers 200, with the Content-Type of GET."""
    url = "/desks/?desk=sport"

    response = await async_client.head(url)

    assert response.status_code == 200, (
        f"HEAD {url} answered {response.status_code}; expected 200, as for GET."
    )
    seen, expected = (
        answer.headers.get("Content-Type") for answer in (response, await async_client.get(url))
    )
    assert seen == expected, (
        f"HEAD {url} answered with Content-Type: {seen}; expected {expected}, as for GET."
    )


@pytest.mark.task(3)
async def test_options_tells_the_methods(async_client: AsyncClient, desks: Service) -> None:
    """OPTIONS /desks/ answers 200 and names the methods that the page knows, and no others."""
    response = await async_client.options("/desks/")

    assert response.status_code == 200, (
        f"OPTIONS /desks/ answered {response.status_code}; expected 200."
    )
    allowed = {method.strip() for method in response.headers.get("Allow", "").split(",")}
    assert {"GET", "POST"} <= allowed <= {"GET", "HEAD", "POST", "OPTIONS"}, (
        f"OPTIONS /desks/ answered Allow: {response.headers.get('Allow')}; expected GET and POST, "
        "with HEAD and OPTIONS if you like, and nothing that is answered with 405."
    )


@pytest.mark.task(3)
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "PURGE"])
async def test_other_methods_are_refused(
    async_client: AsyncClient, desks: Service, method: str
) -> None:
    """Methods that the page does not know are answered with 405, and no desk is asked."""
    response = await async_client.generic(method, "/desks/")

    assert response.status_code == 405, (
        f"{method} /desks/ answered {response.status_code}; expected 405, Method Not Allowed."
    )
    assert desks.calls == 0, desks.explain(f"{method} /desks/", expected="no call", task=3)
