"""URLs of this kata. Given."""

from django.urls import path

from katas.k204_too_many_hops import views
from katas.k204_too_many_hops.ping import ping

urlpatterns = [
    path("dashboard/", views.dashboard, name="dashboard"),
    path("ping/", ping, name="ping"),
]
