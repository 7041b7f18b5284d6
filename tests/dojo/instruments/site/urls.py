"""URLs of the test project: each view under its own name."""

from django.urls import path

from tests.dojo.instruments.site import views

VIEWS = [
    views.thread,
    views.hang,
    views.stubborn,
    views.leaves_a_task,
    views.stream,
    views.broken,
    views.echo,
    *views.WRONG,
    *views.RIGHT,
]

urlpatterns = [path(f"{view.__name__}/", view) for view in VIEWS]
