"""What a trial against the right view shows besides the results of its tests."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path

import pytest
from django.apps import apps
from pytest_django.plugin import blocking_manager_key

from dojo.runner.reporter import short_id


class Notes:
    """Pytest plugin that writes one JSON object a line.

    * ``{"collected": 3}``: how many tests pytest has found,
    * ``{"skipped": test, "how": "skip" or "xfail", "why": …}`` for each such test,
    * ``{"after": test, "rows": {"article": 1, …}}``: what the newsroom's tables hold after each.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, **facts: object) -> None:
        """Write one note."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(facts) + "\n")

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note how many tests there are."""
        self.write(collected=len(session.items))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Note a test that is skipped or expected to fail."""
        report = yield
        expected = getattr(report, "wasxfail", None)
        if expected is not None:
            self.write(skipped=short_id(item), how="xfail", why=expected)
        elif report.skipped:
            why = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
            self.write(skipped=short_id(item), how="skip", why=why.removeprefix("Skipped: "))
        return report

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, object, object]:
        """Count rows when the fixtures of *item* are gone."""
        try:
            return (yield)
        finally:
            with item.config.stash[blocking_manager_key].unblock():
                models = apps.get_app_config("newsroom").get_models()
                rows = {str(each._meta.verbose_name): each._base_manager.count() for each in models}
            self.write(after=short_id(item), rows=rows)
