"""Articles that quote each other, and desks that note who asks them, and where."""

import asyncio
import threading
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from dojo.instruments.service import Service
from katas.newsroom import upstream
from katas.newsroom.models import Article
from tests.k405_no_deadlock_bridge.asking import DeskCall, asked, editor, note_who_stands

Add = Callable[..., None]

# Four, so that a pool of two that is nested runs out.
QUOTES = {
    "harbour": "Open again. [[tides]]",
    "tides": "High at six. [[moon]]",
    "moon": "Full. [[calendar]]",
    "calendar": "The 24th.",
}


@pytest.fixture(autouse=True)
def desk_calls(service: Service, monkeypatch: pytest.MonkeyPatch) -> list[DeskCall]:
    """Put the test's service behind the desks, and note each call."""
    asked.clear()

    async def fetch(slug: str) -> str:
        thread = threading.current_thread().name
        asked.append(DeskCall(slug, asyncio.get_running_loop(), thread, editor.get()))
        return str(await service.fetch(slug))

    monkeypatch.setattr(upstream.desks, "fetch", fetch)
    return asked


@pytest.fixture(autouse=True)
def start() -> None:
    """Note what earlier tests have left, and let asgiref's one warning be no more than that."""
    note_who_stands()
    # `async_to_sync(lambda: aload(slug))` works; pytest shows a warning once the test has ended.
    warnings.filterwarnings("ignore", "async_to_sync was passed a non-async-marked callable")


@pytest.fixture
def add(transactional_db: None) -> Add:
    """Return a sync function that adds an article: ``add("rain", "It rains.")``."""

    def add_article(slug: str, body: str = "", *, draft: bool = False) -> None:
        status = Article.Status.DRAFT if draft else Article.Status.PUBLISHED
        Article.objects.create(slug=slug, title=slug.title(), body=body, status=status)

    return add_article


@pytest.fixture
def quoting(add: Add) -> str:
    """Add four articles, each but the last with a quotation; return the text of the first."""
    for slug, body in QUOTES.items():
        add(slug, body)
    return "Open again. High at six. Full. The 24th."


@pytest.fixture
async def small_pool() -> None:
    """Give the loop a default pool of two threads, which is used up soon."""
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(max_workers=2))
