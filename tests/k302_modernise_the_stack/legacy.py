"""The newsroom's middleware, written for WSGI. Edit this file; the brief is in README.md."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.deprecation import MiddlewareMixin

from katas.k302_modernise_the_stack.desks import DeskError
from katas.k302_modernise_the_stack.views import NewsRequest
from katas.newsroom.models import Article

GetResponse = Callable[[NewsRequest], HttpResponse]

ROBOTS = frozenset({"GreedyBot/1.0"})
EDITIONS = ("morning", "evening")
PREVIEW_KEY = "printers-ink"


class Paywall:
    """Turns greedy robots away, and paid pages into offers for whoever has not subscribed."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: NewsRequest) -> HttpResponse:
        """Answer *request*, unless a robot sends it."""
        if request.headers.get("User-Agent") in ROBOTS:
            raise PermissionDenied("This robot has read enough.")
        response = self.get_response(request)
        response["X-Robots-Tag"] = "noarchive"
        patch_vary_headers(response, ["X-Subscriber"])
        return response

    def process_view(
        self,
        request: NewsRequest,
        view: Callable[..., Any],
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
    ) -> HttpResponse | None:
        """Answer in place of a paid *view*, if the reader has not subscribed."""
        request.paid = getattr(view, "paid", False)
        if request.paid and "X-Subscriber" not in request.headers:
            return HttpResponse("For subscribers.", status=402)
        return None

    def process_exception(self, request: NewsRequest, exception: Exception) -> HttpResponse | None:
        """Answer in place of a paid view that has failed."""
        if request.paid:
            return HttpResponse("You have not been charged.", status=500)
        return None


class Edition(MiddlewareMixin):
    """Tells the view which edition the reader wants, and the reader which one it is."""

    def __call__(self, request: NewsRequest) -> HttpResponse:  # type: ignore[override]
        """Answer *request*, unless there is no such edition."""
        request.edition = request.headers.get("X-Edition", "morning")
        if request.edition not in EDITIONS:
            raise Http404("There is no such edition.")
        response = cast(HttpResponse, self.get_response(request))
        response["X-Edition"] = request.edition
        patch_vary_headers(response, ["X-Edition"])
        return response

    def process_exception(self, request: NewsRequest, exception: Exception) -> HttpResponse | None:
        """Answer in place of a view whose desk is down."""
        if isinstance(exception, DeskError):
            return HttpResponse(f"Not in the {request.edition} edition.", status=503)
        return None


def embargo(get_response: GetResponse) -> GetResponse:
    """Keep drafts from all readers but those with the key."""

    def middleware(request: NewsRequest) -> HttpResponse:
        slug = request.path.strip("/").rpartition("/")[2]
        if not Article.objects.filter(slug=slug, status=Article.Status.DRAFT).exists():
            return get_response(request)
        key = request.GET.get("preview")
        if key is None:
            return HttpResponse("Not out yet.", status=404)
        if key != PREVIEW_KEY:
            raise PermissionDenied("This is not the key.")
        response = get_response(request)
        response["Cache-Control"] = "private, no-store"
        return response

    return middleware
