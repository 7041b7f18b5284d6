"""URLs of this kata. Given."""

from django.urls import path

from katas.k203_no_n_plus_one import views

urlpatterns = [
    path("index/", views.index, name="index"),
]
