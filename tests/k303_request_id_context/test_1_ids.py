"""The header: an id that the request brings, if it is well-formed, else a new one."""

import re
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from tests.k303_request_id_context.asking import SERVERS, Answer, Site
from tests.k303_request_id_context.pages import BY_SERVER

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


def fault(brought: str, first: Answer, second: Answer) -> str:
    """Say what is wrong with the answers to a bad id that was sent twice; empty if nothing is."""
    seen = f"{first.status}, {first.request_id!r}"
    own_id = first.request_id or ""
    if first.status != 200 or not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", own_id):
        return seen + first.because
    if kept := [part for part in WORDS.findall(brought) if part in own_id]:
        return f"{seen}, which keeps {kept[0]!r}"
    if second.request_id == own_id:
        return f"{seen}, and the same when it is sent again"
    return ""


@pytest.mark.task(1)
@BOTH
async def test_a_well_formed_id_is_kept(site: Site, server: str) -> None:
    """A request that brings a well-formed id gets it back in the header."""
    site.serve(BY_SERVER[server])
    for brought in ("reader-17", "7", "A_b-9", "-", "x" * 64, str(uuid.uuid4())):
        answer = await site.ask(server, brings=brought)

        assert answer.request_id == brought, (
            f"GET / with X-Request-ID {brought!r} under {server} answered with X-Request-ID "
            f"{answer.request_id!r}; expected {brought!r}. (task 1)"
        )


@pytest.mark.task(1)
@BOTH
async def test_any_other_id_is_replaced(site: Site, server: str) -> None:
    """A request with a bad id gets a new one: no part of it was brought, and each time another."""
    site.serve(BY_SERVER[server])
    faults = []
    for what, brought in NO_IDS.items():
        answers = [await site.try_to_ask(server, brings=brought) for _ in range(2)]
        if seen := fault(brought, *answers):
            faults.append(f"  {what}, {brought!r}: {seen}")

    assert not faults, (
        f"GET / under {server} with X-Request-ID as follows: status and X-Request-ID of the "
        "answer; expected 200 and a new one each time, 1 to 64 characters of A-Z a-z 0-9 - _. "
        "(task 1)\n" + "\n".join(faults)
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


@pytest.mark.task(1)
async def test_a_page_does_not_choose_it(site: Site) -> None:
    """When the page has put another X-Request-ID on its answer, the request's own replaces it."""

    def choosing(request: HttpRequest) -> HttpResponse:
        return HttpResponse(headers={"X-Request-ID": "of-the-page"})

    site.serve(choosing)

    for server in SERVERS:
        answer = await site.ask(server, brings="reader-17")

        assert answer.request_id == "reader-17", (
            f"GET / with X-Request-ID 'reader-17' under {server}, whose page sets X-Request-ID to "
            f"'of-the-page', answered with {answer.request_id!r}; expected 'reader-17'. (task 1)"
        )
