"""Pytest plugin of a graded run that brings all others: those of the environment, and our own.

Not listed in ``PYTEST_PLUGINS``: for each name there, pytest reads the entry points of everything
that is installed. This imports nothing itself, as pytest rewrites the asserts of what it imports.
"""

from __future__ import annotations

import pytest

# As `dojo.runner.cold` has them, in the same order; last what watches over the others.
NAMES = (
    "pytest_django.plugin",
    "pytest_asyncio.plugin",
    "pytest_timeout",
    "dojo.suites",
    "dojo.instruments.plugin",
    "dojo.runner.reporter",
    "dojo.grading.watch",
)


def pytest_addoption(pluginmanager: pytest.PytestPluginManager) -> None:
    """Register them; this is the first hook that a plugin is called for."""
    for name in NAMES:
        pluginmanager.import_plugin(name)
