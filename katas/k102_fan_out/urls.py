"""URLs of this kata. Given: hands the desks to the view."""

from django.urls import path

from katas.k102_fan_out import views
from katas.newsroom.upstream import desks

urlpatterns = [
    path("front-page/", views.front_page, {"desks": desks}, name="front-page"),
]
