"""URLs of this kata. Given: hands the desks to the view, and has the receivers connected.

In a site of your own, `AppConfig.ready()` imports the receivers. Here the URLs do, so that a kata
that can't be imported yet leaves the others alone.
"""

from django.urls import path

from katas.k701_async_report import receivers, views
from katas.newsroom.upstream import desks

__all__ = ["receivers", "urlpatterns"]

urlpatterns = [
    path("async-report/", views.async_report, {"desks": desks}, name="async_report"),
]
