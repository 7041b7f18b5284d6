"""Middleware of the suite."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import async_only_middleware

from dojo.instruments import learner

GetResponse = Callable[[HttpRequest], Awaitable[HttpResponseBase]]

#: The responses of a test. As long as one is kept, so is its generator, and what stands in that is
#: not executed by the garbage collector's grace: when that comes by is a matter of luck.
kept: list[HttpResponseBase] = []
#: What became of `close()` of the content, if it did not end well; Django says nothing of it.
closed: list[str] = []
_requests: list[HttpRequest] = []


def forget() -> None:
    """Let go of all that was kept.

    On 5.2 and 6.0, Django leaves the file with a request's body open if the content of a response
    raises an error; that warning is none of the answer's business.
    """
    for request in _requests:
        request.close()
    _requests.clear()
    kept.clear()
    closed.clear()


def _watched(closer: Callable[[], object]) -> Callable[[], object]:
    def close() -> object:
        try:
            result = closer()
        except Exception as error:
            closed.append(f"it raised {learner.told(error)}")
            raise
        if inspect.iscoroutine(result):
            closed.append("it returned a coroutine, which nobody awaits")
        return result

    return close


@async_only_middleware
def keep(get_response: GetResponse) -> GetResponse:
    """Keep each response, and note what its content's `close()` raises."""

    async def middleware(request: HttpRequest) -> HttpResponseBase:
        _requests.append(request)
        response = await get_response(request)
        closers = response._resource_closers  # type: ignore[attr-defined]
        closers[:] = map(_watched, closers)
        kept.append(response)
        return response

    return middleware


@async_only_middleware
def dawdle(get_response: GetResponse) -> GetResponse:
    """Be busy for a minute before a response is passed on."""

    async def middleware(request: HttpRequest) -> HttpResponseBase:
        response = await get_response(request)
        await asyncio.sleep(60)
        return response

    return middleware


KEEP, DAWDLE = f"{__name__}.keep", f"{__name__}.dawdle"
