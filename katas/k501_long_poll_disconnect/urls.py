"""URLs of this kata. Given: hands the board to the views."""

from django.urls import path

from katas.k501_long_poll_disconnect import desk, views
from katas.k501_long_poll_disconnect.board import board

urlpatterns = [
    path("results/", views.results, {"board": board}, name="results"),
    path("publish/", desk.publish, {"board": board}, name="publish"),
]
