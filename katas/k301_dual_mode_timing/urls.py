"""URLs of this kata. Given."""

from django.urls import path

from katas.k301_dual_mode_timing import views

urlpatterns = [
    path("live/", views.live, name="live"),
    path("archive/", views.archive, name="archive"),
]
