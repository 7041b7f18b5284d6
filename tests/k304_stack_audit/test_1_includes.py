"""Endpoints of URLconfs that others include."""

from collections.abc import Callable

import pytest
from django.urls import URLPattern, URLResolver, include, path

from katas.k304_stack_audit.audit import audit
from tests.k304_stack_audit import pages
from tests.k304_stack_audit.pages import Page, misjudged

Module = Callable[..., str]


@pytest.mark.task(1)
def test_looks_into_includes(module: Module) -> None:
    """Endpoints of included URLconfs are there, at every depth, each with its whole route."""
    first, second, third, fourth = (
        Page("an async function", pages.async_page, "async"),
        Page("a function, in a list that is included", pages.page, "sync"),
        Page("an async function, in a module within a list", pages.async_page, "async"),
        Page("a function, in a namespace within a module within a list", pages.page, "sync"),
    )
    deepest = ([fourth.pattern()], "stories")
    deeper = module(urlpatterns=[third.pattern(), path("stories/", include(deepest))])
    deep: list[URLPattern | URLResolver] = [second.pattern(), path("<slug:desk>/", include(deeper))]

    found = audit(module(urlpatterns=[first.pattern(), path("desks/", include(deep))]))

    wrong = misjudged(
        found,
        [
            first,
            Page(second.what, second.view, "sync", f"desks/{second.route}"),
            Page(third.what, third.view, "async", f"desks/<slug:desk>/{third.route}"),
            Page(fourth.what, fourth.view, "sync", f"desks/<slug:desk>/stories/{fourth.route}"),
        ],
    )
    assert not wrong, f"audit(urlconf): (task 1){wrong}"


@pytest.mark.task(1)
def test_what_is_included_twice_is_there_twice(module: Module) -> None:
    """A URLconf that is included below two routes has its endpoints below both."""
    story = Page("an async function", pages.async_page, "async")
    shared = module(urlpatterns=[story.pattern()])

    found = audit(
        module(urlpatterns=[path("city/", include(shared)), path("sport/", include(shared))])
    )

    wrong = misjudged(
        found,
        [Page(story.what, story.view, "async", desk + story.route) for desk in ("city/", "sport/")],
    )
    assert not wrong, f"audit(urlconf): (task 1){wrong}"
