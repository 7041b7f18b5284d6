"""The site's URLs: each kata under its number, so that k101 answers below ``/k101/``."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path, re_path


def kata_urls() -> Iterator[URLPattern | URLResolver]:
    """Yield one pattern per kata that has a ``urls.py``."""
    for app in settings.INSTALLED_APPS:
        package, _, slug = app.rpartition(".")
        number = slug.partition("_")[0]
        if package != "katas" or not number[1:].isdigit():
            continue
        name = f"{app}.urls"
        if importlib.util.find_spec(name) is None:
            continue
        # A kata that can't be imported yet must not take the other katas down with it: it raises
        # when somebody asks for one of its pages, and then Django's debug page shows the reason.
        try:
            yield path(f"{number}/", include(name))
        except Exception as error:
            yield re_path(rf"^{number}/", broken_kata, {"error": error})


async def broken_kata(request: HttpRequest, error: Exception) -> HttpResponse:
    """Raise what importing the kata's URLs raised."""
    raise error


urlpatterns = list(kata_urls())
