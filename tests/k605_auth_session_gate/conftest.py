"""The site with sessions and accounts, some articles, and visitors."""

from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from asgiref.sync import sync_to_async

from dojo.instruments.asgi import Conversations
from katas.newsroom.models import Article
from tests.k605_auth_session_gate.accounts import PERMISSIONS, create_account, new_session
from tests.k605_auth_session_gate.site import COOKIE, Visitor, let_go

if TYPE_CHECKING:
    from pytest_django import Settings

PUBLISHED = ("alps", "bridge", "canal", "delta", "eclipse")
DRAFTS = ("flood", "gale")

Visit = Callable[[str], Awaitable[Visitor]]


@pytest.fixture(autouse=True)
def site_of_the_kata(settings: "Settings", settings_of_the_kata: None) -> None:
    """Serve the pages of this kata alone, with its settings."""
    settings.ROOT_URLCONF = "katas.k605_auth_session_gate.urls"


@pytest.fixture(autouse=True)
def errors_end_with_their_test(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Let go of the errors of the test's requests."""
    yield
    let_go(caplog)


@pytest.fixture
def newsroom(transactional_db: None) -> None:
    """Five articles and two drafts."""

    def new(slug: str) -> Article:
        status = Article.Status.DRAFT if slug in DRAFTS else Article.Status.PUBLISHED
        return Article(title=slug.title(), slug=slug, status=status, body=f"The {slug}.")

    Article.objects.bulk_create(map(new, (*PUBLISHED, *DRAFTS)))


@pytest.fixture
def visit(asgi: Conversations, newsroom: None) -> Visit:
    """Return a function that opens a browser for somebody.

    For one of the accounts, which it creates, with a session that is signed in; for "stranger" with
    a session that is nobody's; for anybody else without a cookie.
    """

    async def opened(name: str) -> Visitor:
        key = ""
        if name in PERMISSIONS:
            key = await create_account(name)
        elif name == "stranger":
            key = await sync_to_async(new_session)(basket="tea")
        return Visitor(asgi, name, {COOKIE: key} if key else {})

    return opened
