"""The site as far as the learner's tests need it: no other kata is imported for their sake."""

from django.urls import include, path

urlpatterns = [path("k104/", include("katas.k104_prove_it.urls"))]
