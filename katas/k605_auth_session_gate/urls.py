"""URLs of this kata. Given."""

from django.urls import path

from katas.k605_auth_session_gate import views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("drafts/<slug:slug>/", views.draft, name="draft"),
    path("desk/", views.Desk.as_view(), name="desk"),
    path("articles/<slug:slug>/", views.article, name="article"),
    path("sign-out/", views.sign_out, name="sign-out"),
]
