"""What is the same in both modes stands in a context manager; only the call differs."""

import inspect
import logging
import time
from contextlib import contextmanager
from types import SimpleNamespace

from django.utils.decorators import sync_and_async_middleware

logger = logging.getLogger("newsroom.timing")


@contextmanager
def timed(request):
    started = time.monotonic_ns()
    outcome = SimpleNamespace(response=None)
    result = ""
    try:
        yield outcome
        result = str(outcome.response.status_code)
    except BaseException as error:
        result = error.__class__.__name__
        raise
    finally:
        duration = f"{(time.monotonic_ns() - started) / 1_000_000:.2f}"
        logger.info(f"{request.method} {request.path} {result} {duration} ms")
        if outcome.response is not None:
            outcome.response["X-Duration-Ms"] = duration


@sync_and_async_middleware
def timing_middleware(get_response):
    if inspect.iscoroutinefunction(get_response):

        async def middleware(request):
            with timed(request) as outcome:
                outcome.response = await get_response(request)
            return outcome.response

    else:

        def middleware(request):
            with timed(request) as outcome:
                outcome.response = get_response(request)
            return outcome.response

    return middleware
