"""A newsroom with an article that is out and one that is not, and agencies that look."""

import asyncio
import warnings

import httpx
import pytest

from katas.k403_after_commit.wire import agencies as the_agencies
from katas.newsroom.models import Article, Author
from tests.k403_after_commit.agencies import REFERENCE, LookingAgencies
from tests.k403_after_commit.desk import Answer, Post, form, let_go, send


@pytest.fixture(autouse=True)
def _one_warning_is_no_error() -> None:
    """Let asgiref's one warning be no more: `async_to_sync(lambda: announce(…))` works."""
    warnings.filterwarnings("ignore", "async_to_sync was passed a non-async-marked callable")


@pytest.fixture
def newsroom(transactional_db: None) -> dict[str, int]:
    """Two published articles, a draft and an editor: the key of each by its name."""
    keys = {"Ida": Author.objects.create(name="Ida").pk}
    for slug in ("bridge", "lake", "draft"):
        status = Article.Status.DRAFT if slug == "draft" else Article.Status.PUBLISHED
        keys[slug] = Article.objects.create(
            title=slug.title(), slug=slug, status=status, body=f"About the {slug}."
        ).pk
    return keys


@pytest.fixture
async def agencies(monkeypatch: pytest.MonkeyPatch) -> LookingAgencies:
    """Put agencies at the end of the wire that look at the database when they are told."""
    looking = LookingAgencies(asyncio.get_running_loop())
    monkeypatch.setattr(the_agencies, "send", looking.send)
    return looking


@pytest.fixture
def post(
    newsroom: dict[str, int],
    agencies: LookingAgencies,
    asgi_client: httpx.AsyncClient,
    caplog: pytest.LogCaptureFixture,
) -> Post:
    """Return a function that files a correction."""

    async def file(
        reference: str = REFERENCE, *, article: str = "bridge", editor: str = "Ida"
    ) -> Answer:
        answer = await send(asgi_client, form(newsroom, reference, article, editor))
        let_go(caplog.records)
        return answer

    return file
