"""The header: an id that the request brings, if it is well-formed, else a new one."""

import asyncio
import importlib
import re
import sys
import time
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

import katas.k303_request_id_context as kata
from katas.k303_request_id_context import request_ids
from tests.k303_request_id_context.asking import MANY, SERVERS, Site

EXPECTED = "expected a new one, 1 to 64 characters of A-Z a-z 0-9 - _"
NO_IDS = {
    "nothing": "",
    "65 characters": "reader17-" * 7 + "65",
    "a space": "reader seventeen",
    "a comma": "reader,writer",
    "a dot": "reader.17",
    "not ASCII": "reader-fête",
    "an escape": "reader\x1b[2J",
    "a line break": "reader\nERROR all is lost",
    "a line break at the end": "reader\n",
}
WORDS = re.compile(r"\w{6,}")
BOTH = pytest.mark.parametrize("server", SERVERS)


def page(request: HttpRequest) -> HttpResponse:
    """Answer."""
    return HttpResponse("the page")


def is_well_formed(request_id: str | None) -> bool:
    """Say whether there is an id, and it is as the brief wants it."""
    return bool(request_id and re.fullmatch(r"[A-Za-z0-9_-]{1,64}", request_id))


@pytest.mark.task(1)
@BOTH
async def test_a_well_formed_id_is_kept(site: Site, server: str) -> None:
    """A request that brings a well-formed id gets it back in the header."""
    site.serve(page)
    for brought in ("reader-17", "7", "A_b-9", "-", "x" * 64, str(uuid.uuid4())):
        answer = await site.ask(server, brings=brought)

        assert answer.request_id == brought, (
            f"GET / with X-Request-ID {brought!r} under {server} answered with X-Request-ID "
            f"{answer.request_id!r}; expected {brought!r}. (task 1)"
        )


@pytest.mark.task(1)
@BOTH
async def test_any_other_id_is_replaced(site: Site, server: str) -> None:
    """A request whose id is not well-formed gets a new one, of which no part was brought."""
    site.serve(page)
    faults = []
    for what, brought in NO_IDS.items():
        answer = await site.try_to_ask(server, brings=brought)
        kept = [part for part in WORDS.findall(brought) if part in str(answer.request_id)]
        if answer.status != 200 or not is_well_formed(answer.request_id) or kept:
            faults.append(
                f"  {what}, {brought!r}: {answer.status}{answer.error}, {answer.request_id!r}"
            )

    assert not faults, (
        f"GET / under {server} with X-Request-ID as follows: status and X-Request-ID of the "
        f"answer; {EXPECTED}. (task 1)\n" + "\n".join(faults)
    )


@pytest.mark.task(1)
@BOTH
async def test_own_ids_are_new_each_time(site: Site, server: str) -> None:
    """Requests that bring no id get well-formed ones, all different, also those at one time."""

    def slow_page(request: HttpRequest) -> HttpResponse:
        time.sleep(0.1)
        return HttpResponse("the page")

    site.serve(slow_page)

    answers = await asyncio.gather(*(site.ask(server) for _ in range(MANY)))
    answers += [await site.ask(server) for _ in range(MANY)]

    ids = [answer.request_id for answer in answers]
    assert all(map(is_well_formed, ids)), (
        f"{len(ids)} x GET / without an id under {server} answered with {ids}; {EXPECTED}. (task 1)"
    )
    assert len(set(ids)) == len(ids), (
        f"{len(ids)} x GET / without an id under {server}, {MANY} of them at one time, answered "
        f"with {len(set(ids))} different ids: {ids}; expected {len(ids)}. (task 1)"
    )


@pytest.mark.task(1)
async def test_own_ids_do_not_start_over(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a restart, here a new import a minute later, no own id comes back."""
    monkeypatch.setattr(kata, "request_ids", request_ids)  # puts it back in the end
    runs = []
    for _ in range(2):
        await asyncio.sleep(60)
        monkeypatch.delitem(sys.modules, request_ids.__name__)
        importlib.import_module(request_ids.__name__)
        site.serve(page)
        runs.append([str((await site.ask("ASGI")).request_id) for _ in range(3)])

    again = [one for one in runs[0] if one in runs[1]]
    assert not again, (
        f"request_ids.py imported anew: its first own ids are {runs[0]}, and after another import "
        f"{runs[1]}; expected none to come back. (task 1)"
    )


@pytest.mark.task(1)
@BOTH
async def test_error_pages_have_one_too(site: Site, server: str) -> None:
    """When the page raises, the error page has the id of the request."""
    errors = {403: PermissionDenied(), 404: Http404(), 500: ZeroDivisionError()}

    def failing(request: HttpRequest) -> HttpResponse:
        raise errors[int(request.path.strip("/"))]

    site.serve(failing)
    for status, error in errors.items():
        answer = await site.ask(server, f"/{status}/", brings="reader-17", expected=status)

        assert answer.request_id == "reader-17", (
            f"GET / with X-Request-ID 'reader-17' under {server}, whose page raises {error!r}: "
            f"{status} with X-Request-ID {answer.request_id!r}; expected 'reader-17'. (task 1)"
        )
