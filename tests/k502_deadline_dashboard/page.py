"""The page that the site shows, and what the tests call a request for it."""

import httpx

from katas.k502_deadline_dashboard.panels import DEADLINE_S

GET = f"GET /dashboard/, with a deadline of {DEADLINE_S:g} s"


def shown(response: httpx.Response) -> object:
    """Return what the page says: its JSON, or its status if it is something else."""
    try:
        return response.json()
    except ValueError:
        return f"a {response.status_code} without JSON"
