"""Modules that exist for one test only: nobody has seen their names before."""

import secrets
import sys
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest


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
