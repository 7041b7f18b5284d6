"""The id of the request that code runs for. Given; `settings.py` puts it to use."""

import logging
import uuid
from collections.abc import Awaitable, Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import async_only_middleware

#: The id of the request that this code runs for; "-" if it runs for none.
request_id: ContextVar[str] = ContextVar("request_id", default="-")

AsyncView = Callable[[HttpRequest], Awaitable[HttpResponseBase]]


@async_only_middleware
def request_id_middleware(get_response: AsyncView) -> AsyncView:
    """Give each request an id, and its answer the header X-Request-ID."""

    async def middleware(request: HttpRequest) -> HttpResponseBase:
        token = request_id.set(uuid.uuid4().hex)
        try:
            response = await get_response(request)
            response["X-Request-ID"] = request_id.get()
            return response
        finally:
            request_id.reset(token)

    return middleware


class RequestIdFilter(logging.Filter):
    """Gives each record a `request_id`: that of the context in which it is logged."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Set `record.request_id` and let the record through."""
        record.request_id = request_id.get()
        return True
