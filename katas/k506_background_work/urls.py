"""URLs of this kata. Given."""

from importlib.util import find_spec

from django.urls import path

from katas.k506_background_work import queued, views

urlpatterns = [
    path("letters/", views.letters, name="letters"),
]

if find_spec("django.tasks"):  # Django 6.0 and later
    from katas.k506_background_work import tasks

    urlpatterns.append(
        path("queued/letters/", queued.letters, {"check": tasks.check}, name="queued-letters")
    )
