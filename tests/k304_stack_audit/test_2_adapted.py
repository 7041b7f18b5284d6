"""Which middleware Django adapts handlers for, on a site that logs everything."""

from collections.abc import Callable

import pytest

from katas.k304_stack_audit.audit import adapted
from tests.k304_stack_audit import stacks
from tests.k304_stack_audit.stacks import named

pytestmark = pytest.mark.usefixtures("logger")

Module = Callable[..., str]

DJANGOS_OWN = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]


def check(stack: list[str], expected: list[str], makes: str) -> None:
    """Fail unless *expected* is what is adapted in *stack*, which is made like *makes*."""
    found = adapted(list(stack))
    assert found == expected, (
        f"adapted(stack) returned {found!r}; expected {expected!r}. The stack, from the outside: "
        f"{makes}. (task 2)"
    )


@pytest.mark.task(2)
def test_names_a_sync_middleware(module: Module) -> None:
    """A sync middleware is named, a function or a class."""
    for middleware in (stacks.sync_function, stacks.SyncClass):
        stack = named(module, both=stacks.both, sync=middleware)
        check(stack, [stack[1]], "both, sync")


@pytest.mark.task(2)
def test_names_nothing_where_all_can_be_async(module: Module) -> None:
    """Nothing is adapted where all can be async; Django's own middleware can."""
    check([], [], "nothing at all")
    stack = named(module, both=stacks.both, mixin=stacks.Mixed, async_only=stacks.async_only)
    check(stack, [], "both, both, async")
    check(DJANGOS_OWN, [], "five of Django's own")


@pytest.mark.task(2)
def test_names_the_innermost_of_several(module: Module) -> None:
    """Of several sync middleware only the innermost is named: outside of it all is sync already."""
    stack = named(
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
    stack = named(
        module, outer=stacks.sync_function, turn=stacks.async_only, inner=stacks.sync_function
    )

    check(stack, stack[::-1], "sync, async, sync")


@pytest.mark.task(2)
def test_names_nothing_that_is_not_adapted(module: Module) -> None:
    """Other lines on the same logger are no adaptations."""
    stack = named(module, aside=stacks.steps_aside, talks=stacks.talks, sync=stacks.sync_function)

    check(stack, [stack[2]], "both (steps aside), both (logs as well), sync")


@pytest.mark.task(2)
def test_each_call_is_about_its_own_stack(module: Module) -> None:
    """A second and a third call tell of the stack that they are given."""
    for _ in range(2):
        stack = named(module, sync=stacks.sync_function)
        check(stack, stack, "sync")
        check(stack, stack, "sync")


@pytest.mark.task(2)
def test_each_call_loads_the_stack(module: Module, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a middleware has changed since the last call, the next one tells of it as it is now."""
    stack = named(module, changing=stacks.sync_function)
    check(stack, stack, "sync")

    monkeypatch.setattr(stack[0], stacks.both)

    check(stack, [], "both (it was sync at the call before)")
