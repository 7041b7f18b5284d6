"""URLs of this kata. Given: hands the desks to the status page."""

from django.urls import path

from katas.k103_async_cbv import views
from katas.k103_async_cbv.wire import desks

urlpatterns = [
    path("desks/", views.DeskStatus.as_view(desks=desks), name="desks"),
    path("archive/", views.Archive.as_view(), name="archive"),
]
