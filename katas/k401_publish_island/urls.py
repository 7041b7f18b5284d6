"""URLs of this kata. Given."""

from django.urls import path

from katas.k401_publish_island import views

urlpatterns = [
    path("publish/<slug:slug>/", views.publish, name="publish-and-record"),
]
