"""Three functions: the hooks are attributes of what they return."""

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.decorators import sync_and_async_middleware

from katas.k302_modernise_the_stack.desks import DeskError
from katas.newsroom.models import Article

ROBOTS = frozenset({"GreedyBot/1.0"})
EDITIONS = ("morning", "evening")
PREVIEW_KEY = "printers-ink"


@sync_and_async_middleware
def Paywall(get_response):
    def refuse_robots(request):
        if request.headers.get("User-Agent") in ROBOTS:
            raise PermissionDenied("This robot has read enough.")

    def label(response):
        response["X-Robots-Tag"] = "noarchive"
        patch_vary_headers(response, ["X-Subscriber"])
        return response

    if iscoroutinefunction(get_response):

        async def middleware(request):
            refuse_robots(request)
            return label(await get_response(request))

    else:

        def middleware(request):
            refuse_robots(request)
            return label(get_response(request))

    def process_view(request, view, args, kwargs):
        request.paid = getattr(view, "paid", False)
        if request.paid and "X-Subscriber" not in request.headers:
            return HttpResponse("For subscribers.", status=402)
        return None

    def process_exception(request, exception):
        if request.paid:
            return HttpResponse("You have not been charged.", status=500)
        return None

    middleware.process_view = process_view
    middleware.process_exception = process_exception
    return middleware


@sync_and_async_middleware
def Edition(get_response):
    def choose(request):
        request.edition = request.headers.get("X-Edition", "morning")
        if request.edition not in EDITIONS:
            raise Http404("There is no such edition.")

    def label(request, response):
        response["X-Edition"] = request.edition
        patch_vary_headers(response, ["X-Edition"])
        return response

    if iscoroutinefunction(get_response):

        async def middleware(request):
            choose(request)
            return label(request, await get_response(request))

    else:

        def middleware(request):
            choose(request)
            return label(request, get_response(request))

    def process_exception(request, exception):
        if isinstance(exception, DeskError):
            return HttpResponse(f"Not in the {request.edition} edition.", status=503)
        return None

    middleware.process_exception = process_exception
    return middleware


@sync_and_async_middleware
def embargo(get_response):
    def verdict(request):
        """Return whether it is a draft, and what to answer in place of the view."""
        slug = request.path.strip("/").rpartition("/")[2]
        if not Article.objects.filter(slug=slug, status=Article.Status.DRAFT).exists():
            return False, None
        key = request.GET.get("preview")
        if key is None:
            return True, HttpResponse("Not out yet.", status=404)
        if key != PREVIEW_KEY:
            raise PermissionDenied("This is not the key.")
        return True, None

    if iscoroutinefunction(get_response):

        async def middleware(request):
            is_draft, answer = await sync_to_async(verdict)(request)
            if answer is None:
                answer = await get_response(request)
                if is_draft:
                    answer["Cache-Control"] = "private, no-store"
            return answer

    else:

        def middleware(request):
            is_draft, answer = verdict(request)
            if answer is None:
                answer = get_response(request)
                if is_draft:
                    answer["Cache-Control"] = "private, no-store"
            return answer

    return middleware
