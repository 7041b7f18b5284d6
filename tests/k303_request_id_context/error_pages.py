"""What Django made an error page of."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.signals import got_request_exception
from django.http import HttpRequest


@contextmanager
def noting_errors(path: str) -> Iterator[list[BaseException]]:
    """Give what Django turns into error pages inside the block, for requests of *path*."""
    errors: list[BaseException] = []

    def note(request: HttpRequest, **kwargs: object) -> None:
        error = sys.exc_info()[1]
        if error and request.path == path:
            errors.append(error)

    got_request_exception.connect(note)
    try:
        yield errors
    finally:
        got_request_exception.disconnect(note)
