"""Modules that exist for one test only, and a site that logs everything."""

import logging
import secrets
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from tests.k304_stack_audit import stacks

if TYPE_CHECKING:
    from pytest_django import Settings


@pytest.fixture
def module() -> Iterator[Callable[..., str]]:
    """Return a function that makes a module of its keyword arguments and returns its name.

    ``name = module(urlpatterns=[…])``
    """
    names: list[str] = []

    def make(**attributes: object) -> str:
        made = ModuleType(f"newsroom_{secrets.token_hex(4)}")
        made.__dict__.update(attributes)
        sys.modules[made.__name__] = made
        names.append(made.__name__)
        return made.__name__

    yield make
    for name in names:
        del sys.modules[name]


@pytest.fixture
def logger(settings: "Settings") -> Iterator[logging.Logger]:
    """Give the logger django.request of a site that logs everything; all is restored afterwards."""
    settings.DEBUG = True
    loggers = [logging.getLogger(name) for name in stacks.LOGGERS]
    kept = [
        (each.level, list(each.handlers), list(each.filters), each.propagate) for each in loggers
    ]
    request = logging.getLogger("django.request")
    request.setLevel(logging.DEBUG)
    yield request
    for each, (level, handlers, filters, propagate) in zip(loggers, kept, strict=True):
        each.setLevel(level)
        each.handlers[:], each.filters[:] = handlers, filters
        each.propagate = propagate
