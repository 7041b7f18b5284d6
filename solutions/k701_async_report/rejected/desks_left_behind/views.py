"""The morning report."""

import asyncio
from typing import Any, Protocol

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from katas.k701_async_report.signals import report_ready
from katas.newsroom.models import Article


class Desks(Protocol):
    """What the report needs of the desks."""

    async def fetch(self, key: str) -> str:
        """Return the top story of the desk called *key*."""


def read_archive() -> dict[str, Any]:
    """Return how many articles are published, and the slugs of the newest ten."""
    articles = Article.objects.published()
    newest = articles.order_by("-published_at").values_list("slug", flat=True)[:10]
    return {"published": articles.count(), "newest": list(newest)}


async def ask_all(desks: Desks, names: list[str]) -> dict[str, str]:
    """Return the stories of the desks, asked all at once."""
    async with asyncio.TaskGroup() as group:
        fetching = {name: group.create_task(desks.fetch(name)) for name in names}
    return {name: task.result() for name, task in fetching.items()}


@require_GET
async def async_report(request: HttpRequest, desks: Desks) -> HttpResponse:
    """Answer with the stories of the desks in `?desk=…&desk=…`, and what the archive has."""
    names = request.GET.getlist("desk")
    asking = asyncio.create_task(ask_all(desks, names))
    try:
        archive = await sync_to_async(read_archive)()
    except Exception:
        asking.cancel()
        await asyncio.wait({asking})
        raise
    stories = await asking
    told = await report_ready.asend_robust(sender=None, desks=names)
    return JsonResponse(
        {
            "stories": stories,
            **archive,
            "told": {
                receiver.__name__: answer
                for receiver, answer in told
                if not isinstance(answer, Exception)
            },
        }
    )
