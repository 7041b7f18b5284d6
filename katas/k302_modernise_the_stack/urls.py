"""URLs of this kata. Given."""

from django.urls import path

from katas.k302_modernise_the_stack import views

urlpatterns = [
    path("stories/<slug:slug>/", views.story, name="story"),
    path("analyses/<slug:slug>/", views.analysis, name="analysis"),
    path("imprint/", views.imprint, name="imprint"),
]
