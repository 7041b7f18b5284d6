"""Requests for the page, what its view raised, and a kind of dead link."""

import sys
from dataclasses import dataclass

import httpx
from django.core.signals import got_request_exception

from dojo.instruments import learner
from katas.k504_bounded_fan_out.web import Unreachable
from tests.k504_bounded_fan_out.calls import first_of

URL = "/link-check/"


class Moved(Unreachable):
    """An Unreachable whose text is not its first argument."""

    def __init__(self, link: str, status: int) -> None:
        super().__init__(link, status)

    def __str__(self) -> str:
        return f"{self.args[0]}: moved ({self.args[1]})"


@dataclass
class Answer:
    """What came back for a request.

    Attributes:
        raised: What came out of the view, the first of a group; None if nothing did.
    """

    response: httpx.Response
    raised: BaseException | None

    @property
    def status(self) -> str:
        """The status, and what the view raised and where."""
        if self.raised is None:
            return str(self.response.status_code)
        return f"{self.response.status_code}: {learner.told(self.raised)}"


async def ask(client: httpx.AsyncClient) -> Answer:
    """GET the page."""
    raised: list[BaseException] = []

    def note(**kwargs: object) -> None:
        if error := sys.exc_info()[1]:
            raised.append(first_of(error))

    got_request_exception.connect(note)
    try:
        response = await client.get(URL)
    finally:
        got_request_exception.disconnect(note)
    return Answer(response, raised[0] if raised else None)


async def served(client: httpx.AsyncClient, when: str = "") -> httpx.Response:
    """GET the page, and fail with the facts unless it answers 200."""
    answer = await ask(client)
    assert answer.response.status_code == 200, (
        f"GET {URL}{when} answered {answer.status}; expected 200. (task 6)"
    )
    return answer.response
