"""The error on purpose: Django's own, raised by the ORM."""

import traceback

import pytest
from asgiref.sync import iscoroutinefunction
from django.core.exceptions import SynchronousOnlyOperation

from dojo.instruments import learner
from katas.k201_sync_only_triage.views import reproduce

pytestmark = pytest.mark.django_db(transaction=True)


async def refusal() -> SynchronousOnlyOperation:
    """Return the error that comes out of `reproduce`."""
    try:
        returned: object = await reproduce()  # type: ignore[func-returns-value]
    except SynchronousOnlyOperation as error:
        assert iscoroutinefunction(reproduce), (
            "iscoroutinefunction is False for reproduce; expected `async def`, because the error "
            "is raised where a coroutine calls the ORM."
        )
        return error
    except Exception as error:
        pytest.fail(
            f"await reproduce() raised {learner.told(error)}\nExpected SynchronousOnlyOperation, "
            "of a call of the ORM that nobody awaits and nobody sends to a thread.",
            pytrace=False,
        )
    # Only the type: to show a queryset is to send its query.
    kind = "None" if returned is None else f"an object of type {type(returned).__name__}"
    pytest.fail(
        f"await reproduce() returned {kind}; expected SynchronousOnlyOperation to come out of it.",
        pytrace=False,
    )


@pytest.mark.task(1)
async def test_reproduce_raises_the_error_of_the_page() -> None:
    """`reproduce()` raises SynchronousOnlyOperation."""
    await refusal()


@pytest.mark.task(1)
async def test_it_is_the_orm_that_raises() -> None:
    """The error comes from Django, which refuses a call of the ORM."""
    error = await refusal()

    # Django's guard is a decorator, so what it guards stands in the innermost frame.
    frame, line = list(traceback.walk_tb(error.__traceback__))[-1]
    guarded = frame.f_locals.get("func")
    module = getattr(guarded, "__module__", "")
    assert module.startswith("django.db."), (
        f"reproduce() raised SynchronousOnlyOperation in {frame.f_code.co_name}, line {line} of "
        f"{frame.f_globals['__name__']}" + (f", on behalf of {module}" if module else "") + ". "
        "You (or a decorator) raised it; expected a call of the ORM to be refused."
    )
