"""Pytest plugin of a graded run: sees that the run's own ground rules still hold after each test.

It runs in the process of the submission's code, so it makes tampering evident, not impossible.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any

import _pytest.assertion.rewrite
import _pytest.reports
import _pytest.runner
import django.utils.asyncio
import pytest

UNSAFE = "DJANGO_ALLOW_ASYNC_UNSAFE"


def cornerstones() -> dict[str, object]:
    """Return what no answer has a reason to replace, by name."""
    return {
        "asyncio.get_running_loop": asyncio.get_running_loop,
        "asyncio.events.get_running_loop": asyncio.events.get_running_loop,
        "django.utils.asyncio.async_unsafe": django.utils.asyncio.async_unsafe,
        "pytest.fail": pytest.fail,
        "pytest.raises": pytest.raises,
        "pytest.TestReport.from_item_and_call": vars(_pytest.reports.TestReport).get(
            "from_item_and_call"
        ),
        "pytest.CallInfo.from_call": vars(_pytest.runner.CallInfo).get("from_call"),
        "pytest's rewriting of assert": _pytest.assertion.rewrite.AssertionRewritingHook,
    }


def pytest_configure(config: pytest.Config) -> None:
    """Remember how things are before any code of the submission has run."""
    config.pluginmanager.register(Watch(config), "dojo-watch")


class Watch:
    """Compares, and reports each difference once."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.before = cornerstones()
        self.said: set[str] = set()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self) -> None:
        """Look after the imports."""
        self.look()

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logfinish(self) -> None:
        """Look after each test."""
        self.look()

    def look(self) -> None:
        """Report what is not as it was."""
        now = cornerstones()
        for name, value in self.before.items():
            if now[name] is not value:
                self.say(f"{name} was replaced")
        if UNSAFE in os.environ:
            self.say(f"{UNSAFE} was set")

    def say(self, what: str) -> None:
        """Put it into the report."""
        reporter: Any = self.config.pluginmanager.get_plugin("dojo-reporter")
        if what not in self.said and reporter is not None:
            self.said.add(what)
            reporter.write("tampered", what=what)
