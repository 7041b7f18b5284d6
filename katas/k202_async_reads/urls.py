"""URLs of this kata. Given."""

from django.urls import path

from katas.k202_async_reads import views

urlpatterns = [
    path("slugs/", views.slugs, name="slugs"),
    path("latest/", views.latest, name="latest"),
    path("articles/<slug:slug>/", views.article, name="article"),
    path("archive/", views.archive, name="archive-pages"),
]
