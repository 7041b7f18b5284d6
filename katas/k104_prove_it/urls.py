"""URLs of this kata. Given: hands the speaking clock to the view."""

from django.urls import path

from katas.k104_prove_it import views
from katas.newsroom.upstream import speaking_clock

urlpatterns = [
    path("bulletin/", views.bulletin, {"clock": speaking_clock}, name="bulletin"),
]
