"""What a failed test leaves in memory is thrown away before the next one starts.

Its traceback keeps alive what it never closed. Dropped in the middle of the next test, that would
be a ResourceWarning there, so an error, in a test that has done nothing wrong.
"""

from __future__ import annotations

import contextlib
import gc
import sys
import warnings
from collections.abc import Generator, Iterator

import pytest

_FAILED = pytest.StashKey[bool]()

# Whether something was ended by force in the test that is running, even if it passed.
_debris = False


def expect_debris() -> None:
    """Have the garbage collected after this test, even if it passes."""
    global _debris
    _debris = True


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Spare the collections to come what is there before any test, and stays."""
    _freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note that a phase of the test has failed."""
    report = yield
    if report.failed:
        item.stash[_FAILED] = True
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(
    item: pytest.Item, nextitem: pytest.Item | None
) -> Generator[None, object, object]:
    """Collect the garbage of a failed test, silently, and that of a suite when it is over."""
    global _debris
    result = yield
    if _debris or item.stash.get(_FAILED, False):
        _debris = False
        # pytest keeps the last error here, for a debugger, until the next test calls.
        for name in ("last_exc", "last_type", "last_value", "last_traceback"):
            with contextlib.suppress(AttributeError):
                delattr(sys, name)
        with _silence():
            _forget_what_was_logged(item.config)
            gc.collect()
    if nextitem is not None and nextitem.path.parent != item.path.parent:
        # pytest keeps something of each test until its session ends: a suite that collects garbage
        # pays for its own tests alone, not for those of all suites before it.
        with _silence():
            _freeze()
    return result


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """Drop in silence what pytest's log of a failed test has kept alive: a coroutine, say."""
    with _silence() if item.stash.get(_FAILED, False) else contextlib.nullcontext():
        return (yield)


def _freeze() -> None:
    gc.collect()
    gc.freeze()


def _forget_what_was_logged(config: pytest.Config) -> None:
    """Empty pytest's handlers, which keep what the teardown has logged until the next set-up."""
    plugin = config.pluginmanager.getplugin("logging-plugin")
    for name in ("caplog_handler", "report_handler"):
        if (handler := getattr(plugin, name, None)) is not None:
            handler.reset()


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    hook, sys.unraisablehook = sys.unraisablehook, lambda _: None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        sys.unraisablehook = hook
