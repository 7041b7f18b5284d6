"""URLs of this kata. Given: hands the speaking clock to the view."""

from django.urls import path

from katas.k101_first_async_view import views
from katas.newsroom.upstream import speaking_clock

urlpatterns = [
    path("hello/", views.hello, {"clock": speaking_clock}, name="hello"),
]
