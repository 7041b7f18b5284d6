"""URLs of this kata. Given: hands the hub to the views."""

from django.urls import path

from katas.k603_slow_consumer import desk, views
from katas.k603_slow_consumer.commentary import CAPACITY
from katas.k603_slow_consumer.hub import Hub

hub = Hub(CAPACITY)

urlpatterns = [
    path("commentary/", views.commentary, {"hub": hub}, name="commentary"),
    path("publish/", desk.publish, {"hub": hub}, name="publish"),
]
