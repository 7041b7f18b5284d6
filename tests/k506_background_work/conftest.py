"""Work for jobs, and a log that notes for which request a line was logged."""

import logging
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx
import pytest
from django.db.backends.base.base import BaseDatabaseWrapper

from dojo.instruments import learner
from katas.k506_background_work import views
from katas.k506_background_work.checks import checker as the_checker
from katas.k506_background_work.request_ids import request_id
from katas.newsroom.models import Article
from tests.k506_background_work.filing import late
from tests.k506_background_work.site import MIDDLEWARE, HeldChecker, NotingJobs, Site
from tests.k506_background_work.work import Work

if TYPE_CHECKING:
    from pytest_django import Settings


@pytest.fixture
async def work() -> Work:
    """Jobs whose end the test decides."""
    return Work()


@dataclass(frozen=True)
class Line:
    """What was logged, at level ERROR or above.

    Attributes:
        text: The message, and the traceback if there is one.
        short: The message, the error, and the line of the answer that it came through last.
        for_request: The id that the filter of `settings.py` puts there.
    """

    logger: str
    text: str
    short: str
    for_request: str

    def __str__(self) -> str:
        return f"[{self.for_request}] {self.logger}: {self.short}"


class Log(logging.Handler):
    """Keeps what is logged as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[Line] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the text alone: the record would keep the job alive."""
        text = short = record.getMessage()
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            text += "\n" + "".join(traceback.format_exception(error))
            short += "\n    " + learner.told(error)
        # The filter hangs on the handler of the logger `katas`.
        is_filtered = f"{record.name}.".startswith("katas.")
        for_request = request_id.get() if is_filtered else "-"
        self.lines.append(Line(record.name, text, short, for_request))

    def about(self, words: str) -> list[Line]:
        """Return the lines that hold *words*."""
        return [line for line in self.lines if words in line.text]

    def __str__(self) -> str:
        return "".join(f"\n  {line}".rstrip() for line in self.lines) or " nothing"


def forget_what_was_logged() -> None:
    """Empty the handlers of pytest: a record keeps its traceback, and that the job."""
    for handler in logging.getLogger().handlers:
        if records := getattr(handler, "records", None):
            records.clear()


@pytest.fixture
def log() -> Iterator[Log]:
    """Listen at the root of all loggers."""
    log, root = Log(), logging.getLogger()
    root.addHandler(log)
    try:
        yield log
    finally:
        root.removeHandler(log)


@pytest.fixture
def article(transactional_db: None) -> int:
    """Return the key of an article that readers write about."""
    return Article.objects.create(title="Bridge", slug="bridge").pk


@pytest.fixture
async def checker(monkeypatch: pytest.MonkeyPatch) -> HeldChecker:
    """Put a checker at the end of the line that gives no verdict before the test lets it."""
    held = HeldChecker()
    monkeypatch.setattr(the_checker, "read", held.read)
    return held


@pytest.fixture
async def site(
    article: int,
    checker: HeldChecker,
    asgi_client: httpx.AsyncClient,
    settings: "Settings",
    monkeypatch: pytest.MonkeyPatch,
) -> Site:
    """Give the site, with jobs of its own, and with commits that come late."""
    monkeypatch.setattr(BaseDatabaseWrapper, "commit", late(BaseDatabaseWrapper.commit))
    settings.MIDDLEWARE = [MIDDLEWARE]
    jobs = NotingJobs()
    monkeypatch.setattr(views, "jobs", jobs)
    return Site(asgi_client, article, checker, jobs)
