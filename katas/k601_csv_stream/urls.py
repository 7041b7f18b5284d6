"""URLs of this kata. Given."""

from django.urls import path

from katas.k601_csv_stream import views

#: Articles a chunk. The tests ask for other sizes, too.
CHUNK_ROWS = 500

urlpatterns = [
    path("export/", views.export, {"chunk_rows": CHUNK_ROWS}, name="export"),
]
