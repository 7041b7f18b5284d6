"""Pytest plugin of a graded run: sees that the run's own ground rules still hold after each test.

It runs in the process of the submission's code, so it makes tampering evident, not impossible.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from types import FunctionType, ModuleType
from typing import Any

import _pytest.assertion.rewrite
import _pytest.assertion.util
import _pytest.outcomes
import _pytest.raises
import _pytest.reports
import _pytest.runner
import django.utils.asyncio
import pytest
import pytest_asyncio.plugin

from dojo.instruments import learner
from dojo.runner import raised, reporter

UNSAFE = "DJANGO_ALLOW_ASYNC_UNSAFE"
# What no answer has a reason to change: classes, and functions of modules.
CLASSES = (
    _pytest.assertion.rewrite.AssertionRewritingHook,
    _pytest.reports.BaseReport,
    _pytest.reports.TestReport,
    _pytest.runner.CallInfo,
    reporter.Reporter,
)
MODULES = (
    _pytest.assertion.rewrite,
    _pytest.assertion.util,
    _pytest.outcomes,
    _pytest.raises,
    _pytest.reports,
    _pytest.runner,
    raised,
    reporter,
)
FUNCTIONS: tuple[tuple[ModuleType | type, str], ...] = (
    (asyncio, "get_running_loop"),
    (asyncio.events, "get_running_loop"),
    (django.utils.asyncio, "async_unsafe"),
    (json, "dumps"),
    (pytest, "fail"),
    (pytest, "raises"),
    (pytest.Function, "runtest"),
    (pytest_asyncio.plugin.Coroutine, "runtest"),
    *(
        (module, name)
        for module in MODULES
        for name, value in vars(module).items()
        if callable(value)
    ),
)
# Stands where nothing is.
GONE = object()


def cornerstones() -> Iterator[tuple[type | ModuleType, str, object]]:
    """Yield owner, name and value of all of these."""
    for owner, name in FUNCTIONS:
        yield owner, name, vars(owner).get(name, GONE)
    for kind in CLASSES:
        for name, value in vars(kind).items():
            yield kind, name, value


def code_of(value: object) -> object:
    """Return the code of a function or method; None of what has none in Python."""
    return getattr(getattr(value, "__func__", value), "__code__", None)


def hooks(config: pytest.Config) -> dict[str, list[object]]:
    """Return the functions that pytest calls, by hook."""
    callers = vars(config.pluginmanager.hook).items()
    return {
        name: [implementation.function for implementation in caller.get_hookimpls()]
        for name, caller in callers
        if name.startswith("pytest_runtest_")
    }


def equal_to_all() -> list[type]:
    """Return the classes of a kata's files whose objects are equal to whatever there is."""
    return [
        kind for kind in kinds(object) if any(agrees(kind, name) for name in ("__eq__", "__ne__"))
    ]


def kinds(base: type) -> Iterator[type]:
    """Yield all classes below *base* that are alive."""
    below: list[type] = type.__subclasses__(base)
    for kind in below:
        yield kind
        yield from kinds(kind)


def agrees(kind: type, name: str) -> bool:
    """Tell whether *kind* compares by a method of a kata's file that finds all things equal."""
    method = vars(kind).get(name)
    if not isinstance(method, FunctionType) or not learner.is_learner(method.__code__.co_filename):
        return False
    builtin = next(base for base in kind.__mro__ if base.__module__ == "builtins")
    try:
        one = builtin.__new__(kind)  # type: ignore[call-overload]
        answers = {bool(method(one, other)) for other in (41, "42", None, object())}
    except Exception:
        return False
    return answers == {name == "__eq__"}


# Each with its code, before any code of the submission runs: this is imported before any
# conftest.py. The objects, and not what id() gives of them: `Watch.heard` is told of each id(), and
# of so many that they took longer than a test.
BEFORE = {(owner, name): (value, code_of(value)) for owner, name, value in cornerstones()}


def pytest_configure(config: pytest.Config) -> None:
    """Begin to watch."""
    config.pluginmanager.register(Watch(config), "dojo-watch")


class Watch:
    """Compares, and reports each difference once."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.hooks: dict[str, list[object]] = {}
        self.said: set[str] = set()
        self.unsafe = False
        # No code can take such a hook away again.
        sys.addaudithook(self.heard)

    def heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Note that the guard of Django is switched off, be it for a moment."""
        if event == "os.putenv" and os.fsdecode(arguments[0]) == UNSAFE:
            self.unsafe = True

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """Remember what pytest calls before the submission is imported."""
        self.hooks = hooks(self.config)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self) -> None:
        """Look after the imports."""
        self.look()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Look for objects that let every comparison pass."""
        for kind in equal_to_all():
            self.say(f"every object of its class {kind.__name__} is equal to everything")

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logfinish(self) -> None:
        """Look after each test."""
        self.look()

    def look(self) -> None:
        """Report what is not as it was."""
        now = {(owner, name): value for owner, name, value in cornerstones()}
        for owner, name in BEFORE.keys() | now.keys():
            value, code = BEFORE.get((owner, name), (GONE, None))
            found = now.get((owner, name), GONE)
            if found is not value or code_of(found) is not code:
                self.say(f"{owner.__name__}.{name} was replaced")
        if hooks(self.config) != self.hooks:
            self.say("a plugin was added to pytest, or taken away")
        if self.unsafe or UNSAFE in os.environ:
            self.say(f"{UNSAFE} was set")

    def say(self, what: str) -> None:
        """Put it into the report."""
        reporter: Any = self.config.pluginmanager.get_plugin("dojo-reporter")
        if what not in self.said and reporter is not None:
            self.said.add(what)
            reporter.write("tampered", what=what)
