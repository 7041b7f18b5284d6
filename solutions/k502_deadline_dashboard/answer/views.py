"""The dashboard: what has come in by the deadline."""

import asyncio
import logging
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, JsonResponse

from katas.k502_deadline_dashboard.panels import Panel

logger = logging.getLogger(__name__)


async def load_all(panels: Mapping[str, Panel], *, within_s: float) -> dict[str, str | None]:
    """Return what each of *panels* answers, by name; None for one that fails or is late.

    Args:
        within_s: Seconds from this call to the deadline, which is one for all panels.
    """
    deadline = asyncio.get_running_loop().time() + within_s

    async def load(name: str, panel: Panel) -> str | None:
        try:
            async with asyncio.timeout_at(deadline):
                return await panel()
        except Exception:
            # Outside of the time limit, so that its TimeoutError arrives here, too.
            logger.warning("The dashboard is without %s.", name, exc_info=True)
            return None

    async with asyncio.TaskGroup() as group:
        tasks = {name: group.create_task(load(name, panel)) for name, panel in panels.items()}
    return {name: task.result() for name, task in tasks.items()}


async def dashboard(
    request: HttpRequest, panels: Mapping[str, Panel], within_s: float
) -> HttpResponse:
    """Answer with all panels, by name; null for one that is missing."""
    return JsonResponse({"panels": await load_all(panels, within_s=within_s)})
