"""The request's id, wherever its code runs."""

from contextvars import ContextVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

from katas.k701_async_report.ids import HEADER, choose_id

_current: ContextVar[str | None] = ContextVar("request_id", default=None)


def current_id() -> str | None:
    """Return the id of the request that this code runs for; None if it runs for none."""
    return _current.get()


class request_id_middleware(MiddlewareMixin):
    """Give each request its id, and send that back."""

    def process_request(self, request: HttpRequest) -> None:
        """Set the id."""
        request.id = choose_id(request.headers.get(HEADER))
        _current.set(request.id)

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Send the id back."""
        response.headers[HEADER] = request.id
        return response
