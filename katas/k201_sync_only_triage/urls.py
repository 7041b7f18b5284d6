"""URLs of this kata. Given."""

from django.urls import path

from katas.k201_sync_only_triage import views

urlpatterns = [
    path("desk/", views.desk, name="editors-desk"),
    path("drafts/", views.drafts, name="drafts"),
    path("publish/<slug:slug>/", views.publish, name="publish"),
]
