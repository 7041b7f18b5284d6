"""Each view class alone behind its URL, so that a fault in one does not hide the other."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import URLPattern, path
from django.views import View

if TYPE_CHECKING:
    from pytest_django import Settings

Serve = Callable[..., None]


class Urls:
    """A URLconf with one route; like any other, it calls `as_view()` at the first request."""

    def __init__(self, route: str, view_class: type[View], initkwargs: dict[str, object]) -> None:
        self.route = route
        self.view_class = view_class
        self.initkwargs = initkwargs

    @cached_property
    def urlpatterns(self) -> list[URLPattern]:
        """The route; a failed test if Django refuses the class."""
        try:
            return [path(self.route, self.view_class.as_view(**self.initkwargs))]
        except ImproperlyConfigured as error:
            refusal = f"{self.view_class.__name__}.as_view() raised ImproperlyConfigured: {error}"
        pytest.fail(f"{refusal} Expected a view.", pytrace=False)


@pytest.fixture
def serve(settings: "Settings") -> Serve:
    """Return a function that puts a view class behind a URL, instead of all other URLs."""

    def put(route: str, view_class: type[View], **initkwargs: object) -> None:
        settings.ROOT_URLCONF = Urls(route, view_class, initkwargs)

    return put
