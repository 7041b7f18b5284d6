"""URLs of this kata. Given: hands the news agency and the archive to the views."""

from django.urls import path

from katas.k303_request_id_context import views
from katas.k303_request_id_context.archive import archive
from katas.k303_request_id_context.wire import wire

urlpatterns = [
    path("ticker/", views.ticker, {"wire": wire}, name="ticker"),
    path("search/", views.search, {"archive": archive}, name="search"),
]
