"""URLs of this kata. Given."""

from django.urls import path

from katas.k505_finish_the_commit import views

urlpatterns = [
    path("payments/", views.pay, name="pay"),
]
