"""The site that the tests ask, and the log that they read."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from katas.k303_request_id_context.request_ids import RequestIdFilter
from tests.k303_request_id_context import witness
from tests.k303_request_id_context.asking import MANY, Site

if TYPE_CHECKING:
    from pytest_django import Settings


@pytest.fixture
def site(settings: "Settings") -> Iterator[Site]:
    """Give a site without a page: ``site.serve(page)`` puts one up."""
    witness.afterwards.clear()
    with ThreadPoolExecutor(MANY) as threads:
        yield Site(settings, threads)


class Log(logging.Handler):
    """Keeps the records that come through the filter under test."""

    def __init__(self) -> None:
        super().__init__()
        self.addFilter(RequestIdFilter())
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the record."""
        self.records.append(record)

    def ids(self, logger: str) -> dict[str, object]:
        """Return the `request_id` of each record of that logger, by message."""
        return {
            record.getMessage(): getattr(record, "request_id", "no such attribute")
            for record in self.records
            if record.name == logger
        }

    def faults(self, logger: str, expected: dict[str, str]) -> str:
        """Return a line for each record of that logger that is not as expected, by message."""
        seen = dict.fromkeys(expected, "no record") | self.ids(logger)
        return "".join(
            f"\n  {message}: {one!r}; expected {expected.get(message, 'no record')!r}"
            for message, one in seen.items()
            if one != expected.get(message)
        )


@pytest.fixture
def log() -> Iterator[Log]:
    """Listen at the root of all loggers, from level INFO on, with the filter on the handler."""
    log, root = Log(), logging.getLogger()
    level = root.level
    root.addHandler(log)
    root.setLevel(logging.INFO)
    try:
        yield log
    finally:
        root.setLevel(level)
        root.removeHandler(log)
