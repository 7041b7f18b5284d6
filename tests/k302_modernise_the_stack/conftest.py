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
def no_tracebacks_in_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """Log error pages without tracebacks: pytest would hold what they refer to until later."""

    def strip(record: logging.LogRecord) -> bool:
        record.exc_info = None
        return True

    monkeypatch.setattr(logging.getLogger("django.request"), "filters", [strip])


@pytest.fixture(autouse=True)
def desks(service: Service, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Service:
    """Serve the kata's pages alone, with the fake service behind their desks."""
    settings.ROOT_URLCONF = "katas.k302_modernise_the_stack.urls"
    monkeypatch.setattr(given_desks, "fetch", service.fetch)
    return service


@pytest.fixture
def articles(transactional_db: None) -> None:
    """An article that is published, called rain, and a draft, called scoop."""
    Article.objects.create(title="Rain", slug="rain", status=Article.Status.PUBLISHED)
    Article.objects.create(title="Scoop", slug="scoop", status=Article.Status.DRAFT)
