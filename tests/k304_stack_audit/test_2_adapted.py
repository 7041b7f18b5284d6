"""Which middleware Django adapts handlers for, as it logs it."""

import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from katas.k304_stack_audit.audit import adapted
from tests.k304_stack_audit import stacks

if TYPE_CHECKING:
    from pytest_django import Settings

Module = Callable[..., str]

DJANGOS_OWN = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]


@pytest.fixture(autouse=True)
def logger(settings: "Settings") -> Iterator[logging.Logger]:
    """Let the site log everything; a test may quieten it. Restored in any case."""
    settings.DEBUG = True
    loggers = [logging.getLogger(name) for name in stacks.LOGGERS]
    kept = [(each.level, list(each.handlers), list(each.filters)) for each in loggers]
    request = logging.getLogger("django.request")
    request.setLevel(logging.DEBUG)
    yield request
    for each, (level, handlers, filters) in zip(loggers, kept, strict=True):
        each.setLevel(level)
        each.handlers[:], each.filters[:] = handlers, filters


def name(module: Module, **middleware: object) -> list[str]:
    """Put *middleware* into a new module; return the dotted names, in the order given."""
    place = module(**middleware)
    return [f"{place}.{attribute}" for attribute in middleware]


def check(stack: list[str], expected: list[str], makes: str) -> None:
    """Fail unless *expected* is what is adapted in *stack*, which is made like *makes*."""
    found = adapted(list(stack))
    assert found == expected, (
        f"adapted(stack) returned {found!r}; expected {expected!r}. The stack, from the outside: "
        f"{makes}."
    )


@pytest.mark.task(2)
def test_names_a_sync_middleware(module: Module) -> None:
    """A sync middleware is named, a function or a class."""
    for middleware in (stacks.sync_function, stacks.SyncClass):
        stack = name(module, both=stacks.both, sync=middleware)
        check(stack, [stack[1]], "both, sync")


@pytest.mark.task(2)
def test_names_nothing_where_all_can_be_async(module: Module) -> None:
    """Nothing is adapted where all can be async; Django's own middleware can."""
    check([], [], "nothing at all")
    stack = name(module, both=stacks.both, mixin=stacks.Mixed, async_only=stacks.async_only)
    check(stack, [], "both, both, async")
    check(DJANGOS_OWN, [], "five of Django's own")


@pytest.mark.task(2)
def test_names_the_innermost_of_several(module: Module) -> None:
    """Of several sync middleware only the innermost is named: outside of it all is sync already."""
    stack = name(
        module,
        outer=stacks.SyncClass,
        middle=stacks.both,
        inner=stacks.sync_function,
        innermost=stacks.both,
    )

    check(stack, [stack[2]], "sync, both, sync, both")


@pytest.mark.task(2)
def test_names_each_turn_from_the_view_outwards(module: Module) -> None:
    """Where the chain turns sync, async and sync again, each turn is named, the innermost first."""
    stack = name(
        module, outer=stacks.sync_function, turn=stacks.async_only, inner=stacks.sync_function
    )

    check(stack, stack[::-1], "sync, async, sync")


@pytest.mark.task(2)
def test_names_nothing_that_is_not_adapted(module: Module) -> None:
    """Other lines on the same logger are no adaptations."""
    stack = name(module, aside=stacks.steps_aside, talks=stacks.talks, sync=stacks.sync_function)

    check(stack, [stack[2]], "both (steps aside), both (logs as well), sync")


@pytest.mark.task(2)
def test_each_call_is_about_its_own_stack(module: Module) -> None:
    """A second and a third call tell of the stack that they are given."""
    for _ in range(2):
        stack = name(module, sync=stacks.sync_function)
        check(stack, stack, "sync")
        check(stack, stack, "sync")


@pytest.mark.task(2)
@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("level", [logging.NOTSET, logging.ERROR])
def test_hears_it_on_a_quiet_site(
    module: Module, settings: "Settings", logger: logging.Logger, debug: bool, level: int
) -> None:
    """Middleware is named whatever `settings.DEBUG` and the level of the logger are."""
    settings.DEBUG = debug
    logger.setLevel(level)
    stack = name(module, sync=stacks.sync_function)

    found = adapted(stack)

    assert found == stack, (
        f"adapted(stack) with settings.DEBUG = {debug} and the logger's level "
        f"{logging.getLevelName(level)} returned {found!r}; expected {stack!r}."
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

    adapted(name(module, sync=stacks.sync_function))

    changes = stacks.changes(before)
    assert not changes, f"after adapted(stack):{changes}"


@pytest.mark.task(2)
def test_a_stack_that_cannot_be_loaded_raises(module: Module) -> None:
    """What loading the stack raises comes out of `adapted`."""
    stack = name(module, fails=stacks.fails, sync=stacks.sync_function)

    try:
        found = adapted(stack)
    except stacks.CannotLoadError:
        return
    pytest.fail(
        "adapted(stack) with a middleware that raises CannotLoadError when it is loaded returned "
        f"{found!r}; expected CannotLoadError.",
        pytrace=False,
    )


@pytest.mark.task(2)
def test_leaves_everything_as_it_was_after_a_failure(
    module: Module, settings: "Settings", logger: logging.Logger
) -> None:
    """Settings and loggers are as they were before, also when the stack cannot be loaded."""
    settings.DEBUG = False
    logger.setLevel(logging.ERROR)
    stack = name(module, fails=stacks.fails, sync=stacks.sync_function)
    before = stacks.state()

    with suppress(stacks.CannotLoadError):
        adapted(stack)

    changes = stacks.changes(before)
    assert not changes, f"after adapted(stack), which could not be loaded:{changes}"
