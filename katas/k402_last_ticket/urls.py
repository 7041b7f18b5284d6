"""URLs of this kata. Given."""

from django.urls import path

from katas.k402_last_ticket import views

urlpatterns = [
    path("events/<slug:slug>/tickets/", views.reserve, name="reserve"),
    path("events/<slug:slug>/door/<int:people>/", views.count_in, name="count-in"),
]
