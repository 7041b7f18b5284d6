"""The dashboard: what has come in by the deadline. Edit this file; the brief is in README.md."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse

from katas.k502_deadline_dashboard.panels import Panel


async def load_all(panels: Mapping[str, Panel], *, within_s: float) -> dict[str, str | None]:
    """Return what each of *panels* answers, by name; None for one that fails or is late.

    Args:
        within_s: Seconds from this call to the deadline, which is one for all panels.

    TODO (tasks 1 to 4).
    """
    raise NotImplementedError("task 1: ask within one deadline")


async def dashboard(
    request: HttpRequest, panels: Mapping[str, Panel], within_s: float
) -> HttpResponse:
    """Answer with all panels, by name; null for one that is missing.

    TODO (task 5).
    """
    raise NotImplementedError("task 5: serve the dashboard")
