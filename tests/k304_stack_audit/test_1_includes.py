"""Endpoints of URLconfs that others include."""

from collections.abc import Callable

import pytest
from django.urls import URLPattern, URLResolver, include, path, re_path

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


@pytest.mark.task(1)
def test_reads_the_routes_of_re_path(module: Module) -> None:
    """A route may stand in re_path(), at the top, around an include() and inside of it."""
    month = re_path("(?P<month>[0-9]{2})/$", pages.async_page)
    year = re_path("^archive/(?P<year>[0-9]{4})/", include([month]))

    found = audit(module(urlpatterns=[re_path("^ink/$", pages.page), year]))

    wrong = misjudged(
        found,
        [
            Page("a function, in re_path()", pages.page, "sync", "^ink/$"),
            Page(
                "an async function, in re_path() within re_path()",
                pages.async_page,
                "async",
                "^archive/(?P<year>[0-9]{4})/(?P<month>[0-9]{2})/$",
            ),
        ],
    )
    assert not wrong, f"audit(urlconf): (task 1){wrong}"


@pytest.mark.task(1)
def test_of_one_route_twice_the_first_counts(module: Module) -> None:
    """Where two endpoints have the same route the first counts: the other is never served."""
    included = [path("ink/", pages.async_page), path("pens/", pages.async_page)]

    found = audit(
        module(
            urlpatterns=[
                path("paper/", pages.async_page),
                path("paper/", pages.page),
                path("ink/", pages.page),
                path("", include(included)),
                path("pens/", pages.page),
            ]
        )
    )

    wrong = misjudged(
        found,
        [
            Page("an async function, then a function", pages.async_page, "async", "paper/"),
            Page("a function, then an async one that is included", pages.page, "sync", "ink/"),
            Page("an async one that is included, then a function", pages.page, "async", "pens/"),
        ],
    )
    assert not wrong, f"audit(urlconf): (task 1){wrong}"
