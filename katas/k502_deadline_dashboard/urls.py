"""URLs of this kata. Given: hands the panels and the deadline to the view."""

from django.urls import path

from katas.k502_deadline_dashboard import views
from katas.k502_deadline_dashboard.panels import DEADLINE_S, PANELS

urlpatterns = [
    path(
        "dashboard/",
        views.dashboard,
        {"panels": PANELS, "within_s": DEADLINE_S},
        name="dashboard",
    ),
]
