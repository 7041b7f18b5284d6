"""URLs of this kata. Given."""

from django.urls import path

from katas.k405_no_deadlock_bridge import views

urlpatterns = [
    path("sheet/<slug:slug>/", views.sheet, name="sheet"),
    path("preview/<slug:slug>/", views.preview, name="preview"),
    path("publish/<slug:slug>/", views.publish, name="publish"),
    path("proof/<str:slugs>/", views.proof, name="proof"),
]
