"""The site's pages, with desks that answer tokens, behind each of Django's handlers."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import pytest

from dojo.instruments.service import Service
from katas.k302_modernise_the_stack.desks import desks as given_desks
from katas.newsroom.models import Article

if TYPE_CHECKING:
    from pytest_django import Settings


@pytest.fixture(autouse=True)
def no_event_loop() -> None:
    """Leave no doubt that no event loop is set, whatever else is installed and asks for it."""
    asyncio.set_event_loop(None)


@pytest.fixture(autouse=True)
def no_error_pages_in_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """Log adaptations alone: pytest would hold requests and tracebacks beyond their test."""

    def is_adaptation(record: logging.LogRecord) -> bool:
        return record.levelno == logging.DEBUG

    monkeypatch.setattr(logging.getLogger("django.request"), "filters", [is_adaptation])


@pytest.fixture(autouse=True)
def desks(service: Service, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Service:
    """Serve the kata's pages alone, with the fake service behind their desks."""
    settings.ROOT_URLCONF = "katas.k302_modernise_the_stack.urls"
    monkeypatch.setattr(given_desks, "fetch", service.fetch)
    return service


@pytest.fixture
def articles(transactional_db: None) -> None:
    """An article that is published, called rain, and two drafts, called scoop and leak."""
    Article.objects.create(title="Rain", slug="rain", status=Article.Status.PUBLISHED)
    Article.objects.create(title="Scoop", slug="scoop", status=Article.Status.DRAFT)
    Article.objects.create(title="Leak", slug="leak", status=Article.Status.DRAFT)
