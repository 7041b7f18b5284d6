"""A site that logs little: it is heard all the same, and it is as quiet afterwards."""

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ImproperlyConfigured

from katas.k304_stack_audit.audit import adapted
from tests.k304_stack_audit import stacks
from tests.k304_stack_audit.stacks import named

if TYPE_CHECKING:
    from pytest_django import Settings

pytestmark = pytest.mark.usefixtures("logger")

Module = Callable[..., str]


in_force = pytest.mark.parametrize("level", [logging.NOTSET, logging.ERROR])


@pytest.mark.task(2)
@pytest.mark.parametrize(
    ("debug", "level"), [(False, logging.DEBUG), (True, logging.ERROR), (False, logging.NOTSET)]
)
def test_hears_it_on_a_quiet_site(
    module: Module, settings: "Settings", logger: logging.Logger, debug: bool, level: int
) -> None:
    """Middleware is named whatever `settings.DEBUG` and the level of the logger are."""
    settings.DEBUG = debug
    logger.setLevel(level)
    stack = named(module, sync=stacks.sync_function)

    found = adapted(stack)

    said = logging.getLevelName(level)
    if level == logging.NOTSET:
        said += f" (in force: {logging.getLevelName(logger.getEffectiveLevel())})"
    assert found == stack, (
        f"adapted(stack) with settings.DEBUG = {debug} and the logger's level {said} returned "
        f"{found!r}; expected {stack!r}. (task 2)"
    )


@pytest.mark.task(2)
def test_hears_a_logger_that_passes_nothing_on(module: Module, logger: logging.Logger) -> None:
    """Middleware is named also where the logger does not propagate to those above it."""
    logger.propagate = False
    stack = named(module, sync=stacks.sync_function)

    found = adapted(stack)

    assert found == stack, (
        f"adapted(stack) while the logger django.request has propagate = False returned {found!r}; "
        f"expected {stack!r}. (task 2)"
    )


@pytest.mark.task(2)
@pytest.mark.parametrize("debug", [False, True])
@in_force
def test_leaves_everything_as_it_was(
    module: Module, settings: "Settings", logger: logging.Logger, debug: bool, level: int
) -> None:
    """Settings and loggers are afterwards as they were before."""
    settings.DEBUG = debug
    stacks.configure(logger, level)
    before = stacks.state()

    adapted(named(module, sync=stacks.sync_function))

    changes = stacks.changes(before)
    assert not changes, f"after adapted(stack): (task 2){changes}"


@pytest.mark.task(2)
@pytest.mark.parametrize(
    ("name", "does", "error"),
    [
        ("fails", "raises CannotLoadError when it is loaded", stacks.CannotLoadError),
        ("gives_nothing", "returns None when it is loaded", ImproperlyConfigured),
        ("not_there", "its module does not have", ImportError),
    ],
    ids=["raises", "returns None", "is not there"],
)
def test_a_stack_that_cannot_be_loaded_raises(
    module: Module, name: str, does: str, error: type[Exception]
) -> None:
    """What loading the stack raises comes out of `adapted`, be it the middleware's or Django's."""
    stack = [f"{stacks.__name__}.{name}", *named(module, sync=stacks.sync_function)]

    try:
        found = adapted(stack)
    except error:
        return
    pytest.fail(
        f"adapted(stack) with a middleware that {does} returned {found!r}; "
        f"expected {error.__name__}. (task 2)",
        pytrace=False,
    )


@pytest.mark.task(2)
@in_force
def test_leaves_everything_as_it_was_after_a_failure(
    module: Module, settings: "Settings", logger: logging.Logger, level: int
) -> None:
    """Settings and loggers are as they were before, also when the stack cannot be loaded."""
    settings.DEBUG = False
    stacks.configure(logger, level)
    stack = named(module, fails=stacks.fails, sync=stacks.sync_function)
    before = stacks.state()

    with suppress(stacks.CannotLoadError):
        adapted(stack)

    changes = stacks.changes(before)
    assert not changes, f"after adapted(stack), which could not be loaded: (task 2){changes}"
