"""URLs of this kata. Given: hands the register and the web to the view."""

from django.urls import path

from katas.k504_bounded_fan_out import views
from katas.k504_bounded_fan_out.register import register
from katas.k504_bounded_fan_out.web import web

urlpatterns = [
    path("link-check/", views.link_check, {"register": register, "web": web}, name="link-check"),
]
