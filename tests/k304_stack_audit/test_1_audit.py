"""What Django takes each endpoint for."""

from collections.abc import Callable
from functools import partial

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views import View
from django.views.decorators.cache import never_cache

from katas.k304_stack_audit.audit import audit
from tests.k304_stack_audit import pages
from tests.k304_stack_audit.pages import Page, misjudged

Module = Callable[..., str]


def judge(module: Module, *given: Page) -> str:
    """Audit a URLconf of the pages *given*; return which are judged wrongly."""
    return misjudged(audit(module(urlpatterns=[page.pattern() for page in given])), given)


@pytest.mark.task(1)
def test_tells_functions_apart(module: Module) -> None:
    """An async function is async, a plain one sync, and so is a functools.partial of each."""
    wrong = judge(
        module,
        Page("an async function", pages.async_page, "async"),
        Page("a function", pages.page, "sync"),
        Page("a partial of an async function", partial(pages.async_page, year=1), "async"),
        Page("a partial of a function", partial(pages.page, year=1), "sync"),
    )

    assert not wrong, f"audit(urlconf): (task 1){wrong}"


@pytest.mark.task(1)
def test_tells_classes_apart(module: Module) -> None:
    """A class-based view is what its handlers are, whichever methods it has."""
    wrong = judge(
        module,
        Page("a class with an async get", pages.AsyncReads.as_view(), "async"),
        Page("a class with a sync get", pages.Reads.as_view(), "sync"),
        Page("a class with an async post alone", pages.AsyncTakes.as_view(), "async"),
        Page("a class with a sync post alone", pages.Takes.as_view(), "sync"),
    )

    assert not wrong, f"audit(urlconf): (task 1){wrong}"


@pytest.mark.task(1)
def test_the_outermost_layer_counts(module: Module) -> None:
    """A decorated view is what the outermost callable is, whatever it wraps."""
    wrong = judge(
        module,
        Page("never_cache around an async function", never_cache(pages.async_page), "async"),
        Page("never_cache around a function", never_cache(pages.page), "sync"),
        Page("a sync wrapper of an async function", pages.sync_layer(pages.async_page), "sync"),
        Page("an async wrapper of a function", pages.async_layer(pages.page), "async"),
        Page("async_to_sync(async function)", async_to_sync(pages.async_page), "sync"),
    )

    assert not wrong, f"audit(urlconf): (task 1){wrong}"


@pytest.mark.task(1)
def test_the_outermost_layer_counts_around_a_class_too(module: Module) -> None:
    """A decorated as_view() is what the decorator made of it; functools.wraps copies the mark."""
    asynchronous, synchronous = pages.AsyncReads.as_view(), pages.Reads.as_view()

    wrong = judge(
        module,
        Page("never_cache around an async class", never_cache(asynchronous), "async"),
        Page("a class in a wrapper that copies its mark", pages.sync_layer(asynchronous), "async"),
        Page("an async wrapper of a sync class", pages.async_layer(synchronous), "async"),
    )

    assert not wrong, f"audit(urlconf): (task 1){wrong}"


@pytest.mark.task(1)
def test_knows_marked_objects(module: Module) -> None:
    """What is marked as a coroutine function is async: sync_to_async(), an object with a mark."""
    wrong = judge(
        module,
        Page("sync_to_async(function)", sync_to_async(pages.page), "async"),
        Page("an object that is marked", pages.MarkedWidget(), "async"),
        Page("an object with a sync __call__", pages.Widget(), "sync"),
    )

    assert not wrong, f"audit(urlconf): (task 1){wrong}"


@pytest.mark.task(1)
def test_without_a_mark_django_takes_a_view_for_sync(module: Module) -> None:
    """A view that gives a coroutine without being marked is sync: Django does not await it."""
    wrong = judge(
        module,
        Page("a function that returns a coroutine", pages.returns_coroutine, "sync"),
        Page("an object with an async __call__ and no mark", pages.AsyncWidget(), "sync"),
    )

    assert not wrong, f"audit(urlconf): (task 1){wrong}"


@pytest.mark.task(1)
def test_calls_no_view(module: Module) -> None:
    """The audit looks at the views and calls none of them."""
    called: list[str] = []

    def orders_paper(request: HttpRequest) -> HttpResponse:
        called.append("a function")
        return HttpResponse()

    class OrdersInk(View):
        async def get(self, request: HttpRequest) -> HttpResponse:
            return HttpResponse()

        def setup(self, request: HttpRequest, *args: object, **kwargs: object) -> None:
            called.append("a class-based view")
            super().setup(request, *args, **kwargs)

    audit(module(urlpatterns=[path("paper/", orders_paper), path("ink/", OrdersInk.as_view())]))

    assert not called, f"audit(urlconf) called {' and '.join(called)}; expected no call. (task 1)"
