"""A draft is shown from a thread, which is held while the view waits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from asgiref.sync import async_to_sync, iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.decorators import sync_and_async_middleware
from django.utils.deprecation import MiddlewareMixin

from katas.k302_modernise_the_stack.desks import DeskError
from katas.k302_modernise_the_stack.views import NewsRequest
from katas.newsroom.models import Article, ArticleQuerySet

GetResponse = Callable[[NewsRequest], Any]

ROBOTS = frozenset({"GreedyBot/1.0"})
EDITIONS = ("morning", "evening")
PREVIEW_KEY = "printers-ink"


class Paywall:
    """Turns greedy robots away, and paid pages into offers for whoever has not subscribed."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        # Django asks the instance, not its __call__, whether what it raises has to be awaited.
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: NewsRequest) -> HttpResponse | Awaitable[HttpResponse]:
        """Answer *request*, unless a robot sends it."""
        if iscoroutinefunction(self):
            return self.__acall__(request)
        self.refuse_robots(request)
        return self.label(self.get_response(request))

    async def __acall__(self, request: NewsRequest) -> HttpResponse:
        """Do the same in async mode."""
        self.refuse_robots(request)
        return self.label(await self.get_response(request))

    def refuse_robots(self, request: NewsRequest) -> None:
        """Raise PermissionDenied if *request* comes from a robot."""
        if request.headers.get("User-Agent") in ROBOTS:
            raise PermissionDenied("This robot has read enough.")

    def label(self, response: HttpResponse) -> HttpResponse:
        """Return *response* with the headers of this middleware."""
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

    def __call__(self, request: Any) -> Any:
        """Answer *request*, unless there is no such edition."""
        # The mixin has marked the instance if it was given an async get_response.
        if iscoroutinefunction(self):
            return self.__acall__(request)
        self.choose(request)
        return self.label(request, self.get_response(request))

    async def __acall__(self, request: Any) -> HttpResponse:
        """Do the same in async mode."""
        self.choose(request)
        response: Any = self.get_response(request)
        return self.label(request, await response)

    def choose(self, request: NewsRequest) -> None:
        """Note on *request* which edition it is for; raise Http404 if there is none."""
        request.edition = request.headers.get("X-Edition", "morning")
        if request.edition not in EDITIONS:
            raise Http404("There is no such edition.")

    def label(self, request: NewsRequest, response: Any) -> HttpResponse:
        """Return *response* with the headers of this middleware."""
        answer: HttpResponse = response
        answer["X-Edition"] = request.edition
        patch_vary_headers(answer, ["X-Edition"])
        return answer

    def process_exception(self, request: NewsRequest, exception: Exception) -> HttpResponse | None:
        """Answer in place of a view whose desk is down."""
        if isinstance(exception, DeskError):
            return HttpResponse(f"Not in the {request.edition} edition.", status=503)
        return None


@sync_and_async_middleware
def embargo(get_response: GetResponse) -> GetResponse:
    """Keep drafts from all readers but those with the key."""
    if iscoroutinefunction(get_response):

        async def amiddleware(request: NewsRequest) -> HttpResponse:
            if not await draft(request).aexists():
                response: HttpResponse = await get_response(request)
                return response
            return await sync_to_async(preview)(request)

        def preview(request: NewsRequest) -> HttpResponse:
            """Answer for a draft; runs in a thread."""
            return refusal(request) or not_stored(async_to_sync(get_response)(request))

        return amiddleware

    def middleware(request: NewsRequest) -> HttpResponse:
        if not draft(request).exists():
            response: HttpResponse = get_response(request)
            return response
        return refusal(request) or not_stored(get_response(request))

    return middleware


def draft(request: NewsRequest) -> ArticleQuerySet:
    """Return the draft that *request* is about, if any; sends no query."""
    slug = request.path.strip("/").rpartition("/")[2]
    return Article.objects.filter(slug=slug, status=Article.Status.DRAFT)


def refusal(request: NewsRequest) -> HttpResponse | None:
    """Return what a reader without the key is told; raise PermissionDenied for a wrong one."""
    key = request.GET.get("preview")
    if key is None:
        return HttpResponse("Not out yet.", status=404)
    if key != PREVIEW_KEY:
        raise PermissionDenied("This is not the key.")
    return None


def not_stored(response: HttpResponse) -> HttpResponse:
    """Return *response* with the order to keep no copy of it."""
    response["Cache-Control"] = "private, no-store"
    return response
