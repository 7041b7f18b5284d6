"""The site: requests, and the server's shutdown."""

import asyncio
import threading

import httpx
import pytest
from django.core.signals import request_started

from dojo.instruments.asgi import Conversations
from dojo.instruments.rendezvous import settle
from katas.k404_legacy_sdk_bridge import views
from tests.k404_legacy_sdk_bridge.agency import Agency, ends, outcome, succeeded

pytestmark = [
    pytest.mark.urls("katas.k404_legacy_sdk_bridge.urls"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.database("file"),
]


@pytest.mark.task(1)
async def test_requests_share_the_client(
    agency: Agency, asgi_client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Requests at the same time are answered by one client, on none of the requests' threads."""
    agency.hold("login")
    requests: set[threading.Thread] = set()

    def note(**kwargs: object) -> None:
        requests.add(threading.current_thread())

    request_started.connect(note)
    try:
        async with agency.bridge() as bridge:
            monkeypatch.setattr(views, "wire", bridge)
            gets = [asyncio.create_task(asgi_client.get(f"/stories/{n}/")) for n in (1, 2, 3)]
            await agency.reached("login")
            await settle()
            agency.release()
            await agency.soon(*gets)
    finally:
        request_started.disconnect(note)

    strangers = [entry for entry in agency.log if entry.thread in requests]
    assert not strangers, (
        f"GET /stories/1/, 2 and 3: {strangers[0].what} ran on the thread that Django has given "
        f"to a request, {strangers[0].thread.name}; expected a thread of the bridge's own.{agency}"
    )
    logins = agency.messages.count("login")
    assert logins == 1, f"GET /stories/1/, 2 and 3: {logins} logins; expected 1.{agency}"
    answers = dict(agency.sent)
    for number, get in zip((1, 2, 3), gets, strict=True):
        assert outcome(get) == "returned <Response [200 OK]>", (
            f"GET /stories/{number}/, one of three at once: it {outcome(get)}; expected 200."
        )
        expected = {"number": number, "text": answers[f"fetch({number})"]}
        assert get.result().json() == expected, (
            f"GET /stories/{number}/ answered {get.result().json()!r}; expected {expected!r}."
        )


@pytest.mark.task(1)
async def test_other_pages_are_answered_during_a_call(
    agency: Agency, asgi_client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one reader waits for the agency, another one gets a page from the database."""
    agency.hold("fetch(1)")
    async with agency.bridge() as bridge:
        monkeypatch.setattr(views, "wire", bridge)
        story = asyncio.create_task(asgi_client.get("/stories/1/"))
        await agency.reached("fetch(1)")
        archive = asyncio.create_task(asgi_client.get("/archive/"))
        await agency.soon(archive)
        seen = outcome(archive)
        agency.release()
        await agency.soon(story, archive)

    assert seen == "returned <Response [200 OK]>", (
        f"GET /archive/, while the agency lets GET /stories/1/ wait: it {seen}; expected 200."
    )


@pytest.mark.task(2)
async def test_a_reader_who_goes_away_disturbs_nobody(
    agency: Agency,
    asgi: Conversations,
    asgi_client: httpx.AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A reader's disconnect during a call ends that request; the next reader gets an answer."""
    agency.hold("fetch(1)")
    async with agency.bridge() as bridge:
        monkeypatch.setattr(views, "wire", bridge)
        async with asgi("GET", "/stories/1/") as conversation:
            await agency.reached("fetch(1)")
            conversation.disconnect()
            await agency.soon(conversation.task)
            gone = conversation.task.done()
            agency.release()
        get = asyncio.create_task(asgi_client.get("/stories/2/"))
        await agency.soon(get)

    assert gone, (
        "GET /stories/1/, whose reader goes away during fetch(1): the request has not ended "
        "before the agency has answered; expected it to end at once."
    )
    text = outcome(get) if not get.done() or get.exception() else get.result().json().get("text")
    expected = dict(agency.sent).get("fetch(2)")
    assert text == expected, (
        "GET /stories/2/, after the reader of GET /stories/1/ has gone away during its call: "
        f"{text}; expected {expected}.{agency}"
    )


@pytest.mark.task(3)
async def test_a_reader_too_many_is_told_to_come_back(
    agency: Agency, asgi_client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With as many readers waiting as may, the next one gets a 503 with Retry-After at once."""
    agency.hold("fetch(0)")
    async with agency.bridge(most=2) as bridge:
        monkeypatch.setattr(views, "wire", bridge)
        gets = [asyncio.create_task(asgi_client.get("/stories/0/"))]
        await agency.reached("fetch(0)")
        gets.append(asyncio.create_task(asgi_client.get("/stories/1/")))
        await settle()
        late = asyncio.create_task(asgi_client.get("/stories/2/"))
        await agency.soon(late)
        seen = outcome(late)
        agency.release()
        await agency.soon(*gets, late)

    assert seen == "returned <Response [503 Service Unavailable]>", (
        f"GET /stories/2/ with most=2, one call under way and one waiting: it {seen}; "
        f"expected 503 at once.{agency}"
    )


@pytest.mark.task(4)
async def test_nothing_outlives_the_server(
    agency: Agency, asgi_client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the server has shut down, the client is closed and its thread ends."""
    from katas.k404_legacy_sdk_bridge.asgi import application

    inbox: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    outbox: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    async with agency.bridge() as bridge:
        monkeypatch.setattr(views, "wire", bridge)
        server = asyncio.create_task(application({"type": "lifespan"}, inbox.get, outbox.put))
        inbox.put_nowait({"type": "lifespan.startup"})
        await outbox.get()
        await asgi_client.get("/stories/1/")
        agency.hold("close()")
        inbox.put_nowait({"type": "lifespan.shutdown"})
        await agency.reached("close()")
        agency.release()
        await agency.soon(server)

        assert succeeded(server), (
            f"GET /stories/1/, then the server shuts down: its last step {outcome(server)}; "
            f"expected it to return.{agency}"
        )
        assert await ends(agency.thread), (
            f"GET /stories/1/, then the server shuts down: thread {agency.thread.name} goes on; "
            f"expected it to end.{agency}"
        )
