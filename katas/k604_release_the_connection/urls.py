"""URLs of this kata. Given: partners alone get to the view, and it gets the embargo."""

from django.urls import path

from katas.k604_release_the_connection import views
from katas.k604_release_the_connection.embargo import embargo
from katas.k604_release_the_connection.partners import partners_only

urlpatterns = [
    path("stories/<slug:slug>/", partners_only(views.story), {"embargo": embargo}, name="story"),
]
