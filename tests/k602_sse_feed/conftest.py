"""A blog: the view is the whole site, with a hub of its own."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.k602_sse_feed import witness
from tests.k602_sse_feed.blog import Blog, KeptHub

if TYPE_CHECKING:
    from pytest_django import Settings


@pytest.fixture
def blog(settings: "Settings") -> Iterator[Blog]:
    """Serve the view behind a middleware that keeps every response."""
    blog = Blog(KeptHub())
    settings.ROOT_URLCONF = blog
    settings.MIDDLEWARE = [witness.KEEP]
    yield blog
    witness.forget()
