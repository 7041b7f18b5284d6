"""URLs of this kata. Given: hands the offices to the view."""

from django.urls import path

from katas.k503_all_or_nothing import views
from katas.k503_all_or_nothing.offices import offices

urlpatterns = [
    path("results/", views.results, {"offices": offices}, name="results"),
]
