"""Middleware of every make, and the state that an audit has to leave as it was."""

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.utils.decorators import async_only_middleware, sync_and_async_middleware
from django.utils.deprecation import MiddlewareMixin

GetResponse = Callable[..., Any]
LOGGERS = ("", "django", "django.request")


class CannotLoadError(Exception):
    """Raised by middleware that cannot be loaded."""


def sync_function(get_response: GetResponse) -> GetResponse:
    """Middleware that says nothing about itself, so it is sync."""

    def middleware(request: object) -> object:
        return get_response(request)

    return middleware


class SyncClass:
    """Middleware that says nothing about itself, so it is sync."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: object) -> object:
        """Pass the request on."""
        return self.get_response(request)


@sync_and_async_middleware
def both(get_response: GetResponse) -> GetResponse:
    """Take any handler as it is."""
    return get_response


class Mixed(MiddlewareMixin):
    """Take any handler, as Django's own middleware does."""


@async_only_middleware
def async_only(get_response: GetResponse) -> GetResponse:
    """Take an async handler."""

    async def middleware(request: object) -> object:
        return await get_response(request)

    return middleware


@sync_and_async_middleware
def steps_aside(get_response: GetResponse) -> GetResponse:
    """Take any handler, but not on this site; Django logs that."""
    raise MiddlewareNotUsed("not on this site")


@sync_and_async_middleware
def talks(get_response: GetResponse) -> GetResponse:
    """Log something of its own where Django logs."""
    logging.getLogger("django.request").debug("Asynchronous news for middleware: %s.", "hello")
    return get_response


def fails(get_response: GetResponse) -> GetResponse:
    """Fail while it is loaded."""
    raise CannotLoadError("out of ink")


def gives_nothing(get_response: GetResponse) -> None:
    """Forget to return the middleware, which Django does not put up with."""


def configure(logger: logging.Logger, level: int) -> None:
    """Give *logger* a level, a handler and a filter; with a level it does not propagate."""
    logger.setLevel(level)
    logger.propagate = level == logging.NOTSET
    logger.addHandler(logging.NullHandler())
    logger.addFilter(logging.Filter("django"))


def state() -> dict[str, object]:
    """Return settings and loggers as they are now, by what they are called."""
    found: dict[str, object] = {
        "settings.DEBUG": settings.DEBUG,
        "settings.MIDDLEWARE": list(settings.MIDDLEWARE),
    }
    for name in LOGGERS:
        logger = logging.getLogger(name)
        said = f"the logger {name or 'root'}"
        found[f"the level of {said}"] = logging.getLevelName(logger.level)
        found[f"the handlers of {said}"] = list(logger.handlers)
        found[f"the filters of {said}"] = list(logger.filters)
        found[f"propagate of {said}"] = logger.propagate
        found[f"disabled of {said}"] = logger.disabled
    return found


def changes(before: dict[str, object]) -> str:
    """Return how things differ from *before*; empty if they don't."""
    after = state()
    return "".join(
        f"\n  {what} is {after[what]}; it was {value}"
        for what, value in before.items()
        if after[what] != value
    )


def named(module: Callable[..., str], **middleware: object) -> list[str]:
    """Put *middleware* into a new module; return the dotted names, in the order given."""
    place = module(**middleware)
    return [f"{place}.{attribute}" for attribute in middleware]
