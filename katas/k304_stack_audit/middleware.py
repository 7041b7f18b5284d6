"""Something to audit: middleware that is sync, and middleware that is both. Given."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.decorators import sync_and_async_middleware

GetResponse = Callable[[HttpRequest], Any]


class Outer:
    """Sync, since it does not say otherwise."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        """Pass the request on."""
        return self.get_response(request)


@sync_and_async_middleware
def dual(get_response: GetResponse) -> GetResponse:
    """Sync above a sync handler, async above an async one."""
    return get_response


class Inner(Outer):
    """Sync as well."""
