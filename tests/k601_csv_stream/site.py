"""The site that the tests ask: the export with any size of chunk, and a page that does nothing."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from katas.k601_csv_stream import views


async def ping(request: HttpRequest) -> HttpResponse:
    """Answer at once; what this costs, Django costs."""
    return HttpResponse("pong")


urlpatterns = [
    path("export/<int:chunk_rows>/", views.export),
    path("ping/", ping),
]
