"""URLs of a second dashboard, with panels and a deadline of its own."""

from django.urls import path

from katas.k502_deadline_dashboard import views
from katas.k502_deadline_dashboard.panels import Panel

DEADLINE_S = 0.4
PANELS: dict[str, Panel] = {}

urlpatterns = [path("elsewhere/", views.dashboard, {"panels": PANELS, "within_s": DEADLINE_S})]
