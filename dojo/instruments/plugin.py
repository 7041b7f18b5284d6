"""The instruments as one pytest plugin: each module listed here brings its own fixtures and hooks.

Not listed as ``pytest_plugins``: for each name there, pytest reads the entry points of everything
that is installed, which takes longer than a suite.
"""

from __future__ import annotations

import pytest

MODULES = [
    # A module stands above those that import it: pytest rewrites the asserts of what it imports.
    "dojo.instruments.findings",
    "dojo.instruments.measured",
    # As early as can be: it patches time and threads, and what is imported later sees that.
    "dojo.instruments.clock",
    "dojo.instruments.tasks",
    "dojo.instruments.threads",
    "dojo.instruments.loop_guard",
    "dojo.instruments.loop_audit",
    "dojo.instruments.cpu_stretch",
    "dojo.instruments.hops",
    "dojo.instruments.orm_guard",
    "dojo.instruments.connections",
    "dojo.instruments.isolation",
    "dojo.instruments.tables",
    "dojo.instruments.databases",
    "dojo.instruments.gates",
    "dojo.instruments.adaptations",
    "dojo.instruments.asgi",
    "dojo.instruments.server",
    "dojo.instruments.timeline",
    "dojo.instruments.service",
    "dojo.instruments.aftermath",
    # Last, so that its hooks are the outermost: the limit covers what the checks do, too.
    "dojo.instruments.hangs",
    "dojo.instruments.loop_close",
]


def pytest_addoption(pluginmanager: pytest.PytestPluginManager) -> None:
    """Register the modules; this is the first hook that a plugin is called for."""
    for name in MODULES:
        pluginmanager.import_plugin(name)
