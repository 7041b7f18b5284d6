"""URLs of this kata. Given."""

from django.urls import path

from katas.k404_legacy_sdk_bridge import views

urlpatterns = [
    path("stories/<int:number>/", views.story, name="story"),
    path("archive/", views.archive, name="archive"),
]
