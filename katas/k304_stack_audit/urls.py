"""URLs of this kata. Given: ``audit("katas.k304_stack_audit.urls")``."""

from django.urls import URLPattern, URLResolver, include, path

from katas.k304_stack_audit import views

letters = [path("letters/", views.Letters.as_view())]
desks: list[URLPattern | URLResolver] = [path("", views.Desk.as_view()), path("", include(letters))]

urlpatterns = [
    path("headlines/", views.headlines),
    path("archive/", views.this_year),
    path("archive/<int:year>/", views.archive),
    path("legacy/<int:year>/", views.legacy),
    path("weather/", views.weather),
    path("ticker/", views.ticker),
    path("desks/<slug:desk>/", include((desks, "desks"))),
]
