"""URLs of this kata. Given: hands the cache and the office to the view."""

from django.core.cache import caches
from django.urls import path

from katas.k606_stampede_cache import views
from katas.k606_stampede_cache.office import Office
from katas.k606_stampede_cache.single_flight import SingleFlightCache

# Django's local-memory cache, by default. This object is used in all threads and on all loops.
cache = caches["default"]
behind = {"cache": cache, "once": SingleFlightCache(cache), "office": Office()}

urlpatterns = [
    path("results/<slug:place>/", views.results, behind, name="results"),
]
