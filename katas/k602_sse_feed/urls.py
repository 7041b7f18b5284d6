"""URLs of this kata. Given: hands the hub to the views."""

from django.urls import path

from katas.k602_sse_feed import desk, views
from katas.k602_sse_feed.hub import hub

urlpatterns = [
    path("live/", views.live, {"hub": hub}, name="live"),
    path("publish/", desk.publish, {"hub": hub}, name="publish"),
]
