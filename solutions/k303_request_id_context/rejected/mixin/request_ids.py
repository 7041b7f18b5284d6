"""Is made of two hooks of MiddlewareMixin."""

import logging
import re
import uuid
from contextvars import ContextVar

from django.utils.deprecation import MiddlewareMixin

HEADER = "X-Request-ID"
WELL_FORMED = re.compile(r"[A-Za-z0-9_-]{1,64}")

_current: ContextVar[str | None] = ContextVar("request_id", default=None)


def current_id() -> str | None:
    """Return the id of the request that this code runs for; None if it runs for none."""
    return _current.get()


class RequestIdFilter(logging.Filter):
    """Gives each record a `request_id`: the id of its request, or "-". Drops none."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Set `record.request_id` and let the record through."""
        # Django logs an error response after the middleware, with the request on the record.
        request = getattr(record, "request", None)
        record.request_id = current_id() or getattr(request, "request_id", None) or "-"
        return True


class request_id_middleware(MiddlewareMixin):
    """Sets the id before the view and takes it back after it."""

    def process_request(self, request):
        """Set the id."""
        given = request.headers.get(HEADER, "")
        request.request_id = given if WELL_FORMED.fullmatch(given) else uuid.uuid4().hex
        _current.set(request.request_id)

    def process_response(self, request, response):
        """Take it back."""
        _current.set(None)
        response[HEADER] = request.request_id
        return response
