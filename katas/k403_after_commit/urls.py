"""URLs of this kata. Given."""

from django.urls import path

from katas.k403_after_commit import views

urlpatterns = [
    path("corrections/", views.corrections, name="corrections"),
]
