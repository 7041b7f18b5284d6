"""A site that logs little: it is heard all the same, and it is as quiet afterwards."""

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from katas.k304_stack_audit.audit import adapted
from tests.k304_stack_audit import stacks
from tests.k304_stack_audit.stacks import named

if TYPE_CHECKING:
    from pytest_django import Settings

pytestmark = pytest.mark.usefixtures("logger")

Module = Callable[..., str]


@pytest.mark.task(2)
@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("level", [logging.NOTSET, logging.ERROR])
def test_hears_it_on_a_quiet_site(
    module: Module, settings: "Settings", logger: logging.Logger, debug: bool, level: int
) -> None:
    """Middleware is named whatever `settings.DEBUG` and the level of the logger are."""
    settings.DEBUG = debug
    logger.setLevel(level)
    stack = named(module, sync=stacks.sync_function)

    found = adapted(stack)

    assert found == stack, (
        f"adapted(stack) with settings.DEBUG = {debug} and the logger's level "
        f"{logging.getLevelName(level)} returned {found!r}; "
        f"expected {stack!r}. (task 2)"
    )


@pytest.mark.task(2)
@pytest.mark.parametrize("debug", [False, True])
def test_leaves_everything_as_it_was(
    module: Module, settings: "Settings", logger: logging.Logger, debug: bool
) -> None:
    """Settings and loggers are afterwards as they were before."""
    settings.DEBUG = debug
    logger.setLevel(logging.ERROR)
    before = stacks.state()

    adapted(named(module, sync=stacks.sync_function))

    changes = stacks.changes(before)
    assert not changes, f"after adapted(stack): (task 2){changes}"


@pytest.mark.task(2)
def test_a_stack_that_cannot_be_loaded_raises(module: Module) -> None:
    """What loading the stack raises comes out of `adapted`."""
    stack = named(module, fails=stacks.fails, sync=stacks.sync_function)

    try:
        found = adapted(stack)
    except stacks.CannotLoadError:
        return
    pytest.fail(
        "adapted(stack) with a middleware that raises CannotLoadError when it is loaded returned "
        f"{found!r}; expected CannotLoadError. (task 2)",
        pytrace=False,
    )


@pytest.mark.task(2)
def test_leaves_everything_as_it_was_after_a_failure(
    module: Module, settings: "Settings", logger: logging.Logger
) -> None:
    """Settings and loggers are as they were before, also when the stack cannot be loaded."""
    settings.DEBUG = False
    logger.setLevel(logging.ERROR)
    stack = named(module, fails=stacks.fails, sync=stacks.sync_function)
    before = stacks.state()

    with suppress(stacks.CannotLoadError):
        adapted(stack)

    changes = stacks.changes(before)
    assert not changes, f"after adapted(stack), which could not be loaded: (task 2){changes}"
